package slack

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

const (
	maxTicks  = 10  // Slack's limit for checkboxes
	maxSelect = 100 // Slack's limit for a menu
	maxOption = 75  // characters of an option
	maxValue  = 150 // characters of what an option stands for
	maxWhy    = 300 // characters of a reason that goes into the file
)

// asked is what the agent has said so far about one customer: with the command, and in the form of the preview.
type asked struct {
	command  string // the signal of the command that opened the view
	wish     bot.Wish
	setAside string // why a comment "betalingsachterstand" no longer holds; only a person of credit control may say so
}

// request is what the reception is asked for.
func (a asked) request(customerID string, who person) bot.Request {
	return bot.Request{CustomerID: customerID, AgentEmail: who.Email, Wish: a.wish, SetAsideWhy: a.setAside}
}

// asked reads from a view what the agent asks for.
func (v *viewIn) asked() asked {
	a := asked{command: v.meta().Command, setAside: line(v.Values[fieldSetAside], maxWhy)}
	a.wish.CancelOn = backoffice.Date(v.Values[fieldCancelOn])
	a.wish.Scope = bot.Scope(v.Values[fieldScope])
	for _, id := range v.kept() {
		if a.wish.Keep == nil {
			a.wish.Keep = map[string]string{}
		}
		a.wish.Keep[id] = line(v.Values[fieldKeepWhy], maxWhy)
	}
	return a
}

// kept lists the services that the agent leaves alone: those unticked, or those chosen from the menu that takes the place of
// the ticks where there are many.
func (v *viewIn) kept() []string {
	if chosen, menu := v.Values[fieldKeep]; menu {
		return lines(chosen)
	}
	ticked := lines(v.Values[fieldServices])
	return slices.DeleteFunc(slices.Clone(v.Offered), func(id string) bool { return slices.Contains(ticked, id) })
}

func lines(s string) []string { return strings.FieldsFunc(s, func(r rune) bool { return r == '\n' }) }

// offered lists the services about which the agent has a say: those that something would be done with, and those that the
// agent left alone before. An id that is too long for Slack, or no single line, can't be offered; its service stays as planned.
func offered(p bot.Plan) (out []bot.PlannedService) {
	seen := map[string]bool{}
	for _, s := range p.Services {
		if id := s.Service.ID; (s.Suspend || s.Cancel || s.Kept) && !seen[id] && id != "" && len(id) <= maxValue && !strings.ContainsAny(id, "\r\n") {
			seen[s.Service.ID] = true
			out = append(out, s)
		}
	}
	return out
}

// form is what the agent may change about a plan.
func (sc screen) form(p bot.Plan, a asked) (blocks []slackgo.Block) {
	if services := offered(p); len(services) > 0 {
		why := optional(field(fieldKeepWhy, sc.say("slack.keep_why"), "", keptWhy(p), maxWhy))
		blocks = append(blocks, sc.services(services), why)
	}
	if sc.mayNarrow(p) {
		blocks = append(blocks, sc.scope(p))
	}
	if changesOrders(p) {
		blocks = append(blocks, sc.cancelDate(p))
	}
	if a.setAside != "" {
		blocks = append(blocks, field(fieldSetAside, sc.say("slack.set_aside_why"), "", a.setAside, maxWhy))
	}
	return blocks
}

// keptWhy is the reason that the agent gave before.
func keptWhy(p bot.Plan) string {
	for _, s := range p.Services {
		if s.Kept {
			return line(s.Why.Args["why"], maxWhy)
		}
	}
	return ""
}

// services offers a tick for each service; where there are too many for ticks, a menu of what is to be left alone. The
// block's id follows from the services: Slack keeps what a person ticked in a block of the same id, and a service that came
// up meanwhile would stand there unticked.
func (sc screen) services(all []bot.PlannedService) slackgo.Block {
	ids := make([]string, len(all))
	for i, s := range all {
		ids[i] = s.Service.ID
	}
	id := fieldServices + "-" + markOf(ids...)
	if len(all) > maxTicks {
		menu := slackgo.NewOptionsMultiSelectBlockElement(slackgo.MultiOptTypeStatic, plainText(sc.say("slack.keep_pick")), fieldKeep)
		for _, s := range all[:min(len(all), maxSelect)] {
			menu.Options = append(menu.Options, sc.tick(s))
			if s.Kept {
				menu.InitialOptions = append(menu.InitialOptions, sc.tick(s))
			}
		}
		b := optional(slackgo.NewInputBlock(id, plainText(sc.say("slack.keep_label")), nil, menu))
		if len(all) > maxSelect {
			b.Hint = plainText(sc.say("slack.keep_first", "n", wording.Count(maxSelect)))
		}
		return b
	}
	boxes := slackgo.NewCheckboxGroupsBlockElement(fieldServices)
	for _, s := range all {
		boxes.Options = append(boxes.Options, sc.tick(s))
		if !s.Kept {
			boxes.InitialOptions = append(boxes.InitialOptions, sc.tick(s))
		}
	}
	return optional(slackgo.NewInputBlock(id, plainText(sc.say("slack.services_label")), nil, boxes))
}

