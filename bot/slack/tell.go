package slack

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/aanmaner/aanmaner/bot"
)

// actionTell is a piece of work of our own: to tell the person the sentence whose key stands in Text.
const actionTell = "tell"

// tell says something to one person only: by the address that came with what the person did, which works in every channel
// for half an hour; or else as a line in the channel, which takes that both are in it; or else as a direct message.
func (s *Slack) tell(ctx context.Context, in inbound, text string) {
	channel := in.Channel
	if channel == "" {
		channel = s.cfg.CaseChannel
	}
	first := errOrigin
	if in.ResponseURL != "" {
		first = s.client.respond(ctx, in.ResponseURL, text)
	}
	if first == nil {
		return
	}
	second := s.client.whisper(ctx, channel, in.User, text)
	if second == nil || errors.Is(second, errDoubt) {
		return
	}
	if _, third := s.client.post(ctx, in.User, "", message{text: text}); third != nil {
		s.log.WarnContext(ctx, "private answer didn't arrive", "user", in.User, "first", first, "second", second, "third", third)
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
