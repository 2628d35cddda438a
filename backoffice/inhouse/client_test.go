package inhouse_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/inhouse"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

func TestFaultsOfTheConfigAreNamedAllAtOnce(t *testing.T) {
	_, err := inhouse.New(inhouse.Config{BaseURL: "ftp://x", Token: "a b", Timeout: -1}, nil)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, must := range []string{"base URL must begin with", "token must be given", "can't be negative"} {
		if !strings.Contains(err.Error(), must) {
			t.Errorf("%q isn't named in %v", must, err)
		}
	}
	for _, address := range []string{"", "backoffice.example", "https://", "https://u:p@h/api", "https://h/api?x=1", "https://h/api#x", "http://[::1", "//h"} {
		if _, err := inhouse.New(inhouse.Config{BaseURL: address, Token: "t"}, nil); err == nil {
			t.Errorf("base URL %q is accepted", address)
		}
	}
	for _, secret := range []string{"", " ", "a\nb", "é"} {
		if _, err := inhouse.New(inhouse.Config{BaseURL: "https://h", Token: secret}, nil); err == nil || secret != "" && strings.Contains(err.Error(), secret) && len(secret) > 1 {
			t.Errorf("token %q: %v", secret, err)
		}
	}
}

func TestTokenNeverLeavesForAnotherServer(t *testing.T) {
	var asked atomic.Int32
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer stranger.Close()
	for _, f := range []inhousefake.Fault{
		{Break: inhousefake.Redirect, New: stranger.URL + "/api/customers/10234/invoices"},
		{When: inhousefake.After, Break: inhousefake.BadLink, New: stranger.URL + "/api/customers/10234/invoices?cursor=p3"},
		{When: inhousefake.After, Break: inhousefake.BadLink, New: "//" + strings.TrimPrefix(stranger.URL, "http://") + "/api/x"},
		{When: inhousefake.After, Break: inhousefake.BadLink, New: "/other/customers"},
		{When: inhousefake.After, Break: inhousefake.BadLink, New: "../../../../other"},
		{When: inhousefake.After, Break: inhousefake.BadLink, New: "http://user:pass@" + "127.0.0.1/api/x"},
		{When: inhousefake.After, Break: inhousefake.BadLink, New: "http://[::1"},
		{When: inhousefake.After, Break: inhousefake.BadLink, New: "/apix/customers"},
	} {
		w := newWorld(t)
		w.server.Inject(f)
		_, err := w.client.Invoices(t.Context(), "10234")
		isKind(t, err, backoffice.ErrUnknown)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("a stranger was asked %d times", n)
	}
}

func TestListsAreReadToTheirEndAndNoFurther(t *testing.T) {
	page := func(entries, next string) func(http.Handler) http.Handler {
		return func(http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				n := len(r.URL.Query().Get("cursor"))
				if next != "" && n < 5 {
					rw.Header().Set("Link", fmt.Sprintf(next, strings.Repeat("x", n+1)))
				}
				fmt.Fprintf(rw, entries, n, n)
			})
		}
	}
	const invoice = `[{"id":"i%d","customerId":"10234","number":"%d","state":"open","due":"2026-10-01","total":{"minor":1,"currency":"EUR"},"open":{"minor":1,"currency":"EUR"}}]`
	for name, next := range map[string]string{
		"relative": `<?cursor=%s>; rel="next"`, "path": `</api/customers/10234/invoices?cursor=%s>; rel=next`,
		"others beside it":    `</api/x>; rel="prev", <?cursor=%s>; title="a,<b>"; rel="last next"`,
		"a header of its own": `</api/x>; rel="first"; title="\"; rel=\"next", <?cursor=%s>; rel="next"`,
		"other case":          `<?cursor=%s#x>;REL="Next"`,
	} {
		w := worldWith(t, inhousefake.Options{}, page(invoice, next), nil)
		all, err := w.client.Invoices(t.Context(), "10234")
		if err != nil || len(all) != 6 || all[5].ID != "i5" {
			t.Errorf("%s: %d invoices, %v", name, len(all), err)
		}
	}
	circle := worldWith(t, inhousefake.Options{}, page(invoice, `<?cursor=x>; rel="next"%.0s`), nil)
	_, err := circle.client.Invoices(t.Context(), "10234")
	if isKind(t, err, backoffice.ErrUnknown); !strings.Contains(err.Error(), "circle") {
		t.Error(err)
	}
	long := worldWith(t, inhousefake.Options{}, page(invoice, `<?cursor=%s>; rel="next"`), func(c *inhouse.Config) { c.MaxPages = 5 })
	_, err = long.client.Invoices(t.Context(), "10234")
	if isKind(t, err, backoffice.ErrUnknown); !strings.Contains(err.Error(), "more than 5 pages") {
		t.Error(err)
	}
}

