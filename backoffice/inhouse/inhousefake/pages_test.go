package inhousefake_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

// site is the demo's pages on loopback, below a prefix if one is given.
func site(t *testing.T, prefix string) (*inhousefake.Server, *httptest.Server) {
	t.Helper()
	server := inhousefake.NewDemo(inhousefake.Options{Now: noon, Failures: func(err error) { t.Error(err) }})
	pages := server.Handler()
	if prefix != "" {
		pages = http.StripPrefix(prefix, pages)
	}
	web := httptest.NewServer(pages)
	t.Cleanup(web.Close)
	return server, web
}

func get(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// post sends a form as a browser does from a page of the given origin ("": as a program that isn't a browser).
func post(t *testing.T, address, origin, fetchSite string, form url.Values) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	if fetchSite != "" {
		r.Header.Set("Sec-Fetch-Site", fetchSite)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res
}

func TestEveryPageIsAWholeCalmPage(t *testing.T) {
	server, web := site(t, "")
	pages := []string{"/", "/customers"}
	for _, s := range server.Everyone() {
		pages = append(pages, "/customers/"+s.Customer.ID)
	}
	for _, p := range pages {
		res, body := get(t, web.URL+p)
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html; charset=utf-8") {
			t.Errorf("%s: %d %s", p, res.StatusCode, res.Header.Get("Content-Type"))
		}
		for _, must := range []string{`<html lang="nl">`, `<meta name="viewport"`, "<h1>", "</html>", `scope="col"`} {
			if !strings.Contains(body, must) {
				t.Errorf("%s lacks %s", p, must)
			}
		}
		for _, never := range []string{"<script", "<nil>", "%!", "0001-01-01", "javascript:", "<!channel>", "ZgotmplZ"} {
			if strings.Contains(body, never) {
				t.Errorf("%s holds %s", p, never)
			}
		}
		if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", p, policy)
		}
	}
}

