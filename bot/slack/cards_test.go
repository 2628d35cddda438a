package slack

import (
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// filed is a case of jansen in some state, with what has been done so far.
func filed(now time.Time, state bot.State, step bot.StepName, intents ...bot.Intent) bot.File {
	f := bot.File{Intents: intents, Case: bot.Case{
		ID: 41, Mode: bot.Live, State: state, Step: step, DueAt: now.Add(10 * time.Second), Version: 7, CreatedAt: now,
		CustomerID: "c1", CustomerNumber: "10234", CustomerName: "Jansen Bouw B.V.", StartedBy: bot.Actor{Name: "Sanne Visser"},
		Terms: bot.Terms{Outstanding: euros(34000), CancelOn: "2026-12-21", CustomerURL: "https://office.example/customers/10234",
			Services: []bot.TermService{{ID: "s1", Label: "web01", Suspend: true, Cancel: true}, {ID: "s2", Label: "db02", Suspend: true, Cancel: true}}},
	}}
	for _, in := range intents {
		switch {
		case in.Step == bot.OpenTicket && in.Outcome == bot.Done:
			f.Case.Ticket = bot.TicketRef{ID: "7", Mask: "ABC-12345-678", URL: "https://cerb.example/ABC-12345-678"}
		case in.Step == bot.SendNotice && in.Outcome == bot.Done:
			f.Case.Notice = bot.NoticeRef{MessageID: "<1@hoster.example>", SentAt: now.Add(time.Minute)}
		}
	}
	return f
}

func did(step bot.StepName, object string, outcome bot.Outcome, why ...wording.Reason) bot.Intent {
	in := bot.Intent{Step: step, Object: object, Outcome: outcome, Changed: outcome == bot.Done}
	if len(why) > 0 {
		in.Why = why[0]
	}
	return in
}

// mailed is what has been done when the mail is out.
func mailed(more ...bot.Intent) []bot.Intent {
	return append([]bot.Intent{did(bot.CheckDebt, "", bot.Done), did(bot.OpenTicket, "", bot.Done), did(bot.SendNotice, "", bot.Done), did(bot.KeepTicket, "", bot.Done)}, more...)
}

// cards are a case's card in every state that there is.
func cards(now time.Time) []drawn {
	card := func(name string, f bot.File, edit ...func(*bot.File)) drawn {
		for _, e := range edit {
			e(&f)
		}
		return drawn{name, func(sc screen) any { sc.channel = true; return sc.card(f, nil) }}
	}
	because := func(code string, pairs ...string) func(*bot.File) {
		return func(f *bot.File) { f.Case.Reason = wording.Because(code, pairs...) }
	}
	refused := wording.Because("step_refused", "step", "step.suspend", "why", "dienst is vergrendeld")
	off := []bot.Intent{did(bot.SuspendServices, "s1", bot.Done), did(bot.SuspendServices, "s2", bot.Done)}
	all := mailed(append(off, did(bot.CancelOrders, "s1", bot.Done), did(bot.CancelOrders, "s2", bot.Done), did(bot.WriteComment, "", bot.Done), did(bot.AnnounceCase, "", bot.Done))...)
	out := []drawn{
		card("confirming", filed(now, bot.Confirming, bot.CheckDebt)),
		card("running, just begun", filed(now, bot.Running, bot.CheckDebt)),
		card("running, sends the mail", filed(now, bot.Running, bot.SendNotice, did(bot.CheckDebt, "", bot.Done), did(bot.OpenTicket, "", bot.Done), did(bot.SendNotice, "", bot.Started))),
		card("running, suspends", filed(now, bot.Running, bot.SuspendServices, mailed(off[0])...)),
		card("running, cancels", filed(now, bot.Running, bot.CancelOrders, mailed(append(off, did(bot.CancelOrders, "s1", bot.Done))...)...)),
		card("running, one was off already", filed(now, bot.Running, bot.CancelOrders, mailed(off[0], did(bot.SuspendServices, "s2", bot.Skipped, wording.Because("already_suspended", "service", "db02", "why", "misbruik")))...)),
		card("held, helpdesk silent", filed(now, bot.Running, bot.SendNotice, did(bot.OpenTicket, "", bot.Done)), because("helpdesk_silent")),
		card("held, looks again", filed(now, bot.Running, bot.SuspendServices, mailed(did(bot.SuspendServices, "s1", bot.Unknown))...), because("look_again", "step", "step.suspend")),
		card("held, paused", filed(now, bot.Running, bot.SendNotice, did(bot.OpenTicket, "", bot.Done)), because("bot_paused", "who", "Jacqueline de Vries")),
		card("held, quiet hours", filed(now, bot.Running, bot.SuspendServices, mailed()...), because("suspended_later", "at", wording.Instant(now.Add(18*time.Hour)))),
		card("held, money on its way", filed(now, bot.Running, bot.SuspendServices, mailed()...), because("money_pending", "amount", "34000 EUR", "channel", "iDEAL")),
		card("held, bank behind", filed(now, bot.Running, bot.SuspendServices, mailed()...), because("bank_behind", "day", "2026-11-19", "last", "2026-11-20")),
		card("waiting", filed(now, bot.Waiting, "", all...), because("wait_payment", "day", "2026-12-21")),
		card("person, mail in doubt", filed(now, bot.Person, bot.SendNotice, did(bot.OpenTicket, "", bot.Done), did(bot.SendNotice, "", bot.Unknown, wording.Because("notice_unknown"))), because("notice_unknown")),
		card("person, suspension in doubt", filed(now, bot.Person, bot.SuspendServices, mailed(off[0], did(bot.SuspendServices, "s2", bot.Unknown))...), because("step_unknown", "step", "step.suspend")),
		card("person, refused", filed(now, bot.Person, bot.SuspendServices, mailed(off[0], did(bot.SuspendServices, "s2", bot.Refused, refused))...),
			because("step_refused", "step", "step.suspend", "why", "dienst is vergrendeld")),
		card("person, by hand", filed(now, bot.Person, bot.SuspendServices, mailed(did(bot.SuspendServices, "s1", bot.HandWork, wording.Because("hand_suspend", "service", "web01", "url", "https://office.example/s1")),
			did(bot.SuspendServices, "s2", bot.HandWork, wording.Because("hand_suspend", "service", "db02", "url", "https://office.example/s2")))...), because("by_hand", "n", "2")),
		card("person, silent for too long", filed(now, bot.Person, bot.CancelOrders, mailed(append(off, did(bot.CancelOrders, "s1", bot.NotSent, wording.Because("office_silent")))...)...),
			because("silent_too_long", "step", "step.cancel")),
		card("person, paid meanwhile", filed(now, bot.Person, bot.SuspendServices, mailed()...), because("paid_meanwhile", "amount", "34000 EUR")),
		card("person, amount changed", filed(now, bot.Person, bot.SuspendServices, mailed()...), because("amount_changed", "was", "34000 EUR", "now", "22000 EUR")),
		card("person, term over", filed(now, bot.Person, "", all...), because("term_over", "day", "2026-12-21"), func(f *bot.File) { f.Case.Course.From = bot.Waiting }),
		card("stopped in time", filed(now, bot.Ended, bot.CheckDebt), because("stopped", "who", "Kees Bakker", "why", "binnen de bedenktijd")),
		card("stopped later", filed(now, bot.Ended, bot.CancelOrders, mailed(off[0], did(bot.SuspendServices, "s2", bot.Refused, refused))...), because("stopped", "who", "Jacqueline de Vries", "why", "klant heeft betaald")),
		card("ended, dry run became live", filed(now, bot.Ended, bot.SendNotice), because("dry_never_live")),
		card("dry run", filed(now, bot.Waiting, "", all...), because("wait_payment", "day", "2026-12-21"), func(f *bot.File) { f.Case.Mode = bot.DryRun }),
		card("forgotten", filed(now, bot.Ended, ""), because("stopped"), func(f *bot.File) { f.Case.ForgottenAt = now }),
	}
	parked := filed(now, bot.Person, bot.SendNotice, did(bot.SendNotice, "", bot.Unknown, wording.Because("notice_unknown")))
	parked.Case.Reason = wording.Because("notice_unknown")
	orders := []bot.Signal{{Kind: bot.SignalRetry, By: bot.Actor{Name: "Jacqueline de Vries"}}}
	return append(append(out, afterNotice(now, all)...),
		drawn{"busy", func(sc screen) any { sc.channel = true; return sc.card(parked, orders) }},
		drawn{"minimal", func(sc screen) any {
			sc.channel, sc.minimal = true, true
			f := filed(now, bot.Person, bot.SuspendServices, mailed(did(bot.SuspendServices, "s2", bot.Refused, refused))...)
			f.Case.Reason = refused
			return sc.card(f, nil)
		}})
}
