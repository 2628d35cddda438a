package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// group are the people of credit control as a user group, with Kees as the stand-in.
const creditControl = "S0CREDIT"

func group(w *world) {
	w.hold = true // the matters of these tests come from nowhere
	w.config.ApproverGroups, w.config.ApproverUsers, w.config.StandIn = []string{creditControl}, []string{bram, kees}, kees
}

// at puts the clock to a time of the company's before the bot begins.
func at(when string) option {
	return func(w *world) { w.sets(when) }
}

// sets moves the clock.
func (w *world) sets(when string) {
	w.t.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", when, w.outside.Policy.Location)
	must(w.t, err)
	w.clock.Add(t.Sub(w.clock.Now()))
}

// asks opens matters of cases of their own, one for each kind.
func (w *world) asks(kinds ...bot.MatterKind) {
	w.t.Helper()
	ctx, now := context.Background(), w.clock.Now()
	have := len(w.all())
	for n, kind := range kinds {
		number := fmt.Sprint(20000 + have + n)
		c := bot.Case{
			Key: bot.NewCaseKey(), Mode: bot.Live, State: bot.Waiting, CustomerID: number, CustomerNumber: number,
			CustomerName: "Klant <" + number + "> & Zn", CreatedAt: now, UpdatedAt: now,
			Terms: bot.Terms{Outstanding: euros(int64(10000 + 100*(have+n))), CancelOn: backoffice.DateOf(now, w.outside.Policy.Location).AddDays(14)},
		}
		must(w.t, w.store.InTx(ctx, func(tx bot.Tx) error {
			if err := tx.InsertCase(ctx, &c); err != nil {
				return err
			}
			if err := tx.PutCard(ctx, bot.Card{CaseID: c.ID, Channel: general, TS: "1.000001", Drawn: c.Version}); err != nil { // as if it was told
				return err
			}
			return tx.PutMatter(ctx, bot.Matter{ID: fmt.Sprintf("%d %s 1", c.ID, kind), CaseID: c.ID, Kind: kind, OpenedAt: now, Version: 1,
				MatterBody: bot.MatterBody{Headline: wording.Because("matter_hold_over", "day", "2026-11-24"), Amount: c.Terms.Outstanding, Until: c.Terms.CancelOn}})
		}))
	}
}

func times(n int, kind bot.MatterKind) []bot.MatterKind {
	return slices.Repeat([]bot.MatterKind{kind}, n)
}

// settles ends so many of the open matters, the oldest first.
func (w *world) settles(n int) {
	w.t.Helper()
	open, err := w.desk.Matters(context.Background(), bot.MatterFilter{Open: true, Limit: n})
	must(w.t, err)
	for _, m := range open {
		m.Settled, m.Version = bot.Settled{At: w.clock.Now(), By: bot.Actor{Name: "Bram Smit"}, What: bot.ChooseLeave, Why: "klaar"}, m.Version+1
		must(w.t, w.store.InTx(context.Background(), func(tx bot.Tx) error { return tx.PutMatter(context.Background(), m) }))
	}
}

// digests are the messages about several matters in the channel itself.
func digests(p slackfake.Snapshot) (out []slackfake.Message) {
	for _, m := range p.Messages(cases) {
		if m.Metadata["event_type"] == bulletinEvent {
			out = append(out, m)
		}
	}
	return out
}

// digest waits until the one digest says so.
func (w *world) digest(says string) (m slackfake.Message) {
	w.t.Helper()
	w.until("a digest that says "+says, func(p slackfake.Snapshot) bool {
		all := digests(p)
		if len(all) == 0 {
			return false
		}
		m = all[len(all)-1]
		return strings.Contains(slackfake.RenderMessage(m), says)
	})
	return m
}

// inThread are the cards below a message, and what else is said there.
func inThread(p slackfake.Snapshot, m slackfake.Message) (cards, lines []slackfake.Message) {
	for _, one := range p.Thread(cases, m.TS) {
		if one.Metadata["event_type"] == matterEvent {
			cards = append(cards, one)
		} else {
			lines = append(lines, one)
		}
	}
	return cards, lines
}

// calledIn are all calls of people, wherever they stand.
func calledIn(p slackfake.Snapshot) (out []string) {
	for _, m := range p.Messages(cases) {
		out = append(out, m.Mentions()...)
		for _, one := range p.Thread(cases, m.TS) {
			out = append(out, one.Mentions()...)
		}
	}
	return out
}

// carded waits until so many matters have their card, and that is written down.
func (w *world) carded(n int) {
	w.t.Helper()
	w.eventually("the cards", func() bool {
		all, err := w.desk.Matters(context.Background(), bot.MatterFilter{Open: true})
		must(w.t, err)
		all = slices.DeleteFunc(all, func(m bot.Matter) bool { return !isPosted(m) || m.RemindAt.IsZero() })
		return len(all) == n
	})
}

