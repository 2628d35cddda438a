package inhousefake_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

// feed asks for the list of events as a program does.
func feed(t *testing.T, server http.Handler, query string) (ids []string, res *http.Response) {
	t.Helper()
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/events"+query, http.NoBody))
	var page []inhousefake.Event
	if recorder.Code == http.StatusOK {
		check(t, json.Unmarshal(recorder.Body.Bytes(), &page))
	}
	for _, e := range page {
		ids = append(ids, e.ID)
	}
	return ids, recorder.Result()
}

func TestFeedGoesOnFromAnyEventThatItHolds(t *testing.T) {
	server := inhousefake.New(inhousefake.Options{Now: noon})
	if ids, res := feed(t, server, ""); len(ids) != 0 || res.Header.Get("Newest-Event") != "" {
		t.Errorf("before anything happened: %v, %q", ids, res.Header.Get("Newest-Event"))
	}
	for range 5 {
		server.Invent(inhousefake.Event{Type: "x", CustomerID: "1"})
	}
	server.ForgetEvents(3)
	for query, want := range map[string][]string{"": {"e3", "e4", "e5"}, "?after=e3": {"e4", "e5"}, "?after=e5": nil, "?after=e3&limit=1": {"e4"}} {
		if ids, res := feed(t, server, query); !slices.Equal(ids, want) || res.Header.Get("Newest-Event") != "e5" {
			t.Errorf("%s: %v, %q", query, ids, res.Header.Get("Newest-Event"))
		}
	}
	for _, gone := range []string{"e1", "e2", "e6", "e0", "x"} {
		if _, res := feed(t, server, "?after="+gone); res.StatusCode != http.StatusGone || res.Header.Get("Newest-Event") != "" {
			t.Errorf("after %s: %d", gone, res.StatusCode)
		}
	}
	if e := server.Invent(inhousefake.Event{Type: "x", CustomerID: "1"}); e.ID != "e6" || !e.At.Equal(noon()) {
		t.Errorf("an id was given a second time: %+v", e)
	}
}

func TestEventIsToldAgainUnderANewId(t *testing.T) {
	now := noon()
	server := inhousefake.NewDemo(inhousefake.Options{Now: func() time.Time { return now }})
	check(t, server.PayInvoice("inv311"))
	now = now.Add(time.Hour)
	check(t, server.RepeatEvent("e2"))
	all := server.Events()
	was, is := all[1], all[2]
	if was.ID == is.ID {
		t.Errorf("%+v twice", is)
	}
	was.ID, is.ID = "", ""
	if was != is {
		t.Errorf("%+v, then %+v", was, is)
	}
}

func TestPageIsPutOutOfOrderOnDemand(t *testing.T) {
	server := inhousefake.New(inhousefake.Options{Now: noon})
	for range 4 {
		server.Invent(inhousefake.Event{Type: "x", CustomerID: "1"})
	}
	server.DisorderEvents(func(page []inhousefake.Event) []inhousefake.Event {
		slices.Reverse(page)
		return page
	})
	if ids, _ := feed(t, server, "?limit=3"); !slices.Equal(ids, []string{"e3", "e2", "e1"}) {
		t.Errorf("%v", ids)
	}
	server.DisorderEvents(nil)
	if ids, _ := feed(t, server, "?limit=3"); !slices.Equal(ids, []string{"e1", "e2", "e3"}) {
		t.Errorf("%v", ids)
	}
}

func TestEveryChangeOfAServiceIsTold(t *testing.T) {
	now := noon()
	server := inhousefake.NewDemo(inhousefake.Options{Now: func() time.Time { return now }})
	const changed = "service.state_changed 7001"
	for _, step := range []struct {
		name string
		do   func() error
		says []string
	}{
		{"off", func() error { return server.SuspendAs("Bram", "7001", "x") }, []string{changed}},
		{"another label", func() error { return server.EditService("7001", func(v *inhousefake.Service) { v.Label = "web1" }) }, nil},
		{"on", func() error { return server.UnsuspendAs("7001") }, []string{changed}},
		{"cancelled", func() error { return server.CancelAs("Bram", "7001", "2026-12-22", "x") }, []string{changed}},
		{"moved", func() error { return server.CancelAs("Bram", "7001", "2026-12-23", "x") }, []string{changed}},
		{"a day before", func() error { now = time.Date(2026, 12, 22, 12, 0, 0, 0, time.UTC); return nil }, nil},
		{"ended", func() error { now = time.Date(2026, 12, 23, 12, 0, 0, 0, time.UTC); return nil }, []string{changed}},
		{"deleted", func() error { return server.DeleteService("7002") }, []string{"service.state_changed 7002"}},
	} {
		before := len(server.Events())
		check(t, step.do())
		others := func(said string) bool { return !strings.Contains(said, " 700") } // what the seed cancelled ends too
		if got := slices.DeleteFunc(told(server, before), others); !slices.Equal(got, step.says) {
			t.Errorf("%s: told %q, wanted %q", step.name, got, step.says)
		}
	}
}

