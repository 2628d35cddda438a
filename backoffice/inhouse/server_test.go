package inhouse_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

// The tests below call the reference server as any program would, with every answer held against openapi.yaml: the server is
// where people look when the contract isn't clear enough.

// raw is a call as it goes over the wire.
type raw struct {
	method, path, key, body string
	token                   string // "": the right one
}

// reply is what came back.
type reply struct {
	status  int
	problem string // the last segment of the problem's type
	detail  string
	header  http.Header
	body    string
}

func (w *world) call(t *testing.T, c raw) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), c.method, w.http.URL+"/api"+c.path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	if c.token == "" {
		c.token = "Bearer " + token
	}
	r.Header.Set("Authorization", c.token)
	if c.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		r.Header.Set("Idempotency-Key", c.key)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var p struct{ Type, Detail string }
	if res.Header.Get("Content-Type") == "application/problem+json" {
		if err := json.Unmarshal(body, &p); err != nil {
			t.Fatal(err)
		}
		p.Type = path.Base(p.Type)
	}
	return reply{res.StatusCode, p.Type, p.Detail, res.Header, string(body)}
}

// servedStrictly is a world whose answers are held against the contract. The calls may be wrong.
func servedStrictly(t *testing.T, options inhousefake.Options) (*world, *checker) {
	t.Helper()
	c := newChecker(t)
	c.answersOnly = true
	return worldWith(t, options, c.wrap(t), nil), c
}

type step struct {
	raw
	status  int
	problem string
	says    string // must stand in the body
}

func (s step) run(t *testing.T, w *world) reply {
	t.Helper()
	got := w.call(t, s.raw)
	if got.status != s.status || got.problem != s.problem || !strings.Contains(got.body, s.says) {
		t.Errorf("%s %s %s %s: %d %s\n%s\nwanted %d %s with %q", s.method, s.path, s.key, s.body, got.status, got.problem, got.body, s.status, s.problem, s.says)
	}
	if got.status >= 400 && got.detail == "" {
		t.Errorf("%s %s: problem %s has no sentence for staff", s.method, s.path, got.problem)
	}
	return got
}

