package slack

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// fails plans the same fault for many calls.
func (w *world) fails(method string, f slackfake.Fault, times int) {
	for range times {
		w.Fail(method, f)
	}
}

// oneCard waits until the case is at rest and its card says so, and counts the cards.
func (w *world) oneCard() {
	w.t.Helper()
	w.card("Wacht op betaling")
	if got := len(w.cards(w.Snapshot())); got != 1 {
		w.t.Errorf("%d cards", got)
	}
}

func TestCardComesOnceSlackIsBack(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]slackfake.Fault{
		"proxy error":   slackfake.Status(503),
		"busy, softly":  slackfake.Code("service_unavailable"),
		"internal":      slackfake.Code("internal_error"),
		"garbage":       slackfake.Garbage(),
		"torn down":     slackfake.Reset(),
		"thrown out":    slackfake.Code("not_in_channel"),
		"lost answer":   slackfake.Reset().After(),
		"lost and late": slackfake.Status(502).After(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			v := w.ask(sanne, "10234")
			w.fails("chat.postMessage", f, 4)
			w.submit(sanne, v, nil)
			w.told(sanne, "Gestart")
			w.oneCard()
		})
	}
}

func TestCaseGoesOnWhileSlackIsDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	for _, method := range []string{"chat.postMessage", "chat.update", "chat.postEphemeral", "response_url", "chat.getPermalink"} {
		w.fails(method, slackfake.Status(503), 10000)
	}
	w.submit(sanne, v, nil)
	w.eventually("the procedure's end", w.waitsForPayment)
	if got := len(w.office.Notes("10234")); got != 1 {
		t.Errorf("%d comments", got)
	}
}

// Without the right to read the channel the bot can't see whether a card in doubt stands there: it posts it once more, and
// not a third time.
func TestCardInDoubtIsPostedAtMostTwiceWhereTheChannelCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	w.fails("conversations.history", slackfake.Code("missing_scope"), 1000)
	w.fails("chat.postMessage", slackfake.Reset().After(), 1000)
	w.submit(sanne, v, nil)
	w.eventually("the procedure's end", w.waitsForPayment)
	w.until("the second try", func(p slackfake.Snapshot) bool { return len(w.cards(p)) == 2 })
	w.until("giving up", func(p slackfake.Snapshot) bool { return len(p.Calls("conversations.history")) >= 3 })
	if got := len(w.cards(w.Snapshot())); got != 2 {
		t.Errorf("%d cards", got)
	}
}

func TestBusySlackIsAskedAgainWhenItSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	w.Fail("chat.postMessage", slackfake.RateLimited(2))
	w.submit(sanne, v, nil)
	w.oneCard()
	var refused, taken time.Time
	for _, c := range w.realCalls("chat.postMessage") {
		if c.busy {
			refused = c.at
		} else if taken.IsZero() {
			taken = c.at
		}
	}
	if wait := taken.Sub(refused); wait < 2*time.Second {
		t.Errorf("asked again after %s", wait)
	}
}

func TestDeletedCardIsPostedAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, later(time.Minute))
	w.confirmed("10234")
	card := w.card("Begint om 10:01")
	_, _, err := w.bot.client.api.DeleteMessageContext(context.Background(), cases, card.TS)
	must(t, err)
	w.clock.Add(2 * time.Minute)
	w.oneCard()
}

func TestRestartInBetweenGoesOnWithTheSameCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.hold = true })
	w.confirmed("10234")
	card := w.card("Bezig: nakijken")
	w.hold = false
	w.restart()
	if got := w.card("Wacht op betaling"); got.TS != card.TS {
		t.Error("another card was posted")
	}
	w.oneCard()
}

// A kill between the posting and its record: that it was tried is all that is known.
func TestCrashWhilePostingLeavesOneCard(t *testing.T) {
	t.Parallel()
	for name, posted := range map[string]bool{"it was posted": true, "it wasn't": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			w := newWorld(t, func(w *world) { w.hold = true })
			w.confirmed("10234")
			card := w.card("Bezig: nakijken")
			w.stop()
			if !posted {
				_, _, err := w.bot.client.api.DeleteMessageContext(ctx, cases, card.TS)
				must(t, err)
			}
			must(t, w.bot.inTx(ctx, func(tx bot.Tx) error {
				return tx.PutCard(ctx, bot.Card{CaseID: 1, Channel: cases, TriedAt: w.clock.Now()})
			}))
			w.hold = false
			w.start()
			w.oneCard()
		})
	}
}

