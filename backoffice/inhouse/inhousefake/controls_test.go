package inhousefake_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

func TestPaymentGoesToTheInvoiceThatIsDueFirst(t *testing.T) {
	server := demoAt(noon())
	check(t, server.PayPart("10234", 12500))
	open := map[string]int64{}
	for _, i := range server.Invoices("10234") {
		open[i.ID] = i.Open.Minor
		if (i.Open.Minor == 0) != (i.State == "paid") {
			t.Errorf("invoice %+v", i)
		}
	}
	if open["inv311"] != 0 || open["inv347"] != 10500 || open["inv389"] != 11000 {
		t.Errorf("open %v", open)
	}
	check(t, server.Pay("10234"))
	if got := server.Snapshot("10234").OpenMinor(); got != 0 {
		t.Errorf("%d open", got)
	}
	check(t, server.Reverse("10234"))
	if got := server.Snapshot("10234").OpenMinor(); got != 21500 {
		t.Errorf("the last payment taken back: %d open", got)
	}
	check(t, server.PayInvoice("inv389"))
	if got := server.Snapshot("10234").OpenMinor(); got != 10500 {
		t.Errorf("one invoice paid: %d open", got)
	}
}

func TestPaidMoneyIsNoLongerOnItsWay(t *testing.T) {
	server := demoAt(noon())
	check(t, server.Pay("10238"))
	if n := len(server.Snapshot("10238").Pending); n != 0 {
		t.Errorf("%d on the way", n)
	}
	check(t, server.AddPending("10238", inhousefake.Payment{Amount: inhousefake.Money{Minor: 1, Currency: "EUR"}}))
	if p := server.Snapshot("10238").Pending; len(p) != 1 || p[0].ID == "" || p[0].Announced.IsZero() {
		t.Errorf("%+v", p)
	}
	check(t, server.DropPending("10238"))
	check(t, server.SetBookedUntil("10238", "2026-11-01"))
	if s := server.Snapshot("10238"); len(s.Pending) != 0 || s.BookedUntil != "2026-11-01" {
		t.Errorf("%+v", s)
	}
}

