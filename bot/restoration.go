package bot

import "github.com/aanmaner/aanmaner/backoffice"

// The steps that follow the procedure: what is moved, told and undone. The names are stored; they are never changed.
const (
	WithdrawOrders StepName = "withdraw cancellation"
	CancelAgain    StepName = "cancel again"
	SwitchOn       StepName = "switch on"
	ClearStatus    StepName = "clear status"
	WriteRestored  StepName = "write restored"
	TellCustomer   StepName = "tell customer"
	CloseTicket    StepName = "close ticket"
)

// Restoration is "if the customer pays after all": what this case did is undone, the last thing first, from what was recorded
// before it was done. What others changed meanwhile is left alone; a person is told. What one service refuses keeps no other
// from coming back.
func Restoration() []Step {
	return []Step{
		// The cancellations of step 3 have to go …
		withdrawOrders(),
		// … the services that this case switched off are switched on; those that were off before stay off …
		{Name: SwitchOn, Objects: servicesToSwitchOn, Before: suspensionBefore, Look: lookAtService, Do: switchOn,
			Needs: backoffice.OpUnsuspend, RepeatAbsent: true, GoesOn: true},
		// … the non-payer status comes off the account, whoever set it: else the same customer comes up again next week …
		{Name: ClearStatus, Objects: paidCase, Before: statusBefore, Look: lookAtStatus, Do: clearStatus,
			Needs: backoffice.OpSetNonPayer, RepeatAbsent: true, GoesOn: true},
		// … a comment "betaald, hersteld" ends the one that said that the customer is in treatment …
		{Name: WriteRestored, Objects: commentedCase, Before: nothingBefore, Look: lookForRestored, Do: writeRestored,
			Needs: opAddNote, RepeatAbsent: true, GoesOn: true},
		// … and the customer is told, on the ticket, which is closed then: not before all of it is true.
		onceAllIsOn(tellCustomer()),
		onceAllIsOn(Step{Name: CloseTicket, Objects: ticketToClose, Before: ticketBefore, Look: lookWhetherClosed, Do: closeTicket,
			Prove: true, RepeatAbsent: true, GoesOn: true}),
	}
}

// onceAllIsOn lets a step wait as long as a service or its order is left to a person's hands.
func onceAllIsOn(s Step) Step {
	objects := s.Objects
	s.Objects = func(c Case, intents []Intent) []string {
		for _, in := range intents {
			if in.Outcome == HandWork && (in.Step == SwitchOn || in.Step == WithdrawOrders) {
				return nil
			}
		}
		return objects(c, intents)
	}
	return s
}

// Beside is what a case that waits, is on hold or asks a person does meanwhile: it moves the dates of its cancellations, and
// writes to the customer what was decided.
func Beside() []Step {
	return []Step{withdrawOrders(), cancelAgain(), switchOnByProof(), onceAllIsOn(tellCustomer())}
}

// switchOnByProof switches services on that a person decided to have on before the money is booked.
func switchOnByProof() Step {
	s := Restoration()[1]
	s.Objects = func(c Case, intents []Intent) []string {
		if c.Course.Proof == nil {
			return nil
		}
		return servicesToSwitchOn(c, intents)
	}
	return s
}

func withdrawOrders() Step {
	return Step{Name: WithdrawOrders, Objects: ordersToWithdraw, Before: withdrawalBefore, Look: lookWhetherWithdrawn, Do: withdraw,
		Needs: backoffice.OpWithdraw, RepeatAbsent: true, GoesOn: true}
}

func cancelAgain() Step {
	return Step{Name: CancelAgain, Hurts: true, Objects: ordersToCancelAgain, Before: cancelAgainBefore, Look: lookAtNewDay, Do: cancelForNewDay,
		Needs: opCancel, RepeatAbsent: true}
}

func tellCustomer() Step {
	return Step{Name: TellCustomer, Objects: lettersToSend, Before: writeLetter, Look: lookForNotice, Do: sendNotice, Prove: true}
}

// errands are the steps that a case in this state works through.
func (c Case) errand() []Step {
	switch c.State {
	case Restoring:
		return Restoration()
	case Waiting, Held:
		return Beside()
	case Person:
		if c.Course.From == Restoring {
			return Restoration()
		}
		if c.Course.From == Waiting || c.Course.From == Held {
			return Beside()
		}
	}
	return Procedure()
}

// everyStep lists all steps of this release, each once.
func everyStep() []Step {
	return append(append(Procedure(), Restoration()...), cancelAgain())
}

// perhapsDone lists the objects of a step that this case has done, or may have done: a restore looks at each.
func perhapsDone(intents []Intent, step StepName) (objects []string) {
	for _, in := range intents {
		if in.Step == step && (in.Outcome == Done && in.Changed || doubtful(in)) {
			objects = append(objects, in.Object)
		}
	}
	return objects
}

// doubtful says whether an intent's call may have had an effect that isn't known.
func doubtful(in Intent) bool {
	switch in.Outcome {
	case Started, Unknown, Claimed, Denied:
		return true
	}
	return false
}
