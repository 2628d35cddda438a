package slack

import (
	"context"
	"encoding/json"

	"github.com/aanmaner/aanmaner/bot"
)

// actionTell is a piece of work of our own: to tell the person the sentence whose key stands in Text.
const actionTell = "tell"

// tell says something to one person only: by the address that came with what the person did, which works in every channel,
// or else as a line in the channel.
func (s *Slack) tell(ctx context.Context, in inbound, text string) {
	var err error
	if in.ResponseURL != "" {
		if err = s.client.respond(ctx, in.ResponseURL, text); err == nil {
			return
		}
	}
	channel := in.Channel
	if channel == "" {
		channel = s.cfg.CaseChannel
	}
	if second := s.client.whisper(ctx, channel, in.User, text); second != nil {
		s.log.WarnContext(ctx, "private answer didn't arrive", "user", in.User, "first", err, "second", second)
	}
}

// commandOf finds the command that a view goes back to, for its address for answers.
func (s *Slack) commandOf(ctx context.Context, in inbound, key string) inbound {
	if key == "" {
		return in
	}
	var sig bot.Signal
	err := s.inTx(ctx, func(tx bot.Tx) (err error) { sig, err = tx.Signal(ctx, key); return })
	var command inbound
	if err == nil && sig.ID != "" {
		err = json.Unmarshal(sig.Body, &command)
	}
	if err != nil || command.User != in.User {
		s.log.WarnContext(ctx, "the command behind a view isn't found", "signal", key, "error", err)
		return in
	}
	return command
}