func TestServerAnswersEveryOperationAsTheContractSays(t *testing.T) {
	w, checker := servedStrictly(t, inhousefake.Options{})
	const why = `{"reason":"Client defaults on payment"}`
	for _, s := range []step{
		{raw{"GET", "/capabilities", "", "", ""}, 200, "", `"listNonPayers"`},
		{raw{"GET", "/customers?q=jansen+bouw", "", "", ""}, 200, "", `"number":"10234"`},
		{raw{"GET", "/customers?nonPayer=true", "", "", ""}, 200, "", `"since"`},
		{raw{"GET", "/customers?nonPayer=false&limit=3", "", "", ""}, 200, "", `"10236"`},
		{raw{"GET", "/customers/10234", "", "", ""}, 200, "", `"Jansen Bouw B.V."`},
		{raw{"GET", "/customers/10236/invoices", "", "", ""}, 200, "", `"state":"paid"`},
		{raw{"GET", "/customers/10236/invoices?status=open", "", "", ""}, 200, "", `"inv402"`},
		{raw{"GET", "/invoices/inv311", "", "", ""}, 200, "", `"minor":12000`},
		{raw{"POST", "/invoices/inv305/credits", `"k1"`, `{"reason":"Mailboxen","lines":[{"amount":{"minor":2500,"currency":"EUR"}}]}`, ""}, 201, "", `"minor":2500`},
		{raw{"POST", "/invoices/inv305/credits", `"k2"`, why, ""}, 201, "", `"minor":12020`},
		{raw{"POST", "/invoices/inv305/credits", `"k3"`, why, ""}, 422, "refused", ""},
		{raw{"GET", "/invoices/inv305", "", "", ""}, 200, "", `"state":"credited"`},
		{raw{"GET", "/customers/10238/payments", "", "", ""}, 200, "", `"iDEAL"`},
		{raw{"GET", "/customers/10236/payments?since=2026-01-01", "", "", ""}, 200, "", `"booked":"2026-`},
		{raw{"GET", "/customers/d30111/services", "", "", ""}, 200, "", `"7026"`},
		{raw{"GET", "/customers/d30111/services?ended=true", "", "", ""}, 200, "", `"7027"`},
		{raw{"GET", "/services/7027", "", "", ""}, 200, "", `"executed":true`},
		{raw{"PUT", "/services/7001/suspension", `"k4"`, why, ""}, 201, "", `"by":"aanmaner"`},
		{raw{"PUT", "/services/7001/suspension", `"k5"`, `{"reason":"other"}`, ""}, 200, "", "Client defaults on payment"},
		{raw{"DELETE", "/services/7001/suspension", "", "", ""}, 204, "", ""},
		{raw{"DELETE", "/services/7001/suspension", "", "", ""}, 409, "already", "web01"},
		{raw{"PUT", "/services/7029/suspension", "", why, ""}, 422, "refused", "care home"},
		{raw{"PUT", "/services/7027/suspension", "", why, ""}, 422, "refused", ""},
		{raw{"DELETE", "/services/7027/suspension", "", "", ""}, 422, "refused", ""},
		{raw{"PUT", "/services/7001/cancellation", "", `{"at":"period_end","reason":"x"}`, ""}, 201, "", `"at":"2027-01-23"`},
		{raw{"PUT", "/services/7001/cancellation", "", `{"at":"2027-01-23","reason":"y"}`, ""}, 200, "", `"reason":"x"`},
		{raw{"PUT", "/services/7001/cancellation", "", `{"at":"2027-01-24","reason":"y"}`, ""}, 409, "conflict", "2027-01-23"},
		{raw{"DELETE", "/services/7001/cancellation", "", "", ""}, 204, "", ""},
		{raw{"DELETE", "/services/7001/cancellation", "", "", ""}, 409, "already", ""},
		{raw{"PUT", "/services/7001/cancellation", "", `{"at":"2026-11-23","reason":"y"}`, ""}, 422, "refused", "passed"},
		{raw{"PUT", "/services/7002/cancellation", "", `{"at":"immediate","reason":"y"}`, ""}, 201, "", `"executed":true`},
		{raw{"DELETE", "/services/7002/cancellation", "", "", ""}, 409, "conflict", ""},
		{raw{"GET", "/services/7002", "", "", ""}, 200, "", `"state":"cancelled"`},
		{raw{"POST", "/customers/10244/notes", `"k6"`, `{"title":"a","text":"b","externalRef":"r1","author":"Sanne"}`, ""}, 201, "", `"Sanne"`},
		{raw{"POST", "/customers/10244/notes", `"k7"`, `{"title":"c","text":"d","externalRef":"r1"}`, ""}, 200, "", `"title":"a"`},
		{raw{"GET", "/customers/10244/notes?externalRef=r1", "", "", ""}, 200, "", `"text":"b"`},
		{raw{"GET", "/customers/10244/notes?externalRef=r2", "", "", ""}, 200, "", `[]`},
		{raw{"GET", "/customers/10234/non-payer", "", "", ""}, 200, "", `"weekrun"`},
		{raw{"PUT", "/customers/10234/non-payer", "", why, ""}, 200, "", `"weekrun"`},
		{raw{"DELETE", "/customers/10234/non-payer", "", "", ""}, 204, "", ""},
		{raw{"DELETE", "/customers/10234/non-payer", "", "", ""}, 409, "already", ""},
		{raw{"GET", "/customers/10234/non-payer", "", "", ""}, 404, "not-found", ""},
		{raw{"PUT", "/customers/10234/non-payer", "", why, ""}, 201, "", `"aanmaner"`},
		{raw{"GET", "/customers/10234/block", "", "", ""}, 404, "not-found", ""},
		{raw{"PUT", "/customers/10234/block", "", why, ""}, 201, "", `"newOrders":"denied"`},
		{raw{"PUT", "/customers/10234/block", "", `{"reason":"x","portalAccess":"denied"}`, ""}, 200, "", `"portalAccess":"denied"`},
		{raw{"PUT", "/customers/10234/block", "", `{"reason":"x","portalAccess":"maybe"}`, ""}, 400, "invalid", ""},
		{raw{"GET", "/customers/10234/block", "", "", ""}, 200, "", `"reason":"x"`},
		{raw{"DELETE", "/customers/10234/block", "", "", ""}, 204, "", ""},
		{raw{"DELETE", "/customers/10234/block", "", "", ""}, 409, "already", ""},
		{raw{"PUT", "/customers/10235/closure", "", `{"at":"period_end","reason":"x"}`, ""}, 201, "", `"keepOpenInvoices":true`},
		{raw{"PUT", "/customers/10235/closure", "", `{"at":"period_end","reason":"x"}`, ""}, 200, "", ""},
		{raw{"PUT", "/customers/10235/closure", "", `{"at":"2027-03-01","reason":"x"}`, ""}, 409, "conflict", ""},
		{raw{"GET", "/customers/10235/services", "", "", ""}, 200, "", `"cancellation"`},
		{raw{"GET", "/events", "", "", ""}, 200, "", `"service.state_changed"`},
		{raw{"GET", "/events?after=e1", "", "", ""}, 200, "", `"e2"`},
	} {
		s.run(t, w)
	}
	for _, op := range operationsOf(loadContract(t)) {
		if statuses := slices.Collect(maps.Keys(checker.seen[op])); !slices.ContainsFunc(statuses, func(s int) bool { return s < 300 }) {
			t.Errorf("%s was never answered with success: %v", op, statuses)
		}
	}
}

