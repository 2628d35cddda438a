package cerb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// call is one request to Cerb.
type call struct {
	op     string // the operation and its key, for errors
	method string
	path   string // below the REST root: "tickets/60.json"
	query  []param
	form   []param
	// write marks a call that changes something: it is sent once, and whatever goes wrong after it left is ErrUnknown.
	write bool
	// refusal tells which of a write's error answers are given before anything was changed; nil: none is.
	refusal func(code, message string) error
	timeout time.Duration // 0: the configured one
}

// readTries is how often a read is tried in all.
const readTries = 3

// reply is what came back from one try.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// newREST makes the resty client: no cookies (each answer of Cerb sets a session's), no redirects (a signed write must
// not travel on), no retries of resty's own, an answer size limit, resty's own log on debug.
func newREST(cfg Config, log *slog.Logger) *resty.Client {
	transport := cfg.Transport
	if transport == nil {
		// HTTP/1.1 only: there, "no connection was got" means for certain that nothing was sent.
		protocols := new(http.Protocols)
		protocols.SetHTTP1(true)
		transport = &http.Transport{
			Proxy: http.ProxyFromEnvironment, Protocols: protocols, MaxIdleConnsPerHost: 8,
			IdleConnTimeout: 30 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
		}
	}
	hc := &http.Client{
		Transport:     wrapped(cfg.Wrap, punctual{transport}),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return resty.NewWithClient(hc).
		SetLogger(quietLog{log}).
		SetResponseBodyLimit(cfg.MaxBytes).
		SetHeader("User-Agent", cfg.UserAgent).
		SetHeader("Accept", "application/json")
}

func wrapped(wrap func(http.RoundTripper) http.RoundTripper, t http.RoundTripper) http.RoundTripper {
	if wrap == nil {
		return t
	}
	return wrap(t)
}

// do makes a call and decodes a success into out, unless it is nil. The kinds of error are those of package helpdesk.
func (c *Client) do(ctx context.Context, k call, out any) error {
	tries := 1
	if !k.write {
		tries = readTries
	}
	var err error
	for try := range tries {
		if try > 0 && !c.pause(ctx, try, err) {
			break
		}
		if err = c.once(ctx, k, out); err == nil || !passing(err) {
			break
		}
	}
	return err
}

// passing reports whether a read may do better when it is tried again.
func passing(err error) bool {
	return errors.Is(err, helpdesk.ErrNotSent) || errors.Is(err, helpdesk.ErrBusy) || errors.Is(err, helpdesk.ErrUnknown)
}

// pause waits before another try: the back-off with jitter, or what Cerb's front asked for. It reports false when the
// deadline would be passed.
func (c *Client) pause(ctx context.Context, try int, err error) bool {
	wait := c.backOff << (try - 1)
	wait += rand.N(wait)
	var e *helpdesk.Error
	if errors.As(err, &e) {
		wait = max(wait, e.RetryAfter)
	}
	if wait > c.cfg.Timeout {
		return false
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// once makes one try; after a 401 one more when there is a newer token to sign with, as a 401 comes before any effect.
func (c *Client) once(ctx context.Context, k call, out any) error {
	rep, err := c.send(ctx, k)
	if err == nil && rep.status == http.StatusUnauthorized && c.signer.renew() {
		rep, err = c.send(ctx, k)
	}
	if err != nil {
		return err
	}
	return c.judge(k, rep, out)
}

// send signs and sends one request, and reads its answer whole.
func (c *Client) send(ctx context.Context, k call) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, max(k.timeout, c.cfg.Timeout))
	defer cancel()
	if err := c.limiter.Wait(ctx); err != nil {
		return reply{}, &helpdesk.Error{Kind: helpdesk.ErrNotSent, Op: k.op, Err: err}
	}
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	req, err := c.request(traced, k)
	if err != nil {
		return reply{}, &helpdesk.Error{Kind: helpdesk.ErrNotSent, Op: k.op, Err: err}
	}
	start := time.Now()
	res, err := req.Send()
	if err != nil {
		return reply{}, c.broken(k, err, connected.Load(), answered(res, err))
	}
	c.log.DebugContext(ctx, "cerb call", "op", k.op, "method", k.method, "path", k.path,
		"status", res.StatusCode(), "bytes", len(res.Body()), "took", time.Since(start))
	return reply{status: res.StatusCode(), header: res.Header(), body: res.Body()}, nil
}

func (c *Client) request(ctx context.Context, k call) (*resty.Request, error) {
	u := c.base.JoinPath(k.path)
	u.RawQuery = encode(k.query)
	var body []byte
	req := c.rest.R().SetContext(ctx)
	if k.method == http.MethodPost || k.method == http.MethodPut {
		body = []byte(encode(k.form))
		req.SetBody(body).SetHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	if err := c.signer.sign(req.Header, k.method, u, body, c.now()); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	req.Method, req.URL = k.method, urlAsSent(u)
	return req, nil
}

// urlAsSent writes u so that path and query reach the wire exactly as they were signed.
func urlAsSent(u *url.URL) string { return u.String() }

// answered reports whether an answer came, though reading it failed.
func answered(res *resty.Response, err error) bool {
	return errors.Is(err, resty.ErrResponseBodyTooLarge) || (res != nil && res.RawResponse != nil && finished(res.StatusCode()))
}

// broken names what is known when no whole answer came: nothing was sent when no connection was got, anything may have
// happened otherwise.
func (c *Client) broken(k call, err error, connected, answered bool) error {
	e := &helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: k.op, Answered: answered, Err: plain(err)}
	if !connected {
		e.Kind, e.Answered = helpdesk.ErrNotSent, false
	}
	return e
}

// plain takes the URL out of a transport's error: it carries customers' names in its query.
func plain(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return fmt.Errorf("%s: %w", u.Op, u.Err)
	}
	return err
}

// quietLog puts resty's own remarks on debug.
type quietLog struct{ log *slog.Logger }

// Errorf is part of resty.Logger; what goes wrong comes back as an error anyway.
func (q quietLog) Errorf(string, ...any) { q.log.Debug("cerb: resty reports an error") }

// Warnf is part of resty.Logger.
func (q quietLog) Warnf(format string, v ...any) { q.log.Debug("cerb: resty warns") }

// Debugf is part of resty.Logger; it would print whole requests.
func (q quietLog) Debugf(string, ...any) {}
