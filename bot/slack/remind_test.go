package slack

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// lineBelow waits for a line below a card or a digest.
func (w *world) lineBelow(m slackfake.Message, says string) (line slackfake.Message) {
	w.t.Helper()
	w.until("a line that says "+says, func(p slackfake.Snapshot) bool {
		for _, one := range p.Thread(cases, m.TS) {
			if line = one; strings.Contains(one.Text, says) {
				return true
			}
		}
		return false
	})
	return line
}

func TestWhatNobodyTakesUpIsCalledForOnceAndThenGoesToTheStandIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-24 10:00")) // a Tuesday
	w.begun()
	w.asks(bot.MatterPartly)
	w.carded(1)
	m := w.matter("Klant")
	w.sets("2026-11-24 13:59")
	w.restful()
	if got := calledIn(w.Snapshot()); len(got) != 0 {
		t.Fatalf("called too early: %v", got)
	}
	w.sets("2026-11-24 14:00")
	line := w.lineBelow(m, "<!subteam^"+creditControl+"> Wacht op een besluit: ")
	if !strings.Contains(line.Text, "|Klant &lt;20000&gt; &amp; Zn> · ") {
		t.Errorf("%s", line.Text)
	}
	w.sets("2026-11-24 17:29")
	w.restful()
	w.sets("2026-11-25 09:00")
	w.digest("*1 zaak wacht op jullie*")
	w.sets("2026-11-26 09:59")
	w.restful()
	if got := calledIn(w.Snapshot()); !slices.Equal(got, []string{creditControl}) {
		t.Errorf("called: %v", got)
	}
	w.sets("2026-11-26 10:00")
	w.lineBelow(m, "Overgedragen aan <@"+kees+">, want het wacht al 2 werkdagen")
	w.matter("Opgepakt door Kees Bakker")
	w.digest("opgepakt door Kees Bakker")
	w.sets("2026-11-30 12:00")
	w.restful()
	if got := calledIn(w.Snapshot()); !slices.Equal(got, []string{creditControl, kees}) {
		t.Errorf("called: %v", got)
	}
}

func TestWithoutAStandInTheDigestSaysSo(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]option{
		"none": func(w *world) { w.config.StandIn = "" }, "one who may not decide": func(w *world) { w.config.StandIn = sanne },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, group, o, at("2026-11-24 10:00"))
			w.begun()
			w.asks(bot.MatterPartly)
			w.carded(1)
			w.asks(bot.MatterBroken)
			w.carded(2)
			must(t, w.desk.Take(context.Background(), "2 broken promise 1", bot.Actor{Name: "Bram Smit", SlackID: bram}, w.bot.hours().after(w.clock.Now(), remindAfter)))
			w.sets("2026-11-24 14:00")
			w.until("the mentions", func(p slackfake.Snapshot) bool { return len(calledIn(p)) == 2 })
			w.sets("2026-11-26 10:00")
			m := w.digest("wacht al meer dan 2 werkdagen")
			if text := slackfake.RenderMessage(m); name == "none" && !strings.Contains(text, "Er is geen vervanger ingesteld om over te nemen wat al meer dan 2 werkdagen wacht (2 zaken)") {
				t.Errorf("%s", text)
			}
			w.digest("opgepakt door Bram Smit")
			w.restful()
			if got := calledIn(w.Snapshot()); len(got) != 2 {
				t.Errorf("called: %v", got)
			}
		})
	}
}

func TestWhatIsTakenPutOffOrSettledIsNotCalledFor(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t, group, at("2026-11-24 10:00"))
	w.begun()
	w.asks(times(3, bot.MatterPartly)...)
	w.carded(3)
	all, err := w.desk.Matters(ctx, bot.MatterFilter{})
	must(t, err)
	w.sets("2026-11-24 13:55")
	must(t, w.desk.Take(ctx, all[1].ID, bot.Actor{Name: "Bram Smit", SlackID: bram}, w.bot.hours().after(w.clock.Now(), remindAfter)))
	must(t, w.desk.Snooze(ctx, all[2].ID, w.bot.hours().morning(w.clock.Now(), 2)))
	w.settles(1)
	w.sets("2026-11-24 17:29")
	w.restful()
	if got := calledIn(w.Snapshot()); len(got) != 0 {
		t.Fatalf("called: %v", got)
	}
	w.sets("2026-11-25 09:00")
	m := w.digest("opgepakt door Bram Smit")
	if text := slackfake.RenderMessage(m); !strings.Contains(text, "*2 zaken wachten op jullie*") {
		t.Errorf("%s", text)
	}
	w.sets("2026-11-25 09:25") // four working hours after it was taken up
	w.until("who took it up", func(p slackfake.Snapshot) bool { return slices.Equal(calledIn(p), []string{bram}) })
	w.sets("2026-11-26 09:00")
	w.until("what was put off", func(p slackfake.Snapshot) bool { return slices.Contains(calledIn(p), creditControl) })
}