func operationsOf(doc *openapi3.T) []string {
	var all []string
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			all = append(all, op.OperationID)
		}
	}
	slices.Sort(all)
	return all
}

func TestServerOffersWhatTheContractNames(t *testing.T) {
	w := newWorld(t)
	var said struct{ Operations []string }
	if err := json.Unmarshal([]byte(w.call(t, raw{method: "GET", path: "/capabilities"}).body), &said); err != nil {
		t.Fatal(err)
	}
	want := append(operationsOf(loadContract(t)), "listNonPayers") // it shares its address with findCustomers
	slices.Sort(want)
	if !slices.Equal(said.Operations, want) {
		t.Errorf("offered  %q\ncontract %q", said.Operations, want)
	}
}

func TestServerRefusesWhatTheContractForbids(t *testing.T) {
	w, _ := servedStrictly(t, inhousefake.Options{})
	long, note := strings.Repeat("ü", 201), `{"title":"a","text":"b"}`
	for _, s := range []step{
		{raw{"GET", "/customers/10234", "", "", "Bearer wrong"}, 401, "unauthorized", ""},
		{raw{"GET", "/customers/10234", "", "", "none"}, 401, "unauthorized", ""},
		{raw{"GET", "/customers/99999", "", "", ""}, 404, "not-found", "99999"},
		{raw{"PUT", "/services/99999/suspension", "", `{"reason":"x"}`, ""}, 404, "not-found", ""},
		{raw{"GET", "/nowhere", "", "", ""}, 404, "no-such-path", ""},
		{raw{"PATCH", "/customers/10234", "", "", ""}, 404, "no-such-path", ""},
		{raw{"GET", "/customers", "", "", ""}, 400, "invalid", ""},
		{raw{"GET", "/customers?q=" + url.QueryEscape(long), "", "", ""}, 400, "invalid", ""},
		{raw{"GET", "/customers?q=e&nonPayer=true", "", "", ""}, 400, "invalid", ""},
		{raw{"GET", "/customers?nonPayer=perhaps", "", "", ""}, 400, "invalid", ""},
		{raw{"GET", "/customers?q=e&limit=0", "", "", ""}, 400, "invalid", ""},
		{raw{"GET", "/customers?q=e&limit=201", "", "", ""}, 400, "invalid", ""},
		{raw{"GET", "/customers?q=e&cursor=x", "", "", ""}, 400, "invalid", ""},
		{raw{"GET", "/customers/10234/invoices?status=unpaid", "", "", ""}, 400, "invalid", ""},
		{raw{"GET", "/events?after=x", "", "", ""}, 410, "unknown-event", "x"},
		{raw{"GET", "/events?limit=x", "", "", ""}, 400, "invalid", ""},
		{raw{"GET", "/customers/10234/payments?since=lately", "", "", ""}, 400, "invalid", ""},
		{raw{"POST", "/customers/10234/notes", "", note, ""}, 400, "invalid", "Idempotency-Key"},
		{raw{"POST", "/customers/10234/notes", "unquoted", note, ""}, 400, "invalid", ""},
		{raw{"POST", "/customers/10234/notes", `""`, note, ""}, 400, "invalid", ""},
		{raw{"POST", "/customers/10234/notes", `"` + strings.Repeat("k", 254) + `"`, note, ""}, 400, "invalid", ""},
		{raw{"POST", "/customers/10234/notes", `"a1"`, `not JSON`, ""}, 400, "invalid", ""},
		{raw{"POST", "/customers/10234/notes", `"a2"`, `{"title":"","text":"b"}`, ""}, 400, "invalid", ""},
		{raw{"POST", "/customers/10234/notes", `"a3"`, `{"title":"` + long + `","text":"b"}`, ""}, 400, "invalid", ""},
		{raw{"POST", "/customers/10234/notes", `"a4"`, `{"title":"a","text":"` + strings.Repeat("ü", 20001) + `"}`, ""}, 400, "invalid", ""},
		{raw{"POST", "/customers/10234/notes", `"a5"`, `{"title":"a","text":"b","externalRef":"` + long + `"}`, ""}, 400, "invalid", ""},
		{raw{"POST", "/customers/10234/notes", `"a6"`, `{"title":3,"text":"b"}`, ""}, 400, "invalid", ""},
		{raw{"POST", "/customers/10234/notes", `"a7"`, strings.Repeat(" ", 1<<20+1), ""}, 413, "invalid", ""},
		{raw{"PUT", "/services/7001/suspension", "", `{}`, ""}, 400, "invalid", ""},
		{raw{"PUT", "/services/7001/suspension", "", `{"reason":"` + strings.Repeat("x", 501) + `"}`, ""}, 400, "invalid", ""},
		{raw{"PUT", "/services/7001/cancellation", "", `{"at":"21 december","reason":"x"}`, ""}, 400, "invalid", ""},
		{raw{"PUT", "/services/7001/cancellation", "", `{"at":"2026-12-22"}`, ""}, 400, "invalid", ""},
		{raw{"PUT", "/customers/10234/non-payer", "", `[]`, ""}, 400, "invalid", ""},
		{raw{"PUT", "/customers/10234/closure", "", `{"at":"2026-12-22"}`, ""}, 400, "invalid", ""},
		{raw{"POST", "/invoices/inv311/credits", `"a8"`, `{"reason":"x","lines":[{"amount":{"minor":12001,"currency":"EUR"}}]}`, ""}, 422, "refused", ""},
	} {
		s.run(t, w)
	}
	if n := len(w.server.Notes("10234")); n != 0 {
		t.Errorf("%d notes were added by calls that were refused", n)
	}
	if got := w.call(t, raw{method: "GET", path: "/customers/10234", token: "x"}).header.Get("WWW-Authenticate"); got != "Bearer" {
		t.Errorf("WWW-Authenticate %q", got)
	}
}

