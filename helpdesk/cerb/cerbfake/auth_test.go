package cerbfake

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// signed makes a call with these headers, and gives the status and the body.
func (h *history) signed(t *testing.T, target string, headers map[string]string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestSignInIsRefusedWithItsReason(t *testing.T) {
	const path = "/rest/workers/me.json"
	h := newSmall(t, Options{})
	h.AddWorker(Worker{Email: "gone@hoster.example", Name: "Gert Gone", Disabled: true, AccessKey: "gonekey", SecretKey: "s"})
	at := func(d time.Duration) string { return h.now.Add(d).UTC().Format(http.TimeFormat) }
	good := func(date, key, secret string) map[string]string {
		return map[string]string{"Date": date, "Cerb-Auth": key + ":" + sign(http.MethodGet, date, path, "", "", secret)}
	}
	for name, tc := range map[string]struct {
		headers map[string]string
		status  int
		message string
	}{
		"right":              {good(at(0), "botkey", "botsecret"), 200, `"full_name":"Bot Admin"`},
		"nine minutes off":   {good(at(-9*time.Minute), "botkey", "botsecret"), 200, "Bot Admin"},
		"eleven minutes off": {good(at(11*time.Minute), "botkey", "botsecret"), 401, "Access denied! (Invalid timestamp)"},
		"clock before key":   {good(at(time.Hour), "nokey", "x"), 401, "Invalid timestamp"},
		"no date":            {map[string]string{"Cerb-Auth": "botkey:x"}, 401, "Invalid timestamp"},
		"wrong key":          {good(at(0), "nokey", "botsecret"), 401, "Access denied! (Invalid credentials: access key)"},
		"wrong secret":       {good(at(0), "botkey", "wrong"), 401, "Access denied! (Invalid credentials: checksum)"},
		"disabled":           {good(at(0), "gonekey", "s"), 401, "worker account is disabled"},
		"nothing":            {nil, 401, "Unauthorized request"},
		"unknown token":      {map[string]string{"Authorization": "Bearer nope"}, 401, "The resource owner or authorization server denied the request."},
	} {
		status, body := h.signed(t, path, tc.headers)
		if status != tc.status || !strings.Contains(body, tc.message) {
			t.Errorf("%s: %d %.120s", name, status, body)
		}
		if status == 401 && strings.Contains(body, "__version") {
			t.Errorf("%s: the refusal names a version", name)
		}
	}
}

func TestBearerTokenActsForItsWorkerUntilItExpires(t *testing.T) {
	h := newSmall(t, Options{})
	h.AddBearer("tok", "sanne@hoster.example", h.now.Add(time.Hour))
	token := map[string]string{"Authorization": "Bearer tok"}
	if status, body := h.signed(t, "/index.php/rest/workers/me.json", token); status != 200 || !strings.Contains(body, "Sanne Visser") {
		t.Errorf("%d %.100s", status, body)
	}
	h.now = h.now.Add(time.Hour)
	if status, _ := h.signed(t, "/index.php/rest/workers/me.json", token); status != 401 {
		t.Errorf("expired: %d", status)
	}
}