// begun waits until the day's digest was looked at, and nothing waited.
func (w *world) begun() {
	w.t.Helper()
	w.eventually("the day's row", func() bool { all := w.bulletins(); return len(all) > 0 && all[0].TS == unseen })
}

// restful waits for sweeps in which nothing may happen.
func (w *world) restful() {
	time.Sleep(6 * w.bot.pace.sweep) // waits: for sweeps in which nothing is to be told
}

func TestThirtyCardsOnAMonday(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-22 22:00"))
	w.asks(append(append(times(20, bot.MatterPartly), times(8, bot.MatterBroken)...), bot.MatterChanged, bot.MatterReversed)...)
	w.until("what is urgent", func(p slackfake.Snapshot) bool { return len(w.matterCards(p)) == 2 })
	w.sets("2026-11-23 08:59")
	w.restful()
	if p := w.Snapshot(); len(w.matterCards(p)) != 2 || len(digests(p)) != 0 || len(calledIn(p)) != 0 {
		t.Fatalf("before nine: %d cards, %d digests, %v", len(w.matterCards(p)), len(digests(p)), calledIn(p))
	}
	w.sets("2026-11-23 09:00")
	m := w.digest("*30 zaken wachten op jullie* · €\u00a03.435,00")
	w.until("the cards", func(p slackfake.Snapshot) bool { cards, _ := inThread(p, m); return len(cards) == 28 })
	w.carded(30)
	m = w.digest("Klant <20028> & Zn <https://")
	text := slackfake.RenderMessage(m)
	for _, says := range []string{"*Deels betaald (20)*", "*Belofte niet nagekomen (8)*", "+ 10 meer in App Home", "€\u00a0119,00 · termijn tot zo 6 dec."} {
		if !strings.Contains(text, says) {
			t.Errorf("%q isn't said in\n%s", says, text)
		}
	}
	if strings.Index(text, "Buiten de bot om") > strings.Index(text, "Deels betaald") {
		t.Errorf("what is urgent comes first:\n%s", text)
	}
	w.sets("2026-11-23 13:00")
	w.until("the mention", func(p slackfake.Snapshot) bool { return len(calledIn(p)) > 0 })
	w.sets("2026-11-23 16:00")
	w.restful()
	p := w.Snapshot()
	if got := calledIn(p); !slices.Equal(got, []string{creditControl}) {
		t.Errorf("mentions: %v", got)
	}
	if n := len(digests(p)); n != 1 {
		t.Errorf("%d digests", n)
	}
}

func TestADigestIsEditedAsMattersAreSettledAndANewOneComesEachMorning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-22 22:00"))
	w.asks(times(7, bot.MatterPartly)...)
	w.sets("2026-11-23 09:00")
	first := w.digest("*7 zaken wachten op jullie*")
	w.until("the cards", func(p slackfake.Snapshot) bool { cards, _ := inThread(p, first); return len(cards) == 7 })
	w.settles(3)
	m := w.digest("*4 zaken wachten op jullie*")
	if text := slackfake.RenderMessage(m); m.TS != first.TS || !strings.Contains(text, "3 van 7 afgehandeld") || !strings.Contains(m.Text, "3 van 7 afgehandeld") {
		t.Errorf("%s", text)
	}
	w.sets("2026-11-24 09:00")
	m = w.digest("*4 zaken wachten op jullie*")
	w.until("a new one", func(p slackfake.Snapshot) bool { return len(digests(p)) == 2 })
	w.settles(4)
	w.digest("*Alles is afgehandeld* · 4 zaken")
	w.restful()
	if old, _ := w.Snapshot().Message(cases, first.TS); !strings.Contains(slackfake.RenderMessage(old), "3 van 7") {
		t.Error("yesterday's was edited today")
	}
	w.sets("2026-11-25 09:00")
	w.restful()
	if n := len(digests(w.Snapshot())); n != 2 {
		t.Errorf("%d digests where nothing waits", n)
	}
}

func TestCardsThatComeAtOnceArePutTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-23 11:00"))
	w.begun()
	w.asks(times(5, bot.MatterPartly)...)
	w.until("five cards", func(p slackfake.Snapshot) bool { return len(w.matterCards(p)) == 5 })
	if n := len(digests(w.Snapshot())); n != 0 {
		t.Fatalf("%d digests for five", n)
	}
	w.sets("2026-11-23 11:05")
	w.asks(bot.MatterPartly)
	m := w.digest("*1 nieuwe zaak wacht op jullie*")
	w.asks(bot.MatterBroken, bot.MatterBroken, bot.MatterChanged)
	w.until("they join", func(p slackfake.Snapshot) bool {
		cards, _ := inThread(p, m)
		return len(cards) == 3 && len(w.matterCards(p)) == 9
	})
	w.digest("*3 nieuwe zaken wachten op jullie*")
	w.sets("2026-11-23 11:30")
	w.asks(bot.MatterPartly)
	w.until("one card", func(p slackfake.Snapshot) bool { return len(w.matterCards(p)) == 10 })
	if n := len(digests(w.Snapshot())); n != 1 {
		t.Errorf("%d digests", n)
	}
}

