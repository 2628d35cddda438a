package slack

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

const (
	maxRows  = 10 // of a list in a home
	maxAsked = 40 // of the list of what waits for people: the digest sends them here for the rest
	soonDays = 7  // a cancellation within so many days is named
)

// homeLists are the cases of a person's home. A case may stand in several lists: each asks something else.
type homeLists struct {
	mayStart bool // cases
	approver bool
	waiting  []bot.Case // for a person to decide
	mine     []bot.Case
	soon     []bot.Case // cancelled within a week, the first one first
}

// homeOf sorts the open cases into the lists of one person.
func homeOf(all homeRows, who person, mayStart, approver bool, now time.Time, zone *time.Location) homeLists {
	lists := homeLists{mayStart: mayStart, approver: approver}
	today := backoffice.DateOf(now, zone)
	for _, c := range all.cases {
		_, asked := all.asked[c.ID]
		mine := c.StartedBy.SlackID == who.ID || who.Email != "" && strings.EqualFold(c.Terms.AgentEmail, who.Email)
		if (c.State == bot.Person || asked) && approver {
			lists.waiting = append(lists.waiting, c)
		}
		if mine && !c.State.Closed() {
			lists.mine = append(lists.mine, c)
		}
		if (mine || approver) && !c.State.Closed() && endsSoon(c, today) {
			lists.soon = append(lists.soon, c)
		}
	}
	slices.Reverse(lists.waiting) // as in the digest, and then who waits longest
	slices.SortStableFunc(lists.waiting, func(a, b bot.Case) int {
		return cmp.Or(cmp.Compare(cmp.Or(all.asked[a.ID], 1), cmp.Or(all.asked[b.ID], 1)), cmp.Compare(a.EndsOn(), b.EndsOn()))
	})
	slices.SortStableFunc(lists.soon, func(a, b bot.Case) int { return strings.Compare(string(a.EndsOn()), string(b.EndsOn())) })
	return lists
}

// endsSoon says whether the customer's time is nearly over. It isn't while the clock stands, or once it was paid.
func endsSoon(c bot.Case, today backoffice.Date) bool {
	in := phase(c)
	return in != bot.Held && in != bot.Restoring && !c.EndsOn().IsZero() && today.DaysUntil(c.EndsOn()) <= soonDays
}

// home is the home tab: how the bot stands with what is around it, one button, and the lists.
func (sc screen) home(lists homeLists, around []Connection, now time.Time) []slackgo.Block {
	var blocks []slackgo.Block
	if sc.dry() {
		blocks = append(blocks, contextLine(sc.say("dry_run")))
	}
	start := button(actionHomeNew, "new", sc.say("slack.button_new"))
	start.Style = slackgo.StylePrimary
	blocks = append(blocks, contextLine(sc.connected(around, now)))
	if lists.mayStart {
		blocks = append(blocks, slackgo.NewActionBlock("", start))
	}
	if lists.approver {
		blocks = append(blocks, sc.homeList("slack.home_waiting", "slack.home_none_waiting", lists.waiting, maxAsked)...)
	}
	blocks = append(blocks, sc.homeList("slack.home_mine", "slack.home_none_mine", lists.mine, maxRows)...)
	return append(blocks, sc.homeList("slack.home_soon", "slack.home_none_soon", lists.soon, maxRows)...)
}

// connected says that everything answers, and when that was seen; or, of each that doesn't, since when that is.
func (sc screen) connected(around []Connection, now time.Time) string {
	var silent []string
	for _, c := range around {
		switch {
		case !c.OK && c.Since.IsZero():
			silent = append(silent, sc.say("slack.home_silent", "system", esc(line(c.Name, maxLabel))))
		case !c.OK:
			silent = append(silent, sc.say("slack.home_silent_since", "system", esc(line(c.Name, maxLabel)), "at", wording.Instant(c.Since)))
		}
	}
	if len(silent) > 0 {
		return ":warning: " + strings.Join(silent, " ") + " " + sc.say("slack.home_cases_wait")
	}
	return sc.say("slack.home_connected", "time", sc.clock(now))
}

// homeList is a heading and the first rows, or what is said where there are none.
func (sc screen) homeList(title, none string, all []bot.Case, most int) []slackgo.Block {
	head := slackgo.NewHeaderBlock(plainText(cut(sc.say(title, "n", strconv.Itoa(len(all))), 150)))
	if len(all) == 0 {
		return []slackgo.Block{head, contextLine(sc.say(none))}
	}
	blocks := []slackgo.Block{head}
	for _, c := range all[:min(len(all), most)] {
		_, state := sc.state(bot.File{Case: c})
		row := section(sc.customer(c) + "\n" + state)
		row.Accessory = slackgo.NewAccessory(button(actionHomeOpen, strconv.FormatInt(c.ID, 10), sc.say("slack.button_open")))
		blocks = append(blocks, row)
	}
	if more := sc.more(len(all) - most); more != "" {
		blocks = append(blocks, contextLine(strings.TrimSpace(more)))
	}
	return blocks
}

// caseView shows a case as its card does, privately, with the same buttons and the way to the card. why is what stands in the way of
// starting another one, where that was asked.
func (sc screen) caseView(f bot.File, heard []bot.Signal, cardURL string, why []wording.Reason) slackgo.ModalViewRequest {
	var blocks []slackgo.Block
	if len(why) > 0 {
		blocks = append(blocks, section(":no_entry: "+sc.openings(why)))
	}
	_, state := sc.state(f)
	head := section("*" + state + "*\n" + sc.customer(f.Case))
	if webAddress(cardURL) {
		head.Accessory = slackgo.NewAccessory(link(linkAction+"card", cardURL, sc.say("slack.button_card")))
	}
	blocks = append(blocks, head)
	if body := sc.cardBody(f); body != "" {
		blocks = append(blocks, section(body))
	}
	blocks = append(blocks, contextLine(sc.cardContext(f.Case)))
	if doable := sc.doable(f, heard); doable != nil {
		blocks = append(blocks, doable)
	}
	if len(why) > 0 {
		blocks = append(blocks, contextLine(sc.say("slack.nothing_changed")))
	}
	return sc.modal("slack.title_case", "", "slack.close", blocks...)
}
