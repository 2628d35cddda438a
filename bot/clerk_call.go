package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aanmaner/aanmaner/bot/wording"
)

// errInterrupted: a signal or a pause came in between the look and the call; nothing was called.
var errInterrupted = errors.New("something came in first")

// act does a step for one object: what must be known first, the intent, the call, and what came of it.
func (k *Clerk) act(ctx context.Context, c Case, s Step, intents []Intent, in Intent, l Lease) (tally, error) {
	cctx, cancel := k.callContext(ctx)
	defer cancel()
	if s.Needs != "" {
		offers, err := k.world.Office.Capabilities(cctx)
		if err != nil {
			return k.notCalled(ctx, c, s, in, err, l)
		}
		if !offers.Offers(s.Needs) {
			return k.leaveToHands(ctx, c, s, in, l)
		}
	}
	prior, err := s.Before(cctx, k.world, c, in.Object)
	if err != nil {
		return k.notCalled(ctx, c, s, in, err, l)
	}
	if s.Recall != nil {
		prior = s.Recall(c, intents, in.Object, prior)
	}
	switch {
	case !prior.Stop.IsZero():
		return tally{park: prior.Stop}, nil
	case !prior.Hands.IsZero():
		in.Prior = prior.State
		return k.giveToHands(ctx, in, prior.Hands, l)
	case !prior.Skip.IsZero():
		in.Outcome, in.Why, in.Prior, in.Evidence = Skipped, prior.Skip, prior.State, "Left alone: "+k.english(prior.Skip)+"."
		return tally{}, k.record(ctx, in, "step skipped", in.Evidence, nil, l)
	}
	in.Prior, in.Outcome, in.Approved, in.Answered = prior.State, Started, false, false
	in.Tries++
	if in, err = k.commit(ctx, s, in, l); err != nil {
		return tally{}, err
	}
	if err := k.holdOn(ctx, c.ID, l); err != nil {
		return tally{}, err
	}
	dctx, dcancel := k.callContext(ctx)
	defer dcancel()
	res, err := s.Do(dctx, k.world, c, in)
	_, t, err := k.after(ctx, c, s, in, res, err, l)
	return t, err
}

// commit writes the intent down before the call. In the same transaction it makes sure that nothing came in meanwhile: a
// stop, or a pause for a step that hurts.
func (k *Clerk) commit(ctx context.Context, s Step, in Intent, l Lease) (Intent, error) {
	in.CalledAt = k.world.Now()
	return in, k.store.InTx(ctx, func(tx Tx) error {
		signals, err := tx.Signals(ctx, in.CaseID)
		if err != nil {
			return err
		}
		paused, err := tx.Setting(ctx, settingPaused)
		if err != nil {
			return err
		}
		if len(signals) > 0 || paused != "" && s.Hurts {
			return errInterrupted
		}
		return tx.PutIntent(ctx, in, l)
	})
}

// leaveToHands notes that a step is a person's, since the back office doesn't offer it.
func (k *Clerk) leaveToHands(ctx context.Context, c Case, s Step, in Intent, l Lease) (tally, error) {
	return k.giveToHands(ctx, in, handWork(c, s.Name, in.Object), l)
}

// giveToHands notes that an object is a person's, and why.
func (k *Clerk) giveToHands(ctx context.Context, in Intent, why wording.Reason, l Lease) (tally, error) {
	in.Outcome, in.Why = HandWork, why
	return tally{}, k.record(ctx, in, "by hand", "By hand: "+k.english(in.Why), nil, l)
}

// notCalled is what follows when what must be known first can't be read: nothing was called.
func (k *Clerk) notCalled(ctx context.Context, c Case, s Step, in Intent, err error, l Lease) (tally, error) {
	out, why := classify(err)
	if out == Unknown {
		out = NotSent
	}
	in.Outcome, in.Why, in.Error = out, k.stepReason(out, s, in, why), err.Error()
	in.Tries++
	return k.later(in), k.record(ctx, in, "not called", "Nothing was called: "+k.english(in.Why)+".", nil, l)
}

// after judges what a call brought. What is not certain is looked at right away.
func (k *Clerk) after(ctx context.Context, c Case, s Step, in Intent, res Result, err error, l Lease) (Intent, tally, error) {
	if err == nil && !s.Prove {
		return k.done(ctx, in, res, l)
	}
	out, why := classify(err)
	if err != nil {
		in.Error = err.Error()
	}
	in.Answered = err == nil || answered(err)
	switch {
	case err == nil || out == Unknown:
		in.Outcome, in.Why = Unknown, wording.Reason{}
		if err := k.record(ctx, in, "called", calledText(err), nil, l); err != nil {
			return in, tally{}, err
		}
		return k.resolve(ctx, c, s, in, l)
	case out == HandWork:
		t, err := k.leaveToHands(ctx, c, s, in, l)
		return in, t, err
	}
	in.Outcome, in.Why = out, k.stepReason(out, s, in, why)
	if s.GoesOn && out == Refused {
		t, err := k.giveToHands(ctx, in, in.Why, l)
		return in, t, err
	}
	text := "No effect: " + k.english(in.Why) + "."
	return in, k.later(in), k.record(ctx, in, string(out), text, nil, l)
}

