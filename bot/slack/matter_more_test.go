package slack

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// large asks for a second person's approval of every case.
func large(w *world) {
	w.outside.Policy.Approval.Above = backoffice.Money{Minor: 10000, Currency: "EUR"}
}

func TestWhoAskedCannotApproveAndAColleagueCan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, large, func(w *world) { w.config.ApproverUsers = []string{sanne, kees} })
	v := w.ask(sanne, "10234")
	if said := slackfake.RenderView(v); v.Submit != "Goedkeuring vragen" || !strings.Contains(said, "Zodra debiteurenbeheer goedkeurt") {
		t.Errorf("the preview says %q, %s", v.Submit, said)
	}
	w.submit(sanne, v, nil)
	m := w.matter("Goedkeuring gevraagd: €\u00a0340,00, 2 diensten")
	if got := w.press(sanne, m, "Goedkeuren"); !strings.Contains(got.Confirm, "De bot mailt Jansen Bouw B.V., schort nu 2 diensten op en zegt ze op per 22 december 2026.") {
		t.Errorf("the confirmation says %q", got.Confirm)
	}
	w.told(sanne, "Je vroeg dit zelf aan; een collega keurt goed. Er is niets gewijzigd.")
	if len(w.office.Writes()) != 0 {
		t.Errorf("%v", w.office.Writes())
	}
	w.press(kees, m, "Goedkeuren")
	if said := slackfake.RenderMessage(w.matter("Goedgekeurd door Kees Bakker")); strings.Contains(said, "Bezig") {
		t.Errorf("the card says for good: %s", said)
	}
	w.eventually("the procedure's end", w.waitsForPayment)
}

func TestARejectedCaseIsOverWithNothingDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, large, team)
	w.confirmed("10234")
	m := w.matter("Goedkeuring gevraagd")
	w.press(kees, m, "Afwijzen…")
	w.submit(kees, w.topWith(kees, callbackMatter), slackfake.Values{fieldWhy: "large customer, I call first"})
	w.matter("“large customer, I call first”")
	w.eventually("the end", func() bool { return w.all()[0].State == bot.Ended })
	if len(w.office.Writes()) != 0 {
		t.Errorf("%v", w.office.Writes())
	}
}

func TestAMatterIsTakenUpPutOffAndHandedOver(t *testing.T) {
	t.Parallel()
	w, m := deadline(t)
	w.menu(bram, m, "Ik pak dit op")
	m = w.matter("Opgepakt door Bram Smit om 10:00")
	if want := w.clock.Now().Add(4 * time.Hour); !w.only1().RemindAt.Equal(want) {
		t.Errorf("reminded at %s", w.only1().RemindAt)
	}
	w.menu(kees, m, "Ik pak dit op")
	w.told(kees, "Already taken up by Bram Smit at 10:00.")
	w.menu(bram, m, "Later of overdragen…")
	v := w.topWith(bram, callbackMatter)
	golden(t, "matter_later", shape(v))
	w.submit(bram, v, slackfake.Values{fieldWhen: whenMorning, fieldTo: kees})
	m = w.matter("Opgepakt door Kees Bakker")
	w.until("he is told", func(p slackfake.Snapshot) bool {
		for _, line := range p.Thread(cases, m.TS) {
			if line.Text == "Overgedragen aan <@"+kees+"> door Bram Smit." {
				return true
			}
		}
		return false
	})
	if got := w.only1(); !got.Open() || got.RemindAt.Format("2 15:04") != "22 08:00" && got.RemindAt.In(w.outside.Policy.Location).Format("2 15:04") != "22 09:00" {
		t.Errorf("%+v", got)
	}
}

func TestAMatterIsDecidedAfterARestartAndOnAnotherReplica(t *testing.T) {
	t.Parallel()
	w, m := deadline(t)
	w.restart()
	w.replica()
	w.press(bram, m, "Laten doorgaan")
	again := w.matter("Doorgezet door Bram Smit")
	if again.TS != m.TS || len(w.matterCards(w.Snapshot())) != 1 {
		t.Errorf("%d cards", len(w.matterCards(w.Snapshot())))
	}
}

