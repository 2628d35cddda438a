package cerbfake

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// compose makes a signed call over the wire that opens a ticket, and gives what came back.
func composeOverTheWire(t *testing.T, h *history, url string) (status int, body string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	form := "group_id=1&to=klant%40customer.example&subject=s&content=c&dont_send=1"
	path := "/index.php/rest/tickets/compose.json"
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+path, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	date := h.now.UTC().Format(http.TimeFormat)
	r.Header.Set("Date", date)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Cerb-Auth", "botkey:"+sign(http.MethodPost, date, path, "", form, "botsecret"))
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close() //nolint:errcheck // only read
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, string(raw), err
}

func TestAFaultHidesTheAnswerBeforeOrAfterTheEffect(t *testing.T) {
	for _, kind := range FaultKinds() {
		for _, after := range []bool{false, true} {
			t.Run(kind.String()+map[bool]string{false: " before", true: " after"}[after], func(t *testing.T) {
				h := newSmall(t, Options{})
				web := httptest.NewServer(h)
				defer web.Close()
				h.FailNext("POST", "tickets/compose.json", 1, Fault{Kind: kind, AfterEffect: after})
				status, body, err := composeOverTheWire(t, h, web.URL)
				if err == nil && status == http.StatusOK && strings.Contains(body, `"__status":"success"`) && len(body) < 1<<20 {
					t.Errorf("answered %d %.80s as if nothing were wrong", status, body)
				}
				if got := len(h.Tickets()); (got == 1) != after {
					t.Errorf("%d tickets", got)
				}
				if calls := h.Calls(); len(calls) != 1 || calls[0].Fault != kind {
					t.Errorf("calls %+v", calls)
				}
				if status, body, err := composeOverTheWire(t, h, web.URL); err != nil || status != http.StatusOK {
					t.Errorf("the next call: %d %.80s %v", status, body, err)
				}
			})
		}
	}
}

func TestFaultsLookAsTheyShould(t *testing.T) {
	h := newSmall(t, Options{})
	web := httptest.NewServer(h)
	defer web.Close()
	for kind, want := range map[FaultKind]string{
		Fault500: "500 ", Fault502: "502 <html>", FaultError: `200 {"__build"`, FaultGarbage: "200 <br />", FaultHTML: "200 <!DOCTYPE html>",
		Fault401Clock: "401 {", Fault401Key: "401 {", Fault401Secret: "401 {", Fault429: "429 slow", FaultOversize: `200 {"__build"`,
	} {
		h.FailNext("", "", 1, Fault{Kind: kind})
		status, body, _ := composeOverTheWire(t, h, web.URL)
		if !strings.HasPrefix(want, strconv.Itoa(status)+" ") || !strings.HasPrefix(body, strings.SplitN(want, " ", 2)[1]) {
			t.Errorf("%s: %d %.60s", kind, status, body)
		}
	}
	h.FailNext("", "", 1, Fault{Kind: FaultTruncated})
	if _, body, err := composeOverTheWire(t, h, web.URL); !errors.Is(err, io.ErrUnexpectedEOF) || body == "" {
		t.Errorf("truncated: %q, %v", body, err)
	}
	h.FailNext("", "", 1, Fault{Kind: FaultHang})
	if _, _, err := composeOverTheWire(t, h, web.URL); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("hang: %v", err)
	}
}

func TestFaultsAreCountedPerEndpoint(t *testing.T) {
	h := newSmall(t, Options{})
	h.FailNext("GET", "tickets/*.json", 2, Fault{Kind: FaultError})
	h.FailNext("", "records/draft/search.json", -1, Fault{Kind: FaultError})
	shot := h.open(t, "am-1")
	status := func(path string) any {
		_, a := h.call(t, "GET", path, nil)
		return a["__status"]
	}
	path := "tickets/" + strconv.Itoa(shot.ID) + ".json"
	for i, want := range []string{"error", "error", "success"} {
		if got := status(path); got != want {
			t.Errorf("call %d: %v", i+1, got)
		}
	}
	for range 3 {
		if got := status("records/draft/search.json"); got != "error" {
			t.Errorf("drafts: %v", got)
		}
	}
	h.Heal()
	if got := status("records/draft/search.json"); got != "success" {
		t.Errorf("after healing: %v", got)
	}
}

func TestLatencyHoldsEachCallAndEndsWithTheCaller(t *testing.T) {
	h := newSmall(t, Options{Latency: 30 * time.Millisecond})
	web := httptest.NewServer(h)
	defer web.Close()
	start := time.Now()
	if _, _, err := composeOverTheWire(t, h, web.URL); err != nil || time.Since(start) < 30*time.Millisecond {
		t.Errorf("took %s, %v", time.Since(start), err)
	}
	h.SetLatency(time.Hour)
	if _, _, err := composeOverTheWire(t, h, web.URL); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}
