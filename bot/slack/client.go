package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"
	"golang.org/x/time/rate"
)

// Deadlines of calls to Slack.
const (
	openTimeout = 2 * time.Second // a trigger lives three seconds
	callTimeout = 10 * time.Second
	replyBytes  = 1 << 20
)

// The errors of calls that callers tell apart.
var (
	errTrigger  = errors.New("slack: the trigger is spent")          // too late, or used before
	errGone     = errors.New("slack: the view or message is gone")   // closed by the person, or deleted
	errChanged  = errors.New("slack: the view has changed")          // the person did something meanwhile
	errNoEffect = errors.New("slack: the call had no effect")        // certainly
	errDoubt    = errors.New("slack: unknown whether it had effect") // it may have
	errRight    = errors.New("slack: the app may not do that")       // a scope is missing, or it isn't in the channel
	errOrigin   = errors.New("slack: not an address for answers")
)

// client is the part of Slack's Web API that we use. It holds slack-go, whose releases may break, behind our own calls.
// slack-go's own retries stay off: they would post twice. Nothing here logs: the token stands in the bodies.
type client struct {
	api     *slackgo.Client
	http    *http.Client
	origins []string
	posts   *rate.Limiter // chat.postMessage: one a second and channel, short bursts are let through

	mu     sync.Mutex
	paused map[string]time.Time // methods of which Slack said when to come back
}

func newClient(cfg Config) *client {
	h := &http.Client{
		Transport:     limited{http.DefaultTransport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &client{
		api:  slackgo.New(cfg.BotToken, slackgo.OptionAPIURL(cfg.APIURL), slackgo.OptionHTTPClient(h)),
		http: h, origins: cfg.ResponseOrigins, posts: rate.NewLimiter(rate.Every(time.Second), 3),
		paused: map[string]time.Time{},
	}
}

// limited keeps an answer from filling the memory.
type limited struct{ next http.RoundTripper }

// RoundTrip cuts the answer's body off at replyBytes.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	if err == nil {
		resp.Body = &cutBody{Reader: io.LimitReader(resp.Body, replyBytes), Closer: resp.Body}
	}
	return resp, err
}

type cutBody struct {
	io.Reader
	io.Closer
}

// openView opens a modal and gives its id and hash.
func (c *client) openView(ctx context.Context, trigger string, v slackgo.ModalViewRequest) (id, hash string, err error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	resp, err := c.api.OpenViewContext(ctx, trigger, v)
	if err != nil {
		return "", "", classed("views.open", err)
	}
	return resp.ID, resp.Hash, nil
}

// pushView puts a modal on top of the one in which the person clicked.
func (c *client) pushView(ctx context.Context, trigger string, v slackgo.ModalViewRequest) (id, hash string, err error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	resp, err := c.api.PushViewContext(ctx, trigger, v)
	if err != nil {
		return "", "", classed("views.push", err)
	}
	return resp.ID, resp.Hash, nil
}

// updateView redraws a modal. With a hash only if it is still as it was; without one, always. A busy Slack is asked again.
func (c *client) updateView(ctx context.Context, id, hash string, v slackgo.ModalViewRequest) (newHash string, err error) {
	err = c.patiently(ctx, "views.update", func(ctx context.Context) error {
		resp, err := c.api.UpdateViewContext(ctx, v, "", hash, id)
		if err == nil {
			newHash = resp.Hash
		}
		return err
	})
	if err != nil {
		return "", classed("views.update", err)
	}
	return newHash, nil
}

// post posts a message and gives its timestamp. thread is the parent's, or empty.
func (c *client) post(ctx context.Context, channel, thread string, m message) (ts string, err error) {
	if err := c.posts.Wait(ctx); err != nil {
		return "", fmt.Errorf("chat.postMessage: %w: %w", errNoEffect, err)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	options := m.options()
	if thread != "" {
		options = append(options, slackgo.MsgOptionTS(thread))
		if m.broadcast {
			options = append(options, slackgo.MsgOptionBroadcast())
		}
	}
	err = c.once(ctx, "chat.postMessage", func(ctx context.Context) error {
		_, ts, err = c.api.PostMessageContext(ctx, channel, options...)
		if err == nil && ts == "" {
			err = errors.New("no timestamp came back")
		}
		return err
	})
	if err != nil {
		return "", classed("chat.postMessage", err)
	}
	return ts, nil
}

// update redraws a message of ours.
func (c *client) update(ctx context.Context, channel, ts string, m message) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err := c.once(ctx, "chat.update", func(ctx context.Context) error {
		_, _, _, err := c.api.UpdateMessageContext(ctx, channel, ts, m.options()...)
		return err
	})
	if err != nil {
		return classed("chat.update", err)
	}
	return nil
}

// whisper shows a line to one person in a channel. Slack doesn't promise that it arrives.
func (c *client) whisper(ctx context.Context, channel, user, text string) error {
	err := c.patiently(ctx, "chat.postEphemeral", func(ctx context.Context) error {
		_, err := c.api.PostEphemeralContext(ctx, channel, user, slackgo.MsgOptionText(text, false))
		return err
	})
	if err != nil {
		return classed("chat.postEphemeral", err)
	}
	return nil
}

