package slack

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/snippets"
)

// The card of a case after the notice: it waits, is on hold, is being undone, asks what is to become of it, or is over.

// phase is the state to which a case goes back that asks a person; any other case's own state.
func phase(c bot.Case) bot.State {
	switch {
	case c.State != bot.Person:
		return c.State
	case c.Course.From != "":
		return c.Course.From
	}
	return bot.Running
}

// waitsFor is the state line of a case that waits for the customer: for a promised payment, or for any until the end.
func (sc screen) waitsFor(c bot.Case) string {
	if p := c.Course.Promise; p != nil {
		return capital(sc.reason(wording.Because("wait_promise", "day", string(p.By))))
	}
	return sc.say("slack.state_waiting", "day", string(c.EndsOn()))
}

// onHold is the state line of a case on hold.
func (sc screen) onHold(c bot.Case) string {
	if h := c.Course.Hold; h != nil && !h.Until.IsZero() {
		return sc.say("slack.state_hold_until", "day", string(h.Until))
	}
	return sc.say("slack.state_hold")
}

// restores is the state line of a case that is being undone.
func (sc screen) restores(c bot.Case) string {
	switch {
	case c.Course.Undone != nil:
		return sc.say("slack.state_undoing")
	case c.Reason.IsZero() || c.Reason.Code == "paid":
		return sc.say("slack.state_restoring")
	}
	return sc.say("slack.state_restoring_waits", "why", sc.held(c.Reason))
}

// isOver is the state line of a case that has ended, by why it did.
func (sc screen) isOver(c bot.Case) (emoji, words string) {
	switch c.Reason.Code {
	case "restored_paid":
		return ":white_check_mark:", sc.say("slack.state_restored", "at", wording.Instant(c.Course.RestoredAt))
	case "undone":
		return ":white_check_mark:", sc.say("slack.state_undone", "at", wording.Instant(c.EndedAt))
	case "cancelled":
		return ":no_entry:", sc.say("slack.state_cancelled", "day", c.Reason.Args["day"])
	case "stopped":
		return ":no_entry:", sc.say("slack.state_stopped", "who", name(c.Reason.Args["who"]))
	}
	return ":no_entry:", sc.say("slack.state_ended", "why", sc.held(c.Reason))
}

// holdLines says who put a case on hold and why, and how the date stands.
func (sc screen) holdLines(f bot.File) string {
	h := f.Case.Course.Hold
	if h == nil {
		return sc.summary(f)
	}
	kind := "pause." + string(h.Kind)
	head := sc.say("slack.hold_by", "kind", kind, "who", name(h.By.Name), "day", sc.day(h.Since)) + sc.quoted(h.Why)
	var parts []string
	if p := f.Case.Course.Proof; p != nil && h.Kind == bot.PauseProof {
		key := "slack.proof_debt_stays"
		if !p.On.IsZero() {
			key = "slack.proof_by"
		}
		parts = append(parts, sc.servicesOn(f), sc.say(key, "day", string(p.On)))
	}
	parts = append(parts, sc.ordersLine(f), sc.say("slack.hold_left", "n", wording.Count(h.DaysLeft)))
	return head + "\n" + joined(parts)
}