func TestControlsNameWhatIsNotThere(t *testing.T) {
	server := demoAt(noon())
	_, typed := server.TypeNote("nobody", "a", "b", "c")
	for name, err := range map[string]error{
		"Pay": server.Pay("nobody"), "PayPart": server.PayPart("nobody", 1), "PayInvoice": server.PayInvoice("nothing"), "Reverse": server.Reverse("nobody"),
		"AddPending": server.AddPending("nobody", inhousefake.Payment{}), "DropPending": server.DropPending("nobody"), "TypeNote": typed,
		"SuspendAs": server.SuspendAs("a", "nothing", "b"), "UnsuspendAs": server.UnsuspendAs("nothing"), "CancelAs": server.CancelAs("a", "nothing", "2026-12-01", "b"),
		"SetNonPayerAs": server.SetNonPayerAs("a", "nobody", "b"), "EditInvoice": server.EditInvoice("nothing", nil), "AddInvoice": server.AddInvoice("nobody", inhousefake.Invoice{}),
	} {
		if !errors.Is(err, inhousefake.ErrNoSuch) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCancelledServiceEndsWhenItsDayBegins(t *testing.T) {
	now := noon()
	server := inhousefake.NewDemo(inhousefake.Options{Now: func() time.Time { return now }})
	check(t, server.CancelAs("Sanne", "7001", "2026-12-22", "x"))
	now = time.Date(2026, 12, 21, 22, 59, 0, 0, time.UTC) // a minute to midnight in Amsterdam
	if v := server.Snapshot("10234").Service("web01"); v.State != "active" || v.Cancellation.Executed {
		t.Errorf("a minute early: %+v", v)
	}
	now = now.Add(time.Minute)
	if v := server.Snapshot("10234").Service("web01"); v.State != "cancelled" || !v.Cancellation.Executed {
		t.Errorf("the day has begun: %+v", v)
	}
}

func TestSnapshotSharesNothingWithTheServer(t *testing.T) {
	server := demoAt(noon())
	check(t, server.SuspendAs("Bram", "7001", "x"))
	s := server.Snapshot("10234")
	s.Customer.NonPayer.Reason, s.Customer.Addresses[0].Email, s.Services[0].Suspension.Reason = "changed", "changed", "changed"
	s.Services[0].Domains[0], s.Services[0].Order.ID, s.Invoices[0].ServiceIDs[0] = "changed", "changed", "changed"
	now := server.Snapshot("10234")
	if now.Customer.NonPayer.Reason == "changed" || now.Customer.Addresses[0].Email == "changed" || now.Services[0].Suspension.Reason == "changed" ||
		now.Services[0].Domains[0] == "changed" || now.Services[0].Order.ID == "changed" || now.Invoices[0].ServiceIDs[0] == "changed" {
		t.Errorf("%+v", now)
	}
}

func TestCallsAreRecordedAsTheyCame(t *testing.T) {
	server := demoAt(noon())
	web := httptest.NewServer(server)
	defer web.Close()
	send := func(method, path, key, body string) {
		r, err := http.NewRequestWithContext(t.Context(), method, web.URL+path, strings.NewReader(body))
		check(t, err)
		r.Header.Set("Idempotency-Key", key)
		r.Header.Set("User-Agent", "test")
		res, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			res.Body.Close()
		}
	}
	send("GET", "/customers?q=jansen", "", "")
	send("PUT", "/services/7001/suspension", `"k1"`, `{"reason":"x"}`)
	send("PUT", "/services/7001/suspension", `"k1"`, `{"reason":"x"}`)
	defer server.Inject(inhousefake.Fault{Operation: "getCustomer", Break: inhousefake.Reset})()
	send("GET", "/customers/10234", "", "")
	calls := server.Calls()
	if len(calls) != 4 || len(server.Writes()) != 2 {
		t.Fatalf("%d calls, %d writes", len(calls), len(server.Writes()))
	}
	c := calls[1]
	if c.Operation != "suspend" || c.Method != "PUT" || c.Path != "/services/7001/suspension" || c.Key != `"k1"` || c.Body != `{"reason":"x"}` ||
		c.Status != 201 || c.UserAgent != "test" || c.Replayed || c.Fault != "" || !c.At.Equal(noon()) {
		t.Errorf("%+v", c)
	}
	if calls[0].Query != "q=jansen" || !calls[2].Replayed || calls[3].Fault != inhousefake.Reset || calls[3].Status != 0 {
		t.Errorf("%+v", calls)
	}
	server.ForgetCalls()
	if len(server.Calls()) != 0 {
		t.Error("not forgotten")
	}
}

func TestFaultStrikesWhereAndAsOftenAsItSays(t *testing.T) {
	server := demoAt(noon())
	web := httptest.NewServer(server)
	defer web.Close()
	status := func(id string) int {
		res, err := http.Get(web.URL + "/customers/" + id)
		check(t, err)
		res.Body.Close()
		return res.StatusCode
	}
	server.Inject(inhousefake.Fault{Operation: "getCustomer", ID: "10234", Skip: 1, Times: 1, Break: inhousefake.Status, Status: 418})
	for n, want := range []int{200, 418, 200} {
		if got := status("10234"); got != want {
			t.Errorf("call %d: %d, wanted %d", n, got, want)
		}
	}
	remove := server.Inject(inhousefake.Fault{Break: inhousefake.Status, Status: 418})
	if status("10235") != 418 {
		t.Error("a fault of all operations didn't strike")
	}
	remove()
	if status("10235") != 200 {
		t.Error("a fault that was taken out struck")
	}
	server.Inject(inhousefake.Fault{Break: inhousefake.HTML})
	server.Heal()
	if status("10235") != 200 {
		t.Error("a healed fault struck")
	}
}

func TestLatencyDelaysEveryAnswerAndSlowJustOne(t *testing.T) {
	for name, server := range map[string]*inhousefake.Server{
		"latency": inhousefake.NewDemo(inhousefake.Options{Now: noon, Latency: 50 * time.Millisecond}),
		"slow":    demoAt(noon()),
	} {
		if name == "slow" {
			server.Inject(inhousefake.Fault{Operation: "getCustomer", When: inhousefake.After, Break: inhousefake.Slow, Delay: 50 * time.Millisecond, Times: 1})
		}
		web := httptest.NewServer(server)
		begun := time.Now()
		res, err := http.Get(web.URL + "/customers/10234")
		check(t, err)
		res.Body.Close()
		if took := time.Since(begun); took < 50*time.Millisecond || res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d after %s", name, res.StatusCode, took)
		}
		web.Close()
	}
}

func TestServerIsSafeForManyAtOnce(t *testing.T) {
	server := demoAt(noon())
	web := httptest.NewServer(server.Handler())
	defer web.Close()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, path := range []string{"/customers/10234", "/api/customers/10234/invoices", "/api/customers?q=e"} {
				res, err := http.Get(web.URL + path)
				if err != nil {
					t.Error(err)
					return
				}
				res.Body.Close()
			}
			_ = server.PayPart("10234", 100) // it is there
			_, _ = server.Everyone(), server.Calls()
		})
	}
	all.Wait()
	if got := server.Snapshot("10234").OpenMinor(); got != 34000-800 {
		t.Errorf("%d open", got)
	}
}
