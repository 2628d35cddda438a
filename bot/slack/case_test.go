package slack

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

func (w *world) thread(card slackfake.Message) (lines []string) {
	for _, m := range w.Thread(cases, card.TS) {
		lines = append(lines, m.Text)
	}
	return lines
}

// confirmed types the command and submits the preview.
func (w *world) confirmed(customer string) {
	w.t.Helper()
	w.submit(sanne, w.ask(sanne, customer), nil)
}

func later(d time.Duration) option {
	return func(w *world) { w.outside.Policy.ConfirmDelay = d }
}

func TestCardFollowsATermination(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	if got := w.submit(sanne, v, nil); len(got.Body) != 0 && !strings.Contains(string(got.Body), ":hourglass_flowing_sand:") { // on a slow machine: at work
		t.Errorf("the view wasn't closed: %s", got.Body)
	}
	card := w.card("Wacht op betaling tot 22 december 2026")
	w.told(sanne, "Gestart. Volg de zaak hier: https://example.slack.com/archives/"+cases+"/p"+strings.Replace(card.TS, ".", "", 1))
	golden(t, "card_waiting", map[string]any{"text": card.Text, "blocks": blocksOf(card.Blocks), "metadata": card.Metadata})
	if len(w.cards(w.Snapshot())) != 1 || len(card.Edits) == 0 {
		t.Errorf("%d cards, %d edits", len(w.cards(w.Snapshot())), len(card.Edits))
	}
	w.eventually("the thread", func() bool { return len(w.thread(card)) == 3 })
	lines := strings.Join(w.thread(card), "\n")
	for _, want := range []string{"Sanne Visser startte de zaak.", "De bot verstuurde de mail (&lt;", "Alles is gedaan; de klant heeft tot 22 december 2026"} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not in the thread:\n%s", want, lines)
		}
	}
	for _, m := range append(w.Thread(cases, card.TS), card) {
		if text := m.Text + slackfake.RenderMessage(m); strings.Contains(text, "jansenbouw") {
			t.Errorf("a customer's address stands in the channel: %s", text)
		}
	}
	for _, m := range w.Messages(general) {
		t.Errorf("posted where the command was typed: %s", m.Text)
	}
}

func TestHostileNameStaysText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.confirmed("10249")
	card := w.card("Wacht op betaling")
	golden(t, "card_hostile_name", map[string]any{"text": card.Text, "blocks": blocksOf(card.Blocks)})
	if strings.Contains(card.Text, "<!") {
		t.Error(card.Text)
	}
}

func TestDoubleSubmitStartsOneCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			got := w.Submit(context.Background(), sanne, v.ID, nil)
			// A view that is closed already sends nothing; where a second is not enough the bot says that it is at work.
			if got.Err == nil && len(got.Body) != 0 && !strings.Contains(string(got.Body), ":hourglass_flowing_sand:") {
				t.Errorf("the second submission was answered with: %s", got.Body)
			}
		})
	}
	wg.Wait()
	card := w.card("Wacht op betaling")
	if len(w.all()) != 1 || len(w.cards(w.Snapshot())) != 1 {
		t.Errorf("%d cases, %d cards (%s)", len(w.all()), len(w.cards(w.Snapshot())), card.TS)
	}
	w.told(sanne, "Gestart.")
	w.eventually("all is worked off", func() bool { return len(w.signals()) == 0 })
	if got := w.Ephemerals(sanne); len(got) != 1 {
		t.Errorf("told %d times", len(got))
	}
}

func TestTwoAgentsAtOnceStartOneCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.ask(sanne, "10234"), w.ask(kees, "10234")
	w.submit(sanne, first, nil)
	w.submit(kees, second, nil)
	if v := w.top(kees, second.Hash); !strings.Contains(slackfake.RenderView(v), "Already in treatment: started by Sanne Visser") {
		t.Error(slackfake.RenderView(v))
	}
	w.card("Wacht op betaling")
	if len(w.all()) != 1 {
		t.Errorf("%d cases", len(w.all()))
	}
}

func TestWhatChangedSinceTheLookIsShownAndConfirmedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	must(t, w.office.PayInvoice("inv311"))
	w.submit(sanne, v, nil)
	v = w.top(sanne, v.Hash)
	golden(t, "view_changed", shape(v))
	if len(w.all()) != 0 {
		t.Fatal("a case was started that nobody confirmed")
	}
	w.submit(sanne, v, nil)
	w.card("220,00")
	w.card("Wacht op betaling")
}

