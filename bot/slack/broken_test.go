package slack

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// down puts a switch before Slack: while it is off, nothing of it answers.
func down(off *atomic.Bool) option {
	return func(w *world) {
		real := w.config.APIURL
		url := w.serve(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if off.Load() {
				http.Error(rw, "upstream connect error", http.StatusServiceUnavailable)
				return
			}
			w.Server.ServeHTTP(rw, r)
		}))
		w.config.APIURL = strings.Replace(real, strings.TrimSuffix(real, "/api"), url, 1)
	}
}

// Slack is away for hours, from the moment of the confirmation: the case goes on, and what the team should have seen stands
// there when Slack is back, with when it happened.
func TestCardAndThreadSurviveALongOutage(t *testing.T) {
	t.Parallel()
	var off atomic.Bool
	w := newWorld(t, down(&off))
	v := w.ask(sanne, "10234")
	off.Store(true)
	w.submit(sanne, v, nil)
	w.eventually("the procedure's end", w.waitsForPayment)
	w.clock.Add(3 * time.Hour)
	off.Store(false)
	w.oneCard()
	w.until("the thread", func(p slackfake.Snapshot) bool {
		lines := p.Thread(cases, w.cards(p)[0].TS)
		return len(lines) >= 3 && strings.Contains(lines[len(lines)-1].Text, "(gebeurde om 10:00)")
	})
}

func TestRevokedTokenIsSaidAndTheCardFollows(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]int{}
	w := newWorld(t, func(w *world) {
		w.config.Observe = func(c Call) {
			mu.Lock()
			defer mu.Unlock()
			seen[c.Outcome]++
		}
	})
	v := w.ask(sanne, "10234")
	w.Revoke(true)
	w.submit(sanne, v, nil)
	w.eventually("the refusal", func() bool { return w.bot.Connected().Token == "token_revoked" })
	if is := w.bot.Connected(); is.Connected() || is.Refused.IsZero() {
		t.Errorf("%+v", is)
	}
	if err := w.bot.Check(context.Background()); !errors.Is(err, errToken) {
		t.Errorf("doctor hears %v", err)
	}
	w.Revoke(false)
	w.oneCard()
	w.eventually("the good news", func() bool { return w.bot.Connected().Connected() })
	mu.Lock()
	defer mu.Unlock()
	if seen["token"] == 0 || seen["ok"] == 0 {
		t.Errorf("counted %v", seen)
	}
}

func TestClosedChannelSendsCardsToTheFallback(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]func(*slackfake.Channel){
		"archived": func(c *slackfake.Channel) { c.Archived = true }, "thrown out": func(c *slackfake.Channel) { c.NoBot = true },
		"private": func(c *slackfake.Channel) { c.NoBot, c.Private = true, true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(w *world) { w.config.FallbackChannel = general })
			w.ChangeChannel(cases, c)
			w.confirmed("10234")
			w.until("the card elsewhere", func(p slackfake.Snapshot) bool {
				all := p.Messages(general)
				return len(all) > 0 && strings.Contains(slackfake.RenderMessage(all[0]), "Wacht op betaling")
			})
		})
	}
}

func TestCardMovesWhenItsChannelIsArchived(t *testing.T) {
	t.Parallel()
	w := newWorld(t, later(time.Minute), func(w *world) { w.config.FallbackChannel = general })
	w.confirmed("10234")
	w.card("Begint om")
	w.ChangeChannel(cases, func(c *slackfake.Channel) { c.Archived = true })
	w.clock.Add(2 * time.Minute)
	w.until("the card elsewhere", func(p slackfake.Snapshot) bool {
		all := p.Messages(general)
		return len(all) > 0 && strings.Contains(slackfake.RenderMessage(all[0]), "Wacht op betaling")
	})
}

func TestWithoutAFallbackTheCardWaitsForItsChannel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ChangeChannel(cases, func(c *slackfake.Channel) { c.NoBot = true })
	w.confirmed("10234")
	w.eventually("the procedure's end", w.waitsForPayment)
	w.ChangeChannel(cases, func(c *slackfake.Channel) { c.NoBot = false })
	w.oneCard()
}

func TestEveryTriggerErrorIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, code := range []string{"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged"} {
		w.Fail("views.open", slackfake.Code(code))
		w.Command(context.Background(), sanne, "10234")
		w.until(code, func(p slackfake.Snapshot) bool { return len(p.Ephemerals(sanne)) == i+1 })
	}
}

// Each of Slack's ways to say that it is too busy keeps us from that method, and from no other.
func TestEveryFormOfTooBusyIsHeeded(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]slackfake.Fault{
		"with a time": slackfake.RateLimited(7), "without": slackfake.Status(http.StatusTooManyRequests),
		"softly": slackfake.SoftRateLimited(), "softly too": slackfake.Code("rate_limited"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Fail("auth.test", f)
			ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
			defer cancel()
			for range 3 {
				if _, _, err := w.bot.client.whoAmI(ctx); err == nil {
					t.Error("went on")
				}
			}
			if got := len(w.Calls("auth.test")); got != 1 {
				t.Errorf("%d calls", got)
			}
			if _, err := w.bot.client.user(context.Background(), sanne); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCardThatSlackFindsFaultWithIsPostedPlain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.hold = true })
	w.Fail("chat.postMessage", slackfake.Code("msg_blocks_too_long"))
	w.confirmed("10234")
	w.until("a plain card", func(p slackfake.Snapshot) bool {
		all := w.cards(p)
		return len(all) == 1 && len(all[0].Blocks) == 0 && strings.Contains(all[0].Text, "10234")
	})
}

