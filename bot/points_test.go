package bot_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// points counts everything that the program does outside its own memory, HTTP calls and commits alike, and lets something
// happen at one of them. It sits on the wire and around the store: the product has no hooks.
type points struct {
	mu    sync.Mutex
	n     int
	names []string

	at     int    // the point at which it happens, from 1; 0: nowhere
	on     string // or: the first point whose name ends so
	after  bool   // after the call had its effect, instead of before
	crash  bool   // the process is gone from then on: nothing more gets out or is stored
	during func() // instead of a failure: what happens just before the point
	dead   bool

	latency time.Duration // how long each call takes
	calls   []call
}

// call is one call that was let through, with the time that it took.
type call struct {
	name       string
	start, end time.Time
}

// errGone is what the program would see of its own death, if it could.
var errGone = errors.New("the process is gone")

type pointFate int

const (
	goesWell pointFate = iota
	failsBefore
	failsAfter
)

func (p *points) pass(name string) pointFate {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return failsBefore
	}
	p.n++
	p.names = append(p.names, name)
	if p.on != "" && strings.HasSuffix(name, p.on) {
		p.at, p.on = p.n, ""
	}
	if p.n != p.at {
		return goesWell
	}
	if p.during != nil {
		p.during()
		return goesWell
	}
	p.dead = p.crash
	if p.after {
		return failsAfter
	}
	return failsBefore
}

// arm resets the counting and says what is to happen.
func (p *points) arm(set func(*points)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = nil
	p.n, p.names, p.at, p.on, p.after, p.crash, p.during, p.dead = 0, nil, 0, "", false, false, nil, false
	if set != nil {
		set(p)
	}
}

func (p *points) happened() (names []string, dead bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.names...), p.dead
}

// before puts a point before a server. A call that fails loses its connection, before or after the server did its work.
func (p *points) before(name string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch p.pass(fmt.Sprintf("%s %s %s", name, r.Method, r.URL.Path)) {
		case goesWell:
			start := time.Now()
			time.Sleep(p.latency) // waits: a slow system is what the benchmark is about
			h.ServeHTTP(w, r)
			p.mu.Lock()
			p.calls = append(p.calls, call{r.Method + " " + r.URL.Path, start, time.Now()})
			p.mu.Unlock()
			return
		case failsAfter:
			h.ServeHTTP(httptest.NewRecorder(), r)
		case failsBefore:
		}
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
	})
}

// pointedStore puts a point at every transaction and lease.
type pointedStore struct {
	bot.Store
	points *points
}

func (s pointedStore) at(name string, f func() error) error {
	switch s.points.pass(name) {
	case failsBefore:
		return errGone
	case failsAfter:
		return errors.Join(f(), errGone)
	case goesWell:
	}
	return f()
}

func (s pointedStore) InTx(ctx context.Context, f func(bot.Tx) error) error {
	return s.at("commit", func() error { return s.Store.InTx(ctx, f) })
}

func (s pointedStore) Claim(ctx context.Context, id int64, l bot.Lease, now time.Time) (ok bool, err error) {
	err = s.at("claim", func() (err error) { ok, err = s.Store.Claim(ctx, id, l, now); return })
	return ok, err
}

func (s pointedStore) Renew(ctx context.Context, id int64, l bot.Lease) error {
	return s.at("renew", func() error { return s.Store.Renew(ctx, id, l) })
}

func (s pointedStore) Release(ctx context.Context, id int64, l bot.Lease) error {
	return s.at("release", func() error { return s.Store.Release(ctx, id, l) })
}