func TestPaidSinceTheLookIsShownAndNothingStarts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	must(t, w.office.Pay("10234"))
	w.submit(sanne, v, nil)
	if v = w.top(sanne, v.Hash); v.Submit != "" || !strings.Contains(slackfake.RenderView(v), "Geen openstaande facturen") {
		t.Error(slackfake.RenderView(v))
	}
	if len(w.all()) != 0 || len(w.Messages(cases)) != 0 {
		t.Error("something was started")
	}
}

func TestLargeCaseIsConfirmedByTypingTheNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10243")
	w.submit(sanne, v, slackfake.Values{fieldNumber: "10234"})
	v, _ = w.Snapshot().View(v.ID)
	if !v.Open || v.Errors[fieldNumber] != "Dit nummer hoort niet bij deze klant. Typ het klantnummer dat bovenaan staat." || len(w.all()) != 0 {
		t.Fatalf("%+v, cases %v", v.Errors, w.all())
	}
	w.submit(sanne, v, slackfake.Values{fieldNumber: " 10243 "})
	w.card("Hosting Partners Oost")
}

func TestSlowConfirmationShowsThatTheBotIsAtWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bot.pace.submit = 20 * time.Millisecond
	v := w.ask(sanne, "10234")
	remove := w.office.Inject(inhousefake.Fault{Operation: "getCustomer", Break: inhousefake.Slow, Delay: 300 * time.Millisecond})
	defer remove()
	if got := w.submit(sanne, v, nil); got.Elapsed > 2*time.Second || !strings.Contains(string(got.Body), "hourglass") {
		t.Errorf("after %s: %s", got.Elapsed, got.Body)
	}
	if v = w.top(sanne, v.Hash); !strings.Contains(slackfake.RenderView(v), "Gestart als zaak 1") {
		t.Error(slackfake.RenderView(v))
	}
	w.told(sanne, "Gestart.")
}

func TestDryRunIsTheFirstLineOfCardAndAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dryRun)
	w.confirmed("10234")
	card := w.card("Wacht op betaling")
	if !strings.HasPrefix(card.Text, "Proefmodus") || !strings.Contains(strings.Split(slackfake.RenderMessage(card), "\n")[0], "Proefmodus") {
		t.Error(slackfake.RenderMessage(card))
	}
	w.told(sanne, "Proefmodus: er gaat niets naar buiten\nGestart.")
	if got := w.office.Writes(); len(got) != 0 {
		t.Errorf("writes in a dry run: %v", got)
	}
}

func TestStopWithinTheDelayLeavesEverythingAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t, later(10*time.Second))
	w.confirmed("10234")
	card := w.card("Begint om 10:00")
	golden(t, "card_confirming", map[string]any{"text": card.Text, "blocks": blocksOf(card.Blocks)})
	if got := w.Click(context.Background(), kees, card.On(), actionStopNow); !got.OK() {
		t.Fatal(got.Status, got.Err)
	}
	card = w.card("Gestopt door Kees Bakker")
	golden(t, "card_stopped", map[string]any{"text": card.Text, "blocks": blocksOf(card.Blocks)})
	if len(w.office.Writes()) != 0 || len(w.cerb.Tickets()) != 0 {
		t.Error("something was done outside")
	}
	// The button is still there on a screen that wasn't redrawn.
	w.clickAgain(card, actionStopNow)
	w.told(sanne, "Al gestopt door Kees Bakker om 10:00. De zaak is intussen veranderd (Gestopt door Kees Bakker); de kaart is bijgewerkt.")
}

func TestClickOfAPersonWithoutRightsIsToldAndHasNoEffect(t *testing.T) {
	t.Parallel()
	w := newWorld(t, later(10*time.Second))
	w.confirmed("10234")
	card := w.card("Begint om 10:00")
	if got := w.Click(context.Background(), bram, card.On(), actionStopNow); !got.OK() {
		t.Fatal(got.Status, got.Err)
	}
	w.told(bram, "Je mag dit niet gebruiken.")
	if c := w.all()[0]; c.State != bot.Confirming {
		t.Error(c.State)
	}
}

func TestStoppingARunningCaseAsksWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.confirmed("10234")
	card := w.card("Wacht op betaling")
	w.Choose(context.Background(), sanne, card.On(), actionMore, "Zaak stoppen…")
	v := w.top(sanne, "")
	golden(t, "view_stop", shape(v))
	w.submit(sanne, v, slackfake.Values{fieldWhy: "   "})
	if v, _ = w.Snapshot().View(v.ID); v.Errors[fieldWhy] == "" {
		t.Error("stopped without a reason")
	}
	w.submit(sanne, v, slackfake.Values{fieldWhy: "klant <belde> & betaalt"})
	card = w.card("Gestopt door Sanne Visser")
	if text := slackfake.RenderMessage(card); !strings.Contains(text, "klant <belde> & betaalt") || !strings.Contains(text, "blijft zo") {
		t.Error(text)
	}
}

// parkedCase is a case of which one suspension was refused.
func parkedCase(t *testing.T) (*world, slackfake.Message) {
	w := newWorld(t)
	w.office.Inject(inhousefake.Fault{Operation: "suspend", ID: "7002", Break: inhousefake.Status, Status: 422, Problem: "refused", Detail: "locked by <ops>"})
	w.confirmed("10234")
	return w, w.card("Beslissing nodig")
}

// clickAgain clicks a button that may be gone from the card by now, as on a screen that wasn't redrawn.
func (w *world) clickAgain(card slackfake.Message, action string) {
	w.t.Helper()
	got := w.Click(context.Background(), sanne, card.On(), action)
	if got.Err != nil {
		got = w.Press(context.Background(), sanne, card.On(), slackfake.Press{Action: action, Stale: true})
	}
	if !got.OK() {
		w.t.Fatal(got.Status, got.Err)
	}
}

func TestPersonIsAskedOnTheCardAndInTheChannel(t *testing.T) {
	t.Parallel()
	w, card := parkedCase(t)
	golden(t, "card_person", map[string]any{"text": card.Text, "blocks": blocksOf(card.Blocks)})
	w.until("a line in the channel", func(p slackfake.Snapshot) bool {
		for _, m := range p.Messages(cases) {
			if m.Broadcast && strings.HasPrefix(m.Text, ":warning: Jansen Bouw B.V., klant 10234: beslissing nodig, “opschorten” is geweigerd (locked by &lt;ops&gt;). De bot probeert het niet uit zichzelf opnieuw.") {
				return true
			}
		}
		return false
	})
}

func TestRetryGoesOnAndTwoClicksAreOne(t *testing.T) {
	t.Parallel()
	w, card := parkedCase(t)
	w.office.Heal()
	got := w.Click(context.Background(), sanne, card.On(), actionRetry)
	if !got.OK() || !strings.Contains(got.Confirm, "kijkt eerst") {
		t.Fatal(got.Status, got.Err, got.Confirm)
	}
	w.clickAgain(card, actionRetry)
	card = w.card("Wacht op betaling")
	w.eventually("the thread's end", func() bool { return strings.Contains(strings.Join(w.thread(card), "\n"), "Alles is gedaan") })
	if n := strings.Count(strings.Join(w.thread(card), "\n"), "vroeg om het opnieuw"); n != 1 {
		t.Errorf("%d times asked", n)
	}
}

func TestDoneByHandIsLookedAt(t *testing.T) {
	t.Parallel()
	w, card := parkedCase(t)
	must(t, w.office.SuspendAs("Kees Bakker", "7002", "met de hand"))
	w.Click(context.Background(), kees, card.On(), actionByHand)
	v := w.top(kees, "")
	w.submit(kees, v, slackfake.Values{fieldWhy: "suspended it in the back office"})
	card = w.card("Wacht op betaling")
	if !strings.Contains(slackfake.RenderMessage(card), "2 diensten opgeschort") {
		t.Error(slackfake.RenderMessage(card))
	}
}

// Where even a look leaves a doubt, trying again is not enough: somebody has to say where they have seen that nothing happened.
func TestAMailInDoubtIsSentAgainOnlyOnAPersonsWord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cerb.SetMailMode(cerbfake.MailDropAfterData)
	w.confirmed("10234")
	card := w.card("Beslissing nodig: onbekend of de mail verstuurd is")
	w.cerb.SetMailMode(cerbfake.MailOK)
	w.Choose(context.Background(), sanne, card.On(), actionMore, "Niet gebeurd, opnieuw doen…")
	v := w.top(sanne, "")
	if !strings.Contains(slackfake.RenderView(v), "het log van de mailserver") {
		t.Error(slackfake.RenderView(v))
	}
	w.submit(sanne, v, slackfake.Values{fieldWhy: "mailserver, log van vandaag"})
	card = w.card("Wacht op betaling")
	w.eventually("the thread's end", func() bool { return strings.Contains(strings.Join(w.thread(card), "\n"), "Alles is gedaan") })
	f, err := w.desk.File(context.Background(), 1)
	must(t, err)
	if !slices.ContainsFunc(f.Journal, func(e bot.Entry) bool { return strings.Contains(e.Text, "not done. mailserver, log van vandaag.") }) {
		t.Error("the file doesn't say where the person has looked")
	}
}

