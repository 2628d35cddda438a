package daemon

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/aanmaner/aanmaner/bot"
)

// Traces go by OpenTelemetry's own SDK (go.opentelemetry.io/otel, Apache-2.0) over OTLP and HTTP, and only where an address
// for them is configured. A span tells of a request of Slack's, a step or a call of another system: what it was, how long it
// took and what came of it. Nothing of a customer is in one, and no header is added to a call: the other systems are not ours.

// noTracer is the tracer of a program that is not traced.
func noTracer() trace.Tracer { return noop.NewTracerProvider().Tracer("") }

// startTracing begins to send traces where that is configured; stop sends what is left. An address that doesn't answer
// costs traces and nothing else.
func (d *Daemon) startTracing(ctx context.Context) (stop func(), err error) {
	if d.Config.Trace.Endpoint == "" {
		return func() {}, nil
	}
	out, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(d.Config.Trace.Endpoint), otlptracehttp.WithTimeout(5*time.Second))
	if err != nil {
		return nil, fmt.Errorf("trace.endpoint: %w", err)
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(out), sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(d.Config.Trace.Sample))),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "aanmaner"), attribute.String("service.version", Version))),
	)
	d.health.trace(provider.Tracer("github.com/aanmaner/aanmaner"))
	return func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := provider.Shutdown(last); err != nil {
			d.log.WarnContext(ctx, "the last traces were not sent", "error", err)
		}
	}, nil
}

// trace gives the monitor a tracer.
func (m *monitor) trace(t trace.Tracer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tracer = t
}

func (m *monitor) tracing() trace.Tracer {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tracer
}

// spanOfStep tells of a step once it is over.
func (m *monitor) spanOfStep(ctx context.Context, step bot.StepName, outcome bot.Outcome, took time.Duration) {
	end := time.Now()
	_, span := m.tracing().Start(ctx, "step "+string(step), trace.WithTimestamp(end.Add(-took)),
		trace.WithAttributes(attribute.String("outcome", string(outcome))))
	if outcome == bot.Unknown || outcome == bot.Refused {
		span.SetStatus(codes.Error, string(outcome))
	}
	span.End(trace.WithTimestamp(end))
}

// spanOfCall tells of a call of another system once it is over. Paths and queries hold customers' numbers and stay out.
func (m *monitor) spanOfCall(ctx context.Context, system, method, outcome string, took time.Duration) {
	end := time.Now()
	_, span := m.tracing().Start(ctx, system+" "+method, trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(end.Add(-took)),
		trace.WithAttributes(attribute.String("system", system), attribute.String("method", method), attribute.String("outcome", outcome)))
	if outcome == "silent" || outcome == "failed" {
		span.SetStatus(codes.Error, outcome)
	}
	span.End(trace.WithTimestamp(end))
}

// tracedCase makes a span of the work on a case, that its steps and their calls are part of.
func (m *monitor) tracedCase(advance func(context.Context, int64) error) func(context.Context, int64) error {
	return func(ctx context.Context, caseID int64) error {
		ctx, span := m.tracing().Start(ctx, "case", trace.WithAttributes(attribute.Int64("case", caseID)))
		defer span.End()
		return advance(ctx, caseID)
	}
}

// knownPath is one of Slack's paths; any other path is somebody else's text, and there is no end of those.
func knownPath(path string) string {
	switch path {
	case "/slack/commands", "/slack/interactions", "/slack/events":
		return " " + path
	}
	return ""
}

// traced makes a span of each request.
func (m *monitor) traced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := m.tracing().Start(r.Context(), "request"+knownPath(r.URL.Path), trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