func TestTheDigestComesAtNineByTheClockOnTheWallWhateverTheNightWas(t *testing.T) {
	t.Parallel()
	for night, monday := range map[string]string{"2026-10-24 22:00": "2026-10-26", "2027-03-27 22:00": "2027-03-29", "2026-12-24 18:00": "2026-12-28"} {
		t.Run(monday, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, group, at(night))
			w.asks(times(3, bot.MatterPartly)...)
			if monday == "2026-12-28" {
				w.sets("2026-12-25 10:00") // a Friday
				w.restful()
			}
			if monday == "2027-03-29" { // Easter Monday
				w.sets(monday + " 12:00")
				w.restful()
				monday = "2027-03-30"
			}
			w.sets(monday + " 08:59")
			w.restful()
			if p := w.Snapshot(); len(digests(p))+len(w.matterCards(p)) != 0 {
				t.Fatalf("too early: %d digests, %d cards", len(digests(p)), len(w.matterCards(p)))
			}
			w.sets(monday + " 09:00")
			m := w.digest("*3 zaken wachten op jullie*")
			w.until("the cards", func(p slackfake.Snapshot) bool { cards, _ := inThread(p, m); return len(cards) == 3 })
		})
	}
}

func TestReplicasPostOneDigest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-22 22:00"))
	w.replica()
	w.replica()
	w.asks(times(12, bot.MatterPartly)...)
	w.sets("2026-11-23 09:00")
	m := w.digest("*12 zaken wachten op jullie*")
	w.carded(12)
	w.sets("2026-11-23 13:00")
	w.until("the mention", func(p slackfake.Snapshot) bool { return len(calledIn(p)) > 0 })
	w.settles(2)
	w.digest("2 van 12 afgehandeld")
	w.restful()
	p := w.Snapshot()
	cards, lines := inThread(p, m)
	if len(digests(p)) != 1 || len(cards) != 12 || len(lines) != 1 || len(w.matterCards(p)) != 12 {
		t.Errorf("%d digests, %d cards, %d lines", len(digests(p)), len(cards), len(lines))
	}
}

// A kill between the posting and its record: that it was tried is all that is known.
func TestACrashWhilePostingADigestLeavesOne(t *testing.T) {
	t.Parallel()
	for name, posted := range map[string]bool{"it was posted": true, "it wasn't": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			w := newWorld(t, group, at("2026-11-22 22:00"))
			w.asks(times(3, bot.MatterPartly)...)
			w.sets("2026-11-23 09:00")
			m := w.digest("*3 zaken wachten op jullie*")
			w.until("the cards", func(p slackfake.Snapshot) bool { cards, _ := inThread(p, m); return len(cards) == 3 })
			w.digest("https://")
			w.eventually("it is written down", func() bool { return w.bulletins()[0].TriedAt.IsZero() })
			w.stop()
			if !posted {
				_, _, err := w.bot.client.api.DeleteMessageContext(ctx, cases, m.TS)
				must(t, err)
			}
			is := w.bulletins()[0]
			is.TS, is.Channel, is.Shown, is.TriedAt = "", cases, "", w.clock.Now()
			must(t, w.bot.putBulletin(ctx, &is))
			w.start()
			w.restful()
			if w.bulletins()[0].TS != "" {
				t.Error("posted while another process may be at it")
			}
			w.clock.Add(matterLife)
			w.eventually("it is settled", func() bool { return w.bulletins()[0].TS != "" })
			w.restful()
			if n := len(digests(w.Snapshot())); n != 1 {
				t.Errorf("%d digests", n)
			}
		})
	}
}

func (w *world) bulletins() (all []bot.Bulletin) {
	w.t.Helper()
	must(w.t, w.store.InTx(context.Background(), func(tx bot.Tx) (err error) {
		all, err = tx.Bulletins(context.Background(), w.clock.Now().Add(-bulletinsKept))
		return err
	}))
	return all
}

