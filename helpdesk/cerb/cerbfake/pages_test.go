package cerbfake

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func (h *history) page(method, target string) (int, http.Header, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w.Code, w.Header(), w.Body.String()
}

func TestPagesShowWhatWasWrittenAndRunNothing(t *testing.T) {
	const evil = `<script>alert(1)</script>`
	h := newSmall(t, Options{StrictSQL: true})
	shot := h.open(t, "am-1"+evil, "subject", "Account "+evil, "content", "Started "+evil)
	h.ok(t, "POST", "tickets/1/comment.json", "comment", "note "+evil)
	if err := h.CustomerReplies(shot.ID, "klant@customer.example", "I paid "+evil); err != nil {
		t.Fatal(err)
	}
	h.SetMail(false)
	h.notice(t, shot, "Dear "+evil)
	h.SetStrictSQL(false)
	h.notice(t, shot, "Again "+evil)

	u, err := url.Parse(shot.URL)
	if err != nil {
		t.Fatal(err)
	}
	list, one := "/", u.Path
	for target, wants := range map[string][]string{
		list: {shot.Mask, "Account &lt;script", "klant@customer.example", "sanne@hoster.example", "waiting", "Draft 1", "not queued", "Draft 2", "queued, failed 1×", "Again &lt;script", "Error sending message"},
		one:  {"am-1&lt;script", "Started &lt;script", "not mailed", "note &lt;script", "I paid &lt;script", "Billing"},
	} {
		status, header, body := h.page(http.MethodGet, target)
		if status != http.StatusOK || strings.Contains(body, "<script") {
			t.Errorf("%s: %d, script in it: %t", target, status, strings.Contains(body, "<script"))
		}
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not show %q", target, want)
			}
		}
		if !strings.HasPrefix(header.Get("Content-Security-Policy"), "default-src 'none'") || header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", target, header)
		}
	}
}

func TestPagesAreFoundByMaskAndIDAndRefuseTheRest(t *testing.T) {
	h := newSmall(t, Options{})
	shot := h.open(t, "am-1")
	for target, want := range map[string]int{
		"/profiles/ticket/" + shot.Mask: 200, "/index.php/profiles/ticket/1": 200, "/profiles/ticket/" + shot.Mask + "/Account-Termination": 200,
		"/index.php/": 200, "/profiles/ticket/99": 404, "/profiles/ticket/": 404, "/nosuch": 404,
	} {
		if status, _, _ := h.page(http.MethodGet, target); status != want {
			t.Errorf("%s: %d, want %d", target, status, want)
		}
	}
	if status, _, _ := h.page(http.MethodPost, "/"); status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", status)
	}
}
