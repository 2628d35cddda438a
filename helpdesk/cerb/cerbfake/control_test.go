package cerbfake

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestAnswersLandInTheTicketWhoeverWroteThem(t *testing.T) {
	h := newSmall(t, Options{})
	shot := h.open(t, "am-1")
	h.notice(t, shot, "Dear customer")
	for i, from := range []string{"klant@customer.example", "stranger@else.example"} {
		if err := h.CustomerReplies(shot.ID, from, "I paid yesterday."); err != nil {
			t.Fatal(err)
		}
		after := h.ticket(t, shot.ID)
		last := after.Messages[len(after.Messages)-1]
		if after.Status != "open" || len(after.Messages) != 3+2*i || last.Outgoing || last.From != from || last.Text != "I paid yesterday.\n" {
			t.Errorf("after %s: %s, %+v", from, after.Status, last)
		}
		if strings.Join(after.Requesters, " ") != "klant@customer.example" {
			t.Errorf("requesters %v", after.Requesters)
		}
		if err := h.ColleagueReplies(shot.ID, "sanne@hoster.example", "Thank you"); err != nil {
			t.Fatal(err)
		}
		if again := h.ticket(t, shot.ID); again.Status != "waiting" {
			t.Errorf("after a colleague's answer: %s", again.Status)
		}
	}
	if err := h.CustomerReplies(999, "a@b.example", "x"); !errors.Is(err, ErrNoSuch) {
		t.Errorf("no ticket: %v", err)
	}
	if err := h.ColleagueReplies(shot.ID, "nobody@b.example", "x"); !errors.Is(err, ErrNoSuch) {
		t.Errorf("no worker: %v", err)
	}
}

func TestMergedAndDeletedTicketsAreStillFoundByTheirField(t *testing.T) {
	h := newSmall(t, Options{})
	into, from, gone := h.open(t, "am-1"), h.open(t, "am-2"), h.open(t, "am-3")
	if err := errors.Join(h.Merge(from.ID, into.ID), h.Delete(gone.ID)); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"am-1": "open", "am-2": "deleted", "am-3": "deleted"} {
		a := h.ok(t, "GET", "records/ticket/search.json", "q", `terminationCase:"`+key+`"`)
		found := a["results"].([]any)
		if len(found) != 1 || found[0].(map[string]any)["status"] != want {
			t.Errorf("%s finds %v", key, found)
		}
	}
	merged, kept := h.ticket(t, from.ID), h.ticket(t, into.ID)
	if !strings.HasSuffix(merged.Mask, "-MERGED") || len(merged.Messages) != 0 || len(kept.Messages) != 2 {
		t.Errorf("merged %+v, kept %+v", merged, kept)
	}
	h.Purge(gone.ID)
	if a := h.ok(t, "GET", "records/ticket/search.json", "q", `terminationCase:"am-3"`); len(a["results"].([]any)) != 0 {
		t.Error("a purged ticket is found")
	}
	if err := errors.Join(h.Delete(999), h.Merge(999, 1)); !errors.Is(err, ErrNoSuch) {
		t.Errorf("no ticket: %v", err)
	}
}

// TestCallsNameWhatWasAskedButNoMail keeps mails out of the list of calls, which tests print.
func TestCallsNameWhatWasAskedButNoMail(t *testing.T) {
	h := newSmall(t, Options{})
	h.open(t, "am-1")
	_, _ = h.callAs(t, "botkey", "wrong", "GET", "workers/me.json", nil)
	calls := h.Calls()
	if len(calls) != 2 {
		t.Fatalf("%d calls", len(calls))
	}
	first, second := calls[0], calls[1]
	if first.Method != "POST" || first.Path != "tickets/compose.json" || first.Worker != "bot@cerb.example" || first.Status != 200 || first.Params["custom_1"] != "am-1" || !first.At.Equal(h.now) {
		t.Errorf("first %+v", first)
	}
	if _, there := first.Params["content"]; there {
		t.Error("the mail's text is in the list")
	}
	if second.Worker != "" || second.Status != 401 {
		t.Errorf("second %+v", second)
	}
	if h.ForgetCalls(); len(h.Calls()) != 0 {
		t.Error("calls are left")
	}
}

func TestManyAtOnce(t *testing.T) {
	h := newSmall(t, Options{})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			_, a := h.call(t, "POST", "tickets/compose.json", pairs([]string{
				"group_id", "1", "to", "k@customer.example", "subject", "s", "content", "c", "custom_1", fmt.Sprint(i),
			}))
			if a["__status"] != "success" {
				t.Errorf("answer %v", a)
			}
			h.Tickets()
			h.Drafts()
			h.page("GET", "/")
		})
	}
	all.Wait()
	if got := len(h.Tickets()); got != 8 || len(h.mail.take()) != 8 {
		t.Errorf("%d tickets", got)
	}
}
