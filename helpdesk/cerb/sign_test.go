package cerb

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

// TestRecordedSignaturesAreOurs signs every recorded request again: the same secret, date, path, query and body must give
// the checksum that a running Cerb took.
func TestRecordedSignaturesAreOurs(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("cerbfake", "testdata", "transcripts", "*.json"))
	if err != nil || len(files) < 70 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	secrets := map[string]string{"botkey": "botsecret", "marakey": "marasecret"}
	checked := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var tr struct {
			Request struct {
				Method, Path, Query, Body string
				Headers                   map[string]string
			}
		}
		if err := json.Unmarshal(raw, &tr); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		r := tr.Request
		key, sum, _ := strings.Cut(r.Headers["Cerb-Auth"], ":")
		secret, known := secrets[key]
		if !known { // nobody's key, or none at all
			continue
		}
		got := signature(secret, r.Method, r.Headers["Date"], r.Path, r.Query, []byte(r.Body))
		if wrong := strings.HasSuffix(file, "auth-bad-signature.json"); (got == sum) == wrong {
			t.Errorf("%s: signed %s, recorded %s", filepath.Base(file), got, sum)
		}
		checked++
	}
	if checked < 70 {
		t.Errorf("only %d signatures were there to check", checked)
	}
}

func TestQueryIsSignedSortedAndSentAsSigned(t *testing.T) {
	for raw, want := range map[string]string{
		"b=2&a=1": "a=1&b=2", "": "", "a=2&a=1": "a=2&a=1", "a%5B%5D=1&a=0": "a=0&a%5B%5D=1", "q=x%20y&limit=3": "limit=3&q=x%20y",
	} {
		if got := sortQuery(raw); got != want {
			t.Errorf("%s is sorted to %s, want %s", raw, got, want)
		}
	}
	d := newDouble(t, cerbfake.Options{})
	c := d.client(t, nil)
	for _, title := range []string{"a b+c&d=e", "é€😀", "%41 %zz", "#1;?"} { // the double checks the signature of what arrives
		if _, err := c.snippets(t.Context(), "look", title); err != nil {
			t.Errorf("%q: %v", title, err)
		}
	}
}

func writeToken(t *testing.T, path, content string, at time.Time) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestBearerTokenIsReadAgainWhenItChangesAndAfterARefusal(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	d.AddBearer("first", "bot@cerb.example", time.Time{})
	d.AddBearer("second", "bot@cerb.example", time.Time{})
	path, at := filepath.Join(t.TempDir(), "token"), time.Now().Add(-time.Hour)
	writeToken(t, path, `{"token_type":"Bearer","access_token":"first"}`, at)
	c := d.client(t, func(cfg *Config) { cfg.AccessKey, cfg.SecretKey, cfg.BearerTokenFile = "", "", path })
	read := func() error { _, err := c.fetchMe(t.Context()); return err }
	if err := read(); err != nil {
		t.Fatal(err)
	}
	writeToken(t, path, "second\n", at.Add(time.Minute))
	if err := read(); err != nil {
		t.Errorf("after it was replaced: %v", err)
	}
	writeToken(t, path, "gone!!\n", at.Add(time.Minute)) // the same time and size as before
	if err := read(); err != nil {
		t.Errorf("unchanged by its looks: %v", err)
	}
	writeToken(t, path, "gone", at.Add(2*time.Minute))
	if err := read(); !isKind(err, "not authorised") || !strings.Contains(sentence(err), "Renew the token file") {
		t.Errorf("an unknown token: %v", err)
	}
	old := d.client(t, func(cfg *Config) { cfg.AccessKey, cfg.SecretKey, cfg.BearerTokenFile = "", "", path })
	writeToken(t, path, "stale1", at)
	if err := func() error { _, err := old.fetchMe(t.Context()); return err }(); err == nil {
		t.Fatal("a stale token was taken")
	}
	writeToken(t, path, "second", at) // a refusal makes it look again, whatever the file's time says
	if _, err := old.fetchMe(t.Context()); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
}

func TestTokensAreChecked(t *testing.T) {
	for raw, want := range map[string]string{"tok\n": "tok", `{"access_token":" t "}`: "t"} {
		if got, err := parseToken([]byte(raw)); got != want || err != nil {
			t.Errorf("%q gives %q, %v", raw, got, err)
		}
	}
	for _, raw := range []string{"", " \n", "{}", `{"access_token":""}`, "{broken", "a b", "a\r\nX: y", "é"} {
		if got, err := parseToken([]byte(raw)); err == nil {
			t.Errorf("%q gives %q", raw, got)
		}
	}
	big := filepath.Join(t.TempDir(), "big")
	writeToken(t, big, strings.Repeat("x", maxTokenFile+1), time.Now())
	if err := (&bearerFile{path: big}).read(); err == nil {
		t.Error("a huge file was read")
	}
}

// TestNoCookieIsKept: every answer of Cerb sets a session's cookie, which would tie calls of different rights together.
func TestNoCookieIsKept(t *testing.T) {
	var cookies []string
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookies = append(cookies, r.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "Devblocks", Value: "s3ss10n"})
		_, _ = w.Write([]byte(`{"__status":"success","__version":"10.4.10","id":1,"is_superuser":1}`))
	}))
	defer web.Close()
	c := testClient(t, web.URL+"/rest", nil)
	for range 2 {
		if _, err := c.fetchMe(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Join(cookies, "") != "" {
		t.Errorf("cookies were sent: %q", cookies)
	}
}
