package slack

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// team are the people of credit control in these tests: Bram, who may not use the bot otherwise, and Kees, who reads English.
func team(w *world) { w.config.ApproverUsers = []string{bram, kees} }

// matterCards are the cards of matters, in the channel and in the digests' threads.
func (w *world) matterCards(p slackfake.Snapshot) (out []slackfake.Message) {
	for _, m := range p.Messages(cases) {
		for _, one := range append([]slackfake.Message{m}, p.Thread(cases, m.TS)...) {
			if one.Metadata["event_type"] == matterEvent {
				out = append(out, one)
			}
		}
	}
	return out
}

// matter waits until the card of a matter says so.
func (w *world) matter(says string) (m slackfake.Message) {
	w.t.Helper()
	w.until("a matter that says "+says, func(p slackfake.Snapshot) bool {
		for _, one := range w.matterCards(p) {
			if strings.Contains(slackfake.RenderMessage(one), says) {
				m = one
				return true
			}
		}
		return false
	})
	return m
}

// waiting starts a case and lets it come to the procedure's end.
func (w *world) waiting() bot.Case {
	w.t.Helper()
	w.confirmed("10234")
	w.eventually("the procedure's end", w.waitsForPayment)
	return w.all()[0]
}

// jumps moves the clock to so many days and hours after the case was begun.
func (w *world) jumps(days, hours int) {
	w.clock.Add(time.Duration(days)*24*time.Hour + time.Duration(hours)*time.Hour)
}

func (w *world) today(plus int) backoffice.Date {
	return backoffice.DateOf(w.clock.Now(), w.outside.Policy.Location).AddDays(plus)
}

// decides lets Jacqueline decide from the command line.
func (w *world) decides(d bot.Decision) {
	w.t.Helper()
	must(w.t, w.desk.Decide(context.Background(), 1, d, bot.Actor{Name: "Jacqueline de Vries", Via: "command line"}, bot.NewCaseKey()))
	w.eventually("it is heard", func() bool {
		var left []bot.Signal
		must(w.t, w.store.InTx(context.Background(), func(tx bot.Tx) (err error) { left, err = tx.Signals(context.Background(), 1); return }))
		return len(left) == 0
	})
	w.atRest()
}

// atRest waits until the clerk has done what was to be done: a clock that jumps while a call is under way makes it one in doubt.
func (w *world) atRest() {
	w.t.Helper()
	quiet := 0
	w.eventually("the case rests", func() bool {
		is, err := w.store.Stats(context.Background(), w.clock.Now())
		must(w.t, err)
		if quiet++; is.Due+is.Leases+is.WaitingSignals > 0 {
			quiet = 0
		}
		return quiet > 2
	})
}

func (w *world) aftercare() {
	w.t.Helper()
	must(w.t, bot.NewAftercare(w.store, w.outside, w.bot.Changed, slog.New(slog.DiscardHandler)).Look(context.Background()))
}

// press presses a button of a matter's card by its words.
func (w *world) press(user string, m slackfake.Message, words string) slackfake.Result {
	w.t.Helper()
	got := w.Click(context.Background(), user, m.On(), words)
	if !got.OK() {
		w.t.Fatalf("%s: %d %s %v", words, got.Status, got.Body, got.Err)
	}
	return got
}

func (w *world) menu(user string, m slackfake.Message, words string) {
	w.t.Helper()
	if got := w.Choose(context.Background(), user, m.On(), matterMenu, words); !got.OK() {
		w.t.Fatalf("%s: %d %s %v", words, got.Status, got.Body, got.Err)
	}
}

// deadline brings a case to the last working day before its end.
func deadline(t *testing.T, options ...option) (*world, slackfake.Message) {
	w := newWorld(t, append([]option{team}, options...)...)
	w.waiting()
	w.jumps(27, 0) // Monday, 21 December
	return w, w.matter("De termijn loopt morgen af (di 22 dec.), €\u00a0340,00 open")
}

