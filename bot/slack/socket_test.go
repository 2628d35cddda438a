package slack

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// overSocket connects the bot by Socket Mode.
func overSocket(w *world) {
	w.SetSocketMode(true)
	w.config.Mode, w.config.AppToken, w.config.SigningSecret = ModeSocket, "xapp-test", ""
}

// newSocketWorld is a world whose bot holds its connections open.
func newSocketWorld(t *testing.T, options ...option) *world {
	t.Helper()
	w := newWorld(t, append([]option{overSocket}, options...)...)
	w.connected()
	return w
}

func (w *world) connected() {
	w.t.Helper()
	w.until("both connections", func(slackfake.Snapshot) bool { return w.Sockets() == socketCount })
}

func TestSocketCarriesTheWholeRoad(t *testing.T) {
	t.Parallel()
	w := newSocketWorld(t)
	v := w.ask(sanne, "10234")
	w.submit(sanne, v, nil)
	w.told(sanne, "Gestart")
	w.oneCard()
	if got := w.Command(context.Background(), bram, "10234"); !got.OK() || !strings.Contains(string(got.Body), "Je mag dit niet gebruiken") {
		t.Errorf("%s %v", got.Body, got.Err)
	}
	if is := w.bot.Connected(); !is.Connected() || is.Up != socketCount || is.Heard.IsZero() {
		t.Errorf("%+v", is)
	}
	if got := w.postRaw("/slack/commands"); got != http.StatusNotFound {
		t.Errorf("HTTP is served too: %d", got)
	}
}

// postRaw posts to the bot's own address.
func (w *world) postRaw(path string) int {
	w.t.Helper()
	own := w.serve(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.served.Load().Handler().ServeHTTP(rw, r) }))
	resp, err := http.Post(own+path, "application/x-www-form-urlencoded", strings.NewReader(""))
	must(w.t, err)
	defer resp.Body.Close()
	return resp.StatusCode
}

// Whatever Slack has an acknowledgement of is carried out, whichever connection ends how and when.
func TestSocketDisconnectInTheMiddleOfACommandLosesNothing(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*world){
		"warning": func(w *world) { w.Disconnect("warning", 0) },
		"refresh": func(w *world) { w.Disconnect("refresh_requested", 0) },
		"both":    func(w *world) { w.Disconnect("refresh_requested") },
		"cut":     func(w *world) { w.Cut(1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newSocketWorld(t)
			acked := 0
			for i := range 12 {
				if i%4 == 1 {
					go end(w)
				}
				if w.Command(context.Background(), sanne, "10234").OK() {
					acked++
				}
				if i%4 == 2 {
					w.connected()
				}
			}
			if acked < 8 {
				t.Errorf("only %d of 12 were acknowledged", acked)
			}
			w.eventually("the work on all of them", func() bool { return len(w.signals()) == 0 })
			w.until("a view each", func(p slackfake.Snapshot) bool { return len(p.Calls("views.open")) >= acked })
		})
	}
}

func TestWarnedSocketAnswersUntilItsReplacementIsThere(t *testing.T) {
	t.Parallel()
	w := newSocketWorld(t)
	w.Disconnect("warning")
	for range 8 {
		if got := w.Command(context.Background(), sanne, ""); !got.OK() {
			t.Errorf("%+v", got)
		}
	}
	w.connected()
}

func TestSocketsComeBackOnceTheTokenIsGood(t *testing.T) {
	t.Parallel()
	w := newSocketWorld(t)
	w.Revoke(true)
	w.Disconnect("refresh_requested")
	w.eventually("the trouble", func() bool {
		is := w.bot.Connected()
		return strings.Contains(is.Trouble, "token_revoked") && !is.Connected()
	})
	w.Revoke(false)
	w.connected()
	w.eventually("the good news", func() bool { is := w.bot.Connected(); return is.Connected() && is.Trouble == "" })
}

func TestSocketModeSwitchedOffIsSaid(t *testing.T) {
	t.Parallel()
	w := newSocketWorld(t)
	w.SetSocketMode(false)
	w.eventually("the trouble", func() bool { is := w.bot.Connected(); return is.Up == 0 && is.Trouble != "" })
	w.SetSocketMode(true)
	w.connected()
}

func TestGhostsAreNoticed(t *testing.T) {
	t.Parallel()
	w := newSocketWorld(t)
	w.SetGhosts(3)
	w.Disconnect("refresh_requested", 0)
	w.eventually("the count", func() bool { return w.bot.Connected().Ghosts == 3 })
}

func TestPanicOfOneEnvelopeEndsNothing(t *testing.T) {
	t.Parallel()
	w := newSocketWorld(t)
	m := w.bot.newSockets()
	c := &socket{m: m, slots: make(chan struct{}, 1), leaving: make(chan struct{})}
	m.take = func(context.Context, envelope) answer { panic("broken") }
	c.begin(context.Background(), envelope{Type: "slash_commands"})
	c.busy.Wait()
	if got := w.Command(context.Background(), sanne, ""); !got.OK() {
		t.Errorf("%+v", got)
	}
}

func TestLargeViewComesAfterItsAcknowledgement(t *testing.T) {
	t.Parallel()
	large := make([]string, 9000)
	a := answer{body: large, meanwhile: "wait"}
	raw, tooLarge, err := acknowledgement(envelope{ID: "1", Answers: true}, a)
	if must(t, err); !tooLarge || string(raw) != `{"envelope_id":"1","payload":"wait"}` {
		t.Errorf("%v %.60s", tooLarge, raw)
	}
	raw, _, err = acknowledgement(envelope{ID: "1"}, answer{body: "text"})
	if must(t, err); string(raw) != `{"envelope_id":"1"}` {
		t.Errorf("a payload where none is taken: %s", raw)
	}
}

func TestSocketOfAnotherReplicaIsNoGhost(t *testing.T) {
	t.Parallel()
	w := newSocketWorld(t, func(w *world) { w.config.Replicas = 2 })
	w.SetGhosts(2)
	w.Disconnect("refresh_requested", 0)
	w.connected()
	if is := w.bot.Connected(); is.Ghosts != 0 {
		t.Errorf("%+v", is)
	}
}
