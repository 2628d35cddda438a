package show_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
	"github.com/aanmaner/aanmaner/bot/sandbox/show"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// stage is the practice world with its page, and a browser that looks at it. It is driven by chromedp v0.23 (MIT), which
// speaks the browser's own protocol: no driver program, and what the page asks for and complains of can be listened to.
type stage struct {
	t     *testing.T
	ctx   context.Context
	world *sandbox.Sandbox
	clock *sandbox.Clock
	url   string
	look  look

	mu      sync.Mutex
	outside []string // addresses off loopback that were asked for
	faults  []string // what the page complained of
}

// look is how the visitor's browser is.
type look struct {
	width, height int64
	dark          bool
	lang          string
	moves         bool             // the visitor doesn't mind movement
	now           func() time.Time // nil: the machine's clock
}

// locale is the browser's own language, in which it draws the fields for dates.
func (l look) locale() string { return map[string]string{"nl": "nl-NL", "en": "en-GB"}[l.lang] }

func newStage(t *testing.T, l look) *stage {
	t.Helper()
	program := os.Getenv("AANMANER_TEST_CHROMIUM")
	if program == "" {
		t.Skip("AANMANER_TEST_CHROMIUM names no browser; `go run ./cmd/check` provides one")
	}
	s := &stage{t: t, look: l}
	s.startWorld(l)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("lang", l.locale()), chromedp.Flag("disable-component-update", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	s.ctx = ctx
	s.must(chromedp.Listen(ctx, s.hear))
	scheme, motion := "light", "reduce"
	if l.dark {
		scheme = "dark"
	}
	if l.moves {
		motion = "no-preference"
	}
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	s.must(err)
	_, err = chromedp.Call(ctx, runtime.Enable, cdp.Empty{})
	s.must(err)
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion},
	}})
	s.must(err)
	_, err = chromedp.Call(ctx, emulation.SetLocaleOverride, emulation.SetLocaleOverrideParams{Locale: l.locale()})
	s.must(err)
	s.run(chromedp.EmulateViewport(l.width, l.height), chromedp.Navigate(s.url+"?lang="+l.lang))
	s.until("the page is drawn", `document.documentElement.dataset.drawn && document.querySelectorAll("[data-rows=office] > li").length > 0`)
	t.Cleanup(s.clean)
	return s
}

// startWorld starts the doubles, the bot in its production wiring, and the page.
func (s *stage) startWorld(l look) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	clock := &sandbox.Clock{Base: l.now}
	zone, err := time.LoadLocation("Europe/Amsterdam")
	s.must(err)
	s.must(clock.ToWork(zone))
	world, err := sandbox.Start(ctx, sandbox.Options{Dir: s.t.TempDir(), Delay: 300 * time.Millisecond, Lang: l.lang, Now: clock.Now})
	s.must(err)
	cfg, err := world.Config()
	s.must(err)
	d, err := daemon.Open(ctx, cfg, daemon.Options{Now: clock.Now, Quick: true})
	s.must(err)
	page, err := show.New(show.Options{Zone: zone, Lang: l.lang, Again: func(string) {}})
	s.must(err)
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- d.Serve(ctx, func(address string) {
			world.ConnectSlack(address)
			world.ConnectOffice(address)
			page.SetWorld(worldOf(world, clock, d))
			close(ready)
		})
	}()
	<-ready
	server := httptest.NewServer(page)
	s.world, s.clock, s.url = world, clock, server.URL+"/"
	s.t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		cancel()
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
		_ = d.Close()
		_ = world.Close()
	})
}