func (w *world) only1() bot.Matter {
	w.t.Helper()
	all, err := w.desk.Matters(context.Background(), bot.MatterFilter{})
	must(w.t, err)
	if len(all) != 1 {
		w.t.Fatalf("%d matters", len(all))
	}
	return all[0]
}

func TestOnTheLastWorkingDayPeopleDecideAndLetItGoAhead(t *testing.T) {
	t.Parallel()
	w, m := deadline(t)
	w.matter("Zonder besluit staat de zaak stil.")
	m = w.matter("opzeggingen ingetrokken")
	golden(t, "matter_deadline", map[string]any{"text": m.Text, "blocks": blocksOf(m.Blocks), "metadata": m.Metadata})
	if got := w.press(bram, m, "Laten doorgaan"); !strings.Contains(got.Confirm, "Zonder betaling wordt op 22 december 2026 opgezegd.") {
		t.Errorf("the confirmation says %q", got.Confirm)
	}
	m = w.matter("Doorgezet door Bram Smit")
	if text := slackfake.RenderMessage(m); strings.Contains(text, "Laten doorgaan") || !strings.Contains(text, "Wacht op betaling") {
		t.Errorf("%s", text)
	}
	golden(t, "matter_decided", map[string]any{"text": m.Text, "blocks": blocksOf(m.Blocks)})
	w.eventually("the orders end again", func() bool { return len(w.ends()) > 0 })
	if n := len(w.matterCards(w.Snapshot())); n != 1 {
		t.Errorf("%d cards", n)
	}
}

// ends are the days on which the customer's orders end.
func (w *world) ends() (days []string) {
	all, err := w.outside.Office.Services(context.Background(), "10234")
	must(w.t, err)
	for _, s := range all {
		if s.Cancellation != nil {
			days = append(days, string(s.Cancellation.At))
		}
	}
	return days
}

func TestMoreTimeIsGivenByADialogWithBoundsAndReason(t *testing.T) {
	t.Parallel()
	w, m := deadline(t)
	w.press(bram, m, "Uitstel geven…")
	v := w.topWith(bram, callbackMatter)
	golden(t, "matter_extend", shape(v))
	w.submit(bram, v, slackfake.Values{fieldDay: "2028-01-01", fieldWhy: " "})
	v, _ = w.Snapshot().View(v.ID)
	if !strings.Contains(v.Errors[fieldDay], "Kies een dag van 22 december 2026") || v.Errors[fieldWhy] == "" {
		t.Fatalf("%v", v.Errors)
	}
	w.submit(bram, v, slackfake.Values{fieldDay: "2027-01-11", fieldWhy: "krijgt <maandag> geld"})
	m = w.matter("Uitgesteld door Bram Smit")
	if text := slackfake.RenderMessage(m); !strings.Contains(text, "“krijgt <maandag> geld”") {
		t.Errorf("%s", text)
	}
	w.eventually("the new end", func() bool { return w.all()[0].EndsOn() == "2027-01-11" })
}

func TestOnlyCreditControlDecidesAndTheSecondClickIsTold(t *testing.T) {
	t.Parallel()
	w, m := deadline(t)
	w.press(sanne, m, "Laten doorgaan")
	w.told(sanne, "Dit kan alleen debiteurenbeheer. Er is niets gewijzigd.")
	w.press(kees, m, "Uitstel geven…")
	slow := w.topWith(kees, callbackMatter)
	w.press(bram, m, "Laten doorgaan")
	m = w.matter("Doorgezet door Bram Smit")
	w.submit(kees, slow, slackfake.Values{fieldDay: "2027-01-11", fieldWhy: "late"})
	w.until("who was quicker", func(p slackfake.Snapshot) bool {
		all := p.Views(kees)
		return len(all) > 0 && strings.Contains(slackfake.RenderView(all[len(all)-1]), "Already let go ahead by Bram Smit at 10:00.")
	})
	got := w.Press(context.Background(), bram, m.On(), slackfake.Press{Action: "Laten doorgaan", Stale: true})
	if got.Err != nil {
		got = w.Press(context.Background(), bram, m.On(), slackfake.Press{Action: matterAction + string(actGoOn), Stale: true})
	}
	if !got.OK() {
		t.Fatal(got.Status, got.Err)
	}
	w.told(bram, "Al doorgezet door Bram Smit om 10:00.")
	if c := w.all()[0]; c.Course.Extensions != 0 {
		t.Errorf("%d extensions", c.Course.Extensions)
	}
}

