package bot_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// doubtfulStore says of every other commit that wrote something that nobody knows whether it was made. It was, or it wasn't.
type doubtfulStore struct {
	bot.Store
	made  bool
	times int
}

func (s *doubtfulStore) InTx(ctx context.Context, f func(bot.Tx) error) error {
	doubt := false
	err := s.Store.InTx(ctx, func(tx bot.Tx) error {
		wrote := false
		err := f(writingTx{tx, &wrote})
		if wrote {
			s.times++
		}
		if doubt = wrote && err == nil && s.times%2 == 1; doubt && !s.made {
			err = errUndone
		}
		return err
	})
	if doubt {
		return bot.ErrInDoubt
	}
	return err
}

// writingTx notes that something is written.
type writingTx struct {
	bot.Tx
	wrote *bool
}

func (t writingTx) UpdateCase(ctx context.Context, c *bot.Case, l bot.Lease) error {
	*t.wrote = true
	return t.Tx.UpdateCase(ctx, c, l)
}

func (t writingTx) PutIntent(ctx context.Context, in bot.Intent, l bot.Lease) error {
	*t.wrote = true
	return t.Tx.PutIntent(ctx, in, l)
}

func (t writingTx) Append(ctx context.Context, e bot.Entry) error {
	*t.wrote = true
	return t.Tx.Append(ctx, e)
}

var errUndone = errors.New("undone")

// TestCommitInDoubtStartsOneCaseAndDoesEverythingOnce lets half of all commits end in doubt, for reception and clerk alike.
func TestCommitInDoubtStartsOneCaseAndDoesEverythingOnce(t *testing.T) {
	for _, made := range []bool{true, false} {
		r := newRig(t)
		store := &doubtfulStore{Store: r.database, made: made}
		seen := r.preview("10234").Plan.Fingerprint()
		desk := bot.NewReception(store, r.world, func(int64) {}, slog.New(slog.DiscardHandler))
		req := bot.Request{CustomerID: "10234", AgentEmail: sanne}
		got, err := desk.Start(context.Background(), req, bot.Actor{Name: "Sanne"}, seen, "key")
		must(t, err)
		if got.Case.ID == 0 {
			t.Fatalf("not started: %+v", got)
		}
		clerk := bot.NewClerk(store, r.world, func(int64) {}, slog.New(slog.DiscardHandler))
		for range 200 {
			_ = clerk.Advance(context.Background(), got.Case.ID) // in doubt, mostly
			r.clock.Add(10 * time.Second)
			if f := r.file(got.Case.ID); f.Case.State == bot.Person {
				must(t, r.desk.Say(context.Background(), got.Case.ID, bot.SignalRetry, bot.Actor{Name: "Sanne"}, nil, r.clock.Now().String()))
			}
		}
		f := r.run(got.Case.ID, time.Hour)
		r.wantState(f, bot.Waiting, "")
		r.happenedOnce("10234", jansen, f)
	}
}