func calledText(err error) string {
	if err == nil {
		return "The call was taken; the bot looks whether it is done."
	}
	return "It is not known whether the call had an effect; the bot looks."
}

// done records a step as done.
func (k *Clerk) done(ctx context.Context, in Intent, res Result, l Lease) (Intent, tally, error) {
	in.Outcome, in.Evidence, in.Remote, in.Error, in.Why = Done, res.Evidence, res.Remote, "", wording.Reason{}
	in.Changed = in.Changed || res.Changed
	in.SettledAt = k.world.Now()
	return in, tally{}, k.record(ctx, in, "step done", res.Evidence, res.Apply, l)
}

// resolve looks what became of an intent, and judges what was seen.
func (k *Clerk) resolve(ctx context.Context, c Case, s Step, in Intent, l Lease) (Intent, tally, error) {
	cctx, cancel := k.callContext(ctx)
	defer cancel()
	sight, err := s.Look(cctx, k.world, c, in)
	if err != nil {
		out, why := classify(err)
		in.Error = err.Error()
		t := tally{wait: k.world.Now().Add(k.backoff(in.Tries)), why: why}
		if out == Refused || k.tooLong(in) {
			t = tally{park: k.stepReason(Unknown, s, in, why)}
		}
		return in, t, k.record(ctx, in, "look failed", "The bot could not look: "+k.english(why)+".", nil, l)
	}
	switch sight.Kind {
	case SeenDone:
		if in.Outcome == Claimed {
			sight.Result.Changed = true // a person did it for this case: a restore has to reverse it
			sight.Result.Evidence = in.Evidence + " " + sight.Result.Evidence
		}
		return k.done(ctx, in, sight.Result, l)
	case SeenFailed:
		in.Outcome, in.Why = NotSent, wording.Because("mail_down")
		return in, k.later(in), k.record(ctx, in, "not sent", "Looked: "+sight.Evidence+".", nil, l)
	case SeenPending:
		return k.pending(ctx, in, sight, l)
	case SeenAbsent:
		return k.absent(ctx, c, s, in, sight, l)
	}
	return k.uncertain(ctx, s, in, sight, l)
}

// pending waits for what another system will still do by itself. Doing it again would do it twice.
func (k *Clerk) pending(ctx context.Context, in Intent, sight Sight, l Lease) (Intent, tally, error) {
	why := wording.Because("notice_queued")
	in.Why, in.Approved = why, false // what a person asked for was a repeat of something that is not there
	if in.Outcome == Denied {        // what is still queued will be done: the word does not hold
		in.Outcome = Unknown
	}
	since := sight.Since
	if since.IsZero() || since.Before(in.CalledAt) {
		since = in.CalledAt
	}
	if k.world.Now().After(since.Add(k.world.Policy.QueueWait)) {
		return in, tally{park: why}, k.record(ctx, in, "still queued", "Looked: "+sight.Evidence+".", nil, l)
	}
	return in, tally{wait: k.world.Now().Add(min(time.Minute, k.world.Policy.QueueWait/10)), why: why},
		k.record(ctx, in, "queued", "Looked: "+sight.Evidence+".", nil, l)
}

// absent judges that nothing of a call is to be seen. After the grace time, or once an answer had come, that proves for
// some steps that nothing was done. For the others a person decides.
func (k *Clerk) absent(ctx context.Context, c Case, s Step, in Intent, sight Sight, l Lease) (Intent, tally, error) {
	until := in.CalledAt.Add(k.world.Policy.Grace)
	switch {
	case in.Outcome == Claimed && s.RepeatAbsent:
		in.Outcome, in.Why = HandWork, wording.Because("not_seen_yet", "step", "step."+string(s.Name))
		return in, tally{}, k.record(ctx, in, "not seen", "Looked: "+sight.Evidence+"; it waits for a person's hands.", nil, l)
	case in.Outcome == Claimed:
		return k.done(ctx, in, Result{Evidence: in.Evidence, Changed: true}, l)
	case !in.Answered && !s.Harmless && k.world.Now().Before(until):
		in.Why = wording.Because("look_again", "step", "step."+string(s.Name))
		return in, tally{wait: until, why: in.Why}, k.record(ctx, in, "looked", "Looked: "+sight.Evidence+". The call may still be under way.", nil, l)
	case s.RepeatAbsent || in.Approved:
		t := tally{}
		if in.Answered && !in.Approved {
			t = tally{wait: k.world.Now().Add(k.backoff(in.Tries)), why: wording.Because("look_again", "step", "step."+string(s.Name))}
		}
		in.Outcome = NotSent
		if k.tooLong(in) && !in.Approved {
			t = tally{park: k.stepReason(Unknown, s, in, wording.Reason{})}
		}
		return in, t, k.record(ctx, in, "not done", "Looked: "+sight.Evidence+". It was not done and may be repeated.", nil, l)
	}
	return k.uncertain(ctx, s, in, sight, l)
}

