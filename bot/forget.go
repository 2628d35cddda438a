package bot

import (
	"context"
	"fmt"
	"time"
)

// forgetAtOnce is how many cases one look of the retention job takes up.
const forgetAtOnce = 100

// Forget takes the personal data out of a case that has ended, and notes in its journal that, when and by whom. Forgetting
// twice changes nothing. ErrCaseOpen for one that has not ended, ErrNoCase when there is none.
func (r *Reception) Forget(ctx context.Context, caseID int64, by Actor) (forgotten bool, err error) {
	now := r.world.Now()
	err = r.store.InTx(ctx, func(tx Tx) error {
		c, err := tx.Case(ctx, caseID)
		if err != nil || !c.ForgottenAt.IsZero() {
			return err
		}
		if err := tx.ForgetCase(ctx, caseID, now); err != nil {
			return err
		}
		forgotten = true
		return tx.Append(ctx, Entry{CaseID: caseID, At: now, Who: by, Kind: "forgotten",
			Text: fmt.Sprintf("%s had the personal data taken out. What stays is when it was, what was done and the seals.", by.Name)})
	})
	return forgotten && err == nil, err
}

// ForgetOld forgets every case that ended before a moment, and never an open one; likewise what people typed and asked before it
// that led to no case. It answers how many cases it forgot; after an error the rest waits for the next time.
func (r *Reception) ForgetOld(ctx context.Context, endedBefore time.Time) (n int, err error) {
	for {
		old, err := r.Cases(ctx, Filter{States: []State{Ended}, EndedBefore: endedBefore, NotForgotten: true, Limit: forgetAtOnce})
		if err != nil {
			return n, err
		}
		if len(old) == 0 {
			return n, r.store.InTx(ctx, func(tx Tx) error { _, err := tx.ForgetLoose(ctx, endedBefore); return err })
		}
		for _, c := range old {
			if _, err := r.Forget(ctx, c.ID, TheBot()); err != nil {
				return n, fmt.Errorf("forget case %d: %w", c.ID, err)
			}
			n++
		}
	}
}
