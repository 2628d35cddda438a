package show_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/bot/sandbox/show"
)

// ask sends a request to a page that has no world yet.
func ask(t *testing.T, method, path, host, origin, body string) *http.Response {
	t.Helper()
	s, err := show.New(show.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Host = host
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

// A page elsewhere can make a name of its own point to this machine (DNS rebinding), or post from the visitor's browser.
func TestOnlyThisMachinesOwnPageIsAnswered(t *testing.T) {
	const here = "127.0.0.1:8080"
	for _, c := range []struct {
		method, path, host, origin string
		want                       int
	}{
		{"GET", "/", here, "", 200},
		{"GET", "/", "localhost:8080", "", 200},
		{"GET", "/", "[::1]:8080", "", 200},
		{"GET", "/", "evil.example", "", 403},
		{"GET", "/live", "127.0.0.1.evil.example:8080", "", 403},
		{"GET", "/", "192.168.1.2:8080", "", 403},
		{"POST", "/do", here, "http://" + here, 200},
		{"POST", "/do", here, "", 403},
		{"POST", "/do", here, "null", 403},
		{"POST", "/do", here, "http://127.0.0.1:9999", 403},
		{"POST", "/do", here, "https://evil.example", 403},
		{"POST", "/do", "evil.example", "http://evil.example", 403},
		{"PUT", "/do", here, "http://" + here, 405},
		{"GET", "/do", here, "", 405},
		{"GET", "/words.yaml", here, "", 404},
	} {
		if got := ask(t, c.method, c.path, c.host, c.origin, `{"kind":"pay"}`); got.StatusCode != c.want {
			t.Errorf("%s %s at %s from %q: status %d, want %d", c.method, c.path, c.host, c.origin, got.StatusCode, c.want)
		}
	}
}

func TestWhatIsTooLongOrNoRequestIsRefused(t *testing.T) {
	for _, body := range []string{"", "no JSON", `{"kind":"command","text":"` + strings.Repeat("x", 65<<10) + `"}`} {
		if got := ask(t, "POST", "/do", "127.0.0.1:1", "http://127.0.0.1:1", body); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%.20q: status %d", body, got.StatusCode)
		}
	}
}

func TestThePageLoadsItsOwnFilesAlone(t *testing.T) {
	got := ask(t, "GET", "/?lang=en", "127.0.0.1:1", "", "")
	policy := got.Header.Get("Content-Security-Policy")
	for _, wants := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, wants) {
			t.Errorf("the policy lacks %s: %s", wants, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || got.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers: %v", got.Header)
	}
	body, err := io.ReadAll(got.Body)
	if err != nil || got.Body.Close() != nil {
		t.Fatal(err)
	}
	source := string(body) + file(t, "rows.html") + file(t, "style.css") + file(t, "script.js")
	for _, never := range []string{` style="`, `<script>`, ` on[a-z]+="`, `url\(`, `@import`, `\beval\(`, `(src|href)="https?:`} {
		if m := regexp.MustCompile(never).FindString(source); m != "" {
			t.Errorf("there is %q", m)
		}
	}
	if !strings.Contains(string(body), `<html lang="en">`) {
		t.Error("the page isn't in the language that was asked for")
	}
}
