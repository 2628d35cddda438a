package daemon

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/trace"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack"
	"github.com/aanmaner/aanmaner/bot/wake"
)

// monitor knows how the program and the systems around it are. Its numbers are Prometheus's, by
// github.com/prometheus/client_golang (Apache-2.0), in a registry of its own. No label holds anything of a customer, and
// every label has few values.
type monitor struct {
	now      func() time.Time
	registry *prometheus.Registry
	stopping atomic.Bool // takes no more requests

	calls    *prometheus.CounterVec   // of other systems
	took     *prometheus.HistogramVec // by those calls
	steps    *prometheus.CounterVec
	stepTook *prometheus.HistogramVec

	mu      sync.Mutex
	tracer  trace.Tracer
	remotes map[string]remoteState
	stats   func(context.Context) (bot.Stats, error)
	wake    *wake.Wake
}

// remoteState is how another system answered lately.
type remoteState struct {
	Good    time.Time     // the last answer that was none of its failures
	Bad     time.Time     // the last time that it failed or kept silent
	Outcome string        // of the last call
	Skew    time.Duration // of its clock against ours, by the last answer's Date
}

// buckets are for calls that take from some milliseconds to half a minute.
func buckets() []float64 { return []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30} }

func newMonitor(now func() time.Time) *monitor {
	m := &monitor{
		now: now, registry: prometheus.NewRegistry(), remotes: map[string]remoteState{}, tracer: noTracer(),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aanmaner_remote_calls_total", Help: "Calls of other systems, by what came of them: ok, refused (4xx), busy (429), failed (5xx) or silent.",
		}, []string{"system", "method", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aanmaner_remote_call_seconds", Help: "How long calls of other systems took.", Buckets: buckets(),
		}, []string{"system"}),
		steps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aanmaner_step_outcomes_total", Help: "Outcomes of the procedure's steps as they were written down.",
		}, []string{"step", "outcome"}),
		stepTook: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aanmaner_step_seconds", Help: "From the intent to the outcome of a step.", Buckets: buckets(),
		}, []string{"step"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "aanmaner_build_info", Help: "Always 1; the label tells the version.", ConstLabels: prometheus.Labels{"version": Version},
	})
	build.Set(1)
	m.registry.MustRegister(m.calls, m.took, m.steps, m.stepTook, build, m,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// see gives the monitor what it asks when it is asked itself.
func (m *monitor) see(rows bot.Store, w *wake.Wake) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wake = w
	m.stats = func(ctx context.Context) (bot.Stats, error) {
		ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		return rows.Stats(ctx, m.now())
	}
}

// step notes the outcome of a step.
func (m *monitor) step(ctx context.Context, step bot.StepName, outcome bot.Outcome, took time.Duration) {
	m.steps.WithLabelValues(string(step), string(outcome)).Inc()
	m.stepTook.WithLabelValues(string(step)).Observe(took.Seconds())
	m.spanOfStep(ctx, step, outcome, took)
}

// slack notes a call of Slack's Web API.
func (m *monitor) slack(c slack.Call) {
	outcome := c.Outcome
	if outcome == "doubt" {
		outcome = "silent"
	}
	m.note("slack", c.Method, outcome, outcome != "silent" && outcome != "token", c.Took)
}

// note counts a call and keeps how the system is.
func (m *monitor) note(system, method, outcome string, good bool, took time.Duration) {
	m.calls.WithLabelValues(system, method, outcome).Inc()
	m.took.WithLabelValues(system).Observe(took.Seconds())
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.remotes[system]
	s.Outcome = outcome
	if good {
		s.Good = m.now()
	} else {
		s.Bad = m.now()
	}
	m.remotes[system] = s
}

// wrap counts and times a system's calls.
func (m *monitor) wrap(system string) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper { return counted{m, system, next} }
}

type counted struct {
	monitor *monitor
	system  string
	next    http.RoundTripper
}