func TestAnApproverWhoLeftTheTeamMeanwhileDecidesNothing(t *testing.T) {
	t.Parallel()
	w, m := deadline(t)
	w.press(bram, m, "Uitstel geven…")
	v := w.topWith(bram, callbackMatter)
	w.config.ApproverUsers = []string{kees}
	w.restart()
	w.submit(bram, v, slackfake.Values{fieldDay: "2027-01-11", fieldWhy: "x"})
	w.until("the refusal", func(p slackfake.Snapshot) bool {
		all := p.Views(bram)
		return len(all) > 0 && strings.Contains(slackfake.RenderView(all[len(all)-1]), "Dit kan alleen debiteurenbeheer")
	})
	if !w.only1().Open() {
		t.Error("decided")
	}
}

func TestOfAPartlyPaidDebtThePeopleMayRestoreAllTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, team)
	w.waiting()
	must(t, w.office.PayInvoice("inv311"))
	w.jumps(0, 1)
	m := w.matter("€\u00a0120,00 van €\u00a0340,00 ontvangen")
	if text := slackfake.RenderMessage(m); !strings.Contains(text, "loopt de termijn door tot 22 december 2026") {
		t.Errorf("%s", text)
	}
	w.press(kees, m, "Nu herstellen…")
	v := w.topWith(kees, callbackMatter)
	if text := slackfake.RenderView(v); !strings.Contains(text, "€220.00 is still outstanding. The services are switched on all the same.") {
		t.Errorf("%s", text)
	}
	w.submit(kees, v, slackfake.Values{fieldWhy: "statement seen"})
	w.matter("Hersteld door Kees Bakker")
	w.eventually("the services", func() bool { return len(w.ends()) == 0 && w.all()[0].State == bot.Held })
}

func TestABrokenPromiseIsDecidedFromTheMenuToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, team)
	w.waiting()
	w.decides(bot.Decision{Choice: bot.ChoosePromise, Until: w.today(3), Why: "by telephone"})
	w.jumps(7, 0)
	m := w.matter("Belofte van 27 november 2026 niet nagekomen")
	w.menu(bram, m, "In de wacht…")
	w.submit(bram, w.topWith(bram, callbackMatter), slackfake.Values{fieldPause: string(bot.PauseInsolvency), fieldWhy: "curator belde"})
	w.matter("In de wacht gezet door Bram Smit")
	w.eventually("the hold", func() bool {
		h := w.all()[0].Course.Hold
		return h != nil && h.Kind == bot.PauseInsolvency && h.Until.IsZero()
	})
}

func TestAHoldThatIsOverIsResumed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, team)
	w.waiting()
	w.decides(bot.Decision{Choice: bot.ChooseHold, Until: w.today(2), Why: "asked"})
	w.jumps(3, 0)
	m := w.matter("De wacht liep af op 26 november 2026")
	w.press(bram, m, "Hervatten…")
	v := w.topWith(bram, callbackMatter)
	if text := slackfake.RenderView(v); !strings.Contains(text, "Zonder betaling wordt op 25 december 2026 opgezegd.") {
		t.Errorf("%s", text)
	}
	w.submit(bram, v, slackfake.Values{fieldWhy: "is opgelost"})
	w.matter("Hervat door Bram Smit")
	w.eventually("the end that was told", func() bool { return w.all()[0].EndsOn() == "2026-12-25" })
}

