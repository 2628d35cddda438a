package cerbfake

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// transcript is one exchange recorded on a running Cerb 10.4.10.
type transcript struct {
	Name    string
	Request struct {
		Method, Path, Query, Body string
		Headers                   map[string]string
	}
	Response struct {
		Status      int
		ContentType string `json:"content_type"`
		Body        any
	}
}

func loadTranscript(t *testing.T, name string) transcript {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "transcripts", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var tr transcript
	if err := json.Unmarshal(raw, &tr); err != nil {
		t.Fatal(err)
	}
	return tr
}

// step is one beat of the recorded history: something that happened unrecorded, then an exchange.
type step struct {
	name   string
	before func(t *testing.T, h *history) // what the recording left out
	edit   func(h *history, body string) string
	ignore []string // paths in the answer that can't be the same, with their reason beside them
}

// history replays the recording against one Server, in the order in which it was made, with its clock.
type history struct {
	*Server
	now  time.Time
	mail *mailbox
}

// TestRecordedHistoryIsAnsweredAsCerbDid replays all recorded exchanges. Every request goes out byte for byte as it was
// recorded, and its recorded signature must verify, save for the two whose body names a Message-ID that chance made.
func TestRecordedHistoryIsAnsweredAsCerbDid(t *testing.T) {
	h := newHistory(t)
	seen := map[string]bool{}
	for _, st := range recordedHistory() {
		seen[st.name] = true
		t.Run(st.name, func(t *testing.T) { h.play(t, st) })
	}
	files, err := filepath.Glob(filepath.Join("testdata", "transcripts", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".json"); !seen[name] {
			t.Errorf("transcript %s is not replayed", name)
		}
	}
}

func (h *history) play(t *testing.T, st step) {
	tr := loadTranscript(t, st.name)
	date := tr.Request.Headers["Date"]
	recorded, err := time.Parse(http.TimeFormat, date)
	if err != nil {
		t.Fatal(err)
	}
	if st.name != "auth-stale-date" {
		h.now = recorded
	}
	if st.before != nil {
		st.before(t, h)
	}
	auth := tr.Request.Headers["Cerb-Auth"]
	body := tr.Request.Body
	if st.edit != nil {
		body = st.edit(h, body)
		key, _, _ := strings.Cut(auth, ":")
		auth = key + ":" + sign(tr.Request.Method, date, tr.Request.Path, tr.Request.Query, body, "botsecret")
	}
	target := "http://cerb.example" + tr.Request.Path
	if tr.Request.Query != "" {
		target += "?" + tr.Request.Query
	}
	r := httptest.NewRequest(tr.Request.Method, target, strings.NewReader(body))
	for k, v := range tr.Request.Headers {
		r.Header.Set(k, v)
	}
	if auth != "" {
		r.Header.Set("Cerb-Auth", auth)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != tr.Response.Status || w.Header().Get("Content-Type") != tr.Response.ContentType {
		t.Errorf("answered %d %s, recorded %d %s", w.Code, w.Header().Get("Content-Type"), tr.Response.Status, tr.Response.ContentType)
	}
	if tr.Response.Body == "" {
		if w.Body.Len() != 0 {
			t.Errorf("answered %q, recorded nothing", w.Body)
		}
		return
	}
	var got any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	for _, d := range differences("", tr.Response.Body, got, st.ignore) {
		t.Error(d)
	}
}

// differences lists where got is not what was recorded. Types must be the same everywhere. Values too, but for those that
// chance makes (masks, tokens, Message-IDs, their hashes), and times, which may be three seconds apart; how long something
// took may differ by one, as the recording's Date says when a call left and not when Cerb looked at its clock.
func differences(path string, want, got any, ignore []string) []string {
	for _, pattern := range ignore {
		if ok, _ := filepath.Match(pattern, path); ok && (want == nil || fmt.Sprintf("%T", want) == fmt.Sprintf("%T", got)) {
			return nil
		}
	}
	if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
		return []string{fmt.Sprintf("%s: recorded %T %v, answered %T %v", path, want, want, got, got)}
	}
	var out []string
	switch want := want.(type) {
	case map[string]any:
		got := got.(map[string]any)
		for k, v := range want {
			if _, there := got[k]; !there {
				out = append(out, fmt.Sprintf("%s.%s: missing, recorded %v", path, k, v))
				continue
			}
			out = append(out, differences(path+"."+k, v, got[k], ignore)...)
		}
		for k := range got {
			if _, there := want[k]; !there {
				out = append(out, fmt.Sprintf("%s.%s: %v was not recorded", path, k, got[k]))
			}
		}
	case []any:
		got := got.([]any)
		if len(want) != len(got) {
			return []string{fmt.Sprintf("%s: recorded %d, answered %d", path, len(want), len(got))}
		}
		for i := range want {
			out = append(out, differences(fmt.Sprintf("%s[%d]", path, i), want[i], got[i], ignore)...)
		}
	default:
		if !alike(path, want, got) {
			out = append(out, fmt.Sprintf("%s: recorded %v, answered %v", path, want, got))
		}
	}
	return out
}

var (
	aTime      = regexp.MustCompile(`\b179[45]\d{6}\b`)
	aMask      = regexp.MustCompile(`\b[A-Z]{3}-\d{5}-\d{3}\b`)
	aMessageID = regexp.MustCompile(`<[0-9a-f]{32}@[a-z0-9.]+>`)
	aHash      = regexp.MustCompile(`^[0-9a-f]{40}$`)
	aDuration  = regexp.MustCompile(`\.(response_time|elapsed_\w+)$`)
	aClockTime = regexp.MustCompile(`:\d\d \+0100$`)
)

// alike compares two single values with what chance and the clock make taken out.
func alike(path string, want, got any) bool {
	if want == got {
		return true
	}
	if w, ok := want.(float64); ok {
		return w > 1e9 && math.Abs(w-got.(float64)) <= 3 || aDuration.MatchString(path) && math.Abs(w-got.(float64)) <= 1
	}
	w, ok := want.(string)
	if !ok {
		return false
	}
	if aDuration.MatchString(path) {
		return intval(w)-intval(got.(string)) <= 1 && intval(got.(string))-intval(w) <= 1
	}
	if strings.HasSuffix(path, "token") {
		return len(w) == len(got.(string))
	}
	plain := func(s string) string {
		s = aTime.ReplaceAllString(s, "TIME")
		s = aMask.ReplaceAllString(s, "MASK")
		s = aMessageID.ReplaceAllString(s, "MESSAGE-ID")
		s = aHash.ReplaceAllString(s, "HASH")
		return aClockTime.ReplaceAllString(s, ":SS +0100")
	}
	return plain(w) == plain(got.(string))
}

// answering puts the Message-ID of one of our messages where the recording has its own.
func answering(messageID int) func(h *history, body string) string {
	return func(h *history, body string) string {
		id := url.QueryEscape(h.messages.get(messageID).messageID())
		return regexp.MustCompile(`%3C[0-9a-f]{32}%40127\.0\.0\.1%3E`).ReplaceAllLiteralString(body, id)
	}
}
