package slack

import (
	"fmt"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

const (
	callbackList = "list"
	fieldList    = "list_" // and the group's number: a group of ticks holds ten
)

// listProgress is what stands there while a list is looked through.
func (sc screen) listProgress(done, of int) slackgo.ModalViewRequest {
	return sc.notice("slack.title_list", sc.say("slack.list_progress", "done", wording.Count(done), "of", wording.Count(of)))
}

// listView shows a pasted list: those who can be switched off, each with a tick; below them those who are to be confirmed one
// by one, and those who can't be, each with the reason. over is how many were not looked at.
func (sc screen) listView(all []found, over int, command string) slackgo.ModalViewRequest {
	var able, single, no []found
	for _, f := range all {
		switch {
		case f.able():
			able = append(able, f)
		case f.plan != nil && len(f.reason) == 0:
			single = append(single, f)
		default:
			no = append(no, f)
		}
	}
	blocks := []slackgo.Block{section(sc.listHead(all, able))}
	blocks = append(blocks, sc.listTicks(able)...)
	if len(single) > 0 {
		blocks = append(blocks, section(sc.say("slack.list_single")+"\n"+sc.listLines(single)))
	}
	if len(no) > 0 {
		blocks = append(blocks, section(sc.say("slack.list_no")+"\n"+sc.listLines(no)))
	}
	if over > 0 {
		blocks = append(blocks, section(":warning: "+sc.say("slack.list_over", "n", wording.Count(over), "most", wording.Count(maxList))))
	}
	submit := ""
	if len(able) > 0 {
		submit = "slack.submit"
		blocks = append(blocks, contextLine(sc.listFoot(able)))
	} else {
		blocks = append(blocks, contextLine(sc.say("slack.nothing_changed")))
	}
	v := sc.modal("slack.title_list", submit, "slack.do_nothing", blocks...)
	if submit != "" {
		v.CallbackID, v.PrivateMetadata = callbackList, meta{Command: command}.String()
	}
	return v
}

// listHead counts: how many there are, how many can be switched off, and what they owe in all. Amounts in different currencies
// are not added.
func (sc screen) listHead(all, able []found) string {
	var sum backoffice.Money
	one := true
	for _, f := range able {
		next, err := sum.Add(f.plan.Outstanding)
		if err != nil {
			one = false
			break
		}
		sum = next
	}
	head := sc.say("slack.list_head", "n", wording.Count(len(all)), "able", wording.Count(len(able)))
	if one && len(able) > 0 {
		head += " · *" + sc.money(sum) + "*"
	}
	return head
}

// listTicks are the groups of ticks, ten in each, all ticked.
func (sc screen) listTicks(able []found) (blocks []slackgo.Block) {
	for n := 0; n < len(able); n += maxMatches {
		var options []*slackgo.OptionBlockObject
		for _, f := range able[n:min(n+maxMatches, len(able))] {
			options = append(options, sc.listOption(f))
		}
		ticks := slackgo.NewCheckboxGroupsBlockElement(fmt.Sprintf("%s%d", fieldList, n/maxMatches), options...)
		ticks.InitialOptions = options
		label := sc.say("slack.list_ticks", "from", wording.Count(n+1), "to", wording.Count(n+len(options)))
		input := slackgo.NewInputBlock(ticks.ActionID, plainText(label), nil, ticks)
		input.Optional = true // a whole group may be left out
		blocks = append(blocks, input)
	}
	return blocks
}

// listOption is one customer: who, how much, what happens, and the hardest thing to know.
func (sc screen) listOption(f found) *slackgo.OptionBlockObject {
	p := f.plan
	number := line(p.Customer.Number, 20)
	about := []string{sc.money(p.Outstanding), sc.say("slack.list_does", "n", wording.Count(len(p.Suspends())))}
	for _, w := range sc.warnings(*p) {
		about = append(about, plainOf(w))
		break
	}
	return slackgo.NewOptionBlockObject(p.Fingerprint()+" "+p.Customer.ID,
		plainText(line(p.Customer.Name, maxOption-3-len([]rune(number)))+" · "+number), plainText(cut(strings.Join(about, " · "), maxOption)))
}

// plainOf takes the markup out of one of our own sentences, for a place that shows none.
func plainOf(s string) string {
	s = slackLink.ReplaceAllStringFunc(s, func(l string) string {
		_, label, ok := strings.Cut(strings.Trim(l, "<>"), "|")
		if !ok {
			return ""
		}
		return label
	})
	return strings.NewReplacer("*", "", "\n", " ", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

// listLines names customers and why each stands apart. Slack cuts a section at 3000 characters; what is left out is counted.
func (sc screen) listLines(all []found) string {
	var lines []string
	for _, f := range all {
		who := esc(line(f.query, maxName))
		if f.plan != nil {
			who = esc(line(f.plan.Customer.Number, 20)) + " " + name(f.plan.Customer.Name)
		}
		why := sc.say("slack.list_large")
		switch {
		case f.unread:
			why = sc.say("slack.list_unread")
		case len(f.reason) > 0:
			why = sc.reason(f.reason[0])
		}
		lines = append(lines, "• "+who+": "+why)
	}
	return sc.fitting(lines)
}

// maxLines is how many characters of lines a section holds beside its heading.
const maxLines = 2700

func (sc screen) fitting(lines []string) string {
	var out strings.Builder
	for i, l := range lines {
		if len([]rune(out.String()))+len([]rune(l)) > maxLines {
			return out.String() + sc.more(len(lines)-i)
		}
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(l)
	}
	return out.String()
}

// listFoot says what holds for all of them: when services go off, and how one reads a single mail first.
func (sc screen) listFoot(able []found) string {
	late := able[0].plan.SuspendAt
	foot := sc.say("slack.list_foot", "n", wording.Count(len(able)))
	if late.After(able[0].plan.At.Add(time.Minute)) {
		foot = sc.say("slack.list_later", "at", wording.Instant(late)) + " " + foot
	}
	return foot
}

// listOutcome tells what became of a list: how many were started, and of each that wasn't, why.
func (sc screen) listOutcome(results []begun, channel string) string {
	var lines []string
	started, head := 0, "slack.list_not_started"
	for _, r := range results {
		who := strings.TrimSpace(esc(line(r.number, 20)) + " " + name(r.name))
		switch {
		case r.caseID != 0:
			started++
		case r.doubt:
			head = "slack.list_not_sure"
			lines = append(lines, "• "+who+": "+sc.say("slack.list_doubt"))
		case r.late:
			lines = append(lines, "• "+who+": "+sc.say("slack.list_late"))
		default:
			lines = append(lines, "• "+who+": "+sc.reason(r.reason[0]))
		}
	}
	text := sc.say("slack.list_started", "n", wording.Count(started), "channel", channel)
	if len(lines) > 0 {
		text += "\n" + sc.say(head, "n", wording.Count(len(lines))) + "\n" + sc.fitting(lines)
	}
	if sc.dry() {
		text = sc.say("dry_run") + "\n" + text
	}
	return text
}
