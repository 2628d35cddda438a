package slackfake_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// The people and places of these tests.
const (
	sanne      = "U0SANNE"
	jacqueline = "U0JACQ"
	gone       = "U0GONE"
	guest      = "U0GUEST"
	general    = "C0GEN"
	credit     = "C0CREDIT"
	archived   = "C0OLD"
	elsewhere  = "C0ELSE"
	hidden     = "C0HIDDEN"
)

// clock is a clock that moves when told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a double with slack-go as its client and an app that answers what
// the test says.
type world struct {
	*slackfake.Server
	*clock
	url string
	api *slack.Client
	app *app
}

// app is the other end: it keeps what came and answers as told.
type app struct {
	mu     sync.Mutex
	got    []received
	answer func(w http.ResponseWriter, r *http.Request)
}

type received struct {
	path   string
	header http.Header
	body   []byte
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	a.got = append(a.got, received{r.URL.Path, r.Header, body})
	answer := a.answer
	a.mu.Unlock()
	if answer != nil {
		answer(w, r)
	}
}

func (a *app) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.got)
}

func (a *app) last(t *testing.T) received {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.got) == 0 {
		t.Fatal("the app was not called")
	}
	return a.got[len(a.got)-1]
}

// callback parses the last interaction as slack-go does.
func (a *app) callback(t *testing.T) slack.InteractionCallback {
	t.Helper()
	form, err := url.ParseQuery(string(a.last(t).body))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.PostForm, r.Form = form, form
	cb, err := slack.InteractionCallbackParse(r)
	if err != nil {
		t.Fatalf("slack-go can't read the payload: %v", err)
	}
	return cb
}

// says makes the app answer with JSON from now on.
func (a *app) says(status int, contentType, body string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func newWorld(t *testing.T, change ...func(*slackfake.Options)) *world {
	t.Helper()
	c := &clock{at: time.Date(2026, 11, 23, 13, 3, 0, 0, time.UTC)}
	o := slackfake.Options{
		SigningSecret: "s3cret", BotToken: "xoxb-1", Now: c.Now,
		Users: []slackfake.User{
			{ID: sanne, Name: "Sanne Visser", Email: "sanne@hoster.example", Locale: "nl-NL"},
			{ID: jacqueline, Name: "Jacqueline de Vries", Email: "jacqueline@hoster.example"},
			{ID: gone, Name: "Weg", Email: "weg@hoster.example", Deleted: true},
			{ID: guest, Name: "Gast", Email: "gast@other.example", TeamID: "T9999", Restricted: true},
		},
		Channels: []slackfake.Channel{
			{ID: general, Name: "algemeen"},
			{ID: credit, Name: "krediet", Members: []string{jacqueline}, Private: true},
			{ID: archived, Name: "oud", Archived: true},
			{ID: elsewhere, Name: "elders", NoBot: true},
			{ID: hidden, Name: "dicht", NoBot: true, Private: true},
		},
		Groups: map[string][]string{"S0CREDIT": {jacqueline}},
	}
	for _, f := range change {
		f(&o)
	}
	s := slackfake.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	t.Cleanup(s.Close)
	a := &app{}
	appSrv := httptest.NewServer(a)
	t.Cleanup(appSrv.Close)
	s.SetBaseURL(srv.URL)
	s.SetURLs(appSrv.URL+"/commands", appSrv.URL+"/interactions", appSrv.URL+"/events")
	api := slack.New("xoxb-1", slack.OptionAPIURL(srv.URL+"/api/"), slack.OptionHTTPClient(&http.Client{Timeout: 5 * time.Second}))
	return &world{s, c, srv.URL, api, a}
}

// noFaults holds the app's mistakes against the empty list.
func (w *world) noFaults(t *testing.T) {
	t.Helper()
	for _, f := range w.Faults() {
		t.Errorf("fault: %s", f)
	}
}

// trigger types a command, for its trigger.
func (w *world) trigger(t *testing.T, user string) string {
	t.Helper()
	r := w.Command(t.Context(), user, "")
	if !r.OK() {
		t.Fatalf("command: %+v", r)
	}
	return r.TriggerID
}

// code is Slack's code in an error of slack-go.
func code(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func words(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

func marked(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, false)
}
