package slack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	slackgo "github.com/slack-go/slack"
)

// The errors of calls that callers tell apart.
var (
	errTrigger  = errors.New("slack: the trigger is spent")          // too late, or used before
	errGone     = errors.New("slack: the view or message is gone")   // closed by the person, or deleted
	errChanged  = errors.New("slack: the view has changed")          // the person did something meanwhile
	errNoEffect = errors.New("slack: the call had no effect")        // certainly
	errDoubt    = errors.New("slack: unknown whether it had effect") // it may have
	errRight    = errors.New("slack: the app may not do that")       // a scope is missing
	errChannel  = errors.New("slack: the channel is closed to the bot; invite the bot, or name another channel")
	errToken    = errors.New("slack: the token is not accepted; install the app again and set its new token")
	errOrigin   = errors.New("slack: not an address for answers")
)

// methodOpenSocket is the one method that takes the app-level token.
const methodOpenSocket = "apps.connections.open"

// maxText is how long the text of a message may be; chat.update takes 4000.
const maxText = 3000

// Call is one call of Slack's Web API, for who counts them.
type Call struct {
	Method  string        // such as chat.postMessage
	Outcome string        // ok, busy, doubt, token, channel, right, gone or refused
	Took    time.Duration // zero: not made, since Slack said a moment ago to wait
}

// once makes a call, unless Slack said a moment ago that the method is to rest: then it fails at once, without a call.
func (c *client) once(ctx context.Context, method string, call func(context.Context) error) error {
	c.mu.Lock()
	left := time.Until(c.paused[method])
	c.mu.Unlock()
	if left > 0 {
		c.count(Call{Method: method, Outcome: "busy"})
		return &slackgo.RateLimitedError{RetryAfter: left}
	}
	began := time.Now()
	err := call(ctx)
	if wait, busy := retryAfter(err); busy {
		c.mu.Lock()
		c.paused[method] = time.Now().Add(max(wait, time.Second))
		c.mu.Unlock()
	}
	c.count(Call{Method: method, Outcome: outcomeOf(err), Took: time.Since(began)})
	switch {
	case method == methodOpenSocket: // by another token
	case err == nil:
		c.link.tokenTaken()
	case errors.Is(classOf(err), errToken):
		c.link.tokenRefused(codeOf(err))
	}
	return err
}

// orPlain makes a call with a message and, where Slack finds fault with its blocks, once more with the text alone: a card
// that looks poor is better than none. Such a refusal had no effect.
func (c *client) orPlain(ctx context.Context, method string, m message, call func(context.Context, message) error) error {
	m.text = cut(m.text, maxText)
	err := c.once(ctx, method, func(ctx context.Context) error { return call(ctx, m) })
	switch codeOf(err) {
	case "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long":
		if len(m.blocks) > 0 {
			c.log.ErrorContext(ctx, "Slack takes a message without its blocks only", "method", method, "case", m.caseID, "error", err)
			m.blocks = nil
			return c.once(ctx, method, func(ctx context.Context) error { return call(ctx, m) })
		}
	}
	return err
}

func (c *client) count(made Call) {
	if c.observe != nil {
		c.observe(made)
	}
}

// outcomeOf names what came of a call.
func outcomeOf(err error) string {
	if err == nil {
		return "ok"
	}
	if _, busy := retryAfter(err); busy {
		return "busy"
	}
	switch classOf(err) {
	case errDoubt:
		return "doubt"
	case errToken:
		return "token"
	case errChannel:
		return "channel"
	case errRight:
		return "right"
	case errGone, errChanged, errTrigger:
		return "gone"
	}
	return "refused"
}

// retryAfter says whether Slack was too busy, and for how long.
func retryAfter(err error) (time.Duration, bool) {
	var limit *slackgo.RateLimitedError
	var status slackgo.StatusCodeError
	var said slackgo.SlackErrorResponse
	switch {
	case errors.As(err, &limit):
		return limit.RetryAfter, true
	case errors.As(err, &status) && status.Code == http.StatusTooManyRequests:
		return 30 * time.Second, true
	case errors.As(err, &said) && slices.Contains([]string{"ratelimited", "rate_limited"}, said.Err):
		return 10 * time.Second, true
	}
	return 0, false
}

// classed puts an error of slack-go into our classes. Both the class and slack-go's error stay within reach of errors.Is
// and errors.As.
func classed(method string, err error) error {
	return fmt.Errorf("%s: %w: %w", method, classOf(err), withoutURL(err))
}

func classOf(err error) error {
	if _, busy := retryAfter(err); busy {
		return errNoEffect
	}
	if code := codeOf(err); code != "" {
		return classOfCode(code)
	}
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return errNoEffect
	}
	return errDoubt
}

// classOfCode sorts Slack's codes, which the page of each method lists (docs.slack.dev/reference/methods).
func classOfCode(code string) error {
	switch code {
	case "trigger_expired", "trigger_exchanged", "expired_trigger_id", "exchanged_trigger_id":
		return errTrigger
	case "not_found", "view_not_found", "message_not_found", "cant_update_message", "edit_window_closed":
		return errGone
	case "hash_conflict":
		return errChanged
	case "channel_not_found", "not_in_channel", "is_archived", "restricted_action", "restricted_action_read_only_channel",
		"restricted_action_thread_only_channel", "restricted_action_non_threadable_channel", "no_permission":
		return errChannel
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "org_login_required",
		"team_access_not_granted", "access_denied", "ekm_access_denied":
		return errToken
	case "missing_scope", "not_allowed_token_type":
		return errRight
	case "internal_error", "fatal_error": // "some aspect of the operation may have succeeded"
		return errDoubt
	}
	return errNoEffect
}