// uncertain leaves to a person what the bot can't find out.
func (k *Clerk) uncertain(ctx context.Context, s Step, in Intent, sight Sight, l Lease) (Intent, tally, error) {
	switch in.Outcome {
	case Claimed:
		return k.done(ctx, in, Result{Evidence: in.Evidence, Changed: true}, l)
	case Denied:
		in.Outcome = NotSent
		return in, tally{}, k.record(ctx, in, "not done", "Looked: "+sight.Evidence+". It is repeated on the person's word.", nil, l)
	}
	if s.GoesOn && !sight.Reason.IsZero() { // somebody else's doing: it keeps nothing else up
		t, err := k.giveToHands(ctx, in, sight.Reason, l)
		return in, t, err
	}
	why := sight.Reason
	if why.IsZero() {
		why = wording.Because("step_unknown", "step", "step."+string(s.Name))
	}
	in.Outcome, in.Why, in.Approved = Unknown, why, false
	return in, tally{park: why}, k.record(ctx, in, "in doubt", "Looked: "+sight.Evidence+". A person has to look.", nil, l)
}

// later says when an intent without effect is tried again, or that a person is asked.
func (k *Clerk) later(in Intent) tally {
	if in.Outcome == Refused || k.tooLong(in) {
		return tally{park: in.Why}
	}
	return tally{wait: k.world.Now().Add(k.backoff(in.Tries)), why: in.Why}
}

func (k *Clerk) tooLong(in Intent) bool {
	return k.world.Now().After(in.StartedAt.Add(k.world.Policy.RetryFor))
}

// backoff is the time before the next try.
func (k *Clerk) backoff(tries int) time.Duration {
	steps := k.world.Policy.Backoff
	if len(steps) == 0 {
		return time.Minute
	}
	return steps[min(max(tries-1, 0), len(steps)-1)]
}

// stepReason names the step with the reason, where the reason alone doesn't.
func (k *Clerk) stepReason(out Outcome, s Step, in Intent, why wording.Reason) wording.Reason {
	step := "step." + string(s.Name)
	switch out {
	case Refused:
		return wording.Because("step_refused", "step", step, "why", why.Args["why"])
	case Unknown:
		return wording.Because("step_unknown", "step", step)
	}
	if k.tooLong(in) {
		return wording.Because("silent_too_long", "step", step)
	}
	return why
}

// record writes an intent's outcome, its line in the journal, and what the case keeps of it, in one transaction.
func (k *Clerk) record(ctx context.Context, in Intent, kind, text string, apply func(*Case), l Lease) error {
	data := remote(map[string]any{
		"call": fmt.Sprintf("%s %s", in.Step, in.Object), "try": in.Tries, "outcome": in.Outcome, "changed": in.Changed,
		"took_ms": tookMS(in, k.world.Now()), "came_back": in.Remote, "error": in.Error,
	})
	err := k.store.InTx(context.WithoutCancel(ctx), func(tx Tx) error {
		if err := tx.PutIntent(ctx, in, l); err != nil {
			return err
		}
		if apply != nil {
			c, err := tx.Case(ctx, in.CaseID)
			if err != nil {
				return err
			}
			apply(&c)
			if err := tx.UpdateCase(ctx, &c, l); err != nil {
				return err
			}
		}
		entry := Entry{CaseID: in.CaseID, At: k.world.Now(), Who: TheBot(), Step: in.Step, Object: in.Object,
			Kind: kind, Text: text, Data: data}
		if said, err := saidBefore(ctx, tx, entry); err != nil || said {
			return err
		}
		return tx.Append(ctx, entry)
	})
	k.changed(in.CaseID)
	if err == nil && k.world.Observe != nil {
		k.world.Observe(ctx, in.Step, in.Outcome, time.Duration(tookMS(in, k.world.Now()))*time.Millisecond)
	}
	return err
}

func tookMS(in Intent, now time.Time) int64 {
	if in.CalledAt.IsZero() {
		return 0
	}
	return now.Sub(in.CalledAt).Milliseconds()
}

// saidBefore says whether an entry only repeats that the bot looked and still waits: one line tells that, not hundreds. Calls
// are always written down.
func saidBefore(ctx context.Context, tx Tx, e Entry) (bool, error) {
	switch e.Kind {
	case "queued", "still queued", "look failed", "not called", "looked":
	default:
		return false, nil
	}
	entries, _, err := tx.Journal(ctx, e.CaseID)
	if err != nil {
		return false, err
	}
	for _, old := range slices.Backward(entries) {
		if old.Step == e.Step && old.Object == e.Object {
			return old.Kind == e.Kind && old.Text == e.Text, nil
		}
	}
	return false, nil
}
