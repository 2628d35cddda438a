package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot/wording"
)

// Clerk takes cases forward, one turn after another, as far as they go. What makes it safe to be killed at any moment:
//
//   - before every call to the outside, the intent is committed; where an intent is found open, the clerk looks what became
//     of it before anything is repeated;
//   - what can't be looked up, or is seen and isn't certain, waits for a person;
//   - a lease keeps two clerks from working on one case, and every write is refused once the lease is another's.
type Clerk struct {
	store   Store
	world   World
	changed func(caseID int64)
	log     *slog.Logger
}

// NewClerk makes a clerk. changed is told of every case that looks different now; it must not block.
func NewClerk(store Store, world World, changed func(caseID int64), log *slog.Logger) *Clerk {
	return &Clerk{store: store, world: world, changed: changed, log: log}
}

// never is when a case is due that waits for a person or has ended.
func never() time.Time { return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }

// Advance takes the case as far as it goes now. It returns when the case waits for a time, a person or another system, or
// when ctx ends: a call under way is then seen to its end first, since a call that is cut off is a call in doubt. ErrLeased
// means that another clerk is at work on it; any other error, that our own rows could not be read or written.
func (k *Clerk) Advance(ctx context.Context, caseID int64) error {
	lease := k.newLease(rand.Text())
	ok, err := k.store.Claim(ctx, caseID, lease, k.world.Now())
	if err != nil {
		return err
	}
	if !ok {
		return ErrLeased
	}
	defer func() {
		if err := k.store.Release(context.WithoutCancel(ctx), caseID, lease); err != nil && !errors.Is(err, ErrStale) {
			k.log.ErrorContext(ctx, "lease can't be given back", "case", caseID, "error", err)
		}
	}()
	for ctx.Err() == nil {
		again, err := k.turn(ctx, caseID, lease)
		if errors.Is(err, ErrStale) { // another clerk has taken over: what it finds, it looks up
			k.log.WarnContext(ctx, "lease lost", "case", caseID)
			return nil
		}
		if err != nil || !again {
			return err
		}
	}
	return nil
}

// newLease is long enough for every phase of a step; it is renewed before each.
func (k *Clerk) newLease(token string) Lease {
	return Lease{Token: token, Until: k.world.Now().Add(3*k.world.Policy.StepTimeout + k.world.Policy.Grace)}
}

// turn hears what came in, decides what the case does now, and does one step of it.
func (k *Clerk) turn(ctx context.Context, caseID int64, l Lease) (again bool, err error) {
	var c Case
	var intents []Intent
	var do StepName
	err = k.store.InTx(ctx, func(tx Tx) error {
		if c, err = tx.Case(ctx, caseID); err != nil {
			return err
		}
		if intents, err = tx.Intents(ctx, caseID); err != nil {
			return err
		}
		before := c
		if err := k.hear(ctx, tx, &c, intents, l); err != nil {
			return err
		}
		if do, err = k.move(ctx, tx, &c, intents); err != nil || same(before, c) {
			return err
		}
		return tx.UpdateCase(ctx, &c, l)
	})
	if err != nil {
		return false, err
	}
	k.changed(caseID)
	if do == "" {
		return false, nil
	}
	return true, k.work(ctx, c, do, intents, l)
}

// same says whether nothing of a case changed that has to be written.
func same(a, b Case) bool {
	return a.State == b.State && a.Step == b.Step && a.DueAt.Equal(b.DueAt) && a.Reason.Code == b.Reason.Code &&
		a.Mode == b.Mode && a.EndedAt.Equal(b.EndedAt) && reflect.DeepEqual(a.Course, b.Course)
}

// move decides what the case does now: a step to work on, or "" to rest until it is due. State changes that need nothing
// from outside are made here.
func (k *Clerk) move(ctx context.Context, tx Tx, c *Case, intents []Intent) (StepName, error) {
	now := k.world.Now()
	if c.Mode != k.world.Policy.Mode && !c.State.Closed() {
		return "", k.otherMode(ctx, tx, c)
	}
	switch c.State {
	case Approving:
		return "", k.moveApproving(ctx, tx, c)
	case Confirming:
		if until := c.CreatedAt.Add(k.world.Policy.ConfirmDelay); now.Before(until) {
			c.DueAt = until
			return "", nil
		}
		c.State, c.DueAt = Running, now
		return k.moveOn(ctx, tx, c, intents)
	case Running:
		return k.moveOn(ctx, tx, c, intents)
	case Waiting:
		return k.moveWaiting(ctx, tx, c, intents)
	case Held:
		return k.moveHeld(ctx, tx, c, intents)
	case Restoring:
		return k.moveRestoring(ctx, tx, c, intents)
	case Person:
		return k.movePerson(c, intents), nil
	}
	return "", nil
}

