package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestTheDemosWorldBeginsAnewInTheOtherLanguage works `aanmaner demo` as its page does: a command, a payment, and the world
// anew, in which neither has happened.
func TestTheDemosWorldBeginsAnewInTheOtherLanguage(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	said, out := io.Pipe()
	ended := make(chan error, 1)
	a := &app{streams: streams{out: out, err: io.Discard}}
	go func() { ended <- a.demoServe(ctx, "127.0.0.1:0", "nl") }()
	told := make([]byte, 2000)
	n, err := io.ReadAtLeast(said, told, 100)
	must(t, err)
	page := demoPage{t, ctx, regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(string(told[:n]))}
	if text := string(told[:n]); page.url == "" || !strings.Contains(text, "terminate 10234 --as sanne@hoster.example") {
		t.Fatalf("told %q", text)
	}
	page.do(map[string]string{"kind": "command", "who": "U0SANNE", "text": "/terminate 10234"})
	page.do(map[string]string{"kind": "pay", "id": "10237"})
	before := page.until("the preview", func(p demoPicture) bool {
		return p.Modal != nil && strings.Contains(p.Modal.HTML, "Mailen en opschorten")
	})
	page.do(map[string]string{"kind": "again", "lang": "en"})
	after := page.until("another world", func(p demoPicture) bool { return p.Round > before.Round })
	if after.Modal != nil || len(after.Feed) > 0 || !strings.HasPrefix(after.Panes["office"].Head, "14 · ") {
		t.Errorf("something of the world before is still there: %+v", after)
	}
	page.do(map[string]string{"kind": "command", "who": "U0SANNE", "text": "/terminate 10237"})
	page.until("the preview in English", func(p demoPicture) bool { return p.Modal != nil && strings.Contains(p.Modal.HTML, "Mail and suspend") })
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// demoPage is the page without its browser.
type demoPage struct {
	t   *testing.T
	ctx context.Context
	url string
}

type demoPicture struct {
	Round int
	Panes map[string]struct{ Head string }
	Modal *struct {
		HTML string `json:"h"`
	}
	Feed []any
	Seen string
}

func (p demoPage) do(deed map[string]string) {
	p.t.Helper()
	raw, err := json.Marshal(deed)
	must(p.t, err)
	req, err := http.NewRequestWithContext(p.ctx, http.MethodPost, p.url+"/do", strings.NewReader(string(raw)))
	must(p.t, err)
	req.Header.Set("Origin", p.url)
	res, err := http.DefaultClient.Do(req)
	must(p.t, err)
	defer res.Body.Close()
	var said struct{ Notice string }
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil || said.Notice != "" {
		p.t.Fatalf("%v: status %d, %q, %v", deed, res.StatusCode, said.Notice, err)
	}
}

// until asks for news until a picture shows what is waited for. Each request waits at the server until there is some.
func (p demoPage) until(what string, holds func(demoPicture) bool) demoPicture {
	p.t.Helper()
	seen := ""
	for p.ctx.Err() == nil {
		req, err := http.NewRequestWithContext(p.ctx, http.MethodGet, p.url+"/live?who=U0SANNE&seen="+url.QueryEscape(seen), nil)
		must(p.t, err)
		res, err := http.DefaultClient.Do(req)
		must(p.t, err)
		var now demoPicture
		err = json.NewDecoder(res.Body).Decode(&now)
		res.Body.Close()
		must(p.t, err)
		if holds(now) {
			return now
		}
		seen = now.Seen
	}
	p.t.Fatalf("waited for %s", what)
	return demoPicture{}
}