// What was acknowledged and not worked on before the process died is carried out, once.
func TestAClickThatACrashOvertookIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	w, m := deadline(t)
	w.stop()
	got := w.press(bram, m, "Laten doorgaan")
	w.Replay(context.Background(), got)
	w.clock.Add(time.Second)
	w.start()
	w.matter("Doorgezet door Bram Smit")
	f, err := w.desk.File(context.Background(), 1)
	must(t, err)
	n := 0
	for _, e := range f.Journal {
		if e.Kind == string(bot.ChooseGoOn) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("decided %d times", n)
	}
}

// comesUp lets a matter come up while Slack is as the fault says.
func (w *world) comesUp(faults func()) {
	w.t.Helper()
	w.waiting()
	w.eventually("all is told", func() bool {
		var stale []int64
		must(w.t, w.bot.inTx(context.Background(), func(tx bot.Tx) (err error) { stale, err = tx.StaleCards(context.Background(), 9); return }))
		return len(stale) == 0
	})
	faults()
	must(w.t, w.office.PayInvoice("inv311"))
	w.jumps(0, 1)
}

func TestAMatterComesOnceSlackIsBack(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]slackfake.Fault{
		"proxy error": slackfake.Status(503), "internal": slackfake.Code("internal_error"), "thrown out": slackfake.Code("not_in_channel"),
		"lost answer": slackfake.Reset().After(), "lost and late": slackfake.Status(502).After(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, team)
			w.comesUp(func() { w.fails("chat.postMessage", f, 3) })
			w.matter("ontvangen")
			w.eventually("it is written down", func() bool { return w.only1().TS != "" && w.only1().TriedAt.IsZero() })
			if n := len(w.matterCards(w.Snapshot())); n != 1 {
				t.Errorf("%d cards", n)
			}
		})
	}
}

// A kill between the posting and its record: that it was tried is all that is known.
func TestACrashWhilePostingAMatterLeavesOneCard(t *testing.T) {
	t.Parallel()
	for name, posted := range map[string]bool{"it was posted": true, "it wasn't": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			w, m := deadline(t)
			w.stop()
			if !posted {
				_, _, err := w.bot.client.api.DeleteMessageContext(ctx, cases, m.TS)
				must(t, err)
			}
			is := w.only1()
			is.Channel, is.TS, is.Drawn, is.TriedAt = cases, "", 0, w.clock.Now()
			must(t, w.bot.inTx(ctx, func(tx bot.Tx) error { return tx.PutMatter(ctx, is) }))
			w.start()
			time.Sleep(4 * w.bot.pace.sweep) // waits: for sweeps that leave the other's claim alone
			if w.only1().TS != "" {
				t.Error("posted while another process may be at it")
			}
			w.clock.Add(matterLife)
			w.eventually("it is settled", func() bool { return w.only1().TS != "" })
			if n := len(w.matterCards(w.Snapshot())); n != 1 {
				t.Errorf("%d cards", n)
			}
		})
	}
}

func TestAMatterInDoubtIsPostedAtMostTwiceWhereTheChannelCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, team)
	w.comesUp(func() {
		w.fails("conversations.history", slackfake.Code("missing_scope"), 1000)
		w.fails("chat.postMessage", slackfake.Reset().After(), 1000)
	})
	w.eventually("it is given up", func() bool { return w.open() == 1 && w.only1().TS == unseen })
	if n := len(w.matterCards(w.Snapshot())); n != 2 {
		t.Errorf("%d cards", n)
	}
}

func TestAMatterGoesByMailWhenSlackFailsForMinutesAndItsCardFollows(t *testing.T) {
	t.Parallel()
	post := &mails{}
	w := newWorld(t, team, func(w *world) { w.config.Mailer = post })
	w.comesUp(func() { w.SetScopes([]string{"commands", "users:read", "users:read.email"}) })
	w.eventually("it is there", func() bool { return w.open() == 1 })
	tried := len(w.Snapshot().Calls("chat.postMessage"))
	w.eventually("it is tried again and again", func() bool { return len(w.Snapshot().Calls("chat.postMessage")) >= tried+3 })
	if len(post.sent()) != 0 {
		t.Error("mailed at once")
	}
	w.clock.Add(mailAfter + time.Second)
	w.eventually("it is mailed", func() bool { return !w.only1().MailedAt.IsZero() })
	if all := post.sent(); len(all) != 1 || !strings.Contains(all[0], "Besluit gevraagd over klant 10234: €\u00a0120,00 van €\u00a0340,00 ontvangen") || !strings.Contains(all[0], "Jansen Bouw B.V.") {
		t.Errorf("%q", all)
	}
	w.SetScopes(nil)
	w.matter("ook gemaild om 11:03")
}

