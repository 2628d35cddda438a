package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack"
)

// ask gets an address of the monitoring.
func ask(t *testing.T, m *monitor, path string) (status int, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	m.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// rows is a store that only counts.
type rows struct {
	bot.Store
	stats bot.Stats
	err   error
}

func (r *rows) Stats(context.Context, time.Time) (bot.Stats, error) { return r.stats, r.err }

func TestReadinessFollowsTheDatabaseAndTheStopButNoOtherSystem(t *testing.T) {
	m := newMonitor(time.Now)
	if status, body := ask(t, m, "/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "not open") {
		t.Errorf("before the database is open: %d %s", status, body)
	}
	db := &rows{}
	m.see(db, nil)
	m.note("cerb", "GET", "silent", false, time.Second)
	status, body := ask(t, m, "/readyz")
	var h health
	if err := json.Unmarshal([]byte(body), &h); err != nil || status != http.StatusOK || !h.Ready {
		t.Errorf("while Cerb is silent: %d %s (%v)", status, body, err)
	}
	if c := h.Remotes["cerb"]; c.LastSuccess != nil || c.LastFailure == nil || c.LastOutcome != "silent" {
		t.Errorf("Cerb: %+v", c)
	}
	db.err = errors.New("gone")
	if status, body := ask(t, m, "/readyz"); status != http.StatusServiceUnavailable || strings.Contains(body, "gone") {
		t.Errorf("without the database: %d %s", status, body)
	}
	db.err = nil
	m.stopping.Store(true)
	if status, body := ask(t, m, "/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, `"stopping":true`) {
		t.Errorf("stopping: %d %s", status, body)
	}
	if status, _ := ask(t, m, "/healthz"); status != http.StatusOK {
		t.Errorf("stopping isn't dead: %d", status)
	}
}

func TestTheNumbersTellWhatAnOperatorWatches(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	m := newMonitor(func() time.Time { return now })
	db := &rows{stats: bot.Stats{ByState: map[bot.State]int{bot.Waiting: 3, bot.Person: 1}, Due: 2, OldestDue: now.Add(-90 * time.Second), WaitingSignals: 4, OpenQuestions: 1}}
	m.see(db, nil)
	m.step(t.Context(), bot.SuspendServices, bot.Done, 120*time.Millisecond)
	m.slack(slack.Call{Method: "chat.update", Outcome: "busy", Took: time.Millisecond})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	defer server.Close()
	client := http.Client{Transport: m.wrap("backoffice")(http.DefaultTransport)}
	resp, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	server.Close()
	if _, err := client.Get(server.URL); err == nil {
		t.Fatal("a closed server answers")
	}
	_, body := ask(t, m, "/metrics")
	for _, want := range []string{
		`aanmaner_cases{state="waiting"} 3`, `aanmaner_cases{state="ended"} 0`, "aanmaner_cases_due 2", "aanmaner_oldest_due_seconds 90",
		"aanmaner_oldest_signal_seconds 0", "aanmaner_signals_waiting 4", "aanmaner_questions_open 1", "aanmaner_database_up 1",
		`aanmaner_step_outcomes_total{outcome="done",step="suspend"} 1`, `aanmaner_step_seconds_count{step="suspend"} 1`,
		`aanmaner_remote_calls_total{method="chat.update",outcome="busy",system="slack"} 1`,
		`aanmaner_remote_calls_total{method="GET",outcome="failed",system="backoffice"} 1`,
		`aanmaner_remote_calls_total{method="GET",outcome="silent",system="backoffice"} 1`, `aanmaner_build_info{version="` + Version + `"} 1`,
		"go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is missing", want)
		}
	}
	db.err = errors.New("gone")
	if _, body = ask(t, m, "/metrics"); !strings.Contains(body, "aanmaner_database_up 0") || strings.Contains(body, "aanmaner_cases{") {
		t.Error("without the database old numbers are shown")
	}
}