func worldOf(w *sandbox.Sandbox, clock *sandbox.Clock, d *daemon.Daemon) show.World {
	days := sandbox.NewDays(clock, d)
	return show.World{
		Now: clock.Now, Tell: w.Tell,
		Days: func(ctx context.Context, day string, seen func()) (show.Stop, error) {
			stop, err := days.To(ctx, backoffice.Date(day), seen)
			if err != nil || stop.CaseID == 0 {
				return show.Stop{}, err
			}
			return show.Stop{Customer: stop.Customer, Why: func(lang string) string { return d.Words.Reason(wording.Lang(lang), stop.Why) }}, nil
		},
		Slack: w.Slack, Cerb: w.Cerb, Office: w.Office, Channel: sandbox.CaseChannelID,
		Mails: func() (out []show.Mail) {
			for _, m := range w.Inbox.Mails("") {
				out = append(out, show.Mail{To: strings.Join(m.Envelope, ", "), From: m.From, Subject: m.Subject, Text: m.Text, At: m.At})
			}
			return out
		},
		People: []show.Person{{ID: sandbox.Sanne, Name: "Sanne Visser", Role: "agent"}, {ID: sandbox.Bram, Name: "Bram Smit", Role: "colleague"},
			{ID: sandbox.Jacqueline, Name: "Jacqueline de Vries", Role: "lead"}},
		Links: []show.Link{{Name: "Slack", URL: w.SlackURL + "/"}, {Name: "Cerb", URL: w.CerbURL + "/"}, {Name: "Back office", URL: w.OfficeURL + "/"}, {Name: "Inbox", URL: w.InboxURL + "/"}},
	}
}

// hear notes what the browser asks for and complains of.
func (s *stage) hear(ev any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(ev.Request.URL)
		if err != nil || u.Scheme != "data" && u.Hostname() != "127.0.0.1" {
			s.outside = append(s.outside, ev.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		s.faults = append(s.faults, ev.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeWarning {
			s.faults = append(s.faults, fmt.Sprint(ev.Args))
		}
	}
}

// clean fails the test on anything that was asked for elsewhere or complained of.
func (s *stage) clean() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.outside)+len(s.faults) > 0 {
		s.t.Errorf("asked for %q, complained of %q", s.outside, s.faults)
	}
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// patience is how long a browser on a busy machine may take for one thing.
const patience = 30 * time.Second

func (s *stage) run(actions ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	s.must(chromedp.Do(ctx, actions...))
}

// click clicks on what is there by the moment of the click: a card may be drawn anew between finding a button and reaching it.
func (s *stage) click(selector string) {
	s.t.Helper()
	for late := time.After(patience); ; {
		ctx, cancel := context.WithTimeout(s.ctx, patience)
		err := chromedp.Do(ctx, chromedp.Click(selector))
		cancel()
		if err == nil || !strings.Contains(err.Error(), "Could not find node") {
			s.must(err)
			return
		}
		select {
		case <-late:
			s.t.Fatalf("%s never stays: %v", selector, err)
		case <-time.After(20 * time.Millisecond): // waits: for the page to be drawn
		}
	}
}

// eval computes an expression on the page.
func eval[T any](s *stage, expression string) T {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	s.must(err)
	return v
}

// until waits for something to hold on the page. The page's policy forbids code made from text, so the question is put again
// and again from outside.
func (s *stage) until(what, expression string) {
	s.t.Helper()
	for late := time.After(patience); !eval[bool](s, "!!("+expression+")"); {
		select {
		case <-late:
			s.t.Fatalf("waited for: %s\nthe focus is on %s\n%s", what, eval[string](s, "document.activeElement.cloneNode().outerHTML"), eval[string](s, "document.body.innerText"))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// has waits until a text stands in a part of the page.
func (s *stage) has(selector, text string) {
	s.t.Helper()
	s.until(fmt.Sprintf("%q in %s", text, selector),
		fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.innerText.replaceAll("\u00a0", " ").includes(%q))`, selector, text))
}

// shows waits until a text is in a part of the page, in sight or on a tab that isn't open.
func (s *stage) shows(selector, text string) {
	s.t.Helper()
	s.until(fmt.Sprintf("%q in %s", text, selector),
		fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.textContent.replaceAll("\u00a0", " ").includes(%q))`, selector, text))
}
