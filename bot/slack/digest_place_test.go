package slack

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// The order of things between a card and its digest, step by step: the bot's own goroutines are stopped.

// draws lets every case's cards be drawn once, as the bot's own goroutine does.
func (w *world) draws() {
	w.t.Helper()
	for _, c := range w.all() {
		w.bot.drawMatters(context.Background(), c.ID)
	}
}

// drawsLate does so once a card no longer waits for others that come up with it.
func (w *world) drawsLate() {
	w.t.Helper()
	w.draws()
	time.Sleep(2 * w.bot.pace.gather) // waits: for the moment in which others may come up
	w.draws()
}

func TestACardWaitsForTheMorningsDigest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-22 22:00"))
	w.stop()
	w.asks(times(2, bot.MatterPartly)...)
	w.sets("2026-11-23 09:00")
	w.drawsLate()
	if n := len(w.matterCards(w.Snapshot())); n != 0 {
		t.Fatalf("%d cards before the digest is made", n)
	}
	agenda, err := w.bot.readAll(context.Background())
	must(t, err)
	must(t, w.bot.openDigest(context.Background(), agenda))
	w.drawsLate()
	if n := len(w.matterCards(w.Snapshot())); n != 0 {
		t.Fatalf("%d cards before the digest is posted", n)
	}
	w.bot.lookAtBulletins(context.Background())
	w.draws()
	p := w.Snapshot()
	cards, _ := inThread(p, digests(p)[0])
	if len(cards) != 2 || len(w.matterCards(p)) != 2 {
		t.Errorf("%d cards, %d of them below the digest", len(w.matterCards(p)), len(cards))
	}
}

func TestASixthCardWaitsForADigest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, group, at("2026-11-23 11:00"))
	w.begun()
	w.stop()
	w.asks(times(6, bot.MatterPartly)...)
	w.drawsLate()
	if n := len(w.matterCards(w.Snapshot())); n != 0 {
		t.Fatalf("%d cards", n)
	}
	w.bot.lookAtBulletins(context.Background())
	w.draws()
	p := w.Snapshot()
	if cards, _ := inThread(p, digests(p)[0]); len(cards) != 6 {
		t.Errorf("%d cards below the digest", len(cards))
	}
}

// Somebody takes a matter up between the look and the reminder.
func TestWhatIsTakenUpAtTheLastMomentIsNotCalledFor(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t, group, at("2026-11-24 10:00"))
	w.begun()
	w.asks(bot.MatterPartly)
	w.carded(1)
	w.stop()
	w.sets("2026-11-24 14:00")
	agenda, err := w.bot.readAll(ctx)
	must(t, err)
	w.takesUp()
	must(t, w.bot.remind(ctx, agenda))
	if b := w.bulletins()[0]; b.Kind == bot.BulletinReminder || w.only1().Reminded != 0 {
		t.Errorf("%+v", b)
	}
}

// A digest that somebody has deleted while a card below it was in doubt: the card stands in the channel itself then.
func TestACardInDoubtWhoseThreadIsGoneIsLookedForInTheChannel(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t, group, at("2026-11-22 22:00"))
	w.asks(times(2, bot.MatterPartly)...)
	w.sets("2026-11-23 09:00")
	m := w.digest("*2 zaken wachten op jullie*")
	w.carded(2)
	w.stop()
	for _, gone := range append(w.matterCards(w.Snapshot())[:1], m) {
		_, _, err := w.bot.client.api.DeleteMessageContext(ctx, cases, gone.TS)
		must(t, err)
	}
	all, err := w.desk.Matters(ctx, bot.MatterFilter{})
	must(t, err)
	is := all[0]
	is.Channel, is.Thread, is.TS, is.Drawn, is.TriedAt = cases, m.TS, "", 0, w.clock.Now()
	must(t, w.store.InTx(ctx, func(tx bot.Tx) error { return tx.PutMatter(ctx, is) }))
	w.clock.Add(matterLife)
	w.start()
	w.until("the card", func(p slackfake.Snapshot) bool {
		for _, one := range w.matterCards(p) {
			if one.ThreadTS == "" && strings.Contains(slackfake.RenderMessage(one), "Klant") {
				return true
			}
		}
		return false
	})
	w.eventually("it is written down", func() bool {
		all, err := w.desk.Matters(ctx, bot.MatterFilter{})
		must(t, err)
		return all[0].TS != ""
	})
}
