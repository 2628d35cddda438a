package daemon

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/aanmaner/aanmaner/bot"
)

// collector takes traces as a collector does, and keeps what was sent.
type collector struct {
	mu   sync.Mutex
	sent bytes.Buffer
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = io.Copy(&c.sent, r.Body)
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func TestTracesTellOfStepsCallsAndRequestsAndOfNoCustomer(t *testing.T) {
	c := &collector{}
	server := httptest.NewServer(c)
	defer server.Close()
	d := &Daemon{health: newMonitor(time.Now), log: slog.New(slog.DiscardHandler)}
	d.Config.Trace = Trace{Endpoint: server.URL + "/v1/traces", Sample: 1}
	stop, err := d.startTracing(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	advance := d.health.tracedCase(func(ctx context.Context, _ int64) error {
		if !trace.SpanContextFromContext(ctx).IsValid() {
			t.Error("a step is not part of the work on its case")
		}
		d.health.step(ctx, bot.SuspendServices, bot.Unknown, time.Second)
		return nil
	})
	if err := advance(context.Background(), 7); err != nil {
		t.Fatal(err)
	}
	office := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Traceparent") != "" {
			t.Error("a header of ours goes to another system")
		}
	}))
	defer office.Close()
	client := http.Client{Transport: d.health.wrap("backoffice")(http.DefaultTransport)}
	resp, err := client.Get(office.URL + "/customers/10234?name=Jansen")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	d.health.traced(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/slack/commands", nil))
	d.health.traced(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/slack/whatever-a-stranger-types", nil))
	stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, want := range []string{"step suspend", "unknown", "backoffice GET", "request /slack/commands", "aanmaner"} {
		if !bytes.Contains(c.sent.Bytes(), []byte(want)) {
			t.Errorf("%q was not sent", want)
		}
	}
	for _, never := range []string{"10234", "Jansen", "a-stranger-types"} {
		if bytes.Contains(c.sent.Bytes(), []byte(never)) {
			t.Errorf("%q was sent", never)
		}
	}
}

func TestWithoutAnAddressNothingIsTraced(t *testing.T) {
	d := &Daemon{health: newMonitor(time.Now), log: slog.New(slog.DiscardHandler)}
	stop, err := d.startTracing(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	_, span := d.health.tracing().Start(context.Background(), "x")
	if span.IsRecording() {
		t.Error("something is recorded")
	}
}
