package cerb

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// canned is a client of a server that always answers the same.
func canned(t *testing.T, status int, header, body string) *Client {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if name, value, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(web.Close)
	c := testClient(t, web.URL+"/rest", func(cfg *Config) { cfg.Timeout = 20 * time.Second })
	c.backOff = time.Minute // no time for a second try
	return c
}

// TestStatusDecides: HTTP 200 means nothing by itself, __status does; and a write's refusal is only believed where Cerb is
// known to look before it acts.
func TestStatusDecides(t *testing.T) {
	for name, tc := range map[string]struct {
		status      int
		header      string
		body        string
		read, write error
		answered    bool
		says        string
	}{
		"success":          {200, "", `{"__status":"success"}`, nil, nil, false, ""},
		"error":            {200, "", `{"__status":"error","__error":"ERROR","message":"Failed."}`, helpdesk.ErrRefused, helpdesk.ErrUnknown, true, "Failed."},
		"known refusal":    {200, "", `{"__status":"error","__error":"ERROR","message":"The given 'group_id' parameter is invalid"}`, helpdesk.ErrRefused, helpdesk.ErrRefused, false, "group_id"},
		"no ticket":        {200, "", `{"__status":"error","__error":"ERROR","message":"Invalid ticket id '64'"}`, helpdesk.ErrNotFound, helpdesk.ErrUnknown, true, "64"},
		"not found":        {200, "", `{"__status":"error","__error":"ERROR_NOT_FOUND","message":"x"}`, helpdesk.ErrNotFound, helpdesk.ErrUnknown, true, "x"},
		"may not":          {200, "", `{"__status":"error","__error":"ERROR_PERMISSIONS","message":"x"}`, helpdesk.ErrAuth, helpdesk.ErrUnknown, true, "x"},
		"may not compose":  {200, "", `{"__status":"error","__error":"ERROR_PERMISSIONS","message":"Access denied to compose mail."}`, helpdesk.ErrAuth, helpdesk.ErrAuth, false, "compose"},
		"no status":        {200, "", `{"id":4}`, helpdesk.ErrUnknown, helpdesk.ErrUnknown, true, ""},
		"list":             {200, "", `[]`, helpdesk.ErrUnknown, helpdesk.ErrUnknown, true, ""},
		"fatal":            {500, "", "", helpdesk.ErrUnknown, helpdesk.ErrUnknown, true, ""},
		"gateway":          {504, "", "<html>", helpdesk.ErrUnknown, helpdesk.ErrUnknown, false, ""},
		"unavailable":      {503, "Retry-After: 30", "", helpdesk.ErrBusy, helpdesk.ErrUnknown, false, ""},
		"too many":         {429, "Retry-After: 30", "", helpdesk.ErrBusy, helpdesk.ErrBusy, false, ""},
		"elsewhere":        {302, "Location: https://x/", "", helpdesk.ErrRefused, helpdesk.ErrUnknown, true, "leads elsewhere"},
		"no rewrite":       {404, "", "<html>", helpdesk.ErrRefused, helpdesk.ErrUnknown, true, "/index.php/rest"},
		"firewall":         {403, "", "<html>", helpdesk.ErrAuth, helpdesk.ErrAuth, false, "in front of Cerb"},
		"teapot":           {418, "", "", helpdesk.ErrUnknown, helpdesk.ErrUnknown, true, ""},
		"basic auth":       {401, "", "<html>", helpdesk.ErrAuth, helpdesk.ErrAuth, false, "a password on the web server"},
		"key without path": {401, "", `{"__status":"error","message":"Access denied! (The requested path is prohibited)"}`, helpdesk.ErrAuth, helpdesk.ErrAuth, false, "set them to *"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := canned(t, tc.status, tc.header, tc.body)
			err := c.do(t.Context(), call{op: "read", method: "GET", path: "x.json"}, nil)
			if (tc.read == nil) != (err == nil) || err != nil && !errors.Is(err, tc.read) {
				t.Errorf("read: %v, want %v", err, tc.read)
			}
			err = c.do(t.Context(), call{op: "write", method: "POST", path: "x.json", write: true, refusal: composeRefusal}, nil)
			if tc.write == nil {
				if err != nil {
					t.Errorf("write: %v", err)
				}
				return
			}
			verdict := struct {
				kind     error
				answered bool
			}{tc.write, tc.answered}
			var e *helpdesk.Error
			if !errors.As(err, &e) || !errors.Is(e.Kind, verdict.kind) || e.Answered != verdict.answered || !strings.Contains(e.Sentence, tc.says) {
				t.Errorf("write: %+v, want %v, answered %t, %q", e, verdict.kind, verdict.answered, tc.says)
			}
			if errors.Is(tc.write, helpdesk.ErrBusy) && e.RetryAfter != 30*time.Second {
				t.Errorf("retry after %s", e.RetryAfter)
			}
		})
	}
}

// TestSignInRefusalsAreToldApart: a clock, a key and a secret that are wrong need different remedies.
func TestSignInRefusalsAreToldApart(t *testing.T) {
	seen := map[string]string{}
	for _, message := range []string{
		"Access denied! (Invalid timestamp)", "Access denied! (Invalid credentials: access key)", "Access denied! (Invalid credentials: checksum)",
		"Access denied! (Invalid credentials: worker account is disabled)", "The resource owner or authorization server denied the request.", "Unauthorized request",
	} {
		c := canned(t, 401, "Date: Tue, 24 Nov 2026 10:00:00 GMT", `{"__status":"error","message":"`+message+`"}`)
		err := c.do(t.Context(), call{op: "read", method: "GET", path: "x.json"}, nil)
		if !errors.Is(err, helpdesk.ErrAuth) || sentence(err) == "" || seen[sentence(err)] != "" {
			t.Errorf("%s: %v (also said for %q)", message, err, seen[sentence(err)])
		}
		seen[sentence(err)] = message
		if strings.Contains(message, "timestamp") && !strings.Contains(sentence(err), "there 10:00:00 (UTC)") {
			t.Errorf("the clocks are not named: %s", sentence(err))
		}
	}
}

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	c := testClient(t, "http://x/rest", func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	for value, want := range map[string]time.Duration{
		"7": 7 * time.Second, "": 0, "-1": 0, "soon": 0, "Tue, 24 Nov 2026 10:01:00 GMT": time.Minute, "Tue, 24 Nov 2026 09:00:00 GMT": 0, "999999999": 0,
	} {
		if got := c.retryAfter(http.Header{"Retry-After": {value}}); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}
