package slack

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// What can be clicked on a matter's card, by action id: the act stands behind the colon. The value points to the matter.
const (
	matterAction = "matter:"
	matterMenu   = "matter:more" // the value begins with the act
)

// maxActs is how many options an overflow menu holds.
const maxActs = 5

// matterPointer is the value of a button: the matter and its version.
func matterPointer(m bot.Matter) string { return m.ID + "@" + strconv.FormatInt(m.Version, 10) }

func parseMatterPointer(value string) (id string, version int64, ok bool) {
	id, v, ok := strings.Cut(value, "@")
	version, err := strconv.ParseInt(v, 10, 64)
	return id, version, ok && err == nil && id != ""
}

// matterButtons are the two acts that keep their place, and the menu.
func (sc screen) matterButtons(f matterFile, now time.Time) []slackgo.BlockElement {
	var out []slackgo.BlockElement
	kind := kindOf(f.m.Kind)
	for _, a := range kind.show {
		b := button(matterAction+string(a), matterPointer(f.m), sc.say(matterLabel(f.m.Kind, a)))
		if a.confirmed() {
			b.Confirm = sc.matterConfirm(f, a, now)
		}
		if a == actApprove {
			b.Style = slackgo.StylePrimary
		}
		out = append(out, b)
	}
	return append(out, sc.matterMenu(f))
}

// matterConfirm says what a click does. What hurts the customer is marked as such.
func (sc screen) matterConfirm(f matterFile, a act, now time.Time) *slackgo.ConfirmationBlockObject {
	label := plainText(sc.say(matterLabel(f.m.Kind, a)))
	c := slackgo.NewConfirmationBlockObject(label, plainText(cut(sc.consequence(f, a, now), maxConfirm)), label, plainText(sc.say("slack.back")))
	c.Style = slackgo.StyleDanger
	return c
}

const maxConfirm = 300

// matterMenu holds what is seldom needed: taking the matter up, putting it off or handing it over, noting a contact, what else can
// be decided, and the ticket as far as there is room; its address stands on the card too.
func (sc screen) matterMenu(f matterFile) slackgo.BlockElement {
	acts := []act{actTake, actLater}
	if kindOf(f.m.Kind).show[1] != actContact && kindOf(f.m.Kind).show[0] != actContact {
		acts = append(acts, actContact)
	}
	acts = append(acts, kindOf(f.m.Kind).also...)
	var options []*slackgo.OptionBlockObject
	for _, a := range acts {
		options = append(options, slackgo.NewOptionBlockObject(string(a)+":"+matterPointer(f.m), plainText(sc.say(matterLabel(f.m.Kind, a))), nil))
	}
	if webAddress(f.Case.Ticket.URL) && len(options) < maxActs {
		open := slackgo.NewOptionBlockObject(choiceLink+":"+matterPointer(f.m), plainText(sc.say("slack.button_ticket")), nil)
		open.URL = f.Case.Ticket.URL
		options = append(options, open)
	}
	return slackgo.NewOverflowBlockElement(matterMenu, options...)
}

// consequence says what an act leads to, as the case stands, in plain text.
func (sc screen) consequence(f matterFile, a act, now time.Time) string {
	c := f.Case
	today := backoffice.DateOf(now, sc.policy.Location)
	switch a {
	case actGoOn:
		return sc.say("slack.means_go_on", "day", string(max(c.EndsAfterHold(today), today.AddDays(1))))
	case actExtend:
		return sc.say("slack.means_extend")
	case actHold:
		return sc.say("slack.means_hold")
	case actResume:
		return sc.say("slack.means_resume", "day", string(c.EndsAfterHold(today)))
	case actRestore:
		if f.m.Kind == bot.MatterProof {
			return sc.say("slack.means_longer")
		}
		return sc.say("slack.means_restore", "amount", wording.Money(f.m.Amount))
	case actLeave:
		return sc.say("slack.means_leave")
	case actApprove:
		days := backoffice.DateOf(c.CreatedAt, sc.policy.Location).DaysUntil(c.Terms.CancelOn) // the customer has as many, from then on
		return sc.say("slack.means_approve", "name", line(c.CustomerName, maxName), "n", wording.Count(suspended(c)), "day", string(today.AddDays(days)))
	case actReject:
		return sc.say("slack.means_reject")
	case actStop:
		return sc.say("slack.stop_means")
	case actLater:
		return sc.say("slack.means_later")
	}
	return sc.say("slack.means_contact")
}

// suspended counts the services that a case is to suspend.
func suspended(c bot.Case) (n int) {
	for _, s := range c.Terms.Services {
		if s.Suspend {
			n++
		}
	}
	return n
}

// isMatter says whether what came in is about a matter, and with which act and pointer. A submitted form carries both itself.
func (in inbound) isMatter() (a act, pointer string, ok bool) {
	switch {
	case in.View != nil && in.Kind == aSubmit && in.View.Callback == callbackMatter:
		m := in.View.meta()
		return act(m.Act), fmt.Sprintf("%s@%d", m.Matter, m.Version), true
	case in.Action == matterMenu:
		chosen, rest, _ := strings.Cut(in.Value, ":")
		return act(chosen), rest, true
	case strings.HasPrefix(in.Action, matterAction):
		return act(strings.TrimPrefix(in.Action, matterAction)), in.Value, true
	}
	return "", "", false
}