func TestCustomerPageSaysAllThatAnAgentLooksFor(t *testing.T) {
	server, web := site(t, "")
	check(t, server.SuspendAs("Sanne <b>", "7001", "Client defaults on payment"))
	check(t, server.CancelAs("Sanne", "7002", "2026-12-22", "Client defaults on payment"))
	if _, err := server.TypeNote("10234", "Sanne Visser", "betalingsachterstand", "Ticket ABC-12345-678\n#signature"); err != nil {
		t.Fatal(err)
	}
	_, body := get(t, web.URL+"/customers/10234")
	for _, must := range []string{
		"Jansen Bouw B.V.", "10234", "Utrecht", "zakelijk, taal nl", "administratie@jansenbouw.example", "wanbetaler sinds 2026-11-20", "€\u00a0340,00",
		"2026-0311", "€\u00a0120,00", "opgeschort door Sanne &lt;b&gt;: Client defaults on payment", "per 2026-12-22", "betalingsachterstand",
		"Ticket ABC-12345-678\n#signature", "2026-11-24 12:00", "OR-10234", "2026-11-23",
	} {
		if !strings.Contains(body, must) {
			t.Errorf("the page lacks %q", must)
		}
	}
	for id, must := range map[string]string{
		"10238": "iDEAL", "10243": "37 eindklanten en 104 domeinen", "10250": "uitgezonderd: overheid", "b20411": "tot en met 2026-12-24",
		"b20410": "betwist: De opgezegde mailboxen", "10252": "niet uitzetten: runs a care home&#39;s alarm line", "10247": "geen", "10240": "Geen diensten.",
	} {
		if _, body := get(t, web.URL+"/customers/"+id); !strings.Contains(body, must) {
			t.Errorf("page %s lacks %q", id, must)
		}
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// action finds the address that the form of a button goes to.
func action(t *testing.T, page, button string) string {
	t.Helper()
	m := regexp.MustCompile(`<form method="post" action="([^"]+)"><button type="submit">` + button + `</button></form>`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no button %s", button)
	}
	return m[1]
}

func TestPayButtonPaysEverythingAlsoBelowAPrefix(t *testing.T) {
	for _, prefix := range []string{"", "/back/office"} {
		server, web := site(t, prefix)
		address := web.URL + prefix + "/customers/10234"
		_, page := get(t, address)
		part := post(t, resolve(t, address, action(t, page, "Betaal deel")), web.URL, "same-origin", nil)
		if got := server.Snapshot("10234").OpenMinor(); part.StatusCode != http.StatusSeeOther || got != 17000 {
			t.Errorf("half paid: %d, %d open", part.StatusCode, got)
		}
		_, page = get(t, address)
		if !strings.Contains(page, "€\u00a0170,00") {
			t.Error("the page doesn't show what is left")
		}
		paid := post(t, resolve(t, address, action(t, page, "Betaal")), web.URL, "same-origin", nil)
		if got := server.Snapshot("10234").OpenMinor(); paid.StatusCode != http.StatusSeeOther || got != 0 {
			t.Errorf("all paid: %d, %d open", paid.StatusCode, got)
		}
		back := resolve(t, resolve(t, address, "10234/pay"), paid.Header.Get("Location"))
		if back != address {
			t.Errorf("sent on to %s, wanted %s", back, address)
		}
		if _, page = get(t, back); strings.Contains(page, "/pay") || !strings.Contains(page, "betaald") {
			t.Error("paid, and there is still a button to pay")
		}
	}
}

func TestPaymentIsTakenBackFromItsPage(t *testing.T) {
	server, web := site(t, "")
	address := web.URL + "/customers/10234"
	if _, page := get(t, address); strings.Contains(page, "Storneer") {
		t.Error("nothing was paid, and something can be taken back")
	}
	p, err := server.Receive("10234", inhousefake.Receipt{Minor: 12000, ValueDate: "2026-11-20", Channel: "<iDEAL>"})
	check(t, err)
	double, err := server.Receive("10234", inhousefake.Receipt{Minor: 100, OnNothing: true})
	check(t, err)
	_, page := get(t, address)
	for _, must := range []string{"2026-11-20", "&lt;iDEAL&gt;", "tegoed", `value="` + p.ID + `"`, `value="` + double.ID + `"`, `action="10234/reverse"`} {
		if !strings.Contains(page, must) {
			t.Errorf("the page lacks %q", must)
		}
	}
	for _, wrong := range []string{"", "p9999"} {
		if res := post(t, address+"/reverse", "", "", url.Values{"payment": {wrong}}); res.StatusCode != http.StatusNotFound {
			t.Errorf("payment %q: %d", wrong, res.StatusCode)
		}
	}
	if res := post(t, web.URL+"/customers/10236/reverse", "", "", url.Values{"payment": {p.ID}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("another customer's payment: %d", res.StatusCode)
	}
	if res := post(t, address+"/reverse", web.URL, "same-origin", url.Values{"payment": {p.ID}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("%d", res.StatusCode)
	}
	_, page = get(t, address)
	if got := server.Snapshot("10234").OpenMinor(); got != 34000 || !strings.Contains(page, "gestorneerd op 2026-11-24") || strings.Contains(page, `value="`+p.ID+`"`) {
		t.Errorf("%d open", got)
	}
}

func resolve(t *testing.T, base, ref string) string {
	t.Helper()
	u, err := url.Parse(base)
	check(t, err)
	to, err := u.Parse(ref)
	check(t, err)
	return to.String()
}

func TestFormOfAnotherSitePaysNothing(t *testing.T) {
	server, web := site(t, "")
	for _, from := range []struct{ origin, fetchSite string }{
		{"https://evil.example", "cross-site"}, {"https://evil.example", ""}, {"", "cross-site"}, {"null", ""}, {"https://sub.example", "same-site"},
	} {
		for _, path := range []string{"/customers/10234/pay", "/customers/10234/pay-part", "/customers/10234/reverse"} {
			if res := post(t, web.URL+path, from.origin, from.fetchSite, nil); res.StatusCode != http.StatusForbidden {
				t.Errorf("%+v %s: %d", from, path, res.StatusCode)
			}
		}
	}
	if got := server.Snapshot("10234").OpenMinor(); got != 34000 {
		t.Errorf("%d open", got)
	}
	if res := post(t, web.URL+"/customers/10234/pay", "", "", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("a program that is no browser: %d", res.StatusCode)
	}
}

func TestOnlyAPostPays(t *testing.T) {
	server, web := site(t, "")
	for _, path := range []string{"/customers/10234/pay", "/customers/10234/pay-part", "/customers/10234/reverse"} {
		if res, _ := get(t, web.URL+path); res.StatusCode == http.StatusOK || res.StatusCode == http.StatusSeeOther {
			t.Errorf("GET %s: %d", path, res.StatusCode)
		}
	}
	if got := server.Snapshot("10234").OpenMinor(); got != 34000 {
		t.Errorf("%d open", got)
	}
}

func TestPartIsTheAmountGiven(t *testing.T) {
	server, web := site(t, "")
	for _, step := range []struct {
		minor string
		left  int64
	}{{"1", 33999}, {"0", 17000}, {"-5", 8500}, {"x", 4250}, {"999999", 0}, {"1", 0}} {
		post(t, web.URL+"/customers/10234/pay-part", "", "", url.Values{"minor": {step.minor}})
		if got := server.Snapshot("10234").OpenMinor(); got != step.left {
			t.Errorf("paid %q: %d open, wanted %d", step.minor, got, step.left)
		}
	}
}

func TestUnknownCustomerHasNoPage(t *testing.T) {
	_, web := site(t, "")
	for _, path := range []string{"/customers/99999", "/nowhere", "/customers/<script>"} {
		if res, body := get(t, web.URL+path); res.StatusCode != http.StatusNotFound || strings.Contains(body, "<script>") {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
	if res := post(t, web.URL+"/customers/99999/pay", "", "", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("pay: %d", res.StatusCode)
	}
	if res, body := get(t, web.URL+"/style.css"); res.StatusCode != http.StatusOK || !strings.Contains(body, "prefers-color-scheme") {
		t.Errorf("style: %d", res.StatusCode)
	}
}

func TestLinksOfTheContractLeadToThePages(t *testing.T) {
	server, web := site(t, "")
	server.SetBaseURL(web.URL + "/")
	s := server.Snapshot("10244")
	links := []string{s.Customer.URL, s.Invoices[0].URL, s.Services[0].URL, s.Notes[0].URL}
	for _, link := range links {
		u, err := url.Parse(link)
		check(t, err)
		res, body := get(t, link)
		if res.StatusCode != http.StatusOK || u.Fragment != "" && !strings.Contains(body, `id="`+u.Fragment+`"`) {
			t.Errorf("%s: %d", link, res.StatusCode)
		}
	}
	server.SetBaseURL("")
	if c := server.Snapshot("10244"); c.Customer.URL+c.Invoices[0].URL+c.Services[0].URL+c.Notes[0].URL != "" {
		t.Error("links without an address")
	}
}
