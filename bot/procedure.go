package bot

// The steps of the procedure. The names are stored with every case; they are never changed.
const (
	CheckDebt       StepName = "check"
	OpenTicket      StepName = "open ticket"
	SendNotice      StepName = "send notice"
	KeepTicket      StepName = "keep ticket"
	SuspendServices StepName = "suspend"
	CancelOrders    StepName = "cancel"
	WriteComment    StepName = "write comment"
	AnnounceCase    StepName = "announce"
)

// Procedure is "Non-payers uitzetten" (switching non-payers off), step by step, in the order in which the bot does it. It
// is to be read beside the written procedure; how each step is looked at and done stands in the file named after it.
//
// Before every step that hurts, the debt is looked at again: are the invoices that the agent confirmed still unpaid, is
// the amount the same, is no money on its way, has nobody written a comment meanwhile? If not, nothing more is done and a
// person is asked. A case that has to wait once its ticket exists writes its comment first, so that nobody starts by hand.
func Procedure() []Step {
	return []Step{
		// 1. Check. Is the customer in treatment already (a comment "betalingsachterstand")? Are the invoices really unpaid?
		// The preview asked this; it is asked again now that the case has started.
		{Name: CheckDebt, Hurts: true, Objects: theCase, Before: nothingBefore, Look: lookAtDebt, Do: noteDebt,
			RepeatAbsent: true, Harmless: true},

		// 2. Notify. A ticket "Account Termination" in the agent's own name, open, mailed to nobody yet …
		{Name: OpenTicket, Objects: theCase, Before: findAgent, Look: lookForTicket, Do: openTicket, RepeatAbsent: true},
		// … and on it the mail to the customer: the snippet without its #signature line. The ticket waits for the
		// customer from then on: a reply opens it, never a reopen date. Nothing that isn't proved counts as sent, and
		// nothing that may have been sent is sent again.
		{Name: SendNotice, Hurts: true, Objects: theCase, Before: writeNotice, Look: lookForNotice, Do: sendNotice, Prove: true},
		// The ticket is read back: still the agent's, waiting, and its reopen date as it was.
		{Name: KeepTicket, Objects: theCase, Before: nothingBefore, Look: lookAtTicket, Do: keepTicket, Prove: true, RepeatAbsent: true},

		// 3. Switch off. Suspend the customer's services …
		{Name: SuspendServices, Hurts: true, Objects: servicesToSuspend, Before: serviceBefore, Look: lookAtSuspension, Do: suspend,
			Needs: opSuspend, RepeatAbsent: true},
		// … and cancel their orders, 28 days from the confirmation unless the agent chose otherwise, with the reason
		// "Client defaults on payment". What was suspended or cancelled before stays as it was.
		{Name: CancelOrders, Hurts: true, Objects: ordersToCancel, Before: orderBefore, Look: lookAtCancellation, Do: cancel,
			Needs: opCancel, RepeatAbsent: true},

		// 4. Record. A comment "betalingsachterstand" in the customer's account, with the ticket.
		{Name: WriteComment, Objects: theCase, Before: nothingBefore, Look: lookForComment, Do: writeComment,
			Needs: opAddNote, RepeatAbsent: true},

		// And tell the team, in its channel. The case waits for the customer's payment from here on, told or not.
		{Name: AnnounceCase, Objects: theCase, Before: nothingBefore, Look: lookAtCard, Do: announce,
			RepeatAbsent: true, Harmless: true, Lax: true},
	}
}

// theCase is the one object of a step that acts once a case.
func theCase(Case, []Intent) []string { return []string{""} }

func servicesToSuspend(c Case, _ []Intent) []string { return c.Terms.ToSuspend() }

func ordersToCancel(c Case, _ []Intent) []string { return c.Terms.ToCancel() }

// stepNamed finds a step; false for a name that this release does not know.
func stepNamed(name StepName) (Step, bool) {
	for _, s := range everyStep() {
		if s.Name == name {
			return s, true
		}
	}
	return Step{}, false
}

// progress tells from a case's intents how far the steps have come: the first one with something left to do, and the work
// that waits for a person's hands. next is "" when the bot has nothing left to do.
func progress(c Case, intents []Intent, steps []Step) (next StepName, byHand []Intent) {
	for _, s := range steps {
		for _, object := range s.Objects(c, intents) {
			in := findIntent(intents, s.Name, object)
			switch {
			case in.Outcome == HandWork:
				byHand = append(byHand, in)
			case !in.Outcome.Settled() && next == "":
				next = s.Name
			}
		}
	}
	return next, byHand
}

// findIntent finds the intent of a step and object; the zero Intent when none was written yet.
func findIntent(intents []Intent, step StepName, object string) Intent {
	for _, in := range intents {
		if in.Step == step && in.Object == object {
			return in
		}
	}
	return Intent{}
}
