package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// SignalDecide is what a person decided about a case; the body is a Decision.
const SignalDecide SignalKind = "decide"

// Decision is what a person decides about a running case, from a card or by the command line.
type Decision struct {
	Choice Choice           `json:"choice"`
	Matter string           `json:"matter,omitempty"` // the matter that it settles; empty: none
	Kind   PauseKind        `json:"kind,omitempty"`   // of a hold
	Until  backoffice.Date  `json:"until,omitzero"`   // the last day of a hold, the new end, the day of a promise, the day by which the money is booked
	Amount backoffice.Money `json:"amount,omitzero"`  // of a promise; zero: all that is owed
	Why    string           `json:"why,omitempty"`
}

// ErrDecided: somebody decided the matter before.
var ErrDecided = errors.New("the matter was decided before")

// NotNow is why a decision can't be taken: a sentence for the person who took it.
type NotNow struct {
	Reason  wording.Reason
	Settled Settled // with ErrDecided: who was quicker, and when
}

// Error is for the operator.
func (e *NotNow) Error() string { return "the decision can't be taken: " + e.Reason.Code }

// Is makes a decision that came second known as such.
func (e *NotNow) Is(target error) bool { return target == ErrDecided && !e.Settled.At.IsZero() }

// Decide takes a person's decision about a case: it is checked against how the case stands, the matter is settled once, and the
// clerk carries it out. A NotNow says why it can't be taken; nothing is changed then. A key that came before changes nothing.
func (r *Reception) Decide(ctx context.Context, caseID int64, d Decision, by Actor, key string) error {
	d.Why = strings.TrimSpace(d.Why)
	raw, err := json.Marshal(d)
	if err != nil {
		return err
	}
	err = r.surely(ctx, func(tx Tx) error {
		c, err := tx.Case(ctx, caseID)
		if err != nil {
			return err
		}
		if s, err := tx.Signal(ctx, key); err != nil || s.ID != "" {
			return err
		}
		said := Signal{ID: key, CaseID: caseID, Kind: SignalDecide, By: by, Body: raw, ReceivedAt: r.world.Now()}
		if err := r.settle(ctx, tx, d, said); err != nil { // first, as who was quicker says more than how the case stands since
			return err
		}
		if why := d.check(c, r.world); !why.IsZero() {
			return &NotNow{Reason: why}
		}
		if why := d.foreignEyes(c, by); !why.IsZero() {
			return &NotNow{Reason: why}
		}
		if c.State.Closed() {
			return r.decideAfter(ctx, tx, c, d, said)
		}
		_, err = tx.InsertSignal(ctx, said)
		return err
	})
	if err == nil {
		r.nudge(caseID)
	}
	return err
}

