package slack

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// rowsOf are so many matters of a kind, the ends of their terms in turn from a day on.
func rowsOf(n int, kind bot.MatterKind, ends backoffice.Date) (rows []digestRow) {
	for i := range n {
		c := bot.Case{
			ID: int64(1000*len(kind) + i), State: bot.Waiting, CustomerNumber: fmt.Sprint(10234 + i), CustomerName: fmt.Sprintf("Jansen Bouw %d B.V.", i+1),
			Terms: bot.Terms{Outstanding: euros(int64(34000 + 100*i)), CancelOn: ends.AddDays(i)},
		}
		row := digestRow{kind: kind, c: c, link: fmt.Sprintf("https://hoster.slack.com/archives/C0CASES/p17957%09d?thread_ts=1795700000.000000&cid=C0CASES", i)}
		if kind != kindParked {
			row.m = bot.Matter{ID: fmt.Sprint(c.ID), CaseID: c.ID, Kind: kind, Channel: cases, TS: "1795700000.000001"}
		}
		rows = append(rows, row)
	}
	return rows
}

func digestOf(now time.Time, many bool, total int, rows ...[]digestRow) digest {
	d := digest{now: now, many: many, total: total}
	for _, part := range rows {
		d.rows = append(d.rows, part...)
	}
	d.order(now.Location())
	return d
}

// digestScreens are the digests that there are.
func digestScreens(now time.Time) []drawn {
	today := backoffice.DateOf(now, now.Location())
	deadline, approval, broken, changed := rowsOf(3, bot.MatterDeadline, today), rowsOf(1, bot.MatterApproval, today), rowsOf(4, bot.MatterBroken, today.AddDays(8)), rowsOf(1, bot.MatterChanged, today)
	deadline[0].cancelled, deadline[1].cancelled, deadline[2].cancelled = true, true, true
	approval[0].c.State, approval[0].c.Course.ApproveBy = bot.Approving, now.Add(2*time.Hour)
	broken[0].m.Taken.Name, broken[1].m.Reminded, broken[2].m.RemindAt = "Jacqueline de Vries", bot.RemindedOver, now.AddDate(0, 0, 7)
	broken[3].c.State, broken[3].link = bot.Held, ""
	changed[0].c.CustomerName = "A|B <!channel> & <https://x.example|Zn>"
	draw := func(d digest) func(screen) any { return func(sc screen) any { sc.channel = true; return sc.digest(d) } }
	monday := digestOf(now, false, 40, deadline, approval, broken, changed, rowsOf(1, kindParked, today), rowsOf(20, bot.MatterPartly, today))
	handed := monday
	handed.standIn = kees
	return []drawn{
		{"a Monday", draw(monday)}, {"with a stand-in", draw(handed)},
		{"nothing handled yet", draw(digestOf(now, false, 2, rowsOf(2, bot.MatterLate, today.AddDays(1))))},
		{"came up at once", draw(digestOf(now, true, 1, rowsOf(1, bot.MatterProof, today)))},
		{"all handled", draw(digestOf(now, false, 30))}, {"the one handled", draw(digestOf(now, false, 1))},
		{"dry run", func(sc screen) any {
			sc.policy.Mode = bot.DryRun
			return sc.digest(digestOf(now, false, 1, rowsOf(1, bot.MatterLate, today)))
		}},
		{"minimal", func(sc screen) any { sc.minimal = true; return sc.digest(monday) }},
	}
}

func TestDigestsInBothLanguages(t *testing.T) {
	t.Parallel()
	_, now := amsterdam(t)
	var text strings.Builder
	for _, d := range digestScreens(now) {
		for _, lang := range []wording.Lang{wording.NL, wording.EN} {
			m := d.draw(screenOf(t, lang)).(message)
			for _, c := range complaints(m) {
				t.Errorf("%s in %s: %s", d.name, lang, c)
			}
			if got, err := slackfake.DraftMessage(m.text, m.blocks); err != nil || len(got.Mentions()) > 0 || strings.Contains(m.text, "<") {
				t.Errorf("%s: %v %v %s", d.name, got.Mentions(), err, m.text)
			}
			fmt.Fprintf(&text, "##### %s, %s\n(%s)\n%s\n", d.name, lang, m.text, read(t, m))
		}
	}
	same(t, filepath.Join("screens", "digest.txt"), text.String())
}

// However much waits and whatever names customers have, Slack takes it, and what is left out is counted.
func TestADigestFitsHoweverMuchWaits(t *testing.T) {
	t.Parallel()
	_, now := amsterdam(t)
	today := backoffice.DateOf(now, now.Location())
	d := digest{now: now, total: 12 * 200}
	for _, kind := range []bot.MatterKind{kindParked, bot.MatterChanged, bot.MatterReversed, bot.MatterUnjust, bot.MatterDeadline, bot.MatterApproval, bot.MatterPartly,
		bot.MatterLate, bot.MatterProof, bot.MatterBroken, bot.MatterHoldOver, "another"} {
		rows := rowsOf(200, kind, today)
		for i := range rows {
			rows[i].c.CustomerName, rows[i].m.Taken.Name = strings.Repeat("&<>", 40), strings.Repeat("<&", 60)
		}
		d.rows = append(d.rows, rows...)
	}
	d.order(now.Location())
	m := screenOf(t, wording.NL).digest(d)
	if got := complaints(m); len(got) > 0 || len(m.blocks) > 50 {
		t.Errorf("%d blocks, %v", len(m.blocks), got)
	}
	total := 0
	for _, b := range m.blocks {
		if s, ok := b.(*slackgo.SectionBlock); ok {
			total += utf8.RuneCountInString(s.Text.Text)
			if strings.Count(s.Text.Text, "<") != strings.Count(s.Text.Text, ">") {
				t.Errorf("cut within a link: %s", s.Text.Text)
			}
		}
	}
	if total > 12000 || !strings.Contains(read(t, m), "meer in App Home") {
		t.Errorf("%d characters", total)
	}
}