// Two postings in doubt while the channel can't be read leave two cards; once it can be, one of them is taken away.
func TestSecondCardIsTakenAwayOnceTheChannelCanBeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	scopes := (ManifestOptions{}).scopes()
	w.SetScopes(strings.Fields(strings.ReplaceAll(strings.Join(scopes, " "), "channels:history", "")))
	w.Fail("chat.postMessage", slackfake.Reset().After())
	w.submit(sanne, v, nil)
	w.eventually("the procedure's end", w.waitsForPayment)
	w.until("two cards", func(p slackfake.Snapshot) bool { return len(w.cards(p)) == 2 })
	w.eventually("rest", func() bool { return w.rowOf(1).TriedAt.IsZero() && w.rowOf(1).TS != "" })
	w.bot.tidy(context.Background())
	if got := len(w.cards(w.Snapshot())); got != 2 {
		t.Fatalf("%d cards: touched without the right to look", got)
	}
	w.SetScopes(nil)
	w.bot.tidy(context.Background())
	if all := w.cards(w.Snapshot()); len(all) != 1 || all[0].TS != w.rowOf(1).TS {
		t.Errorf("%d cards", len(all))
	}
}

// rowOf is what is kept of a case's card.
func (w *world) rowOf(caseID int64) (card bot.Card) {
	w.t.Helper()
	must(w.t, w.bot.inTx(context.Background(), func(tx bot.Tx) (err error) { card, err = tx.Card(context.Background(), caseID); return }))
	return card
}

// A replica that stood still while it drew finds that another one has posted the card, and takes its own away again.
func TestReplicaThatWakesUpLateTakesItsOwnCardAway(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t, func(w *world) { w.hold = true })
	w.confirmed("10234")
	first := w.card("Bezig")
	w.eventually("rest", func() bool { return w.rowOf(1).TriedAt.IsZero() })
	must(t, w.bot.inTx(ctx, func(tx bot.Tx) error { return tx.PutCard(ctx, bot.Card{CaseID: 1}) })) // as if nothing was posted
	late, idle, err := w.bot.claim(ctx, 1)
	if must(t, err); idle {
		t.Fatal("nothing to draw")
	}
	w.clock.Add(time.Second)                        // a claim is known by its time, and nobody takes one over in the same moment
	must(t, w.bot.inTx(ctx, func(tx bot.Tx) error { // meanwhile the other one has taken over, and posted
		return tx.PutCard(ctx, bot.Card{CaseID: 1, Channel: cases, TS: first.TS})
	}))
	late.card.TS, err = w.bot.client.post(ctx, cases, "", late.m) // its call was under way, and arrives
	must(t, err)
	if err := w.bot.keep(ctx, late); !errors.Is(err, errLost) {
		t.Errorf("kept with %v", err)
	}
	_ = w.bot.release(ctx, late)
	w.until("one card", func(p slackfake.Snapshot) bool { return len(w.cards(p)) == 1 && w.cards(p)[0].TS == first.TS })
	if got := w.rowOf(1).TS; got != first.TS {
		t.Errorf("the row names %s", got)
	}
}

func TestClickReachesAnotherReplicaAndHoldsAfterARestart(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t, later(time.Minute))
	w.confirmed("10234")
	card := w.card("Begint om")
	w.restart()
	other := w.replica()
	w.served.Store(other)
	if got := w.Click(ctx, sanne, card.On(), actionStopNow); !got.OK() {
		t.Fatalf("%+v", got)
	}
	w.card("Gestopt door Sanne Visser")
	if got := w.Press(ctx, sanne, card.On(), slackfake.Press{Action: actionStopNow, Stale: true}); !got.OK() {
		t.Fatalf("%+v", got)
	}
	w.told(sanne, "intussen veranderd")
	if got := w.all()[0].State; got != bot.Ended {
		t.Errorf("the case is %s", got)
	}
}

func TestPrivateAnswerFindsAWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fails("response_url", slackfake.Status(404), 3)
	w.Fail("views.open", slackfake.Code("expired_trigger_id"))
	w.Command(context.Background(), sanne, "10234")
	w.told(sanne, "Slack kon het venster niet tonen.")
	w.ChangeChannel(general, func(c *slackfake.Channel) { c.NoBot = true })
	w.Fail("views.open", slackfake.Code("trigger_exchanged"))
	w.Command(context.Background(), sanne, "10234")
	w.until("a direct message", func(p slackfake.Snapshot) bool {
		all := p.Messages("D" + sanne)
		return len(all) == 1 && strings.Contains(all[0].Text, "Slack kon het venster niet tonen.")
	})
}

// Names in other scripts and with pictures stand there as they are; what would turn the direction of the whole line is gone.
func TestNamesOfAllScriptsStandOnTheCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sc := w.bot.channelScreen()
	for given, want := range map[string]string{
		"شركة المثال": "شركة المثال", "דוגמה בע״מ": "דוגמה בע״מ", "Bäckerei 🥐 Öztürk": "Bäckerei 🥐 Öztürk",
		"\u202eevil\u202c B.V.": "evil B.V.", "株式会社例": "株式会社例",
	} {
		m := sc.card(bot.File{Case: bot.Case{ID: 1, State: bot.Running, CustomerName: given, CustomerNumber: "10234", Step: bot.CheckDebt}}, nil)
		ts, err := w.bot.client.post(context.Background(), cases, "", m)
		must(t, err)
		got, _ := w.Snapshot().Message(cases, ts)
		if !strings.Contains(slackfake.RenderMessage(got), want) || !strings.Contains(got.Text, want) {
			t.Errorf("%q: %s", given, got.Text)
		}
	}
}