func TestEntryOnTwoPagesCountsOnce(t *testing.T) {
	var calls atomic.Int32
	w := worldWith(t, inhousefake.Options{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/invoices") && calls.Add(1) == 1 {
				rw = &linking{rw}
			}
			next.ServeHTTP(rw, r)
		})
	}, nil)
	all, err := w.client.Invoices(t.Context(), "10234")
	if err != nil || len(all) != 3 || calls.Load() != 2 {
		t.Errorf("%d invoices on %d pages, %v", len(all), calls.Load(), err)
	}
}

// linking says that there is another page.
type linking struct{ http.ResponseWriter }

func (w *linking) WriteHeader(status int) {
	w.Header().Set("Link", `<?cursor=p0>; rel="next"`)
	w.ResponseWriter.WriteHeader(status)
}

func TestIdsAreWrittenSoThatTheyStayIds(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"a/b", "a?b#c", "a b", "%2f", "ü", "{id}", "a\nb", "..a", "a;b", "+", "a&b=c", "\\", strings.Repeat("x", 128)} {
		check(t, w.server.AddCustomer(inhousefake.Customer{ID: id, Number: "n" + id, Name: "x", Addresses: []inhousefake.Address{}},
			[]inhousefake.Invoice{{ID: "i" + id, Number: "1", State: "open", Due: "2026-10-01", Total: inhousefake.Money{Minor: 1, Currency: "EUR"}, Open: inhousefake.Money{Minor: 1, Currency: "EUR"}}},
			[]inhousefake.Service{{ID: "s" + id, Label: "x", Kind: "vps", State: "active"}}))
		if c, err := w.client.Customer(t.Context(), id); err != nil || c.ID != id {
			t.Errorf("customer %q: %+v, %v", id, c, err)
		}
		if all, err := w.client.Invoices(t.Context(), id); err != nil || len(all) != 1 {
			t.Errorf("invoices of %q: %v, %v", id, all, err)
		}
		if changed, err := w.client.Suspend(t.Context(), "s"+id, reason, "key of "+id); err != nil || !changed {
			t.Errorf("service %q: %t, %v", "s"+id, changed, err)
		}
	}
	for _, id := range []string{"a/b/c", "../invoices", "%2e%2e", " ", "ü\n"} {
		_, err := w.client.Customer(t.Context(), id)
		isKind(t, err, backoffice.ErrNotFound)
	}
}

