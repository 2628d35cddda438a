package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

func TestATerminationGoesFromTheCheckToTheComment(t *testing.T) {
	r := newRig(t)
	f := r.run(r.start("10234").ID, time.Hour)
	if f.Case.State != bot.Waiting {
		t.Fatalf("state %s, %v\n%s", f.Case.State, f.Case.Reason, journal(f))
	}
	if got := r.mails.all(); len(got) != 1 || strings.Contains(got[0], "#signature") || !strings.Contains(got[0], "Subject: Account Termination\n") {
		t.Errorf("mails: %q", got)
	}
	for _, s := range r.office.Services("10234") {
		if s.State != "suspended" || s.Cancellation == nil || s.Cancellation.At != "2026-12-22" || s.Cancellation.Reason != "Client defaults on payment" {
			t.Errorf("%s: %s, %+v", s.Label, s.State, s.Cancellation)
		}
	}
	notes := r.office.Notes("10234")
	if len(notes) != 1 || notes[0].Title != "betalingsachterstand" || !strings.Contains(notes[0].Text, f.Case.Ticket.Mask) {
		t.Errorf("notes: %+v", notes)
	}
	t.Log(journal(f))
}

func journal(f bot.File) string {
	var b strings.Builder
	for _, e := range f.Journal {
		b.WriteString(string(e.Step) + " " + e.Object + " [" + e.Kind + "] " + e.Text + "\n")
	}
	return b.String()
}