func TestAGroupIsCalledAtMostOnceInTwoHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-24 09:00"))
	w.begun()
	for _, when := range []string{"09:00", "09:30", "10:15"} {
		w.sets("2026-11-24 " + when)
		w.asks(bot.MatterPartly)
		w.carded(len(w.all()))
	}
	w.sets("2026-11-24 13:00")
	w.until("the first", func(p slackfake.Snapshot) bool { return len(calledIn(p)) == 1 })
	w.eventually("it is written down", func() bool { return w.bulletins()[0].TriedAt.IsZero() })
	w.sets("2026-11-24 14:59")
	w.restful()
	if got := calledIn(w.Snapshot()); len(got) != 1 {
		t.Fatalf("called: %v", got)
	}
	w.sets("2026-11-24 15:00")
	w.until("the others", func(p slackfake.Snapshot) bool { return len(calledIn(p)) == 2 })
	said := false
	for _, m := range w.matterCards(w.Snapshot()) {
		for _, line := range w.Snapshot().Thread(cases, m.TS) {
			said = said || strings.Contains(line.Text, "2 zaken wachten op een besluit: \n• <https://")
		}
	}
	if !said {
		t.Error("the two aren't named together")
	}
	w.sets("2026-11-24 17:29")
	w.restful()
	if got := calledIn(w.Snapshot()); len(got) != 2 {
		t.Errorf("called: %v", got)
	}
}

func TestNobodyIsCalledOutsideWorkingHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-12-23 15:00")) // a Wednesday; the 25th is a holiday
	w.begun()
	w.asks(bot.MatterChanged)
	w.carded(1)
	w.stop()
	w.sets("2026-12-24 22:00") // it was due at ten
	w.start()
	w.restful()
	w.sets("2026-12-25 11:00")
	w.restful()
	if p := w.Snapshot(); len(calledIn(p))+len(digests(p)) != 0 {
		t.Fatalf("called: %v", calledIn(p))
	}
	w.sets("2026-12-28 09:00")
	w.until("the mention", func(p slackfake.Snapshot) bool { return len(calledIn(p)) == 1 })
	w.restful()
	if got := calledIn(w.Snapshot()); len(got) != 1 {
		t.Errorf("called: %v", got)
	}
}

// A kill between the posting of a mention and its record, and an answer that is lost.
func TestAMentionInDoubtIsMadeOnce(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(*world){
		"lost answer": func(w *world) { w.fails("chat.postMessage", slackfake.Reset().After(), 1) }, "refused": func(w *world) { w.fails("chat.postMessage", slackfake.Status(503), 2) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, group, at("2026-11-24 10:00"))
			w.begun()
			w.replica()
			w.asks(bot.MatterPartly)
			w.carded(1)
			fault(w)
			w.sets("2026-11-24 14:00")
			w.eventually("it is settled", func() bool {
				b := w.bulletins()[0]
				return b.Kind == bot.BulletinReminder && b.TS != "" && b.TS != unseen
			})
			w.clock.Add(matterLife)
			w.restful()
			if got := calledIn(w.Snapshot()); len(got) != 1 {
				t.Errorf("called: %v", got)
			}
		})
	}
}

func TestWorkingHoursAreTheConfiguredOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-22 22:00"), func(w *world) {
		w.config.WorkBegins, w.config.WorkEnds = 8*time.Hour+30*time.Minute, 12*time.Hour
	})
	w.asks(times(2, bot.MatterPartly)...)
	w.sets("2026-11-23 08:29")
	w.restful()
	if n := len(digests(w.Snapshot())); n != 0 {
		t.Error("too early")
	}
	w.sets("2026-11-23 08:30")
	w.digest("*2 zaken wachten op jullie*")
	w.carded(2)
	all, err := w.desk.Matters(context.Background(), bot.MatterFilter{})
	must(t, err)
	if got := all[0].RemindAt.In(w.outside.Policy.Location).Format("2006-01-02 15:04"); got != "2026-11-24 09:00" {
		t.Errorf("reminded at %s", got)
	}
}