// joined puts what there is on one line.
func joined(parts []string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// quoted is a person's words behind what the person did; nothing where a channel is told no quotes.
func (sc screen) quoted(words string) string {
	words = line(words, maxReason)
	if words == "" || sc.minimal {
		return ""
	}
	if sc.channel {
		words = public(words)
	}
	return ": “" + esc(words) + "”"
}

// servicesOn counts the services that are switched on again; empty when none is.
func (sc screen) servicesOn(f bot.File) string {
	if n := count(f.Intents, bot.SwitchOn, done); n > 0 {
		return sc.say("slack.summary_on", "n", wording.Count(n))
	}
	return ""
}

// left says how much of the debt is open, once a part was paid.
func (sc screen) left(c bot.Case) string {
	now := owedNow(c)
	if sc.minimal || now == c.Terms.Outstanding {
		return ""
	}
	return sc.say("slack.summary_left", "left", wording.Money(now), "of", wording.Money(c.Terms.Outstanding))
}

// owedNow is what was open when the case's money was last looked at; of one that was paid, what it was about.
func owedNow(c bot.Case) backoffice.Money {
	if phase(c) == bot.Restoring || c.Reason.Code == "restored_paid" {
		return c.Terms.Outstanding
	}
	if c.Course.Left != nil {
		return *c.Course.Left
	}
	return c.Owed().Outstanding
}

// restoreSteps are the steps of a restore, a line each: those that the case has reason for.
func (sc screen) restoreSteps(f bot.File) (lines []string) {
	add := func(step bot.StepName, of int, intents []bot.Intent, key string, pairs ...string) {
		if of > 0 {
			part := f
			part.Intents = intents
			lines = append(lines, sc.step(part, step, of, sc.say(key, pairs...)))
		}
	}
	cancelled, suspended := len(orders(f)), count(f.Intents, bot.SuspendServices, perhaps)
	withdrawals := ofRound(f, bot.WithdrawOrders)
	add(bot.WithdrawOrders, cancelled, withdrawals, "slack.line_withdraw", "n", wording.Count(cancelled), "done", wording.Count(len(settled(withdrawals))))
	on := ofStep(f, bot.SwitchOn)
	add(bot.SwitchOn, suspended, on, "slack.line_switch_on", "n", wording.Count(suspended), "done", wording.Count(len(settled(on))))
	if f.Case.Course.Undone == nil {
		add(bot.ClearStatus, 1, f.Intents, "slack.line_status")
	}
	if perhapsCommented(f) {
		add(bot.WriteRestored, 1, f.Intents, "slack.line_restored_comment")
	}
	if id := lastLetter(f.Case); id != "" {
		add(bot.TellCustomer, 1, []bot.Intent{intent(f, bot.TellCustomer, id)}, "slack.line_tell")
	}
	if f.Case.Ticket.ID != "" {
		add(bot.CloseTicket, 1, f.Intents, "slack.line_close", "ticket", linked(f.Case.Ticket.URL, f.Case.Ticket.Mask))
	}
	return lines
}

func ofStep(f bot.File, step bot.StepName) (out []bot.Intent) {
	for _, in := range f.Intents {
		if in.Step == step {
			out = append(out, in)
		}
	}
	return out
}

// ofRound are the intents of a step in the latest round of the orders.
func ofRound(f bot.File, step bot.StepName) (out []bot.Intent) {
	round := "#" + strconv.Itoa(len(f.Case.Course.Orders))
	for _, in := range ofStep(f, step) {
		if strings.HasSuffix(in.Object, round) {
			out = append(out, in)
		}
	}
	return out
}

func settled(intents []bot.Intent) (out []bot.Intent) {
	for _, in := range intents {
		if in.Outcome.Settled() {
			out = append(out, in)
		}
	}
	return out
}

func perhapsCommented(f bot.File) bool {
	is := intent(f, bot.WriteComment, "").Outcome
	return is != "" && is != bot.Skipped
}

// lastLetter is the id of the letter that tells the customer that all is as it was; empty: there is none.
func lastLetter(c bot.Case) string {
	for _, l := range slices.Backward(c.Course.Letters) {
		switch snippets.Kind(l.Kind) {
		case snippets.KindRestored, snippets.KindApology, snippets.KindMistake:
			return l.ID
		}
	}
	return ""
}

// restored is what a restore came to, in one line: what is as before, and what stays off for other reasons.
func (sc screen) restored(f bot.File) string {
	parts := []string{sc.servicesOn(f)}
	if len(orders(f)) > 0 && stands(f).IsZero() {
		parts = append(parts, sc.say("slack.summary_withdrawn"))
	}
	if count(f.Intents, bot.ClearStatus, done) > 0 {
		parts = append(parts, sc.say("slack.summary_status"))
	}
	if id := lastLetter(f.Case); intent(f, bot.TellCustomer, id).Outcome == bot.Done {
		parts = append(parts, sc.say("slack.summary_told"))
	}
	parts = append(parts, sc.staysOff(f)...)
	if text := joined(parts); text != "" {
		return text
	}
	return sc.say("slack.restored_nothing")
}

// staysOff names the services that were off before the case, each with why.
func (sc screen) staysOff(f bot.File) (lines []string) {
	why := map[string]wording.Reason{}
	for _, s := range f.Case.Terms.Services {
		why[s.ID] = s.Why
	}
	for _, in := range ofStep(f, bot.SuspendServices) {
		if in.Outcome == bot.Skipped {
			why[in.Object] = in.Why
		}
	}
	for _, s := range f.Case.Terms.Services {
		if r := why[s.ID]; r.Code == "already_suspended" && !sc.minimal {
			lines = append(lines, sc.say("slack.stays_off", "service", esc(line(s.Label, maxLabel)), "why", esc(line(r.Args["why"], maxListed))))
		}
	}
	if len(lines) > maxServices {
		lines = append(lines[:maxServices], strings.TrimSpace(sc.more(len(lines)-maxServices)))
	}
	return lines
}

// remains is what stays as the case left it, and who finishes it.
func (sc screen) remains(f bot.File) string {
	var off, end []string
	for _, in := range ofStep(f, bot.SuspendServices) {
		if perhaps(in) && intent(f, bot.SwitchOn, in.Object).Outcome != bot.Done {
			off = append(off, in.Object)
		}
	}
	var loose []string
	for _, s := range orders(f) {
		if s.on.IsZero() {
			loose = append(loose, s.service)
		} else {
			end = append(end, s.service)
		}
	}
	var lines []string
	if len(off) > 0 {
		lines = append(lines, sc.say("slack.remains_off", "services", sc.serviceNames(f.Case, off)))
	}
	if len(end) > 0 {
		lines = append(lines, sc.say("slack.remains_cancelled", "day", string(stands(f)), "services", sc.serviceNames(f.Case, end)))
	}
	if len(loose) > 0 {
		lines = append(lines, sc.say("slack.remains_loose", "services", sc.serviceNames(f.Case, loose)))
	}
	return strings.Join(lines, "\n")
}

// wentOut says whether the case came to the end of the procedure: what follows it says how it ended.
func wentOut(f bot.File) bool {
	return f.Case.Step == bot.AnnounceCase || count(f.Intents, bot.AnnounceCase, func(bot.Intent) bool { return true }) > 0
}
