package inhouse_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/inhouse"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

const token = "a-token-of-the-test"

// noon is a Tuesday.
func noon() time.Time { return time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC) }

// world is the reference server on loopback, and a client of it.
type world struct {
	server *inhousefake.Server
	http   *httptest.Server
	client *inhouse.Client
	dead   atomic.Bool // nobody listens the next time that somebody asks for a connection
}

// worldWith starts the reference server behind a handler that may look at what goes by, with changes to the client's config.
func worldWith(t *testing.T, options inhousefake.Options, wrap func(http.Handler) http.Handler, change func(*inhouse.Config)) *world {
	t.Helper()
	w := &world{}
	options.Token = token
	if options.Now == nil {
		options.Now = noon
	}
	w.server = inhousefake.NewDemo(options)
	handler := w.server.Handler()
	if wrap != nil {
		handler = wrap(handler)
	}
	w.http = httptest.NewServer(handler)
	t.Cleanup(w.http.Close)
	w.server.SetBaseURL(w.http.URL)
	w.client = w.newClient(t, change)
	return w
}

func newWorld(t *testing.T) *world { return worldWith(t, inhousefake.Options{}, nil, nil) }

// newClient makes a client that waits for nothing between its tries, with a connection pool of its own.
func (w *world) newClient(t *testing.T, change func(*inhouse.Config)) *inhouse.Client {
	t.Helper()
	var dialer net.Dialer
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if w.dead.CompareAndSwap(true, false) {
			return nil, errors.New("nobody listens")
		}
		return dialer.DialContext(ctx, network, addr)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	config := inhouse.Config{
		BaseURL: w.http.URL + "/api", Token: token, RatePerSecond: 10000, RetryWait: time.Microsecond, Now: noon, Transport: transport,
	}
	if change != nil {
		change(&config)
	}
	client, err := inhouse.New(config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// count says how many calls of an operation reached the server.
func (w *world) count(op string) int {
	n := 0
	for _, c := range w.server.Calls() {
		if c.Operation == op {
			n++
		}
	}
	return n
}

// isKind holds an error against its kind, and against being of any other.
func isKind(t *testing.T, err, kind error) *backoffice.Error {
	t.Helper()
	kinds := []error{
		backoffice.ErrNotFound, backoffice.ErrRefused, backoffice.ErrConflict, backoffice.ErrAuth, backoffice.ErrBusy,
		backoffice.ErrNotSent, backoffice.ErrUnknown, backoffice.ErrNotOffered,
	}
	if other := slices.IndexFunc(kinds, func(k error) bool { return k != kind && errors.Is(err, k) }); other >= 0 || !errors.Is(err, kind) {
		t.Fatalf("error %v, wanted kind %q and no other", err, kind)
	}
	var e *backoffice.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T) is no *backoffice.Error", err, err)
	}
	return e
}
