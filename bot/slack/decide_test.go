package slack

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// decisive lets bram decide, who may do nothing else.
func decisive(w *world) {
	w.config.ApproverUsers = []string{bram, kees}
	w.outside.Policy.PaymentPoll = 50 * time.Millisecond
}

// waiting is a case that waits for payment, and its card.
func waiting(t *testing.T, options ...option) (*world, slackfake.Message) {
	w := newWorld(t, append([]option{decisive}, options...)...)
	w.confirmed("10234")
	w.eventually("the end", w.waitsForPayment)
	return w, w.card("Wacht op betaling")
}

// decideOn chooses from the card's menu, and gives the dialog.
func (w *world) decideOn(user string, card slackfake.Message, option string) slackfake.View {
	w.t.Helper()
	if got := w.Choose(context.Background(), user, card.On(), actionMore, option); !got.OK() {
		w.t.Fatal(got.Status, got.Err)
	}
	return w.topWith(user, callbackDecide)
}

// threadSays waits for a line in the card's thread.
func (w *world) threadSays(card slackfake.Message, says string) {
	w.t.Helper()
	w.eventually("the thread says "+says, func() bool { return strings.Contains(strings.Join(w.thread(card), "\n"), says) })
}

func TestCreditControlGivesMoreTimeOnTheCard(t *testing.T) {
	t.Parallel()
	w, card := waiting(t)
	v := w.decideOn(bram, card, "Uitstel geven…")
	w.submit(bram, v, slackfake.Values{fieldUntil: "2028-01-01", fieldWhy: " "})
	if v, _ = w.Snapshot().View(v.ID); v.Errors[fieldUntil] != "Kies een dag van 22 december 2026 tot en met 24 februari 2027." || v.Errors[fieldWhy] == "" {
		t.Fatalf("%v", v.Errors)
	}
	w.submit(bram, v, slackfake.Values{fieldUntil: "2027-01-05", fieldWhy: "belde <net>"})
	w.card("opzeggen per 5 januari 2027")
	w.threadSays(card, "Bram Smit gaf uitstel tot 5 januari 2027: “belde &lt;net&gt;”")
	w.threadSays(card, "De bot mailde de klant: bevestiging van het uitstel.")
	w.threadSays(card, "Opnieuw opgezegd per 5 januari 2027: 2 diensten.")
}

func TestAnAgentDecidesNothing(t *testing.T) {
	t.Parallel()
	w, card := waiting(t)
	w.Choose(context.Background(), sanne, card.On(), actionMore, "In de wacht…")
	w.told(sanne, "debiteurenbeheer")
	if c := w.all()[0]; c.State != bot.Waiting || len(w.Views(sanne)) != 0 {
		t.Error(c.State)
	}
}

func TestAHoldAndItsEndAfterARestart(t *testing.T) {
	t.Parallel()
	w, card := waiting(t)
	w.submit(bram, w.decideOn(bram, card, "In de wacht…"), slackfake.Values{fieldKind: string(bot.PauseDispute), fieldWhy: "factuur klopt niet"})
	w.card("opzeggingen zolang ingetrokken")
	w.restart()
	// The old card, on a screen that wasn't redrawn, still lets do what can be done.
	w.Press(context.Background(), kees, card.On(), slackfake.Press{Action: actionMore, Choose: choiceExtend + ":1:0", Stale: true})
	w.topWith(kees, callbackDecide)
	card = w.card("In de wacht, zonder einddatum")
	w.Click(context.Background(), bram, card.On(), choiceResume)
	v := w.topWith(bram, callbackDecide)
	w.submit(bram, v, slackfake.Values{fieldWhy: "opgelost"})
	w.card("opzeggen per 22 december 2026")
	w.Press(context.Background(), kees, card.On(), slackfake.Press{Action: choiceResume, Stale: true})
	w.told(kees, "Already decided by Bram Smit at 10:00.")
	w.threadSays(card, "zette de zaak in de wacht, zonder einddatum (bezwaar): “factuur klopt niet”")
}

func TestWhoPaysSeesItOnTheCard(t *testing.T) {
	t.Parallel()
	w, card := waiting(t)
	must(t, w.office.Pay("10234"))
	w.clock.Add(time.Hour)
	w.card("2 diensten aan · opzeggingen ingetrokken · status wanbetaler weg · klant gemaild")
	w.threadSays(card, "340,00 ontvangen.")
	w.threadSays(card, "Aangezet: 2 diensten.")
	w.threadSays(card, "is gesloten.")
	w.clickAgain(card, choiceAsk)
}

func TestTheCommandShowsARunningCaseWithWhatCanBeDone(t *testing.T) {
	t.Parallel()
	w, _ := waiting(t)
	v := w.ask(kees, "10234")
	if text := slackfake.RenderView(v); !strings.Contains(text, "Already in treatment") || !strings.Contains(text, "Extend…") || !strings.Contains(text, "Nothing was changed.") {
		t.Fatal(text)
	}
	w.Choose(context.Background(), kees, v.On(), actionMore, "Put on hold…")
	w.submit(kees, w.topWith(kees, callbackDecide), slackfake.Values{fieldWhy: "asked by phone"})
	w.card("In de wacht, zonder einddatum")
	w.until("the case below is drawn anew", func(p slackfake.Snapshot) bool {
		is, _ := p.View(v.ID)
		return is.Hash != v.Hash
	})
}

// A look at the money changes the row of a case and nothing that people see.
func TestALookAtTheMoneySendsNoCard(t *testing.T) {
	t.Parallel()
	w, _ := waiting(t)
	before, sent := w.all()[0].Version, len(w.Calls("chat.update"))
	for range 5 {
		w.clock.Add(time.Hour)
		was := w.all()[0].Version
		w.eventually("a look", func() bool { return w.all()[0].Version > was })
	}
	w.eventually("the card is drawn", func() bool {
		var card bot.Card
		must(t, w.store.InTx(context.Background(), func(tx bot.Tx) (err error) { card, err = tx.Card(context.Background(), 1); return }))
		return card.Drawn > before
	})
	if now := len(w.Calls("chat.update")); now != sent {
		t.Errorf("sent %d times", now-sent)
	}
}
