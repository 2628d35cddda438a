package inhouse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"
	"github.com/sethvargo/go-retry"

	"github.com/aanmaner/aanmaner/backoffice"
)

// readTries is how often a read is tried in all.
const readTries = 3

// patience is the longest Retry-After that a read waits for by itself. A longer one goes to the caller.
const patience = 2 * time.Second

// call is one request to be made.
type call struct {
	op     string // for people: "suspend service 7001"
	method string
	url    string // absolute
	body   any    // nil: none
	key    string // the idempotency key; empty: none
}

func (c call) isWrite() bool { return c.method != http.MethodGet }

// response is an answer with a status of 2xx, read whole.
type response struct {
	status   int
	header   http.Header
	body     []byte
	replayed bool // it comes from the server's memory of an earlier call with this key
}

// hasBody says whether there is something to be read.
func (r response) hasBody() bool {
	return r.status != http.StatusNoContent && len(bytes.TrimSpace(r.body)) > 0
}

// read does a call that changes nothing, and tries again what may go better the next time.
func (c *Client) read(ctx context.Context, op, address string) (response, error) {
	backoff := retry.WithMaxRetries(readTries-1, retry.WithJitterPercent(20, retry.NewExponential(c.config.RetryWait)))
	res, err := retry.DoValue(ctx, backoff, func(ctx context.Context) (response, error) {
		res, err := c.once(ctx, call{op: op, method: http.MethodGet, url: address})
		if err != nil && mayRead(err) && ctx.Err() == nil {
			c.log.WarnContext(ctx, "back office did not answer a read", "op", op, "error", err)
			c.sitOut(ctx, err)
			return res, retry.RetryableError(err)
		}
		return res, err
	})
	var e *backoffice.Error
	if err != nil && !errors.As(err, &e) { // the caller gave up between two tries
		err = &backoffice.Error{Kind: backoffice.ErrUnknown, Op: op, Err: err}
	}
	return res, err
}

// mayRead says whether a read that failed is worth another try.
func mayRead(err error) bool {
	var e *backoffice.Error
	if !errors.As(err, &e) {
		return false
	}
	if e.Kind == backoffice.ErrBusy {
		return e.RetryAfter <= patience
	}
	return e.Kind == backoffice.ErrNotSent || e.Kind == backoffice.ErrUnknown && !errors.Is(err, errUnreadable)
}

// sitOut waits as long as the server asked for.
func (c *Client) sitOut(ctx context.Context, err error) {
	var e *backoffice.Error
	if !errors.As(err, &e) || e.RetryAfter <= 0 {
		return
	}
	t := time.NewTimer(e.RetryAfter)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// once does one call, once. Every error is a *backoffice.Error.
func (c *Client) once(ctx context.Context, k call) (response, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	if err := c.limit.Wait(ctx); err != nil {
		return response{}, &backoffice.Error{Kind: backoffice.ErrNotSent, Op: k.op, Err: err}
	}
	var trace connection
	request, err := c.request(httptrace.WithClientTrace(ctx, trace.hooks()), k)
	if err != nil {
		return response{}, &backoffice.Error{Kind: backoffice.ErrNotSent, Op: k.op, Err: err}
	}
	raw, err := request.Execute(k.method, k.url)
	if raw != nil && raw.RawResponse != nil && raw.RawResponse.Body != nil {
		defer raw.RawResponse.Body.Close()
	}
	if err != nil {
		return response{}, &backoffice.Error{Kind: trace.kind(), Op: k.op, Err: hideAddress(err)}
	}
	body, readErr := c.body(raw.RawResponse.Body)
	return c.judge(k, raw.RawResponse, body, readErr)
}

func (c *Client) request(ctx context.Context, k call) (*resty.Request, error) {
	client := c.reads
	if k.isWrite() {
		client = c.writes
	}
	r := client.R().SetContext(ctx)
	if k.body != nil {
		body, err := json.Marshal(k.body)
		if err != nil {
			return nil, err
		}
		r.SetHeader("Content-Type", "application/json").SetBody(body)
	}
	if k.key != "" {
		r.SetHeader("Idempotency-Key", structuredString(k.key))
	}
	return r, nil
}

// connection watches whether a call got as far as a connection. A transport that doesn't tell counts as one that did.
type connection struct{ asked, got atomic.Bool }

func (t *connection) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { t.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { t.got.Store(true) },
	}
}

func (t *connection) kind() error {
	if t.asked.Load() && !t.got.Load() {
		return backoffice.ErrNotSent
	}
	return backoffice.ErrUnknown
}

// hideAddress takes the address out of net/http's error: a search holds a customer's name or e-mail address.
func hideAddress(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

var errTooLarge = errors.New("the answer is larger than allowed")

// body reads an answer up to the limit. What could be read comes back with the error too.
func (c *Client) body(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, c.config.MaxBytes+1))
	if err == nil && int64(len(body)) > c.config.MaxBytes {
		return nil, errTooLarge
	}
	return body, err
}

// errUnreadable marks an answer that came and can't be understood.
var errUnreadable = errors.New("the answer can't be read")

// unreadable is the error for an answer of 2xx that can't be understood: whatever was asked for may well have been done.
func unreadable(op string, err error) *backoffice.Error {
	return &backoffice.Error{Kind: backoffice.ErrUnknown, Op: op, Answered: true, Err: fmt.Errorf("%w: %w", errUnreadable, err)}
}

// structuredString writes a key as a string of RFC 9651, in quotes. Keys that don't fit there don't occur: see keyOf.
func structuredString(key string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key) + `"`
}