// RoundTrip sends the request as it is and notes what came of it.
func (c counted) RoundTrip(r *http.Request) (*http.Response, error) {
	begun := time.Now()
	resp, err := c.next.RoundTrip(r)
	outcome := "ok"
	switch {
	case err != nil:
		outcome = "silent"
	case resp.StatusCode == http.StatusTooManyRequests:
		outcome = "busy"
	case resp.StatusCode >= http.StatusInternalServerError:
		outcome = "failed"
	case resp.StatusCode >= http.StatusBadRequest:
		outcome = "refused"
	}
	if err == nil {
		c.monitor.clock(c.system, resp.Header.Get("Date"))
	}
	c.monitor.spanOfCall(r.Context(), c.system, r.Method, outcome, time.Since(begun))
	c.monitor.note(c.system, r.Method, outcome, outcome != "silent" && outcome != "failed", time.Since(begun))
	return resp, err
}

// clock keeps how far a system's clock is from ours. A Date is of whole seconds.
func (m *monitor) clock(system, date string) {
	at, err := http.ParseTime(date)
	if err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.remotes[system]
	s.Skew = at.Sub(m.now())
	m.remotes[system] = s
}

// clocked notes a system's clock and nothing else.
func (m *monitor) clocked(system string) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil {
				m.clock(system, resp.Header.Get("Date"))
			}
			return resp, err
		})
	}
}

// roundTrip is a function that sends a request.
type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip calls it.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// skews are the clocks of the systems that have answered, against ours.
func (m *monitor) skews() map[string]time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]time.Duration{}
	for system, s := range m.remotes {
		out[system] = s.Skew
	}
	return out
}

// health is what /readyz tells.
type health struct {
	Ready    bool                    `json:"ready"`
	Stopping bool                    `json:"stopping,omitempty"`
	Database string                  `json:"database"` // ok, or that it doesn't answer
	Remotes  map[string]remoteHealth `json:"remotes"`
}

// remoteHealth tells how another system answered lately. Its silence doesn't make us not ready: cases wait, and nothing is
// lost; a bot that is taken out of rotation for it could not even say so in Slack.
type remoteHealth struct {
	LastSuccess *time.Time `json:"last_success"` // none yet: null
	LastFailure *time.Time `json:"last_failure"`
	LastOutcome string     `json:"last_outcome"`
}

func (m *monitor) health(ctx context.Context) health {
	m.mu.Lock()
	remotes, stats := maps.Clone(m.remotes), m.stats
	m.mu.Unlock()
	h := health{Stopping: m.stopping.Load(), Database: "ok", Remotes: map[string]remoteHealth{}}
	if stats == nil {
		h.Database = "not open"
	} else if _, err := stats(ctx); err != nil {
		h.Database = "does not answer"
	}
	h.Ready = h.Database == "ok" && !h.Stopping
	for system, s := range remotes {
		h.Remotes[system] = remoteHealth{instantOrNil(s.Good), instantOrNil(s.Bad), s.Outcome}
	}
	return h
}

func instantOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

// wedged is how long no sweep may have ended before the program counts as stuck. A sweep waits for the database at most for
// its time-outs, which are far shorter.
const wedged = 2 * time.Minute

// alive says whether the program still works at all; a supervisor restarts one that doesn't.
func (m *monitor) alive() bool {
	m.mu.Lock()
	w := m.wake
	m.mu.Unlock()
	if w == nil {
		return true
	}
	last := w.Swept()
	return last.IsZero() || time.Since(last) < wedged
}

// probes answers /healthz and /readyz.
func (m *monitor) probes(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if !m.alive() {
			http.Error(w, "wedged: no sweep for two minutes", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("alive\n")) // whoever asked may be gone
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		h := m.health(r.Context())
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if !h.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(h) // likewise
	})
}

// handler is what the monitoring's address answers.
func (m *monitor) handler() http.Handler {
	mux := http.NewServeMux()
	m.probes(mux)
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 8 * time.Second}))
	return mux
}
