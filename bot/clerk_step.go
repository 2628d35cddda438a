package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/bot/wording"
)

// tally is what the objects of a step came to, together.
type tally struct {
	park wording.Reason // set: a person has to decide
	wait time.Time      // set: not before then
	paid bool           // all invoices of the case are closed
	saw  Facts          // with paid: the look that showed it
	why  wording.Reason // why it waits
}

// add takes in what one object came to. A person goes before waiting, the first reason before later ones.
func (t *tally) add(o tally) {
	if t.park.IsZero() {
		t.park = o.park
	}
	if o.paid {
		t.paid, t.saw = true, o.saw
	}
	if !o.wait.IsZero() && (t.wait.IsZero() || o.wait.Before(t.wait)) {
		t.wait, t.why = o.wait, o.why
	}
}

// work does one step of a case and notes what the case does next.
func (k *Clerk) work(ctx context.Context, c Case, name StepName, intents []Intent, l Lease) error {
	if name == lookAtMoney {
		return k.money(ctx, c, l)
	}
	s, ok := stepNamed(name)
	if !ok {
		return fmt.Errorf("case %d: step %q is not of this release", c.ID, name)
	}
	t, err := k.perform(ctx, c, s, intents, l)
	if errors.Is(err, errInterrupted) { // a signal or a pause came in: hear it first
		return nil
	}
	if err != nil {
		return err
	}
	standsStill := !t.park.IsZero() || !t.wait.IsZero() && !t.wait.Before(k.world.Now().Add(time.Minute))
	if standsStill && c.State == Running && name != WriteComment {
		if err := k.commentFirst(ctx, c.ID, l); err != nil {
			return err
		}
	}
	return k.conclude(ctx, c.ID, s, t, l)
}

// commentFirst writes the comment of a case that is about to stand still, so that nobody starts by hand. Whether it works
// out or not, the case stands still for its own reason.
func (k *Clerk) commentFirst(ctx context.Context, caseID int64, l Lease) error {
	var c Case
	var intents []Intent
	err := k.store.InTx(ctx, func(tx Tx) (err error) {
		if c, err = tx.Case(ctx, caseID); err == nil {
			intents, err = tx.Intents(ctx, caseID)
		}
		return err
	})
	if err != nil || !commentOwed(c, intents) {
		return err
	}
	s, _ := stepNamed(WriteComment)
	_, err = k.perform(ctx, c, s, intents, l)
	if errors.Is(err, errInterrupted) {
		return nil
	}
	return err
}

// conclude writes down where the case stands after a step.
func (k *Clerk) conclude(ctx context.Context, caseID int64, s Step, t tally, l Lease) error {
	err := k.store.InTx(ctx, func(tx Tx) error {
		c, err := tx.Case(ctx, caseID)
		if err != nil {
			return err
		}
		switch {
		case t.paid && c.State != Restoring:
			if err := k.paid(ctx, tx, &c, t.saw); err != nil {
				return err
			}
		case c.State == Person: // it wrote its comment meanwhile, or did something beside
			c.rest(never())
			if !t.wait.IsZero() {
				c.DueAt = t.wait
			} else if t.park.IsZero() {
				c.DueAt = k.world.Now()
			}
		case !t.park.IsZero() && !s.Lax:
			if err := k.ask(ctx, tx, &c, t.park); err != nil {
				return err
			}
			if err := k.oweComment(ctx, tx, &c); err != nil {
				return err
			}
		case !t.wait.IsZero():
			c.DueAt = t.wait
			if c.State == Running || c.State == Restoring {
				c.Reason = t.why
			}
		case s.Lax && !t.park.IsZero():
			c.DueAt = k.world.Now().Add(10 * time.Minute)
		default:
			if c.State == Running {
				c.Reason = wording.Reason{}
			}
			c.DueAt = k.world.Now()
		}
		return tx.UpdateCase(ctx, &c, l)
	})
	k.changed(caseID)
	return err
}

// oweComment lets a case that stands still try its comment again later, if that didn't work out at once.
func (k *Clerk) oweComment(ctx context.Context, tx Tx, c *Case) error {
	intents, err := tx.Intents(ctx, c.ID)
	if err == nil && commentOwed(*c, intents) {
		c.DueAt = k.world.Now().Add(k.backoff(findIntent(intents, WriteComment, "").Tries))
	}
	return err
}

// perform looks at what is in doubt, looks at the debt again if the step hurts, and then does what is left, for all objects
// of the step at once.
func (k *Clerk) perform(ctx context.Context, c Case, s Step, intents []Intent, l Lease) (tally, error) {
	var total tally
	todo, err := k.survey(ctx, c, s, intents, l, &total)
	if err != nil || len(todo) == 0 {
		return total, err
	}
	if s.Hurts {
		if v := k.lookAgain(ctx, c, s); v.Kind != Go {
			return v.tally(), k.noteVerdict(ctx, c, s, v)
		}
	}
	l = k.newLease(l.Token)
	if err := k.store.Renew(ctx, c.ID, l); err != nil {
		return total, err
	}
	return total, k.each(todo, &total, func(in Intent) (tally, error) { return k.act(ctx, c, s, intents, in, l) })
}