// What was acknowledged and not worked on before the process died: a confirmation is carried out, a command, whose trigger
// is spent, is to be typed again.
func TestNothingThatWasAcknowledgedIsLost(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	w.stop()
	if got := w.Submit(ctx, sanne, v.ID, nil); !got.OK() || !strings.Contains(string(got.Body), "hourglass") {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if got := w.Command(ctx, kees, "10235"); !got.OK() {
		t.Fatal(got.Status)
	}
	w.clock.Add(triggerLife + time.Second)
	w.start()
	w.told(sanne, "Gestart.")
	w.told(kees, "The bot was restarted just now. Nothing was changed; type it again.")
	w.oneCard()
	w.restart()
	if len(w.all()) != 1 || len(w.signals()) != 0 {
		t.Errorf("cases %d, signals left %d", len(w.all()), len(w.signals()))
	}
}

func TestLeftoverOfSomeoneWhoMayNoLongerIsNotCarriedOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	w.stop()
	w.Submit(context.Background(), sanne, v.ID, nil)
	w.config.AllowedUsers = []string{kees}
	w.clock.Add(time.Second)
	w.start()
	w.until("the refusal", func(p slackfake.Snapshot) bool {
		v, _ := p.View(v.ID)
		return strings.Contains(slackfake.RenderView(v), "Je mag dit niet gebruiken")
	})
	if len(w.all()) != 0 {
		t.Error("a case was started")
	}
}

func TestSpentTriggerIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Fail("views.open", slackfake.Code("expired_trigger_id"))
	w.Command(context.Background(), sanne, "10234")
	w.told(sanne, "Slack kon het venster niet tonen.")
}

func TestClosedViewIsNoFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Fail("views.update", slackfake.Code("not_found"))
	w.Command(context.Background(), sanne, "10234")
	w.eventually("the work", func() bool { return len(w.signals()) == 0 && len(w.Calls("views.update")) == 1 })
	if got := w.Ephemerals(sanne); len(got) != 0 {
		t.Errorf("told %v", got)
	}
}

func TestUnknownPersonStartsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fails("users.info", slackfake.Code("fatal_error"), 20)
	if v := w.ask(sanne, "10234"); !strings.Contains(slackfake.RenderView(v), "Slack zegt nu niet wie je bent") {
		t.Error(slackfake.RenderView(v))
	}
}

// Whoever pays while Slack is down gets services back at once; the cards tell it later, each once.
func TestRestoresGoOnWhileSlackIsDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, team)
	w.waiting()
	w.card("Wacht op betaling")
	w.jumps(3, 0)
	for _, method := range []string{"chat.postMessage", "chat.update", "conversations.history", "conversations.replies"} {
		w.fails(method, slackfake.Status(503), 10000)
	}
	must(t, w.office.PayPart("10234", 20000))
	w.aftercareTells("part")
	w.eventually("the part is seen", func() bool { return w.all()[0].Course.Left != nil })
	must(t, w.office.Pay("10234"))
	w.aftercareTells("all")
	w.eventually("all is as it was", func() bool { return w.all()[0].State == bot.Ended })
	for _, s := range w.office.Services("10234") {
		if s.State != "active" || s.Cancellation != nil {
			t.Errorf("%s is %s", s.Label, s.State)
		}
	}
	w.jumps(0, 1)
	w.Heal()
	w.card("Betaald en hersteld")
	if cards := w.cards(w.Snapshot()); len(cards) != 1 {
		t.Errorf("%d cards of the case", len(cards))
	}
	for _, m := range w.matterCards(w.Snapshot()) { // what went away by itself asks nobody any more
		if text := slackfake.RenderMessage(m); strings.Contains(text, "[") {
			t.Errorf("it still asks:\n%s", text)
		}
	}
}

// aftercareTells lets the bot hear of a payment.
func (w *world) aftercareTells(key string) {
	w.t.Helper()
	must(w.t, bot.NewAftercare(w.store, w.outside, w.bot.Changed, slog.New(slog.DiscardHandler)).Tell(context.Background(), "10234", key))
	w.bot.Changed(1)
}
