package bot

import (
	"context"
	"errors"
	"fmt"

	"github.com/aanmaner/aanmaner/bot/wording"
)

// SettingCopied says when a copy of the database was made, or when it was moved away from; empty in a database that is worked
// on.
const SettingCopied = "copied"

// ErrCopy: the database is a back-up copy that was put back, or one whose cases are worked on elsewhere since it was moved. It
// doesn't know what the bot did after that, so nobody works on it before Restored.
var ErrCopy = errors.New("the database is a back-up copy, or was moved to another one; " +
	"to work on it all the same, run: aanmaner restore --as E-MAIL")

// CopiedAt says when the copy was made that the database is, or when it was moved away from; empty when neither.
func (r *Reception) CopiedAt(ctx context.Context) (at string, err error) {
	err = r.store.InTx(ctx, func(tx Tx) (err error) { at, err = tx.Setting(ctx, SettingCopied); return })
	return at, err
}

// Restored makes an older state of the database fit to work on: whatever it says is still to be done may have been done since.
// Each running case is therefore handed to a person, with every step that is left in doubt, so that the bot looks before it
// does any of them; what can't be looked up, the mail above all, needs the person's word. Cases that wait for payment go on
// waiting. It lists the cases that were handed over. Calling it again changes nothing but those that went on meanwhile.
func (r *Reception) Restored(ctx context.Context, by Actor) (parked []Case, err error) {
	open, err := r.Cases(ctx, Filter{States: OpenStates()})
	if err != nil {
		return nil, err
	}
	copied, err := r.CopiedAt(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range open {
		err := r.store.InTx(ctx, func(tx Tx) error {
			handed, err := r.distrust(ctx, tx, &c, by, copied)
			if handed {
				parked = append(parked, c)
			}
			return err
		})
		if err != nil {
			return parked, fmt.Errorf("case %d: %w", c.ID, err)
		}
	}
	// Last of all: broken off before, it is simply done again.
	return parked, r.store.InTx(ctx, func(tx Tx) error { return tx.SetSetting(ctx, SettingCopied, "") })
}

// distrust puts every step of a case in doubt that is not known to be done, and hands the case to a person if there is one.
func (r *Reception) distrust(ctx context.Context, tx Tx, c *Case, by Actor, copied string) (handed bool, err error) {
	if *c, err = tx.Case(ctx, c.ID); err != nil {
		return false, err
	}
	intents, err := tx.Intents(ctx, c.ID)
	if err != nil {
		return false, err
	}
	now := r.world.Now()
	c.Course.CopiedAt = now
	for _, s := range c.errand() {
		if s.Harmless { // the check and the card: done once more they do nobody harm
			continue
		}
		for _, object := range s.Objects(*c, intents) {
			in := findIntent(intents, s.Name, object)
			if in.Outcome.Settled() || in.Outcome == HandWork {
				continue
			}
			// Answered: no call of ours can be under way any more, so a look tells the truth at once.
			in.CaseID, in.Step, in.Object, in.Outcome, in.Approved, in.Answered = c.ID, s.Name, object, Unknown, false, true
			in.CalledAt, in.StartedAt, in.Why = now, now, wording.Because("restored")
			if err := tx.PutIntent(ctx, in, Lease{}); err != nil {
				return false, err
			}
			handed = true
		}
	}
	text := by.Name + " put the database back from a copy"
	if copied != "" {
		text += " that was made at " + copied
	}
	if handed {
		if c.State != Person {
			c.Course.From = c.State
		}
		c.State, c.Reason, c.DueAt = Person, wording.Because("restored"), now
		text += "; what was done since is looked at before anything is done"
	}
	if err := tx.UpdateCase(ctx, c, Lease{}); err != nil {
		return handed, err
	}
	return handed, tx.Append(ctx, Entry{CaseID: c.ID, At: now, Who: by, Kind: "restored", Text: text + "."})
}