// tick is one service in the list: its label, and what would be done with it.
func (sc screen) tick(s bot.PlannedService) *slackgo.OptionBlockObject {
	does := "slack.tick_both"
	switch {
	case s.Suspend && !s.Cancel:
		does = "slack.tick_suspend"
	case s.Cancel && !s.Suspend:
		does = "slack.tick_cancel"
	}
	label := line(s.Service.Label, maxOption)
	if label == "" {
		label = line(s.Service.ID, maxOption)
	}
	if label == "" { // nothing visible in either
		label = "?"
	}
	about := sc.say(does)
	if s.Kept {
		about = sc.say("slack.tick_kept")
	}
	if kind := line(string(s.Service.Kind), 20); kind != "" {
		about = kind + " · " + about
	}
	return slackgo.NewOptionBlockObject(s.Service.ID, plainText(label), plainText(cut(about, maxOption)))
}

// mayNarrow says whether the agent can ask for less than everything, and it would make a difference.
func (sc screen) mayNarrow(p bot.Plan) bool {
	if sc.policy.Scope == bot.ScopeUnpaid {
		return false
	}
	if p.Scope == bot.ScopeUnpaid {
		return true
	}
	unpaid := 0
	services := offered(p)
	for _, s := range services {
		if slices.ContainsFunc(p.Invoices, func(i backoffice.Invoice) bool { return slices.Contains(i.ServiceIDs, s.Service.ID) }) {
			unpaid++
		}
	}
	return unpaid > 0 && unpaid < len(services)
}

func (sc screen) scope(p bot.Plan) slackgo.Block {
	all := slackgo.NewOptionBlockObject(string(bot.ScopeAll), plainText(sc.say("slack.scope_all")), nil)
	unpaid := slackgo.NewOptionBlockObject(string(bot.ScopeUnpaid), plainText(sc.say("slack.scope_unpaid")), nil)
	radio := slackgo.NewRadioButtonsBlockElement(fieldScope, all, unpaid)
	radio.InitialOption = all
	if p.Scope == bot.ScopeUnpaid {
		radio.InitialOption = unpaid
	}
	return slackgo.NewInputBlock(fieldScope, plainText(sc.say("slack.scope_label")), nil, radio)
}

// changesOrders says whether a date of cancellation means anything for the plan.
func changesOrders(p bot.Plan) bool {
	return slices.ContainsFunc(p.Services, func(s bot.PlannedService) bool { return s.Cancel || s.Kept })
}

// cancelDate asks for the day of the cancellation. Slack's date picker knows no bounds, so they stand in the hint and are
// checked when the form comes back.
func (sc screen) cancelDate(p bot.Plan) slackgo.Block {
	picker := slackgo.NewDatePickerBlockElement(fieldCancelOn)
	picker.InitialDate = string(p.CancelOn)
	b := slackgo.NewInputBlock(fieldCancelOn, plainText(sc.say("slack.cancel_on")), nil, picker)
	b.Hint = plainText(sc.say("slack.cancel_between", "first", string(p.CancelFirst), "last", string(p.CancelLast)))
	return b
}

func optional(b *slackgo.InputBlock) *slackgo.InputBlock {
	b.Optional = true
	return b
}

// leftAlone lists what is left alone and why, as far as no warning says so already.
func (sc screen) leftAlone(p bot.Plan) string {
	var texts []string
	for _, s := range p.Services {
		if s.Suspend || s.Cancel || s.Why.IsZero() || slices.ContainsFunc(p.Warnings, func(w wording.Reason) bool { return alike(w, s.Why) }) {
			continue
		}
		texts = append(texts, "• "+sc.reason(shortened(s.Why)))
	}
	if len(texts) == 0 {
		return ""
	}
	shown := texts[:min(len(texts), maxServices)]
	return "\n" + sc.say("slack.left_alone") + "\n" + strings.Join(shown, "\n") + sc.more(len(texts)-len(shown))
}

// shortened cuts the values of a reason that stands in a list.
func shortened(r wording.Reason) wording.Reason {
	args := make(map[string]string, len(r.Args))
	for k, v := range r.Args {
		args[k] = line(v, maxListed)
	}
	return wording.Reason{Code: r.Code, Args: args}
}

// alike says whether two reasons say the same.
func alike(a, b wording.Reason) bool { return markOf(reasonText(a)) == markOf(reasonText(b)) }

func reasonText(r wording.Reason) string { return fmt.Sprintf("%s %v", r.Code, r.Args) } // maps are printed in order of their keys

// markOf is a short mark of texts, by which a view that comes back tells whether they are still the same. It doesn't give
// them away to who reads the view's metadata.
func markOf(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:5])
}

// wishMark tells one wish from another. The reasons are no part of it: other words for the same wish change nothing.
func wishMark(w bot.Wish) string {
	ids := make([]string, 0, len(w.Keep))
	for id := range w.Keep {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	scope := w.Scope
	if scope == bot.ScopeAll {
		scope = ""
	}
	return markOf(append(ids, string(w.CancelOn), string(scope))...)
}