// call does a call of the contract.
func call(t *testing.T, server http.Handler, method, path, body string) int {
	t.Helper()
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
	return recorder.Code
}

func TestServiceChangedOverTheContractIsTold(t *testing.T) {
	server := demoAt(noon())
	const why = `{"reason":"x","at":"2026-12-22"}`
	for n, step := range []struct{ method, path string }{
		{"PUT", "/services/7001/suspension"}, {"DELETE", "/services/7001/suspension"}, {"PUT", "/services/7001/cancellation"}, {"DELETE", "/services/7001/cancellation"},
	} {
		for range 2 { // the second time nothing changes, so nothing is told
			call(t, server, step.method, step.path, why)
		}
		if got := len(server.Events()); got != n+1 {
			t.Errorf("%s %s: %d events", step.method, step.path, got)
		}
	}
	call(t, server, "PUT", "/customers/10234/closure", `{"at":"2026-12-22","reason":"x","keepOpenInvoices":false}`)
	got := told(server, 4)
	if n := len(server.Services("10234")) + 3; len(got) != n || !slices.Contains(got, "invoice.credited inv311") || !slices.Contains(got, "service.state_changed 7001") {
		t.Errorf("%d: %q", n, got)
	}
}

func TestRuleSwitchesAServiceOffAgain(t *testing.T) {
	now := noon()
	server := inhousefake.NewDemo(inhousefake.Options{Now: func() time.Time { return now }})
	state := func() string { return server.Snapshot("10234").Service("web01").State }
	check(t, server.SuspendAgain("7001", inhousefake.Rule{After: time.Hour, Times: 1}))
	if state() != "active" {
		t.Error("a rule strikes once something was switched on")
	}
	check(t, server.SuspendAs("Bram", "7001", "x"))
	if code := call(t, server, "DELETE", "/services/7001/suspension", ""); code != 204 || state() != "active" {
		t.Errorf("%d, and it is %s", code, state())
	}
	now = now.Add(59 * time.Minute)
	if state() != "active" {
		t.Error("a minute early")
	}
	now = now.Add(time.Minute)
	v := server.Snapshot("10234").Service("web01")
	if v.State != "suspended" || v.Suspension.By != "automation" || v.Suspension.Reason != "Overdue" || !v.Suspension.At.Equal(now) {
		t.Errorf("%+v", v)
	}
	saysJust(t, server, 2, "service.state_changed 7001")
	check(t, server.UnsuspendAs("7001"))
	now = now.Add(2 * time.Hour)
	if state() != "active" {
		t.Error("it struck more often than it was told to")
	}
	check(t, server.SuspendAgain("7002", inhousefake.Rule{By: "dunning", Reason: "r"}))
	for range 3 {
		check(t, server.SuspendAs("Bram", "7002", "x"))
		check(t, server.UnsuspendAs("7002"))
		if v := server.Snapshot("10234").Services[1]; v.State != "suspended" || v.Suspension.By != "dunning" {
			t.Errorf("%+v", v)
		}
	}
}

func TestWithdrawalIsRefusedOnDemand(t *testing.T) {
	server := demoAt(noon())
	check(t, server.CancelAs("Bram", "7001", "2026-12-22", "x"))
	check(t, server.RefuseWithdrawal("7001", "De opzegging is al bij de leverancier."))
	if code := call(t, server, "DELETE", "/services/7001/cancellation", ""); code != 422 || server.Snapshot("10234").Service("web01").Cancellation == nil {
		t.Errorf("%d", code)
	}
	check(t, server.RefuseWithdrawal("7001", ""))
	if code := call(t, server, "DELETE", "/services/7001/cancellation", ""); code != 204 {
		t.Errorf("%d", code)
	}
}

func TestDeletedServiceIsNowhere(t *testing.T) {
	server := demoAt(noon())
	before := len(server.Services("10234"))
	check(t, server.DeleteService("7001"))
	if code := call(t, server, "GET", "/services/7001", ""); code != 404 || len(server.Services("10234")) != before-1 {
		t.Errorf("%d, %d services", code, len(server.Services("10234")))
	}
}