func TestADigestComesOnceSlackIsBack(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]slackfake.Fault{
		"proxy error": slackfake.Status(503), "thrown out": slackfake.Code("not_in_channel"), "lost answer": slackfake.Reset().After(), "lost and late": slackfake.Status(502).After(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, group, at("2026-11-22 22:00"))
			w.asks(times(4, bot.MatterPartly)...)
			w.fails("chat.postMessage", f, 4) // the digest, and cards in its thread
			w.sets("2026-11-23 09:00")
			m := w.digest("*4 zaken wachten op jullie*")
			w.until("the cards", func(p slackfake.Snapshot) bool { cards, _ := inThread(p, m); return len(cards) == 4 })
			w.restful()
			if p := w.Snapshot(); len(digests(p)) != 1 || len(w.matterCards(p)) != 4 {
				t.Errorf("%d digests, %d cards", len(digests(p)), len(w.matterCards(p)))
			}
		})
	}
}

func TestAllThatWaitsGoesInOneMailWhenSlackIsDown(t *testing.T) {
	t.Parallel()
	post := &mails{}
	w := newWorld(t, group, at("2026-11-22 22:00"), func(w *world) { w.config.Mailer = post })
	w.replica()
	w.asks(times(12, bot.MatterPartly)...)
	w.SetScopes([]string{"commands", "users:read", "users:read.email"})
	w.sets("2026-11-23 09:00")
	w.until("it is tried", func(p slackfake.Snapshot) bool { return len(p.Calls("chat.postMessage")) > 0 })
	w.restful()
	if n := len(post.sent()); n != 0 {
		t.Fatalf("%d mails at once", n)
	}
	w.clock.Add(mailAfter + time.Second)
	w.eventually("it is mailed", func() bool { return len(post.sent()) > 0 })
	w.clock.Add(time.Minute)
	w.asks(bot.MatterPartly)
	w.clock.Add(mailAfter + time.Second)
	w.restful()
	all := post.sent()
	if len(all) != 1 || !strings.Contains(all[0], "Besluit gevraagd over 12 zaken") || strings.Count(all[0], "Klant <2000") != 10 {
		t.Errorf("%d mails: %.2000s", len(all), all)
	}
	w.SetScopes(nil)
	w.until("the cards", func(p slackfake.Snapshot) bool { return len(w.matterCards(p)) == 13 })
}

func TestAnEnglishChannelAndOneThatIsToldLittle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-22 22:00"), func(w *world) { w.config.ChannelLanguage, w.config.Minimal = "en", true })
	w.asks(times(3, bot.MatterPartly)...)
	w.sets("2026-11-23 09:00")
	m := w.digest("*3 cases wait for you*")
	w.carded(3)
	w.sets("2026-11-23 13:00")
	w.until("the mention", func(p slackfake.Snapshot) bool { return len(calledIn(p)) > 0 })
	_, lines := inThread(w.Snapshot(), m)
	if text := slackfake.RenderMessage(m) + lines[0].Text; strings.Contains(text, "€") || strings.Contains(text, "Klant") || !strings.Contains(text, "20001") {
		t.Errorf("%s", text)
	}
}

// One whose orders end on Monday is announced on Friday, also when it comes up after hours.
func TestWhatEndsOnMondayIsAnnouncedOnFriday(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-27 18:00"))
	w.asks(bot.MatterDeadline, bot.MatterDeadline)
	w.restful()
	if n := len(w.matterCards(w.Snapshot())); n != 0 {
		t.Fatalf("%d cards after hours", n)
	}
	all, err := w.desk.Matters(context.Background(), bot.MatterFilter{})
	must(t, err)
	all[0].Until, all[0].Version = "2026-11-30", 2
	must(t, w.store.InTx(context.Background(), func(tx bot.Tx) error { return tx.PutMatter(context.Background(), all[0]) }))
	w.until("the card", func(p slackfake.Snapshot) bool { return len(w.matterCards(p)) == 1 })
}

func TestADigestThatCouldNotBePostedAllDayDoesNotComeAtNight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-22 22:00"))
	w.asks(times(3, bot.MatterPartly)...)
	w.SetScopes([]string{"commands", "users:read", "users:read.email"})
	w.sets("2026-11-23 09:00")
	w.until("it is tried", func(p slackfake.Snapshot) bool { return len(p.Calls("chat.postMessage")) > 0 })
	w.sets("2026-11-23 22:00")
	w.restful() // a try that began in the morning is over
	w.SetScopes(nil)
	w.restful()
	if p := w.Snapshot(); len(digests(p))+len(w.matterCards(p)) != 0 {
		t.Errorf("%d digests, %d cards at night", len(digests(p)), len(w.matterCards(p)))
	}
	w.sets("2026-11-24 09:00")
	m := w.digest("*3 zaken wachten op jullie*")
	w.carded(3)
	p := w.Snapshot()
	if cards, _ := inThread(p, m); len(digests(p)) != 1 || len(cards) != 3 {
		t.Errorf("%d digests, %d cards", len(digests(p)), len(cards))
	}
}