// otherMode keeps a program from working on a case of the other mode. A dry case ends; a live one waits for a live program.
func (k *Clerk) otherMode(ctx context.Context, tx Tx, c *Case) error {
	if c.Mode == Live {
		c.DueAt = k.world.Now().Add(time.Hour)
		return nil
	}
	return k.end(ctx, tx, c, TheBot(), wording.Because("dry_never_live"), "A dry-run case never becomes live: it ends here.")
}

// moveOn finds the next step of a running case, or what it waits for when none is left.
func (k *Clerk) moveOn(ctx context.Context, tx Tx, c *Case, intents []Intent) (StepName, error) {
	now := k.world.Now()
	if now.Before(c.DueAt) {
		return "", nil
	}
	if _, known := stepNamed(c.Step); !known { // a newer release was at work: leave it to that one
		c.DueAt = now.Add(10 * time.Minute)
		return "", nil
	}
	next, byHand := progress(*c, intents, Procedure())
	if len(byHand) > 0 && (next == "" || next == AnnounceCase) {
		c.Step = byHand[0].Step
		return "", k.ask(ctx, tx, c, wording.Because("by_hand", "n", wording.Count(len(byHand))))
	}
	if next == "" || next == AnnounceCase {
		return next, k.startWaiting(ctx, tx, c, next)
	}
	c.Step = next
	return next, nil
}

// startWaiting is the end of the procedure: the customer has until CancelOn to pay.
func (k *Clerk) startWaiting(ctx context.Context, tx Tx, c *Case, next StepName) error {
	c.State, c.Step = Waiting, AnnounceCase
	c.Reason = wording.Because("wait_payment", "day", string(c.EndsOn()))
	k.watchMoney(c)
	c.rest(c.EndsOn().Time(k.world.Policy.Location))
	if next == AnnounceCase {
		c.DueAt = k.world.Now()
	}
	return tx.Append(ctx, Entry{CaseID: c.ID, At: k.world.Now(), Who: TheBot(), Kind: "waiting",
		Text: "Everything is done; the customer has until " + string(c.Terms.CancelOn) + " to pay."})
}

// ask hands the case to a person: the bot does nothing more until one has decided.
func (k *Clerk) ask(ctx context.Context, tx Tx, c *Case, why wording.Reason) error {
	if c.State != Person {
		c.Course.From = c.State
	}
	c.State, c.Reason = Person, why
	k.watchMoney(c)
	c.rest(never())
	return tx.Append(ctx, Entry{CaseID: c.ID, At: k.world.Now(), Who: TheBot(), Step: c.Step, Kind: "person asked",
		Data: remote(why), Text: "A person has to decide: " + k.english(why) + "."})
}

// end closes the case.
func (k *Clerk) end(ctx context.Context, tx Tx, c *Case, by Actor, why wording.Reason, text string) error {
	c.State, c.Reason, c.DueAt, c.EndedAt = Ended, why, never(), k.world.Now()
	return tx.Append(ctx, Entry{CaseID: c.ID, At: k.world.Now(), Who: by, Kind: "ended", Data: remote(why), Text: text})
}

// english puts a reason into words for the journal, without the full stop.
func (k *Clerk) english(r wording.Reason) string {
	if k.world.Words == nil {
		return r.Code
	}
	return strings.TrimRight(k.world.Words.Reason(wording.EN, r), ".")
}

// commentOwed says whether a case that stands still has a ticket but not yet the comment that keeps others from starting
// by hand.
func commentOwed(c Case, intents []Intent) bool {
	if c.Ticket.ID == "" {
		return false
	}
	switch findIntent(intents, WriteComment, "").Outcome {
	case "", Started, NotSent, Unknown, Denied:
		return true
	}
	return false
}