func (w *world) open() int {
	all, err := w.desk.Matters(context.Background(), bot.MatterFilter{Open: true})
	must(w.t, err)
	return len(all)
}

func TestADeletedMatterIsPostedAnewAndPaymentTakesItsButtonsAway(t *testing.T) {
	t.Parallel()
	w, m := deadline(t)
	_, _, err := w.bot.client.api.DeleteMessageContext(context.Background(), cases, m.TS)
	must(t, err)
	w.takesUp()
	m = w.matter("Opgepakt door Bram Smit")
	must(t, w.office.Pay("10234"))
	w.jumps(0, 1)
	m = w.matter("Betaald; er hoeft niets besloten te worden")
	if strings.Contains(slackfake.RenderMessage(m), "[") {
		t.Errorf("%s", slackfake.RenderMessage(m))
	}
	w.Press(context.Background(), bram, m.On(), slackfake.Press{Action: "Laten doorgaan", Stale: true})
	w.told(bram, "De zaak is intussen betaald; de kaart is bijgewerkt.")
}

// takesUp lets Bram take the one matter up from somewhere else.
func (w *world) takesUp() {
	must(w.t, w.desk.Take(context.Background(), w.only1().ID, bot.Actor{Name: "Bram Smit", SlackID: bram}, w.clock.Now()))
}

func TestADecisionThatCannotBeDoneBringsTheButtonsBack(t *testing.T) {
	t.Parallel()
	w, _ := deadline(t)
	w.stop() // nobody hears it before the case has moved on
	ctx := context.Background()
	must(t, w.desk.Decide(ctx, 1, bot.Decision{Choice: bot.ChooseExtend, Matter: w.only1().ID, Until: "2027-01-11", Why: "x"}, bot.Actor{Name: "Bram Smit"}, "k"))
	w.hold = true
	w.start()
	m := w.matter("Bezig, door Bram Smit…")
	if strings.Contains(slackfake.RenderMessage(m), "Laten doorgaan") {
		t.Errorf("%s", slackfake.RenderMessage(m))
	}
	w.jumps(21, 0) // by now the day that was chosen has come
	w.stop()
	w.hold = false
	w.start()
	m = w.matter("Het besluit van Bram Smit")
	if text := slackfake.RenderMessage(m); !strings.Contains(text, "[Laten doorgaan]") {
		t.Errorf("%s", text)
	}
}

// What a card is waiting for is no new version of the matter: also after a crash it is told in the end.
func TestACardThatSaidBusyBeforeACrashTellsWhatCameOfIt(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w, _ := deadline(t)
	w.stop()
	must(t, w.desk.Decide(ctx, 1, bot.Decision{Choice: bot.ChooseGoOn, Matter: w.only1().ID}, bot.Actor{Name: "Bram Smit"}, "k"))
	w.hold = true
	w.start()
	w.matter("Bezig, door Bram Smit…")
	w.eventually("it is written down", func() bool { return w.only1().TriedAt.IsZero() })
	w.stop()
	outside := w.outside
	outside.Announce = nil
	must(t, bot.NewClerk(w.store, outside, func(int64) {}, slog.New(slog.DiscardHandler)).Advance(ctx, 1))
	w.start()
	w.matter("Doorgezet door Bram Smit")
}

func TestACaseIsStoppedFromAMattersCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, team)
	w.waiting()
	must(t, w.store.InTx(context.Background(), func(tx bot.Tx) error {
		return tx.PutMatter(context.Background(), bot.Matter{ID: "1 changed by others 1", CaseID: 1, Kind: bot.MatterChanged, OpenedAt: w.clock.Now(), Version: 1})
	}))
	m := w.matter("Buiten de bot om gewijzigd")
	w.press(bram, m, "Zaak stoppen…")
	w.submit(bram, w.topWith(bram, callbackMatter), slackfake.Values{fieldWhy: "opgelost"})
	w.matter("De zaak is gestopt")
	w.eventually("the end", func() bool { return w.all()[0].State == bot.Ended && w.open() == 0 })
}