func TestMoneyThatIsNotBookedAfterARestoreOnProofIsWaitedForLonger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, team)
	w.waiting()
	w.decides(bot.Decision{Choice: bot.ChooseRestore, Until: w.today(2), Why: "statement seen"})
	w.jumps(3, 0)
	m := w.matter("Hersteld op bewijs, op 26 november 2026 nog niet geboekt")
	if text := slackfake.RenderMessage(m); strings.Contains(text, "diensten opgeschort") {
		t.Errorf("they are on: %s", text)
	}
	w.press(bram, m, "Langer wachten…")
	w.submit(bram, w.topWith(bram, callbackMatter), slackfake.Values{fieldDay: string(w.today(5)), fieldWhy: "de bank is traag"})
	w.matter("Hersteld door Bram Smit")
	w.eventually("the new day", func() bool { h := w.all()[0].Course.Hold; return h != nil && h.Until == w.today(5) })
}

func TestWhatComesUpAfterTheEndIsSettledOnItsCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, team)
	w.waiting()
	must(t, w.office.Pay("10234"))
	w.jumps(0, 1)
	w.eventually("the restore", func() bool { return w.all()[0].State == bot.Ended })
	must(t, w.office.Reverse("10234"))
	w.aftercare()
	m := w.matter("Betaling teruggedraaid na het herstel: €\u00a0340,00 weer open")
	if text := slackfake.RenderMessage(m); !strings.Contains(text, "Zonder besluit blijft alles zoals het nu is.") {
		t.Errorf("%s", text)
	}
	w.press(bram, m, "Contact vastleggen…")
	w.submit(bram, w.topWith(bram, callbackMatter), slackfake.Values{fieldHow: howLetter, fieldLetter: "2026-17", fieldWhy: "betaalt opnieuw"})
	w.eventually("it is written down", func() bool { return w.written("Brief 2026-17: betaalt opnieuw") })
	if !w.only1().Open() {
		t.Error("a contact decided the matter")
	}
	w.press(bram, m, "Afgehandeld…")
	w.submit(bram, w.topWith(bram, callbackMatter), slackfake.Values{fieldWhy: "nieuwe factuur"})
	w.matter("Zo gelaten door Bram Smit")
}

func (w *world) written(text string) bool {
	f, err := w.desk.File(context.Background(), 1)
	must(w.t, err)
	for _, e := range f.Journal {
		if strings.Contains(e.Text, text) {
			return true
		}
	}
	return false
}

func TestMoneyAfterTheCancellationIsPutBeforePeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, team, func(w *world) { w.outside.Policy.AtEnd = bot.OrdersAreEnded })
	w.waiting()
	w.jumps(27, 0)
	w.matter("Morgen (di 22 dec.) opgezegd, €\u00a0340,00 open")
	w.matter("Zonder besluit zegt de back office op per 22 december 2026.")
	w.jumps(2, 0)
	w.matter("Opgezegd; de termijn is voorbij")
	must(t, w.office.Pay("10234"))
	w.aftercare()
	w.matter("Betaald (€\u00a0340,00) nadat op 22 december 2026 was opgezegd")
}

func TestACallWithAPromiseSettlesTheMatter(t *testing.T) {
	t.Parallel()
	w, m := deadline(t)
	w.menu(bram, m, "Contact vastleggen…")
	v := w.topWith(bram, callbackMatter)
	golden(t, "matter_contact", shape(v))
	w.submit(bram, v, slackfake.Values{fieldDay: "2026-12-23", fieldWhy: "betaalt woensdag"})
	w.matter("Belofte vastgelegd door Bram Smit")
	w.eventually("the promise", func() bool { p := w.all()[0].Course.Promise; return p != nil && p.By == "2026-12-23" })
	w.eventually("it is written down", func() bool { return w.written("Gebeld: betaalt woensdag") })
}
