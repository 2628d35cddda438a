package slack

import "github.com/aanmaner/aanmaner/bot"

// act is what can be clicked on a matter's card: a choice of the case's, or one of these.
type act string

const (
	actStop    act = "stop"
	actTake    act = "take"
	actLater   act = "later" // put off, or handed over
	actGoOn        = act(bot.ChooseGoOn)
	actExtend      = act(bot.ChooseExtend)
	actHold        = act(bot.ChooseHold)
	actResume      = act(bot.ChooseResume)
	actRestore     = act(bot.ChooseRestore)
	actLeave       = act(bot.ChooseLeave)
	actApprove     = act(bot.ChooseApprove)
	actReject      = act(bot.ChooseReject)
	actContact     = act(bot.ChooseContact)
)

// matterKind is how one kind of matter is put before people. The two acts that are shown keep their place in every redraw.
type matterKind struct {
	name    string // by the catalogue's key: a headline without amounts
	propose string // what the bot would do, likewise
	show    [2]act // the proposal first
	also    []act  // in the menu
}

func kindOf(k bot.MatterKind) matterKind {
	switch k {
	case bot.MatterChanged:
		return matterKind{"slack.matter_changed", "slack.propose_look", [2]act{actLeave, actStop}, nil}
	case bot.MatterReversed:
		return matterKind{"slack.matter_reversed", "slack.propose_reversed", [2]act{actLeave, actContact}, nil}
	case bot.MatterUnjust:
		return matterKind{"slack.matter_unjust", "slack.propose_unjust", [2]act{actLeave, actContact}, nil}
	case bot.MatterDeadline:
		return matterKind{"slack.matter_deadline", "slack.propose_deadline", [2]act{actGoOn, actExtend}, []act{actHold}}
	case bot.MatterApproval:
		return matterKind{"slack.matter_approval", "slack.propose_approval", [2]act{actApprove, actReject}, nil}
	case bot.MatterPartly:
		return matterKind{"slack.matter_partly", "slack.propose_partly", [2]act{actExtend, actRestore}, []act{actGoOn}}
	case bot.MatterLate:
		return matterKind{"slack.matter_late", "slack.propose_late", [2]act{actLeave, actContact}, nil}
	case bot.MatterProof:
		return matterKind{"slack.matter_proof", "slack.propose_proof", [2]act{actRestore, actResume}, []act{actGoOn}}
	case bot.MatterHoldOver:
		return matterKind{"slack.matter_hold_over", "slack.propose_hold_over", [2]act{actResume, actHold}, []act{actExtend}}
	case bot.MatterBroken:
		return matterKind{"slack.matter_broken", "slack.propose_broken", [2]act{actGoOn, actExtend}, []act{actHold}}
	}
	return matterKind{"slack.matter_other", "slack.propose_look", [2]act{actContact, actStop}, nil}
}

// matterLabel is what stands on a button of a kind of matter, by the catalogue's key.
func matterLabel(k bot.MatterKind, a act) string {
	switch a {
	case actStop:
		return "slack.button_stop"
	case actTake:
		return "slack.button_matter_take"
	case actLater:
		return "slack.button_matter_later"
	case actGoOn:
		if k == bot.MatterDeadline {
			return "slack.button_matter_let"
		}
		return "slack.button_matter_go_on"
	case actExtend:
		return "slack.button_matter_extend"
	case actHold:
		return "slack.button_matter_hold"
	case actResume:
		return "slack.button_matter_resume"
	case actRestore:
		if k == bot.MatterProof {
			return "slack.button_matter_longer"
		}
		return "slack.button_matter_restore"
	case actLeave:
		if k == bot.MatterChanged {
			return "slack.button_matter_leave"
		}
		return "slack.button_matter_done"
	case actApprove:
		return "slack.button_matter_approve"
	case actReject:
		return "slack.button_matter_reject"
	}
	return "slack.button_matter_contact"
}

// confirmed says whether a button asks by a confirmation, not by a dialog: there is no day and no reason to give.
func (a act) confirmed() bool { return a == actGoOn || a == actApprove }

// madeBy is how a card tells of a choice that was made, by the catalogue's key.
func madeBy(c bot.Choice) string {
	switch c {
	case bot.ChooseRestore:
		return "slack.did_restore"
	case bot.ChooseExtend:
		return "slack.did_extend"
	case bot.ChooseHold:
		return "slack.did_hold"
	case bot.ChooseResume:
		return "slack.did_resume"
	case bot.ChoosePromise:
		return "slack.did_promise"
	case bot.ChooseGoOn:
		return "slack.did_go_on"
	case bot.ChooseLeave:
		return "slack.did_leave"
	case bot.ChooseUndo:
		return "slack.did_undo"
	case bot.ChooseApprove:
		return "slack.did_approve"
	case bot.ChooseReject:
		return "slack.did_reject"
	}
	return "slack.did_contact"
}
