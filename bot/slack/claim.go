package slack

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// errElsewhere: another replica draws the card at this moment.
var errElsewhere = errors.New("slack: another replica draws the card")

// errLost: another replica has taken the drawing over, since ours took too long.
var errLost = errors.New("slack: another replica took the card over")

// sighted is another replica's claim, and since when we see it. Its age is counted from there, by our own clock: the
// replicas' clocks may differ by more than a drawing takes.
type sighted struct {
	claim time.Time
	since time.Time
}

// claimPatiently claims a card, waiting a moment for a replica that draws it. idle is true when there is nothing to draw.
func (s *Slack) claimPatiently(ctx context.Context, caseID int64) (d *drawing, idle bool, err error) {
	for range 20 {
		d, idle, err = s.claim(ctx, caseID)
		if !errors.Is(err, errElsewhere) {
			return d, idle, err
		}
		select {
		case <-ctx.Done():
			return d, false, err
		case <-time.After(s.pace.elsewhere / 200):
		}
	}
	return d, false, err
}

// claim reads a case and its card in one state and, in the same transaction, makes this run the one that draws the card: by
// writing the moment into the card's row. Whoever finds a claim there leaves the card alone, until the claim is so old that
// its owner must be dead. For a card that isn't posted yet the claim is at the same time the record that posting was tried.
func (s *Slack) claim(ctx context.Context, caseID int64) (d *drawing, idle bool, err error) {
	d = &drawing{}
	err = s.inTx(ctx, func(tx bot.Tx) error {
		if err := d.read(ctx, tx, caseID); err != nil {
			return err
		}
		d.m = s.channelScreen().card(d.f, d.orders)
		before := d.card.TriedAt
		if !before.IsZero() && s.board.isElsewhere(caseID, before, s.claimLife()) {
			return errElsewhere
		}
		idle = d.card.TS != "" && before.IsZero() && d.card.Drawn == d.f.Case.Version && s.board.shows(d.card, d.m.sum()) &&
			d.card.Thread >= len(d.f.Journal)
		if idle {
			return nil
		}
		if d.card.TS == "" {
			d.doubt = before
		}
		d.claim = s.cfg.Now().Truncate(time.Millisecond) // as the row keeps it
		if !d.claim.After(before) {
			d.claim = before.Add(time.Millisecond)
		}
		if d.card.Channel == "" {
			d.card.Channel = s.cfg.CaseChannel
		}
		d.card.TriedAt, d.was = d.claim, d.card.TS
		return tx.PutCard(ctx, d.card)
	})
	if err == nil && !idle {
		s.board.claimed(caseID, d.claim)
	}
	return d, idle, err
}

// claimLife is how long a claim of another process counts, from when it is first seen.
func (s *Slack) claimLife() time.Duration {
	if s.cfg.Alone {
		return s.pace.dead
	}
	return s.pace.elsewhere
}

func (d *drawing) read(ctx context.Context, tx bot.Tx, caseID int64) (err error) {
	if d.f.Case, err = tx.Case(ctx, caseID); err != nil {
		return err
	}
	if d.f.Intents, err = tx.Intents(ctx, caseID); err != nil {
		return err
	}
	if d.f.Journal, d.f.Head, err = tx.Journal(ctx, caseID); err != nil {
		return err
	}
	if d.orders, err = tx.Signals(ctx, caseID); err != nil {
		return err
	}
	d.card, err = tx.Card(ctx, caseID)
	d.card.CaseID = caseID
	return err
}

// keep writes down how far the drawing has come, if it is still ours. If it isn't, what another replica wrote stands, but
// for a card of ours where there is none yet: who writes first wins, and the other one takes its own card away again.
func (s *Slack) keep(ctx context.Context, d *drawing) error { return s.write(ctx, d, d.claim) }

// release ends the claim.
func (s *Slack) release(ctx context.Context, d *drawing) error {
	err := s.write(ctx, d, d.left)
	if d.left.IsZero() {
		s.board.released(d.card.CaseID)
	} else {
		s.board.claimed(d.card.CaseID, d.left)
	}
	if d.twin != "" {
		s.dropTwin(ctx, d.twinIn, posted{d.twin, d.card.CaseID})
	}
	if errors.Is(err, errLost) { // what we drew may stand over what was drawn later
		s.board.forget(d.card.CaseID)
		s.Changed(d.card.CaseID)
	}
	return err
}

func (s *Slack) write(ctx context.Context, d *drawing, claim time.Time) error {
	return s.inTx(ctx, func(tx bot.Tx) error {
		row, err := tx.Card(ctx, d.card.CaseID)
		if err != nil {
			return err
		}
		ours := row.TriedAt.Equal(d.claim)
		switch {
		case row.TS != d.was && row.TS != d.card.TS: // another card was written down meanwhile
			d.twin, d.twinIn = d.card.TS, d.card.Channel
			d.card = row
			if !ours {
				return errLost
			}
			row.TriedAt = claim
			return tx.PutCard(ctx, row)
		case ours:
			d.card.TriedAt, d.was = claim, d.card.TS
			return tx.PutCard(ctx, d.card)
		case d.card.TS != "" && row.TS == "":
			d.was, row.TS, row.Channel = d.card.TS, d.card.TS, d.card.Channel
			return tx.PutCard(ctx, row)
		}
		return errLost
	})
}

func (b *board) claimed(caseID int64, claim time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mine[caseID] = claim
	delete(b.others, caseID)
}

func (b *board) released(caseID int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.mine, caseID)
	delete(b.others, caseID)
}

// isElsewhere says whether a claim is another replica's and still counts.
func (b *board) isElsewhere(caseID int64, claim time.Time, life time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.mine[caseID].Equal(claim) {
		return false
	}
	seen := b.others[caseID]
	if !seen.claim.Equal(claim) {
		b.others[caseID] = sighted{claim, time.Now()}
		return true
	}
	return time.Since(seen.since) < life
}

// shows says whether the card shows this, as far as nobody else has drawn it since.
func (b *board) shows(card bot.Card, sum [32]byte) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	is := b.shown[card.CaseID]
	return is.sum == sum && is.drawn == card.Drawn
}

// note keeps what a card shows.
func (b *board) note(caseID int64, is shown) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.shown) > 10000 { // then a few edits are made that change nothing
		clear(b.shown)
	}
	b.shown[caseID] = is
}

func (b *board) forget(caseID int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.shown, caseID)
}

// postedAt is when a message was posted: its timestamp is seconds and microseconds.
func postedAt(ts string) time.Time {
	seconds, _, _ := strings.Cut(ts, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(n, 0)
}