// each runs f for every intent at once and adds up what comes of them.
func (k *Clerk) each(intents []Intent, total *tally, f func(Intent) (tally, error)) error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var errs []error
	for _, in := range intents {
		wg.Go(func() {
			t, err := f(in)
			mu.Lock()
			defer mu.Unlock()
			total.add(t)
			errs = append(errs, err)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// survey lists the intents of a step that are to be acted on: new ones, and open ones of which a look has shown that
// nothing was done.
func (k *Clerk) survey(ctx context.Context, c Case, s Step, intents []Intent, l Lease, total *tally) (todo []Intent, err error) {
	var doubtful []Intent
	for _, object := range s.Objects(c, intents) {
		in := findIntent(intents, s.Name, object)
		switch {
		case in.Outcome.Settled(), in.Outcome == HandWork:
		case in.Outcome == "":
			todo = append(todo, Intent{CaseID: c.ID, Step: s.Name, Object: object, StartedAt: k.world.Now()})
		case in.Outcome == NotSent, in.Outcome == Refused && in.Approved:
			todo = append(todo, in)
		case in.Outcome == Refused:
			total.add(tally{park: in.Why})
		default:
			doubtful = append(doubtful, in)
		}
	}
	var mu sync.Mutex
	err = k.each(doubtful, total, func(in Intent) (tally, error) {
		next, t, err := k.resolve(ctx, c, s, in, l)
		if next.Outcome == NotSent && t.wait.IsZero() && err == nil {
			mu.Lock()
			defer mu.Unlock()
			todo = append(todo, next)
		}
		return t, err
	})
	return todo, err
}

// lookAgain reads the facts once more and asks whether the step may hurt now.
func (k *Clerk) lookAgain(ctx context.Context, c Case, s Step) Verdict {
	cctx, cancel := k.callContext(ctx)
	defer cancel()
	facts, err := Gather(cctx, k.world, c.CustomerID, &c.Terms)
	if err != nil {
		k.log.WarnContext(ctx, "facts can't be read", "case", c.ID, "error", err)
		return k.factsVerdict(c, err)
	}
	past := Filter{CustomerID: c.CustomerID}
	err = k.store.InTx(ctx, func(tx Tx) error {
		cases, err := tx.Cases(ctx, past)
		if err != nil {
			return err
		}
		for _, other := range cases {
			if other.ID != c.ID && other.State.Closed() {
				facts.PastCases = append(facts.PastCases, other)
			}
		}
		facts.PausedBy, err = tx.Setting(ctx, settingPaused)
		return err
	})
	if err != nil {
		return Verdict{Kind: Hold, Reason: wording.Because("internal"), Until: k.world.Now().Add(time.Minute)}
	}
	if facts.PausedBy != "" {
		return Verdict{Kind: Hold, Reason: wording.Because("bot_paused", "who", facts.PausedBy), Until: k.world.Now().Add(recheckEvery)}
	}
	facts.OpenCase = &c
	facts.SetAside = c.Terms.SetAside
	v := Recheck(c, s.Name, facts, k.world.Policy)
	v.saw = facts
	if v.Kind == Hold && moneyWaits(v.Reason) {
		return k.patience(c, v, k.world.Policy.MoneyWait)
	}
	return v
}

// factsVerdict: a debt that can't be looked at holds the step, and in the end a person is asked.
func (k *Clerk) factsVerdict(c Case, err error) Verdict {
	out, why := classify(err)
	if out == Refused {
		return Verdict{Kind: ToPerson, Reason: why}
	}
	return k.patience(c, Verdict{Kind: Hold, Reason: why, Until: k.world.Now().Add(k.backoff(1))}, k.world.Policy.RetryFor)
}

// patience turns a wait for one and the same reason into a question to a person once it has lasted longer than the limit.
// Since when it lasts is kept with the case's reason.
func (k *Clerk) patience(c Case, v Verdict, limit time.Duration) Verdict {
	since := k.world.Now()
	if t, err := time.Parse(time.RFC3339, c.Reason.Args["since"]); err == nil && c.Reason.Code == v.Reason.Code {
		since = t
	}
	if k.world.Now().After(since.Add(limit)) {
		return Verdict{Kind: ToPerson, Reason: v.Reason}
	}
	args := map[string]string{"since": wording.Instant(since)}
	for name, value := range v.Reason.Args {
		args[name] = value
	}
	v.Reason.Args = args
	return v
}

func (v Verdict) tally() tally {
	switch {
	case v.Paid:
		return tally{paid: true, saw: v.saw}
	case v.Kind == ToPerson:
		return tally{park: v.Reason}
	}
	return tally{wait: v.Until, why: v.Reason}
}

// noteVerdict writes down why a step that hurts was not started, once for each reason.
func (k *Clerk) noteVerdict(ctx context.Context, c Case, s Step, v Verdict) error {
	if v.Kind == ToPerson || c.Reason.Code == v.Reason.Code {
		return nil // the asking is written down where it is done
	}
	return k.store.InTx(ctx, func(tx Tx) error {
		return tx.Append(ctx, Entry{CaseID: c.ID, At: k.world.Now(), Who: TheBot(), Step: s.Name, Kind: "waits",
			Data: remote(v.Reason), Text: "Not started: " + k.english(v.Reason) + "."})
	})
}

// callContext bounds a call to the outside by the policy's deadline. It outlives a shutdown: a call that is cut off is a
// call in doubt.
func (k *Clerk) callContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), k.world.Policy.StepTimeout)
}

// holdOn makes sure, after the intent is written and right before the call, that the lease outlasts the call. A process may
// have stood still for longer than its lease (a suspended machine, a debugger, a full disk), be none the wiser, and call what
// another clerk has looked for and done meanwhile. ErrStale then: that other clerk has the case.
func (k *Clerk) holdOn(ctx context.Context, caseID int64, l Lease) error {
	for k.world.Now().Add(k.world.Policy.StepTimeout + k.world.Policy.Grace).After(l.Until) {
		l = k.newLease(l.Token)
		if err := k.store.Renew(ctx, caseID, l); err != nil {
			return err
		}
	}
	return nil
}
