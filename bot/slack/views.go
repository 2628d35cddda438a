package slack

import (
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// maxMatches is how many customers are offered to choose from: Slack's limit for a list of choices.
const maxMatches = 10

// linkAction begins the action ids of what only opens an address: Slack sends a click for that too.
const linkAction = "link:"

// loading is what stands there while the back office is asked.
func (sc screen) loading(query string) slackgo.ModalViewRequest {
	return sc.notice("slack.title", sc.say("slack.looking", "query", esc(line(query, maxQuery))))
}

// working is what stands there while a submitted view is worked on.
func (sc screen) working(v viewIn) slackgo.ModalViewRequest {
	switch v.Callback {
	case callbackSearch, callbackChoose:
		return sc.loading(v.asked())
	}
	return sc.notice("slack.title", sc.say("slack.working"))
}

// asked is what a person is looking for in a view: what was typed, or else the customer that was chosen.
func (v viewIn) asked() string {
	if q := typed(v.Values[fieldQuery]); q != "" {
		return q
	}
	return v.Values[fieldCustomer]
}

// search asks for the customer. failed is the search that found nobody; empty: there was none yet.
func (sc screen) search(failed, command string) slackgo.ModalViewRequest {
	var blocks []slackgo.Block
	if failed != "" {
		blocks = append(blocks, section(sc.say("slack.none", "query", esc(line(failed, maxQuery)))))
	}
	blocks = append(blocks, field(fieldQuery, sc.say("slack.search"), "", failed, maxQuery))
	v := sc.modal("slack.title_which", "slack.continue", "slack.do_nothing", blocks...)
	v.CallbackID, v.PrivateMetadata = callbackSearch, meta{Command: command}.String()
	return v
}

// choices offers the customers that were found; none is chosen beforehand.
func (sc screen) choices(found backoffice.Matches, command string) slackgo.ModalViewRequest {
	options := make([]*slackgo.OptionBlockObject, 0, maxMatches)
	for _, c := range found.Customers[:min(len(found.Customers), maxMatches)] {
		options = append(options, sc.choice(c))
	}
	list := slackgo.NewInputBlock(fieldCustomer, plainText(sc.say("slack.which")), nil, slackgo.NewRadioButtonsBlockElement(fieldCustomer, options...))
	blocks := []slackgo.Block{list}
	if found.Total > len(options) {
		list.Optional = true
		again := field(fieldQuery, sc.say("slack.search_again"), "", "", maxQuery)
		again.Optional = true
		blocks = []slackgo.Block{
			section(sc.say("slack.too_many", "total", wording.Count(found.Total), "n", wording.Count(len(options)))), list, again,
		}
	}
	v := sc.modal("slack.title_which", "slack.continue", "slack.do_nothing", blocks...)
	v.CallbackID, v.PrivateMetadata = callbackChoose, meta{Command: command}.String()
	return v
}

// choice is one customer in the list. Its texts hold 75 characters.
func (sc screen) choice(c backoffice.Customer) *slackgo.OptionBlockObject {
	kind := "slack.kind_business"
	if c.Kind == backoffice.Consumer {
		kind = "slack.kind_consumer"
	}
	about := sc.say(kind)
	if c.City != "" {
		about += " · " + line(c.City, maxLabel)
	}
	number := line(c.Number, 20)
	return slackgo.NewOptionBlockObject(c.ID, plainText(line(c.Name, 75-3-len([]rune(number)))+" · "+number), plainText(about))
}

// blocked says why it can't be done now, with what to do about each reason. caseURL opens the case that is in the way.
func (sc screen) blocked(customer *backoffice.Customer, why []wording.Reason, caseURL string) slackgo.ModalViewRequest {
	var blocks []slackgo.Block
	if customer != nil {
		blocks = append(blocks, section(sc.customerLine(*customer)))
	}
	texts := make([]string, len(why))
	for i, r := range why {
		texts[i] = sc.opening(r)
	}
	reasons := section(":no_entry: " + strings.Join(texts, "\n"))
	if caseURL != "" {
		reasons.Accessory = slackgo.NewAccessory(link(linkAction+"case", caseURL, sc.say("slack.open_case")))
	}
	blocks = append(blocks, reasons, contextLine(sc.say("slack.nothing_changed")))
	return sc.modal("slack.title_blocked", "", "slack.close", blocks...)
}

// dialog asks for the words that go into the file before a case is stopped or a step is called done by hand.
func (sc screen) dialog(callback string, about string, m meta) slackgo.ModalViewRequest {
	title, means, label := "slack.title_stop", "slack.stop_means", "slack.why"
	switch callback {
	case callbackByHand:
		title, means, label = "slack.title_hand", "slack.hand_means", "slack.what_done"
	case callbackNotDone:
		title, means, label = "slack.title_not_done", "slack.not_done_means", "slack.where_looked"
	}
	v := sc.modal(title, title, "slack.back", section(about), section(sc.say(means)), field(fieldWhy, sc.say(label), "", "", 300))
	v.CallbackID, v.PrivateMetadata = callback, m.String()
	return v
}

// faultsOf says, by block, what is wrong with what was filled in.
func (sc screen) faultsOf(v viewIn) map[string]string {
	faults := map[string]string{}
	switch v.Callback {
	case callbackConfirm:
		if want := v.meta().Number; want != "" && typed(v.Values[fieldNumber]) != want {
			faults[fieldNumber] = sc.say("slack.wrong_number")
		}
	case callbackChoose:
		if v.asked() == "" {
			faults[fieldCustomer] = sc.say("slack.choose_one")
		}
	case callbackStop, callbackByHand, callbackNotDone:
		if line(v.Values[fieldWhy], maxReason) == "" {
			faults[fieldWhy] = sc.say("slack.need_text")
		}
	case callbackSearch:
		if v.asked() == "" {
			faults[fieldQuery] = sc.say("slack.choose_one")
		}
	}
	return faults
}