func TestCapabilitiesAreAskedForAnewAfterTenMinutes(t *testing.T) {
	now := noon()
	w := newWorld(t)
	client := w.newClient(t, func(c *inhouse.Config) { c.Now = func() time.Time { return now } })
	for range 3 {
		if _, err := client.Capabilities(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.count("getCapabilities"); n != 1 {
		t.Errorf("asked %d times", n)
	}
	now = now.Add(10 * time.Minute)
	if _, err := client.Capabilities(t.Context()); err != nil || w.count("getCapabilities") != 2 {
		t.Errorf("asked %d times, %v", w.count("getCapabilities"), err)
	}
}

func TestServerWithoutCapabilitiesOffersReadingOnly(t *testing.T) {
	for _, f := range []inhousefake.Fault{{Break: inhousefake.Plain}, spoken(501, "not-offered", "x"), spoken(404, "not-found", "x"), {Break: inhousefake.HTML, Status: 405}} {
		w := newWorld(t)
		f.Operation = "getCapabilities"
		w.server.Inject(f)
		offered, err := w.client.Capabilities(t.Context())
		if err != nil || offered.Offers(backoffice.OpSuspend) || offered.Offers(backoffice.OpPayments) || offered.Offers(backoffice.OpEvents) || len(offered) != 9 {
			t.Errorf("%v, %v", offered, err)
		}
	}
	w := newWorld(t)
	w.server.Inject(inhousefake.Fault{Operation: "getCapabilities", Break: inhousefake.HTML, Times: 3})
	if _, err := w.client.Capabilities(t.Context()); err == nil {
		t.Error("a gateway's page was taken for a server without capabilities")
	}
	if offered, err := w.client.Capabilities(t.Context()); err != nil || !offered.Offers(backoffice.OpSuspend) {
		t.Errorf("an error was remembered: %v, %v", offered, err)
	}
}

func TestHalfOfTheNonPayerStatusIsNone(t *testing.T) {
	w := worldWith(t, inhousefake.Options{Offer: []string{"getCustomer", "setNonPayer"}}, nil, nil)
	_, err := w.client.SetNonPayer(t.Context(), "10236", reason, "k")
	isKind(t, err, backoffice.ErrNotOffered)
}

func TestReadWaitsAsLongAsItIsAskedTo(t *testing.T) {
	w := newWorld(t)
	w.server.Inject(inhousefake.Fault{Operation: "getCustomer", Break: inhousefake.Busy, RetryAfter: time.Second, Times: 1})
	begun := time.Now()
	if _, err := w.client.Customer(t.Context(), "10234"); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(begun); waited < time.Second {
		t.Errorf("tried again after %s", waited)
	}
}

// TestSomebodyElsesChangeIsNotOurs: a colleague is quicker, between the client's look and its write.
func TestSomebodyElsesChangeIsNotOurs(t *testing.T) {
	w := &world{}
	*w = *worldWith(t, inhousefake.Options{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/suspension"):
				check(t, w.server.SuspendAs("Abuse-team", "7001", "abuse: spam"))
			case r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/cancellation"):
				check(t, w.server.EditService("7002", func(v *inhousefake.Service) {
					v.Cancellation = &inhousefake.Cancellation{At: "2026-12-31", Reason: "opgezegd door de klant", By: "Jan"}
				}))
			case r.Method == http.MethodPut:
				check(t, w.server.SetNonPayerAs("Jacqueline", "10236", "met de hand"))
			case r.Method == http.MethodDelete && strings.HasSuffix(r.URL.Path, "/suspension"):
				check(t, w.server.UnsuspendAs("7001"))
			}
			next.ServeHTTP(rw, r)
		})
	}, nil)
	ctx := t.Context()
	if changed, err := w.client.Suspend(ctx, "7001", reason, "k1"); err != nil || changed {
		t.Errorf("suspended by a colleague: changed %t, %v", changed, err)
	}
	if changed, err := w.client.Unsuspend(ctx, "7001", "k2"); err != nil || changed {
		t.Errorf("unsuspended by a colleague: changed %t, %v", changed, err)
	}
	if changed, err := w.client.SetNonPayer(ctx, "10236", reason, "k3"); err != nil || changed {
		t.Errorf("status set by a colleague: changed %t, %v", changed, err)
	}
	changed, err := w.client.Cancel(ctx, "7002", "2026-12-22", reason, "k4")
	if e := isKind(t, err, backoffice.ErrConflict); changed || !strings.Contains(e.Sentence, "2026-12-31") {
		t.Errorf("cancelled by the customer: changed %t, %v", changed, err)
	}
}

func TestServiceThatHasEndedIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for name, err := range map[string]error{
		"suspend":   second(w.client.Suspend(ctx, "7027", reason, "k1")),
		"unsuspend": second(w.client.Unsuspend(ctx, "7027", "k2")),
		"withdraw":  second(w.client.WithdrawCancellation(ctx, "7027", "k3")),
	} {
		if e := isKind(t, err, backoffice.ErrRefused); e.Sentence == "" {
			t.Errorf("%s: no sentence", name)
		}
	}
	_, err := w.client.Cancel(ctx, "7027", "2026-12-22", reason, "k4")
	isKind(t, err, backoffice.ErrConflict)
	if n := len(w.server.Writes()); n != 0 {
		t.Errorf("%d writes about a service that is gone", n)
	}
	_, err = w.client.Suspend(ctx, "7029", reason, "k5")
	if e := isKind(t, err, backoffice.ErrRefused); !strings.Contains(e.Sentence, "care home") {
		t.Errorf("sentence %q", e.Sentence)
	}
}

func second[T any](_ T, err error) error { return err }

func TestLogHoldsNoSecretAndNoQuery(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	client, err := inhouse.New(inhouse.Config{BaseURL: w.http.URL + "/api", Token: token, RetryWait: time.Microsecond},
		slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	w.server.Inject(inhousefake.Fault{Break: inhousefake.Reset})
	_, err = client.FindCustomers(t.Context(), "administratie@jansenbouw.example", 5)
	isKind(t, err, backoffice.ErrUnknown)
	w.server.Heal()
	w.server.Inject(spoken(500, "internal", "x"))
	_, _, err = client.AddNote(t.Context(), "10234", backoffice.NewNote{Title: "geheime titel", Text: "geheime tekst", ExternalRef: "r"}, "k")
	if err == nil {
		t.Fatal("no error")
	}
	for _, secret := range []string{token, "jansenbouw", "geheime", w.http.URL} {
		if strings.Contains(log.String(), secret) || strings.Contains(err.Error(), secret) {
			t.Errorf("the log or the error holds %q:\n%s\n%v", secret, log.String(), err)
		}
	}
	if !strings.Contains(log.String(), "find customers") {
		t.Errorf("nothing is logged: %s", log.String())
	}
}

func TestServersWordsAreKeptToOneShortLine(t *testing.T) {
	w := newWorld(t)
	w.server.Inject(spoken(422, "refused", "Regel één\n#signature\r\n\x1b[31m"+strings.Repeat("lang ", 200)))
	_, err := w.client.Customer(t.Context(), "10234")
	e := isKind(t, err, backoffice.ErrRefused)
	if strings.ContainsAny(e.Sentence, "\n\r\x1b") || len([]rune(e.Sentence)) > 300 || !strings.HasPrefix(e.Sentence, "Regel één #signature") {
		t.Errorf("sentence %q", e.Sentence)
	}
}

func TestCallsAreKeptToTheirRate(t *testing.T) {
	w := newWorld(t)
	client := w.newClient(t, func(c *inhouse.Config) { c.RatePerSecond = 10 })
	begun := time.Now()
	for range 15 { // ten at once, and five more at ten a second
		if _, err := client.Customer(t.Context(), "10234"); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun); took < 400*time.Millisecond {
		t.Errorf("15 calls took %s", took)
	}
}

func TestAddressThatIsNoWebPageIsDropped(t *testing.T) {
	w := newWorld(t)
	for _, link := range []string{"javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://x/y", "http://", "%zz"} {
		fault := after(inhousefake.Fault{Operation: "getCustomer", Break: inhousefake.Rewrite, Times: 1,
			Old: `"url":"` + w.http.URL + `/customers/10234"`, New: `"url":"` + link + `"`})
		w.server.Inject(fault)
		if c, err := w.client.Customer(t.Context(), "10234"); err != nil || c.URL != "" {
			t.Errorf("%q: url %q, %v", link, c.URL, err)
		}
	}
	if c, err := w.client.Customer(t.Context(), "10234"); err != nil || c.URL == "" {
		t.Errorf("url %q, %v", c.URL, err)
	}
}