func TestServerPassesOverFieldsItDoesNotKnow(t *testing.T) {
	w, _ := servedStrictly(t, inhousefake.Options{})
	for _, s := range []step{
		{raw{"PUT", "/services/7001/suspension", "", `{"reason":"x","notifyCustomer":false,"new":{"field":[1]}}`, ""}, 201, "", ""},
		{raw{"GET", "/customers/10234?expand=all", "", "", ""}, 200, "", ""},
	} {
		s.run(t, w)
	}
}

func TestServerKeepsItsPartOfIdempotency(t *testing.T) {
	w, _ := servedStrictly(t, inhousefake.Options{})
	note := raw{"POST", "/customers/10234/notes", `"case-41-note"`, `{"title":"a","text":"b","externalRef":"r1"}`, ""}
	first := step{note, 201, "", `"title":"a"`}.run(t, w)
	second := step{note, 201, "", `"title":"a"`}.run(t, w)
	if first.body != second.body || second.header.Get("Idempotency-Replayed") != "true" || first.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("%v %s\n%v %s", first.header, first.body, second.header, second.body)
	}
	other := note
	other.body = `{"title":"a","text":"c","externalRef":"r1"}`
	step{other, 422, "key-reused", ""}.run(t, w)
	other = note
	other.path = "/customers/10235/notes"
	step{other, 422, "key-reused", ""}.run(t, w)
	if n := len(w.server.Notes("10234")) + len(w.server.Notes("10235")); n != 1 {
		t.Errorf("%d notes", n)
	}

	off := raw{"PUT", "/services/7001/suspension", `"case-41-suspend"`, `{"reason":"x"}`, ""}
	step{off, 201, "", ""}.run(t, w)
	step{raw{"DELETE", "/services/7001/suspension", `"case-41-restore"`, "", ""}, 204, "", ""}.run(t, w)
	if again := (step{off, 201, "", ""}).run(t, w); again.header.Get("Idempotency-Replayed") != "true" {
		t.Error("the remembered answer isn't marked")
	}
	if v := w.server.Snapshot("10234").Service("web01"); v.State != "active" {
		t.Errorf("a remembered answer took effect a second time: %s", v.State)
	}

	refused := raw{"PUT", "/services/7029/suspension", `"refused"`, `{"reason":"x"}`, ""}
	step{refused, 422, "refused", ""}.run(t, w)
	check(t, w.server.EditService("7029", func(v *inhousefake.Service) { v.DoNotSuspend = "" }))
	step{refused, 201, "", ""}.run(t, w) // an answer that told of no effect isn't remembered
}