// permalink is the address of a message for people.
func (c *client) permalink(ctx context.Context, channel, ts string) (link string, err error) {
	err = c.patiently(ctx, "chat.getPermalink", func(ctx context.Context) error {
		link, err = c.api.GetPermalinkContext(ctx, &slackgo.PermalinkParameters{Channel: channel, Ts: ts})
		return err
	})
	if err != nil {
		return "", classed("chat.getPermalink", err)
	}
	return link, nil
}

// user reads a person's record with language and, where the app may, address.
func (c *client) user(ctx context.Context, id string) (u *slackgo.User, err error) {
	err = c.patiently(ctx, "users.info", func(ctx context.Context) error {
		u, err = c.api.GetUserInfoContext(ctx, id)
		return err
	})
	if err != nil {
		return nil, classed("users.info", err)
	}
	return u, nil
}

// whoAmI gives the workspace that the token is of.
func (c *client) whoAmI(ctx context.Context) (team string, err error) {
	err = c.patiently(ctx, "auth.test", func(ctx context.Context) error {
		resp, err := c.api.AuthTestContext(ctx)
		if err == nil {
			team = resp.TeamID
		}
		return err
	})
	if err != nil {
		return "", classed("auth.test", err)
	}
	return team, nil
}

// mayRead says whether the app is in the channel and may read it.
func (c *client) mayRead(ctx context.Context, channel string) error {
	err := c.patiently(ctx, "conversations.history", func(ctx context.Context) error {
		_, err := c.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{ChannelID: channel, Limit: 1})
		return err
	})
	if err != nil {
		return classed("conversations.history", err)
	}
	return nil
}

// findCard looks in a channel for the card of a case that was posted since, by its metadata. sure is false where the
// channel's history can't be read to the end.
func (c *client) findCard(ctx context.Context, channel string, caseID int64, since time.Time) (ts string, sure bool, err error) {
	cursor := ""
	for range 5 {
		var page *slackgo.GetConversationHistoryResponse
		err = c.patiently(ctx, "conversations.history", func(ctx context.Context) error {
			page, err = c.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
				ChannelID: channel, Oldest: strconv.FormatInt(since.Add(-time.Minute).Unix(), 10), Limit: 200,
				Cursor: cursor, IncludeAllMetadata: true,
			})
			return err
		})
		if err != nil {
			return "", false, classed("conversations.history", err)
		}
		for _, m := range page.Messages {
			if m.Metadata.EventType == cardEvent && fmt.Sprint(m.Metadata.EventPayload["case"]) == strconv.FormatInt(caseID, 10) {
				return m.Timestamp, true, nil
			}
		}
		if cursor = page.ResponseMetaData.NextCursor; cursor == "" || !page.HasMore {
			return "", true, nil
		}
	}
	return "", false, nil
}

// respond posts a private line to the address that came with a command or click. Only to Slack's own origins: what stands
// in a form is no reason to post anywhere.
func (c *client) respond(ctx context.Context, address, text string) error {
	u, err := url.Parse(address)
	if err != nil || !slices.Contains(c.origins, u.Scheme+"://"+u.Host) || u.User != nil {
		return errOrigin
	}
	body, err := json.Marshal(map[string]any{"response_type": "ephemeral", "replace_original": false, "text": text})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return errOrigin
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("response_url: %w", withoutURL(err))
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || bytes.Contains(answer, []byte(`"ok":false`))) {
		err = fmt.Errorf("status %d", resp.StatusCode)
	}
	if err != nil {
		return fmt.Errorf("response_url: %w", err)
	}
	return nil
}

// withoutURL drops the address from an error: whoever has a response_url may post with it.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// patiently makes a call that may be made again, within the deadline of one call: a busy Slack says when.
func (c *client) patiently(ctx context.Context, method string, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	for {
		err := c.once(ctx, method, call)
		wait, busy := retryAfter(err)
		deadline, _ := ctx.Deadline()
		if !busy || time.Now().Add(wait).After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// once makes a call, unless Slack said a moment ago that the method is to rest: then it fails at once, without a call.
func (c *client) once(ctx context.Context, method string, call func(context.Context) error) error {
	c.mu.Lock()
	left := time.Until(c.paused[method])
	c.mu.Unlock()
	if left > 0 {
		return &slackgo.RateLimitedError{RetryAfter: left}
	}
	err := call(ctx)
	if wait, busy := retryAfter(err); busy {
		c.mu.Lock()
		c.paused[method] = time.Now().Add(max(wait, time.Second))
		c.mu.Unlock()
	}
	return err
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
	var said slackgo.SlackErrorResponse
	if errors.As(err, &said) {
		switch said.Err {
		case "trigger_expired", "trigger_exchanged", "expired_trigger_id", "exchanged_trigger_id":
			return errTrigger
		case "not_found", "view_not_found", "message_not_found", "cant_update_message", "edit_window_closed":
			return errGone
		case "hash_conflict":
			return errChanged
		case "missing_scope", "not_allowed_token_type", "no_permission", "channel_not_found", "not_in_channel", "is_archived":
			return errRight
		case "internal_error", "fatal_error": // "some aspect of the operation may have succeeded"
			return errDoubt
		}
		return errNoEffect
	}
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return errNoEffect
	}
	return errDoubt
}
