package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
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
	maxPages    = 5 // of a channel's history
)

// client is the part of Slack's Web API that we use. It holds slack-go, whose releases may break, behind our own calls.
// slack-go's own retries stay off: they would post twice. No body is ever logged: the token stands in it.
type client struct {
	api     *slackgo.Client
	http    *http.Client
	origins []string
	posts   *rate.Limiter // chat.postMessage: one a second and channel, short bursts are let through
	link    *linkState
	log     *slog.Logger
	observe func(Call)

	mu     sync.Mutex
	paused map[string]time.Time // methods of which Slack said when to come back
}

// newPosts lets one message a second through, as Slack wants it for a channel.
func newPosts(quick bool) *rate.Limiter {
	if quick {
		return rate.NewLimiter(rate.Inf, 1)
	}
	return rate.NewLimiter(rate.Every(time.Second), 3)
}

func newClient(cfg Config, l *linkState, log *slog.Logger) *client {
	road := http.DefaultTransport
	if cfg.Wrap != nil {
		road = cfg.Wrap(road)
	}
	h := &http.Client{
		Transport:     limited{road},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &client{
		api:  slackgo.New(cfg.BotToken, slackgo.OptionAPIURL(cfg.APIURL), slackgo.OptionHTTPClient(h), slackgo.OptionAppLevelToken(cfg.AppToken)),
		http: h, origins: cfg.ResponseOrigins, posts: newPosts(cfg.Quick),
		paused: map[string]time.Time{}, link: l, log: log, observe: cfg.Observe,
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
	err = c.once(ctx, "views.open", func(ctx context.Context) error {
		resp, err := c.api.OpenViewContext(ctx, trigger, v)
		if err == nil {
			id, hash = resp.ID, resp.Hash
		}
		return err
	})
	if err != nil {
		return "", "", classed("views.open", err)
	}
	return id, hash, nil
}

// pushView puts a modal on top of the one in which the person clicked.
func (c *client) pushView(ctx context.Context, trigger string, v slackgo.ModalViewRequest) (id, hash string, err error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	err = c.once(ctx, "views.push", func(ctx context.Context) error {
		resp, err := c.api.PushViewContext(ctx, trigger, v)
		if err == nil {
			id, hash = resp.ID, resp.Hash
		}
		return err
	})
	if err != nil {
		return "", "", classed("views.push", err)
	}
	return id, hash, nil
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
	var in []slackgo.MsgOption
	if thread != "" {
		in = append(in, slackgo.MsgOptionTS(thread))
		if m.broadcast {
			in = append(in, slackgo.MsgOptionBroadcast())
		}
	}
	err = c.orPlain(ctx, "chat.postMessage", m, func(ctx context.Context, m message) error {
		_, ts, err = c.api.PostMessageContext(ctx, channel, append(m.options(), in...)...)
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
	err := c.orPlain(ctx, "chat.update", m, func(ctx context.Context, m message) error {
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

// whoAmI gives the workspace that the token is of, and the scopes that it has; none when Slack doesn't tell.
func (c *client) whoAmI(ctx context.Context) (team string, scopes []string, err error) {
	err = c.patiently(ctx, "auth.test", func(ctx context.Context) error {
		resp, err := c.api.AuthTestContext(ctx)
		if err == nil {
			team = resp.TeamID
			scopes = strings.FieldsFunc(resp.Header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
		}
		return err
	})
	if err != nil {
		return "", nil, classed("auth.test", err)
	}
	return team, scopes, nil
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

// posted is a card that stands in a channel.
type posted struct {
	ts     string
	caseID int64
}

// findCards lists the cards of ours that were posted in a channel since, by their metadata, oldest first. all is false where
// the channel's history can't be read to the end.
func (c *client) findCards(ctx context.Context, channel string, since time.Time) (cards []posted, all bool, err error) {
	cursor := ""
	for range maxPages {
		var page *slackgo.GetConversationHistoryResponse
		err = c.patiently(ctx, "conversations.history", func(ctx context.Context) error {
			page, err = c.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
				ChannelID: channel, Oldest: strconv.FormatInt(since.Unix(), 10), Limit: 200,
				Cursor: cursor, IncludeAllMetadata: true,
			})
			return err
		})
		if err != nil {
			return nil, false, classed("conversations.history", err)
		}
		for _, m := range page.Messages {
			id, err := strconv.ParseInt(fmt.Sprint(m.Metadata.EventPayload["case"]), 10, 64)
			if m.Metadata.EventType == cardEvent && err == nil {
				cards = append(cards, posted{m.Timestamp, id})
			}
		}
		if cursor = page.ResponseMetaData.NextCursor; cursor == "" || !page.HasMore {
			slices.Reverse(cards)
			return cards, true, nil
		}
	}
	slices.Reverse(cards)
	return cards, false, nil
}

// remove takes a message of ours away.
func (c *client) remove(ctx context.Context, channel, ts string) error {
	err := c.patiently(ctx, "chat.delete", func(ctx context.Context) error {
		_, _, err := c.api.DeleteMessageContext(ctx, channel, ts)
		return err
	})
	if err != nil {
		return classed("chat.delete", err)
	}
	return nil
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
