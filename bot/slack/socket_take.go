package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// newSockets makes the connections of Socket Mode.
func (s *Slack) newSockets() *sockets {
	return &sockets{
		open: s.client.openSocket, take: s.takeEnvelope, large: s.drawLarge, link: s.link, log: s.log,
		plain: strings.HasPrefix(s.cfg.APIURL, "http://"), replicas: max(1, s.cfg.Replicas), pace: s.pace.sockets,
	}
}

// takeEnvelope puts what came over a connection on the same road as what comes over HTTP. Slack has said who it is when the
// connection was opened; nothing is signed.
func (s *Slack) takeEnvelope(ctx context.Context, e envelope) answer {
	s.link.heard(s.cfg.Now())
	switch e.Type {
	case "slash_commands":
		var c commandIn
		if err := json.Unmarshal(e.Payload, &c); err != nil {
			s.log.WarnContext(ctx, "command can't be read", "error", err)
			return refusedWith(http.StatusBadRequest, "the command can't be read")
		}
		return s.answerCommand(ctx, c)
	case "interactive":
		return s.answerInteraction(ctx, e.Payload)
	case "events_api":
		return s.answerEvent(ctx, e.Payload)
	}
	return answer{}
}

// drawLarge draws a view that was too large for the acknowledgement, in the place of the one that holds its place.
func (s *Slack) drawLarge(ctx context.Context, a answer) {
	if a.shown == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	rest(ctx, settleTime) // the acknowledgement and this take two roads
	if _, err := s.client.updateView(ctx, a.shown.id, "", a.shown.view); err != nil {
		s.log.WarnContext(ctx, "view can't be shown", "error", err)
	}
}

// openSocket asks Slack for an address to connect to (docs.slack.dev/reference/methods/apps.connections.open).
func (c *client) openSocket(ctx context.Context) (address string, err error) {
	err = c.once(ctx, methodOpenSocket, func(ctx context.Context) error {
		_, address, err = c.api.StartSocketModeContext(ctx)
		return err
	})
	if err != nil {
		return "", classed(methodOpenSocket, err)
	}
	return address, nil
}