// settle marks the matters that a decision answers as decided: the one that it names, unless somebody was quicker, and with it all
// others that ask the same.
func (r *Reception) settle(ctx context.Context, tx Tx, d Decision, s Signal) error {
	all, err := tx.Matters(ctx, MatterFilter{CaseID: s.CaseID})
	if err != nil {
		return err
	}
	start := d.Choice == ChooseApprove || d.Choice == ChooseReject // there is one matter that it can be about
	named := slices.IndexFunc(all, func(m Matter) bool { return m.ID == d.Matter || d.Matter == "" && start && m.Kind == MatterApproval })
	switch {
	case d.Matter != "" && named < 0:
		return fmt.Errorf("%w: %q of case %d", ErrNoMatter, d.Matter, s.CaseID)
	case named >= 0 && !all[named].Open():
		return decidedBefore(all[named].Settled)
	}
	for n, m := range all {
		if !m.Open() || n != named && !slices.Contains(d.Choice.answers(), m.Kind) {
			continue
		}
		m.Settled = Settled{At: r.world.Now(), By: s.By, What: d.Choice, Why: d.Why, Key: s.ID}
		m.Version++
		if err := tx.PutMatter(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// answers lists the matters that a choice answers whether it was made on their card or elsewhere: what becomes of the customer's
// time. What others changed, or the bank took back, is answered on its own card only.
func (c Choice) answers() []MatterKind {
	switch c {
	case ChooseApprove, ChooseReject:
		return []MatterKind{MatterApproval}
	case ChooseHold, ChooseResume, ChooseExtend, ChoosePromise, ChooseRestore, ChooseGoOn, ChooseUndo:
		return []MatterKind{MatterDeadline, MatterPartly, MatterBroken, MatterHoldOver, MatterProof}
	}
	return nil
}

// check says why a decision can't be taken as the case stands; zero: it can.
func (d Decision) check(c Case, w World) wording.Reason {
	stands := c.State
	if stands == Person {
		stands = c.comesFrom()
	}
	may := map[Choice][]State{
		ChooseApprove: {Approving}, ChooseReject: {Approving},
		ChooseHold: {Confirming, Running, Waiting, Held}, ChooseResume: {Held}, ChooseExtend: {Waiting, Held}, ChoosePromise: {Waiting, Held},
		ChooseRestore: {Waiting, Held}, ChooseGoOn: {Waiting, Held}, ChooseLeave: {Waiting, Held, Restoring}, ChooseUndo: {Running, Waiting, Held},
		ChooseContact: {Approving, Confirming, Running, Waiting, Held, Restoring},
	}[d.Choice]
	switch {
	case c.State.Closed() && !d.saysAfter():
		return wording.Because("case_over")
	case !c.State.Closed() && !slices.Contains(may, stands):
		return wording.Because("not_in_this_state")
	case d.Why == "" && d.Choice != ChooseGoOn && d.Choice != ChooseApprove:
		return wording.Because("why_missing")
	}
	return d.checkDay(c, w)
}

// checkDay holds the decision's day against its bounds.
func (d Decision) checkDay(c Case, w World) wording.Reason {
	first, last := d.Bounds(c, w)
	switch {
	case d.Choice == ChoosePromise && c.Course.Promises >= w.Policy.PromisesMax:
		return wording.Because("promises_enough", "n", wording.Count(c.Course.Promises))
	case first.IsZero() || d.Until.IsZero() && d.mayBeEndless():
		return wording.Reason{}
	case d.Until < first || d.Until > last:
		return wording.Because("day_outside", "first", string(first), "last", string(last))
	}
	return wording.Reason{}
}

func (d Decision) mayBeEndless() bool { return d.Choice == ChooseHold || d.Choice == ChooseRestore }

// Bounds are the first and the last day that a decision may name; empty: it names none.
func (d Decision) Bounds(c Case, w World) (first, last backoffice.Date) {
	today := w.Today()
	switch d.Choice {
	case ChooseHold, ChooseRestore:
		return today, today.AddDays(w.Policy.ExtendMaxDays)
	case ChooseExtend:
		return max(today.AddDays(1), c.EndsOn()), today.AddDays(w.Policy.ExtendMaxDays)
	case ChoosePromise:
		return today, today.AddDays(w.Policy.PromiseMaxDays)
	}
	return "", ""
}

// Take notes that somebody takes a matter up, so that no two do, and reminders rest until then. A NotNow says that it was decided,
// or whose it is; the same person may take it again.
func (r *Reception) Take(ctx context.Context, matterID string, by Actor, remindAt time.Time) error {
	return r.changeMatter(ctx, matterID, func(m *Matter) *NotNow {
		if m.Taken.Name != "" && m.Taken != by {
			return &NotNow{Reason: wording.Because("taken_by", "who", m.Taken.Name, "at", wording.Instant(m.TakenAt))}
		}
		m.Taken, m.TakenAt, m.RemindAt, m.Reminded = by, r.world.Now(), remindAt, 0
		return nil
	})
}

// HandOver gives a matter to somebody else, whoever has it.
func (r *Reception) HandOver(ctx context.Context, matterID string, to Actor, remindAt time.Time) error {
	return r.changeMatter(ctx, matterID, func(m *Matter) *NotNow {
		m.Taken, m.TakenAt, m.RemindAt, m.Reminded = to, r.world.Now(), remindAt, 0
		return nil
	})
}

// Snooze lets nobody be reminded of a matter before an instant.
func (r *Reception) Snooze(ctx context.Context, matterID string, until time.Time) error {
	return r.changeMatter(ctx, matterID, func(m *Matter) *NotNow { m.RemindAt, m.Reminded = until, 0; return nil })
}

// changeMatter changes an open matter.
func (r *Reception) changeMatter(ctx context.Context, id string, change func(*Matter) *NotNow) error {
	return r.surely(ctx, func(tx Tx) error {
		m, err := tx.Matter(ctx, id)
		if err != nil {
			return err
		}
		if _, err := tx.Case(ctx, m.CaseID); err != nil { // alone with the case from here on
			return err
		}
		if m, err = tx.Matter(ctx, id); err != nil {
			return err
		}
		if !m.Open() {
			return decidedBefore(m.Settled)
		}
		if no := change(&m); no != nil {
			return no
		}
		m.Version++
		return tx.PutMatter(ctx, m)
	})
}

// Matters lists matters, the oldest first.
func (r *Reception) Matters(ctx context.Context, f MatterFilter) (all []Matter, err error) {
	err = r.store.InTx(ctx, func(tx Tx) (err error) { all, err = tx.Matters(ctx, f); return })
	return all, err
}

func decidedBefore(s Settled) *NotNow {
	return &NotNow{Settled: s, Reason: wording.Because("decided_before", "who", s.By.Name, "at", wording.Instant(s.At))}
}
