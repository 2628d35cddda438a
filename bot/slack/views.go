package slack

import (
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
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
		return sc.loading(v.query())
	case callbackSetAside:
		return sc.notice("slack.title", sc.say("slack.looking_again"))
	case callbackDecide:
		return sc.notice("slack.title_case", sc.say("slack.deciding"))
	}
	return sc.notice("slack.title", sc.say("slack.working"))
}

// query is what a person is looking for in a view: what was typed, or else the customer that was chosen.
func (v viewIn) query() string {
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

// choices offers the customers that were found; none is chosen beforehand. known is what tells them apart, as far as it could
// be looked up.
func (sc screen) choices(found backoffice.Matches, known map[string]bot.Glance, command string) slackgo.ModalViewRequest {
	options := make([]*slackgo.OptionBlockObject, 0, maxMatches)
	seen := map[string]bool{}
	for _, c := range found.Customers {
		if len(options) < maxMatches && c.ID != "" && len(c.ID) <= maxValue && !seen[c.ID] { // else nobody could choose it
			options, seen[c.ID] = append(options, sc.choice(c, known)), true
		}
	}
	if len(options) == 0 {
		return sc.search("", command)
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
func (sc screen) choice(c backoffice.Customer, known map[string]bot.Glance) *slackgo.OptionBlockObject {
	about := sc.say("slack.choice_unknown")
	switch seen, ok := known[c.ID]; {
	case ok && seen.Overdue.Minor == 0:
		about = sc.say("slack.choice_nothing", "n", wording.Count(seen.Services))
	case ok:
		about = sc.say("slack.choice", "amount", sc.money(seen.Overdue), "n", wording.Count(seen.Services))
	}
	if c.City != "" {
		about += " · " + line(c.City, maxLabel)
	}
	number := line(c.Number, 20)
	return slackgo.NewOptionBlockObject(c.ID, plainText(line(c.Name, maxOption-3-len([]rune(number)))+" · "+number), plainText(cut(about, maxOption)))
}

// blocked says why it can't be done now, with what to do about each reason. caseURL opens the case that is in the way.
func (sc screen) blocked(customer *backoffice.Customer, why []wording.Reason, caseURL string) slackgo.ModalViewRequest {
	var blocks []slackgo.Block
	if customer != nil {
		who := section(sc.customerLine(*customer))
		who.Accessory = sc.askButton(customer.ID, customer.Number)
		blocks = append(blocks, who)
	}
	reasons := section(":no_entry: " + sc.openings(why))
	if webAddress(caseURL) {
		reasons.Accessory = slackgo.NewAccessory(link(linkAction+"case", caseURL, sc.say("slack.open_case")))
	}
	blocks = append(blocks, reasons, contextLine(sc.say("slack.nothing_changed")))
	return sc.modal("slack.title_blocked", "", "slack.close", blocks...)
}

// openings are reasons, a line each.
func (sc screen) openings(why []wording.Reason) string {
	texts := make([]string, len(why))
	for i, r := range why {
		texts[i] = sc.opening(r)
	}
	return strings.Join(texts, "\n")
}

// mayLookAnyway is a blocked view for a person of credit control, who may say with a reason that a comment no longer holds.
func (sc screen) mayLookAnyway(p bot.Plan, command string) slackgo.ModalViewRequest {
	v := sc.blocked(&p.Customer, p.Blocked, "")
	v.Blocks.BlockSet = append(v.Blocks.BlockSet, field(fieldSetAside, sc.say("slack.set_aside_why"), "", "", maxWhy))
	v.Submit, v.CallbackID = plainText(sc.say("slack.submit_set_aside")), callbackSetAside
	v.PrivateMetadata = meta{Command: command, Customer: p.Customer.ID}.String()
	return v
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

// faultsOfWish says what is wrong with the form of a preview.
func (sc screen) faultsOfWish(v viewIn, faults map[string]string) {
	m, why := v.meta(), line(v.Values[fieldKeepWhy], maxWhy)
	if m.Number != "" && typed(v.Values[fieldNumber]) != m.Number {
		faults[fieldNumber] = sc.say("slack.wrong_number")
	}
	switch kept := v.kept(); {
	case len(kept) > 0 && why == "":
		faults[fieldKeepWhy] = sc.say("slack.keep_needs_why")
	case len(kept) == 0 && why != "": // a reason for nothing: who wrote it wants something to stay on
		faults[fieldKeepWhy] = sc.say("slack.keep_needs_tick")
	}
	day, picked := v.Values[fieldCancelOn]
	_, noDay := time.Parse(time.DateOnly, day)
	if picked && (noDay != nil || day < string(m.First) || day > string(m.Last)) {
		faults[fieldCancelOn] = sc.say("slack.cancel_outside", "first", string(m.First), "last", string(m.Last))
	}
	if why, asked := v.Values[fieldSetAside]; asked && line(why, maxWhy) == "" {
		faults[fieldSetAside] = sc.say("slack.need_text")
	}
}

// faultsOf says, by block, what is wrong with what was filled in.
func (sc screen) faultsOf(v viewIn) map[string]string {
	faults := map[string]string{}
	switch v.Callback {
	case callbackConfirm:
		sc.faultsOfWish(v, faults)
	case callbackList:
		if len(v.ticked()) == 0 {
			faults[fieldList+"0"] = sc.say("slack.list_none_ticked")
		}
	case callbackChoose:
		if v.query() == "" {
			faults[fieldCustomer] = sc.say("slack.choose_one")
		}
	case callbackDecide:
		sc.faultsOfDecision(v, faults)
	case callbackStop, callbackByHand, callbackNotDone:
		if line(v.Values[fieldWhy], maxReason) == "" {
			faults[fieldWhy] = sc.say("slack.need_text")
		}
	case callbackAsk, callbackAnswer:
		if paragraphs(v.Values[fieldText], maxQuestion) == "" {
			faults[fieldText] = sc.say("slack.need_text")
		}
	case callbackSetAside:
		if line(v.Values[fieldSetAside], maxWhy) == "" {
			faults[fieldSetAside] = sc.say("slack.need_text")
		}
	case callbackMatter:
		sc.faultsOfMatter(v, faults)
	case callbackSearch:
		if v.query() == "" {
			faults[fieldQuery] = sc.say("slack.choose_one")
		}
	}
	return faults
}