func TestServerPagesItsLists(t *testing.T) {
	w, _ := servedStrictly(t, inhousefake.Options{})
	all := w.call(t, raw{method: "GET", path: "/customers?q=e"})
	var whole, paged []inhousefake.Customer
	if err := json.Unmarshal([]byte(all.body), &whole); err != nil {
		t.Fatal(err)
	}
	next := "/customers?q=e&limit=3"
	pages := 0
	for next != "" {
		got := w.call(t, raw{method: "GET", path: next})
		var part []inhousefake.Customer
		if err := json.Unmarshal([]byte(got.body), &part); err != nil || len(part) > 3 {
			t.Fatal(len(part), err)
		}
		if got.header.Get("Total-Count") != all.header.Get("Total-Count") {
			t.Errorf("Total-Count %q, then %q", all.header.Get("Total-Count"), got.header.Get("Total-Count"))
		}
		paged = append(paged, part...)
		link, _, more := strings.Cut(strings.TrimPrefix(got.header.Get("Link"), "<"), `>; rel="next"`)
		next = ""
		if more {
			next = "/customers" + link
		}
		pages++
	}
	same := slices.EqualFunc(whole, paged, func(x, y inhousefake.Customer) bool { return x.ID == y.ID })
	if len(whole) < 4 || !same || pages != (len(whole)+2)/3 {
		t.Errorf("%d customers at once, %d on %d pages", len(whole), len(paged), pages)
	}
}

func TestServerWithAPartSaysWhatItLacks(t *testing.T) {
	w, _ := servedStrictly(t, inhousefake.Options{Offer: []string{"findCustomers", "getCustomer"}})
	for _, s := range []step{
		{raw{"GET", "/capabilities", "", "", ""}, 200, "", `["findCustomers","getCapabilities","getCustomer"]`},
		{raw{"GET", "/customers/10234", "", "", ""}, 200, "", ""},
		{raw{"GET", "/customers?nonPayer=true", "", "", ""}, 501, "not-offered", ""},
		{raw{"PUT", "/services/7001/suspension", "", `{"reason":"x"}`, ""}, 501, "not-offered", "suspend"},
	} {
		s.run(t, w)
	}
}

func TestServerWithoutATokenAsksForNone(t *testing.T) {
	server := httptest.NewServer(inhousefake.NewDemo(inhousefake.Options{Now: noon}))
	defer server.Close()
	res, err := http.Get(server.URL + "/customers/10234")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("status %d", res.StatusCode)
	}
}

// TestContractSaysTheLimitsThatHold holds the numbers in the contract's table against those of the program.
func TestContractSaysTheLimitsThatHold(t *testing.T) {
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		"| time for an answer | 15 seconds;", "| size of an answer | 8 MiB |", "| calls | at most 20 a second,", "| pages of a list | 100;",
		"| Idempotency-Key | 255 characters", "| `Retry-After` | 24 hours;", "| `detail` of a problem | 300 characters",
		"| body of a webhook's call | 64 KiB |",
	} {
		if !strings.Contains(string(text), row) {
			t.Errorf("the contract has no row %q", row)
		}
	}
}