func TestQuestionThatIsAnsweredTakesNoOtherAnswer(t *testing.T) {
	t.Parallel()
	w, card := parkedCase(t)
	w.Click(context.Background(), sanne, card.On(), actionByHand)
	v := w.top(sanne, "")
	w.office.Heal()
	w.Click(context.Background(), kees, card.On(), actionRetry)
	w.card("Wacht op betaling")
	w.submit(sanne, v, slackfake.Values{fieldWhy: "gedaan"})
	if v = w.top(sanne, v.Hash); !strings.Contains(slackfake.RenderView(v), "Al opnieuw geprobeerd door Kees Bakker om 10:00. De zaak is intussen veranderd (Wacht op betaling tot 22 december 2026)") {
		t.Error(slackfake.RenderView(v))
	}
}

func TestAnswerToAnEarlierQuestionIsNotTakenForALaterOne(t *testing.T) {
	t.Parallel()
	w, card := parkedCase(t)
	w.Click(context.Background(), sanne, card.On(), actionByHand)
	v := w.top(sanne, "")
	w.Click(context.Background(), kees, card.On(), actionRetry) // it is refused again, and asked again
	w.eventually("the second question", func() bool {
		f, err := w.desk.File(context.Background(), 1)
		must(t, err)
		asked := 0
		for _, e := range f.Journal {
			if e.Kind == "person asked" {
				asked++
			}
		}
		return asked == 2
	})
	w.submit(sanne, v, slackfake.Values{fieldWhy: "gedaan"})
	if v = w.top(sanne, v.Hash); !strings.Contains(slackfake.RenderView(v), "De zaak is intussen veranderd") {
		t.Error(slackfake.RenderView(v))
	}
}

func TestTwoClicksBeforeTheCaseHearsThemAreOneOrder(t *testing.T) {
	t.Parallel()
	w, card := parkedCase(t)
	w.hold = true
	w.restart()
	w.Click(context.Background(), sanne, card.On(), actionRetry)
	card = w.card("Bezig, door Sanne Visser…")
	golden(t, "card_busy", map[string]any{"text": card.Text, "blocks": blocksOf(card.Blocks)})
	if text := slackfake.RenderMessage(card); strings.Contains(text, "[") {
		t.Errorf("there are still buttons: %s", text)
	}
	if got := w.Press(context.Background(), kees, card.On(), slackfake.Press{Action: actionRetry, Stale: true}); !got.OK() {
		t.Fatal(got.Status, got.Err)
	}
	w.told(kees, "Already tried again by Sanne Visser at 10:00.")
	w.eventually("all is worked off", func() bool { return len(w.signals()) == 0 })
	must(t, w.store.InTx(context.Background(), func(tx bot.Tx) error {
		orders, err := tx.Signals(context.Background(), 1)
		if len(orders) != 1 {
			t.Errorf("%d orders", len(orders))
		}
		return err
	}))
	w.hold = false
	w.restart()
	w.office.Heal()
	w.card("Beslissing nodig")
}

func TestAnOldCardOfYesterdaySaysTheDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, later(10*time.Second))
	w.confirmed("10234")
	card := w.card("Begint om 10:00")
	w.Click(context.Background(), kees, card.On(), actionStopNow)
	card = w.card("Gestopt door Kees Bakker")
	w.clock.Add(24 * time.Hour)
	w.clickAgain(card, actionStopNow)
	w.told(sanne, "Al gestopt door Kees Bakker op 24 november 2026 om 10:00.")
}

func TestAForgottenCaseLeavesNoNameOnItsCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, later(10*time.Second))
	w.confirmed("10234")
	w.Click(context.Background(), kees, w.card("Begint om 10:00").On(), actionStopNow)
	w.card("Gestopt door Kees Bakker")
	must(t, w.store.InTx(context.Background(), func(tx bot.Tx) error { return tx.ForgetCase(context.Background(), 1, w.clock.Now()) }))
	w.bot.Changed(1)
	card := w.card("persoonsgegevens gewist op 24 november 2026")
	if text := slackfake.RenderMessage(card); strings.Contains(text, "Jansen") || strings.Contains(text, "10234") {
		t.Error(text)
	}
}
