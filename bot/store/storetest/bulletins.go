package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

func bulletinTests() []subtest {
	return []subtest{
		{"ComesBackAsItWentIn", bulletinRoundTrip},
		{"IsMadeAndChangedByTheFirst", bulletinStale},
		{"ListIsNewestFirst", bulletinList},
	}
}

// putBulletin gives what is stored.
func putBulletin(t *testing.T, s bot.Store, b bot.Bulletin) bot.Bulletin {
	t.Helper()
	in(t, s, func(ctx context.Context, tx bot.Tx) error { return tx.PutBulletin(ctx, &b) })
	return b
}

func bulletins(t *testing.T, s bot.Store, since int) []bot.Bulletin {
	t.Helper()
	return get(t, s, func(ctx context.Context, tx bot.Tx) ([]bot.Bulletin, error) { return tx.Bulletins(ctx, at(since)) })
}

func bulletinRoundTrip(t *testing.T, b *Bench) {
	first := putBulletin(t, b.Store, bot.Bulletin{
		ID: "morning 2026-11-24", Kind: bot.BulletinMorning, OpenedAt: at(1), TriedAt: at(2), Channel: "C1", Thread: "17.0", TS: "17.1", Shown: "ab",
		BulletinBody: bot.BulletinBody{Items: []bot.BulletinItem{{CaseID: 7, Matter: "7 deadline 1", Fresh: true}, {CaseID: 8}}, Whom: []string{"S1"}},
	})
	same(t, "the version", first.Version, int64(1))
	same(t, "stored", bulletins(t, b.Again(t), 0), []bot.Bulletin{first})
	first.TS, first.TriedAt, first.Items = "17.2", time.Time{}, nil
	second := putBulletin(t, b.Store, first)
	same(t, "the next version", second.Version, int64(2))
	same(t, "changed", bulletins(t, b.Again(t), 0), []bot.Bulletin{second})
}

func bulletinStale(t *testing.T, b *Bench) {
	stored := putBulletin(t, b.Store, bot.Bulletin{ID: "b", Kind: bot.BulletinMany, OpenedAt: at(1)})
	again := try(t, b.Again(t), func(ctx context.Context, tx bot.Tx) error {
		return tx.PutBulletin(ctx, &bot.Bulletin{ID: "b", Kind: bot.BulletinMany, OpenedAt: at(9)})
	})
	isErr(t, "made twice", again, bot.ErrStale)
	late := stored
	stored.TS = "17.1"
	stored = putBulletin(t, b.Store, stored)
	late.TS = "17.2"
	isErr(t, "an old version", try(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.PutBulletin(ctx, &late) }), bot.ErrStale)
	same(t, "what stands", bulletins(t, b.Store, 0), []bot.Bulletin{stored})
}

func bulletinList(t *testing.T, b *Bench) {
	for i, id := range []string{"old", "middle", "new"} {
		putBulletin(t, b.Store, bot.Bulletin{ID: id, OpenedAt: at(i)})
	}
	var ids []string
	for _, one := range bulletins(t, b.Store, 1) {
		ids = append(ids, one.ID)
	}
	same(t, "since", ids, []string{"new", "middle"})
}
