package slack

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

const (
	// kindParked is the kind of a case that stands still at a step, in a digest: it is no matter of its own.
	kindParked bot.MatterKind = "kindParked"
	// maxDigestLines is how many lines of a kind stand in a digest.
	maxDigestLines = 10
	// maxDigestPart and maxDigest are how much fits into a section, and into all of a message's blocks: Slack has been seen to refuse
	// a little over 12,000 characters.
	maxDigestPart = 2900
	maxDigest     = 11000
)

// digest is what the team's message of the day tells.
type digest struct {
	many    bool        // of what came up at once; else of all that waits
	rows    []digestRow // what still waits, in order
	total   int         // cases when it was posted, and that came to it since
	now     time.Time
	standIn string // who gets what has waited too long, by Slack's id; empty: nobody
}

// digestRow is one thing that waits.
type digestRow struct {
	kind      bot.MatterKind
	m         bot.Matter
	c         bot.Case
	cancelled bool // orders end on the day
	link      string
}

// day is when the time is over; zero: no clock runs.
func (r digestRow) day(zone *time.Location) backoffice.Date {
	switch in := phase(r.c); {
	case r.c.State.Closed(), in == bot.Held, in == bot.Restoring:
		return ""
	case in == bot.Approving:
		return backoffice.DateOf(r.c.Course.ApproveBy, zone)
	}
	return r.c.EndsOn()
}

// urgency is that of the row's kind; a step that stands still comes first.
func (r digestRow) urgency() int {
	if r.kind == kindParked {
		return 1
	}
	return r.kind.Urgency()
}

// order puts what is most urgent first, then what ends first, then what is most.
func (d *digest) order(zone *time.Location) {
	slices.SortStableFunc(d.rows, func(a, b digestRow) int {
		dayA, dayB := cmp.Or(a.day(zone), "9999-12-31"), cmp.Or(b.day(zone), "9999-12-31")
		return cmp.Or(cmp.Compare(a.urgency(), b.urgency()), cmp.Compare(a.kind, b.kind), cmp.Compare(dayA, dayB),
			cmp.Compare(owedNow(b.c).Minor, owedNow(a.c).Minor), cmp.Compare(a.c.ID, b.c.ID))
	})
}

// digest is the message: how much waits, how much of it was handled, and the first of each kind.
func (sc screen) digest(d digest) message {
	head := sc.digestHead(d)
	text := strings.NewReplacer("*", "", ":white_check_mark: ", "").Replace(strings.Join(head, ", ")) // for the ear
	blocks := []slackgo.Block{section(strings.Join(head, " · "))}
	if sc.dry() {
		text = sc.say("dry_run") + ". " + text
		blocks = append([]slackgo.Block{contextLine(sc.say("dry_run"))}, blocks...)
	}
	var kinds []slackgo.Block
	for lines := maxDigestLines; lines > 0; lines-- { // fewer of each kind where they would not fit
		size := 0
		kinds = kinds[:0]
		for rows := range slices.Values(byKind(d.rows)) {
			part := sc.digestKind(d, rows, lines)
			size += utf8.RuneCountInString(part)
			kinds = append(kinds, section(part))
		}
		if size <= maxDigest {
			break
		}
	}
	blocks = append(blocks, kinds...)
	if left := d.leftOver(); left > 0 {
		blocks = append(blocks, contextLine(sc.say("slack.digest_no_stand_in", "n", strconv.Itoa(left))))
	}
	return message{text: text, blocks: blocks}
}

// byKind cuts the rows where another kind begins.
func byKind(rows []digestRow) (parts [][]digestRow) {
	for i, r := range rows {
		if i == 0 || rows[i-1].kind != r.kind {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], r)
	}
	return parts
}

// leftOver counts what has waited too long and goes to nobody, since no stand-in is named.
func (d digest) leftOver() (n int) {
	for _, r := range d.rows {
		if d.standIn == "" && r.m.Reminded == bot.RemindedOver {
			n++
		}
	}
	return n
}