func TestAMinimalChannelIsToldNeitherNameNorAmountOfAMatter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, team, func(w *world) { w.config.Minimal = true })
	w.waiting()
	must(t, w.office.PayInvoice("inv311"))
	w.jumps(0, 1)
	m := w.matter("Deels betaald")
	if text := slackfake.RenderMessage(m) + m.Text; strings.Contains(text, "Jansen") || strings.Contains(text, "€") {
		t.Errorf("%s", text)
	}
}

func TestWorkingHoursLeaveOutNightsWeekendsAndHolidays(t *testing.T) {
	t.Parallel()
	h := hours{screenOf(t, wording.NL).policy, workBegins, workEnds}
	at := func(s string) time.Time {
		got, err := time.ParseInLocation("2006-01-02 15:04", s, h.policy.Location)
		must(t, err)
		return got
	}
	for _, c := range []struct{ from, next, after4, morning string }{
		{"2026-11-23 10:00", "2026-11-23 10:00", "2026-11-23 14:00", "2026-11-24 09:00"},
		{"2026-11-23 07:00", "2026-11-23 09:00", "2026-11-23 13:00", "2026-11-24 09:00"},
		{"2026-11-27 16:00", "2026-11-27 16:00", "2026-11-30 11:30", "2026-11-30 09:00"}, // over a weekend
		{"2026-12-24 17:00", "2026-12-24 17:00", "2026-12-28 12:30", "2026-12-28 09:00"}, // over Christmas
		{"2026-11-28 12:00", "2026-11-30 09:00", "2026-11-30 13:00", "2026-11-30 09:00"},
	} {
		from := at(c.from)
		got := [3]time.Time{h.next(from), h.after(from, 4*time.Hour), h.morning(from, 1)}
		if want := [3]time.Time{at(c.next), at(c.after4), at(c.morning)}; got != want {
			t.Errorf("from %s: %v, want %v", c.from, got, want)
		}
	}
}

// A matter that came up at night waits for the morning; what is urgent doesn't.
func TestWhatIsNotUrgentComesInWorkingHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t, team)
	w.waiting()
	w.jumps(0, 12) // 22:00
	for n, kind := range []bot.MatterKind{bot.MatterPartly, bot.MatterChanged} {
		must(t, w.store.InTx(context.Background(), func(tx bot.Tx) error {
			return tx.PutMatter(context.Background(), bot.Matter{ID: fmt.Sprintf("1 %s %d", kind, n+1), CaseID: 1, Kind: kind, OpenedAt: w.clock.Now(), Version: 1,
				MatterBody: bot.MatterBody{Headline: wording.Because("matter_hold_over", "day", "2026-11-24")}})
		}))
	}
	w.until("the urgent one", func(p slackfake.Snapshot) bool { return len(w.matterCards(p)) == 1 })
	time.Sleep(4 * w.bot.pace.sweep) // waits: for sweeps that post nothing
	if n := len(w.matterCards(w.Snapshot())); n != 1 {
		t.Errorf("%d cards at night", n)
	}
	w.jumps(0, 12)
	w.until("the other one", func(p slackfake.Snapshot) bool { return len(w.matterCards(p)) == 2 })
}

