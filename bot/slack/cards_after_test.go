package slack

import (
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// afterNotice are the cards of a case for which all was done, in what can follow.
func afterNotice(now time.Time, all []bot.Intent) []drawn {
	jacqueline := bot.Actor{Name: "Jacqueline de Vries"}
	card := func(name string, state bot.State, why wording.Reason, course bot.Course, more ...bot.Intent) drawn {
		return drawn{name, func(sc screen) any {
			f := filed(now, state, bot.AnnounceCase, append(append([]bot.Intent(nil), all...), more...)...)
			f.Case.Reason, f.Case.Course = why, course
			f.Case.Terms.Services = append(f.Case.Terms.Services, bot.TermService{ID: "s3", Label: "abuse03", Why: wording.Because("already_suspended", "service", "abuse03", "why", "misbruik")})
			sc.channel = true
			return sc.card(f, nil)
		}}
	}
	gone := []bot.OrderRound{{At: now, Why: "on hold"}}
	withdrawn := []bot.Intent{did(bot.WithdrawOrders, "s1#1", bot.Done), did(bot.WithdrawOrders, "s2#1", bot.Done)}
	half := []bot.Intent{withdrawn[0], did(bot.WithdrawOrders, "s2#1", bot.HandWork, wording.Because("other_end", "service", "db02", "day", "2026-12-14"))}
	on := []bot.Intent{did(bot.SwitchOn, "s1", bot.Done), did(bot.SwitchOn, "s2", bot.Done)}
	hold := &bot.Pause{Kind: bot.PauseDispute, By: jacqueline, Why: "factuur <2026-0311> klopt niet", Since: now, Until: "2026-11-27", DaysLeft: 20, From: bot.Waiting}
	open := *hold
	open.Until, open.Kind = "", bot.PauseInsolvency
	proof := *hold
	proof.Kind, proof.Why = bot.PauseProof, "afschrift gezien"
	some := euros(14000)
	letter := []bot.Letter{{ID: "restored#1", Kind: "restored"}}
	undone := append(append(append([]bot.Intent(nil), withdrawn...), on...), did(bot.ClearStatus, "", bot.Done), did(bot.WriteRestored, "", bot.Done), did(bot.TellCustomer, "restored#1", bot.Done), did(bot.CloseTicket, "", bot.Done))
	wait := func(day backoffice.Date) wording.Reason { return wording.Because("wait_payment", "day", string(day)) }
	return []drawn{
		card("waiting, with more time", bot.Waiting, wait("2027-01-04"), bot.Course{Ends: "2027-01-04", Orders: []bot.OrderRound{{On: "2027-01-04"}}},
			append(withdrawn, did(bot.CancelAgain, "s1#1", bot.Done), did(bot.CancelAgain, "s2#1", bot.Done))...),
		card("waiting, orders on the move", bot.Waiting, wait("2027-01-04"), bot.Course{Ends: "2027-01-04", Orders: []bot.OrderRound{{On: "2027-01-04"}}}, withdrawn[0]),
		card("waiting, promised", bot.Waiting, wording.Because("wait_promise", "day", "2026-11-27"), bot.Course{Promise: &bot.Promise{By: "2026-11-27", Amount: euros(34000), Noted: jacqueline}}),
		card("waiting, partly paid", bot.Waiting, wait("2026-12-21"), bot.Course{Left: &some}),
		card("waiting, one order can't be withdrawn", bot.Waiting, wait("2026-12-21"), bot.Course{Orders: gone}, half...),
		card("hold", bot.Held, wording.Because("held_until"), bot.Course{Hold: hold, Orders: gone}, withdrawn...),
		card("hold without end", bot.Held, wording.Because("held"), bot.Course{Hold: &open, Orders: gone}, half...),
		card("hold, orders on their way", bot.Held, wording.Because("held"), bot.Course{Hold: &open, Orders: gone}),
		card("restored on proof", bot.Held, wording.Because("held_until"), bot.Course{Hold: &proof, Orders: gone, Proof: &bot.Proof{By: jacqueline, On: "2026-11-27"}}, append(withdrawn, on...)...),
		card("person, the end comes", bot.Person, wording.Because("decide_end", "day", "2026-12-21"), bot.Course{From: bot.Waiting, Orders: gone}, withdrawn...),
		card("person, the end comes and an order runs", bot.Person, wording.Because("decide_end", "day", "2026-12-21"), bot.Course{From: bot.Waiting, Orders: gone}, half...),
		card("person, promise broken", bot.Person, wording.Because("promise_broken", "day", "2026-11-27"), bot.Course{From: bot.Waiting, Orders: gone}, withdrawn...),
		card("person, hold over", bot.Person, wording.Because("hold_over", "day", "2026-11-27"), bot.Course{From: bot.Held, Hold: hold, Orders: gone}, withdrawn...),
		card("person, restored by hand", bot.Person, wording.Because("restore_by_hand", "n", "1"), bot.Course{From: bot.Restoring, Orders: gone, Letters: letter},
			append(withdrawn, on[0], did(bot.SwitchOn, "s2", bot.HandWork, wording.Because("other_suspension", "service", "db02", "why", "misbruik")))...),
		card("restoring", bot.Restoring, wording.Because("paid", "amount", "34000 EUR"), bot.Course{Orders: gone, Letters: letter}, append(withdrawn, on[0])...),
		card("restoring, office silent", bot.Restoring, wording.Because("office_silent"), bot.Course{Orders: gone, Letters: letter}, withdrawn...),
		card("restored", bot.Ended, wording.Because("restored_paid", "amount", "34000 EUR"), bot.Course{Orders: gone, Letters: letter, RestoredAt: now.AddDate(0, 0, 7)}, undone...),
		card("cancelled", bot.Ended, wording.Because("cancelled", "day", "2026-12-21"), bot.Course{Stands: "2026-12-21", Left: &some}),
		card("stopped after the notice", bot.Ended, wording.Because("stopped", "who", "Jacqueline de Vries", "why", "geregeld"), bot.Course{Orders: gone}, half...),
	}
}

// decisions are the dialogs of what people decide.
func decisions(now time.Time) (out []drawn) {
	for _, choice := range []string{choiceExtend, choiceHold, choiceResume, choiceRestore, choiceContact} {
		out = append(out, drawn{"decide " + choice, func(sc screen) any {
			f := filed(now, bot.Waiting, bot.AnnounceCase)
			if choice == choiceResume {
				f.Case.State, f.Case.Course.Hold = bot.Held, &bot.Pause{DaysLeft: 40}
			}
			return sc.decideView(choice, f, bot.World{Policy: sc.policy, Now: func() time.Time { return now }}, viewIn{}, "")
		}})
	}
	return out
}