// digestHead counts cases, the first part in bold: how many wait, what they owe, how many end today, how many were handled.
func (sc screen) digestHead(d digest) []string {
	cases := map[int64]digestRow{}
	for _, r := range d.rows {
		cases[r.c.ID] = r
	}
	if len(cases) == 0 {
		return []string{":white_check_mark: " + sc.say("slack.digest_all_handled", "n", strconv.Itoa(d.total))}
	}
	key := "slack.digest_waiting"
	if d.many {
		key = "slack.digest_new"
	}
	parts := []string{sc.say(key, "n", strconv.Itoa(len(cases)))}
	owed, today := map[string]int64{}, 0
	for _, r := range cases {
		sum := owedNow(r.c)
		owed[sum.Currency] += sum.Minor
		if r.day(sc.policy.Location) == backoffice.DateOf(d.now, sc.policy.Location) {
			today++
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(owed)) {
		if owed[currency] > 0 && !sc.minimal {
			parts = append(parts, sc.money(backoffice.Money{Minor: owed[currency], Currency: currency}))
		}
	}
	if today > 0 {
		parts = append(parts, sc.say("slack.digest_today", "n", strconv.Itoa(today)))
	}
	if handled := d.total - len(cases); handled > 0 {
		parts = append(parts, sc.say("slack.digest_handled", "done", strconv.Itoa(handled), "n", strconv.Itoa(d.total)))
	}
	return parts
}

// digestKind is a kind's name with its number, and its first lines.
func (sc screen) digestKind(d digest, rows []digestRow, most int) string {
	key := "slack.digest_parked"
	if rows[0].kind != kindParked {
		key = kindOf(rows[0].kind).name
	}
	text, shown := "*"+sc.say(key)+" ("+strconv.Itoa(len(rows))+")*", 0
	for _, r := range rows[:min(len(rows), most)] {
		line := "\n" + sc.digestLine(d, r)
		if utf8.RuneCountInString(text+line) > maxDigestPart {
			break
		}
		text, shown = text+line, shown+1
	}
	if left := len(rows) - shown; left > 0 {
		text += "\n" + sc.say("slack.digest_more", "n", strconv.Itoa(left))
	}
	return text
}

// digestLine is one thing that waits: who, how much, until when, and who has it.
func (sc screen) digestLine(d digest, r digestRow) string {
	who := line(r.c.CustomerName, maxName)
	if sc.minimal {
		who = sc.say("slack.minimal_customer", "number", line(r.c.CustomerNumber, maxLabel))
	}
	text := esc(who)
	if r.link != "" {
		text = linked(r.link, strings.ReplaceAll(who, "|", "¦")) // what stands before the first bar is the address
	}
	var parts []string
	if when := sc.digestDay(d, r); when != "" {
		parts = append(parts, when)
	}
	switch {
	case r.m.Taken.Name != "":
		parts = append(parts, sc.say("slack.digest_taken", "who", name(r.m.Taken.Name)))
	case r.m.Reminded == bot.RemindedOver:
		parts = append(parts, sc.say("slack.digest_long"))
	case r.m.Reminded == 0 && backoffice.DateOf(r.m.RemindAt, sc.policy.Location) > backoffice.DateOf(d.now, sc.policy.Location).AddDays(1):
		parts = append(parts, sc.say("slack.digest_later", "day", string(backoffice.DateOf(r.m.RemindAt, sc.policy.Location))))
	}
	if owed := owedNow(r.c); owed.Minor > 0 && !sc.minimal {
		text += " " + sc.money(owed)
	}
	return strings.Join(append([]string{text}, parts...), " · ")
}

// digestDay says when the time is over, where a clock runs.
func (sc screen) digestDay(d digest, r digestRow) string {
	day, today := r.day(sc.policy.Location), backoffice.DateOf(d.now, sc.policy.Location)
	if day.IsZero() {
		return ""
	}
	keys := [3]string{"slack.digest_ends_today", "slack.digest_ends_tomorrow", "slack.digest_ends_on"}
	switch {
	case phase(r.c) == bot.Approving:
		return sc.say("slack.digest_approve_by", "at", wording.Instant(r.c.Course.ApproveBy))
	case r.cancelled:
		keys = [3]string{"slack.digest_cancelled_today", "slack.digest_cancelled_tomorrow", "slack.digest_cancelled_on"}
	}
	key := keys[2]
	if day <= today.AddDays(1) && day >= today {
		key = keys[today.DaysUntil(day)]
	}
	return sc.say(key, "day", string(day))
}