// matters are the cards and dialogs of every kind.
func matters(now time.Time) (all []drawn) {
	off := mailed(did(bot.SuspendServices, "s1", bot.Done), did(bot.SuspendServices, "s2", bot.Done), did(bot.CancelOrders, "s1", bot.Done), did(bot.CancelOrders, "s2", bot.Done))
	file := func(kind bot.MatterKind, headline wording.Reason) matterFile {
		f := matterFile{File: filed(now, bot.Person, "", off...)}
		f.m = bot.Matter{ID: "41 " + string(kind) + " 1", CaseID: 41, Kind: kind, OpenedAt: now, Version: 3,
			MatterBody: bot.MatterBody{Headline: headline, Amount: euros(22000), Until: "2026-12-21"}}
		return f
	}
	card := func(name string, f matterFile) drawn {
		f.Case.Reason, f.Case.Course.ApproveBy = wording.Because("decide_end", "day", "2026-12-21"), now.Add(72*time.Hour)
		return drawn{name, func(sc screen) any { sc.channel = true; return sc.matter(f, now) }}
	}
	quoted := file(bot.MatterChanged, wording.Reason{})
	quoted.m.Quote, quoted.m.Language = "Ich <!channel> habe bezahlt! NL91 ABNA 0417 1643 00, https://x.example/a jan@x.example", "de"
	taken := file(bot.MatterBroken, wording.Because("matter_broken", "day", "2026-11-27"))
	taken.m.Taken, taken.m.TakenAt, taken.m.MailedAt = bot.Actor{Name: "Jacqueline & Co"}, now, now
	over := file(bot.MatterLate, wording.Because("matter_late", "amount", "34000 EUR", "day", "2026-12-21"))
	over.Case.State = bot.Ended
	settled := file(bot.MatterPartly, wording.Because("matter_partly", "left", "22000 EUR", "of", "34000 EUR"))
	settled.m.Settled = bot.Settled{At: now, By: bot.Actor{Name: "Jacqueline de Vries"}, What: bot.ChooseExtend, Why: "belde <vandaag>"}
	proof := file(bot.MatterProof, wording.Because("matter_proof", "day", "2026-11-27"))
	all = []drawn{
		card("changed, quoted", quoted), card("broken, taken up", taken), card("late", over), card("decided", settled),
		card("partly", file(bot.MatterPartly, wording.Because("matter_partly", "left", "22000 EUR", "of", "34000 EUR"))),
		card("deadline", file(bot.MatterDeadline, wording.Because("matter_deadline", "day", "2026-12-21"))),
		card("approval", file(bot.MatterApproval, wording.Because("matter_approval", "who", "Sanne Visser"))),
		card("hold over", file(bot.MatterHoldOver, wording.Because("matter_hold_over", "day", "2026-11-27"))), card("proof", proof),
		card("reversed", file(bot.MatterReversed, wording.Because("matter_reversed", "amount", "34000 EUR"))),
		card("unjust", file(bot.MatterUnjust, wording.Reason{})), card("of a kind that is new", file("other", wording.Reason{})),
	}
	for _, a := range []act{actGoOn, actExtend, actHold, actResume, actRestore, actLeave, actApprove, actReject, actStop, actLater, actContact} {
		all = append(all, drawn{"dialog " + string(a), func(sc screen) any {
			return sc.matterDialog(proof, a, bot.World{Policy: sc.policy, Now: func() time.Time { return now }}, []person{{ID: "U1", Name: "Kees"}})
		}})
	}
	return all
}

// As the other screens: whoever changes a text reads the difference.
func TestMattersInBothLanguages(t *testing.T) {
	t.Parallel()
	_, now := amsterdam(t)
	var text strings.Builder
	for _, d := range matters(now) {
		for _, lang := range []wording.Lang{wording.NL, wording.EN} {
			what := d.draw(screenOf(t, lang))
			for _, c := range complaints(what) {
				t.Errorf("%s in %s: %s", d.name, lang, c)
			}
			if m, ok := what.(message); ok {
				if got, err := slackfake.DraftMessage(m.text, m.blocks); err != nil || len(got.Mentions()) > 0 || strings.Contains(m.text, "<") {
					t.Errorf("%s: %v %v %s", d.name, got.Mentions(), err, m.text)
				}
			}
			fmt.Fprintf(&text, "##### %s, %s\n%s\n", d.name, lang, read(t, what))
		}
	}
	same(t, filepath.Join("screens", "matter.txt"), text.String())
}

// A case whose personal data was taken out leaves none of it in the cards of what was asked about it.
func TestTheCardsOfAForgottenCasesMattersAreDrawnAnew(t *testing.T) {
	t.Parallel()
	w, m := deadline(t)
	if !strings.Contains(slackfake.RenderMessage(m), "Jansen") {
		t.Fatal("the card names nobody")
	}
	ctx := context.Background()
	must(t, w.desk.Say(ctx, 1, bot.SignalStop, bot.Actor{Name: "Bram Smit"}, bot.HandWorkDone{Note: "x"}, "stop"))
	w.matter("De zaak is gestopt")
	_, err := w.desk.Forget(ctx, 1, bot.TheBot())
	must(t, err)
	w.until("no name is left", func(p slackfake.Snapshot) bool {
		for _, card := range w.matterCards(p) {
			if strings.Contains(slackfake.RenderMessage(card), "Jansen") {
				return false
			}
		}
		return len(w.matterCards(p)) > 0
	})
}
