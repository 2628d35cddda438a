package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
)

// eventIn is the part of an Events API payload that we read
// (docs.slack.dev/reference/events#event-payload and …/events/app_home_opened).
type eventIn struct {
	Type       string `json:"type"` // url_verification or event_callback
	Challenge  string `json:"challenge"`
	AppID      string `json:"api_app_id"`
	Team       string `json:"team_id"`
	Enterprise string `json:"enterprise_id"`
	EventID    string `json:"event_id"`
	Event      struct {
		Type string `json:"type"`
		User string `json:"user"`
		Tab  string `json:"tab"`
	} `json:"event"`
}

// keepEvents is how many events are remembered to tell a repeat. Slack repeats one within minutes, and a few hundred people
// open a home in that time.
const keepEvents = 2000

// events remembers which events have come. It is kept in memory only: what an event asks for, a home drawn anew, may be
// done twice, and by two replicas.
type events struct {
	mu   sync.Mutex
	seen map[string]bool
}

// fresh says whether the event is new, and remembers it.
func (e *events) fresh(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seen[id] {
		return false
	}
	if len(e.seen) >= keepEvents || e.seen == nil {
		e.seen = map[string]bool{}
	}
	e.seen[id] = true
	return true
}

func (e *events) forget(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.seen, id)
}

// answerEvent takes an event. Whatever is no concern of ours is acknowledged too: Slack switches off the events of an app
// that leaves many unanswered.
func (s *Slack) answerEvent(ctx context.Context, raw []byte) answer {
	var e eventIn
	if err := json.Unmarshal(raw, &e); err != nil {
		s.log.WarnContext(ctx, "event can't be read", "error", err)
		return refusedWith(http.StatusBadRequest, "the event can't be read")
	}
	if e.Type == "url_verification" { // asked once, when the address is entered in the app's settings
		return answer{body: map[string]string{"challenge": e.Challenge}}
	}
	from := sender{App: e.AppID, Team: e.Team, Enterprise: e.Enterprise, User: e.Event.User}
	switch {
	case !s.cfg.forUs(from):
		s.log.WarnContext(ctx, "event is not for this app", "app", e.AppID)
		return refusedWith(http.StatusForbidden, "not for this app")
	case e.Event.Type != "app_home_opened", e.Event.Tab != "home", from.User == "", !s.cfg.ours(from), !s.events.fresh(e.EventID):
		return answer{}
	}
	in := inbound{Kind: anEvent, User: from.User, Team: from.Team, TriggerID: e.EventID}
	if !s.enqueue(job{in: in, unstored: true}) {
		s.events.forget(e.EventID)
		return refusedWith(http.StatusServiceUnavailable, "too busy") // Slack sends it again
	}
	return answer{}
}
