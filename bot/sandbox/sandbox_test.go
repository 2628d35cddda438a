package sandbox_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
)

// world brings a sandbox up at an instant, with the parts of the bot on it.
func world(t *testing.T, now time.Time) (*sandbox.Sandbox, *daemon.Daemon) {
	t.Helper()
	clock := func() time.Time { return now }
	w, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	cfg, err := w.Config()
	if err != nil {
		t.Fatal(err)
	}
	d, err := daemon.Open(t.Context(), cfg, daemon.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return w, d
}

// The demo is shown on every day of the year, Sundays and the first of January included.
func TestTheStorysCustomersAreWhatTheyAreOnEveryDay(t *testing.T) {
	first := time.Date(2026, 12, 20, 12, 0, 0, 0, time.UTC)
	for day := range 16 {
		now := first.AddDate(0, 0, day)
		t.Run(now.Format("Mon 2 Jan 2006"), func(t *testing.T) {
			_, d := world(t, now)
			for customer, possible := range map[string]bool{"10234": true, "10235": true, "10237": true, "10245": true, "10244": false, "10236": false, "10238": false} {
				p, err := d.Reception.Preview(context.Background(), bot.Request{CustomerID: customer, AgentEmail: "sanne@hoster.example"})
				if err != nil {
					t.Fatal(err)
				}
				if p.Plan.Possible() != possible {
					t.Errorf("customer %s: %v", customer, p.Plan.Blocked)
				}
			}
		})
	}
}

func TestDoctorFindsTheSandboxWell(t *testing.T) {
	_, d := world(t, time.Now())
	for _, f := range d.Doctor(t.Context()) {
		if f.Status == "wrong" {
			t.Errorf("%s: %s", f.Name, f.Said)
		}
	}
}

func TestEveryPageOfTheDemoOpens(t *testing.T) {
	w, _ := world(t, time.Now())
	for url, wants := range map[string]string{
		w.SlackURL + "/": "#wanbetalers", w.CerbURL + "/": "Tickets", w.OfficeURL + "/": "Jansen Bouw B.V.",
		w.OfficeURL + "/customers/10249": "&lt;script&gt;alert(1)&lt;/script&gt;", w.InboxURL + "/": "No mail yet",
	} {
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || res.Body.Close() != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusOK || !strings.Contains(string(body), wants) || strings.Contains(string(body), "<script>alert") {
			t.Errorf("%s: status %d, without %q", url, res.StatusCode, wants)
		}
	}
}
