package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aanmaner/aanmaner/bot/wording"
)

// hear handles the signals of a case, oldest first, each once.
func (k *Clerk) hear(ctx context.Context, tx Tx, c *Case, intents []Intent, l Lease) error {
	signals, err := tx.Signals(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, s := range signals {
		outcome, err := k.obey(ctx, tx, c, intents, s, l)
		if err != nil {
			return fmt.Errorf("signal %s: %w", s.ID, err)
		}
		if err := tx.HandleSignal(ctx, s.ID, outcome, k.world.Now()); err != nil {
			return err
		}
	}
	return nil
}

// obey does what one signal asks for, and says what became of it.
func (k *Clerk) obey(ctx context.Context, tx Tx, c *Case, intents []Intent, s Signal, l Lease) (string, error) {
	if c.State.Closed() {
		return "the case has ended", nil
	}
	var said HandWorkDone
	if err := json.Unmarshal(s.Body, &said); err != nil && len(s.Body) > 0 {
		k.log.WarnContext(ctx, "signal can't be read", "signal", s.ID, "error", err)
	}
	switch s.Kind {
	case SignalStop:
		text := fmt.Sprintf("%s stopped the case (%s). %s", s.By.Name, said.Note, standing(*c, intents))
		if err := k.closeMatters(ctx, tx, c.ID, "stopped"); err != nil {
			return "", err
		}
		return "stopped", k.end(ctx, tx, c, s.By, wording.Because("stopped", "who", s.By.Name, "why", said.Note), text)
	case signalResumed:
		if c.State != Running {
			return "not waiting", nil
		}
		c.DueAt = k.world.Now()
		return "goes on", tx.Append(ctx, Entry{CaseID: c.ID, At: k.world.Now(), Who: s.By, Kind: "pause ended", Text: s.By.Name + " ended the pause of the bot."})
	case SignalRetry:
		return "tried again", k.retry(ctx, tx, c, intents, s, said, l)
	case SignalByHand:
		return k.claimed(ctx, tx, c, intents, s, said, l)
	case SignalMoney:
		c.Course.LookAt = k.world.Now()
		if c.watchesMoney() {
			c.DueAt = k.world.Now()
		}
		return "looked at", nil
	case SignalDecide:
		var d Decision
		if err := json.Unmarshal(s.Body, &d); err != nil {
			return "can't be read", nil
		}
		return k.decide(ctx, tx, c, intents, s, d)
	}
	return "not understood", nil
}

// standing says in English what the case has done that stays as it is.
func standing(c Case, intents []Intent) string {
	var done int
	for _, in := range intents {
		if in.Outcome == Done && in.Changed {
			done++
		}
	}
	if done == 0 {
		return "Nothing had been changed outside."
	}
	return fmt.Sprintf("What was done stays as it is, %d changes in all; a person finishes or reverses it.", done)
}

// retry lets the open intents of a case be tried again: looked at first, and then repeated even where only a person may
// say so. One in which even a look shows nothing certain is repeated only if the person says that it was not done.
func (k *Clerk) retry(ctx context.Context, tx Tx, c *Case, intents []Intent, s Signal, said HandWorkDone, l Lease) error {
	text := s.By.Name + " asked to try again; the bot looks first."
	if said.NotDone {
		text = fmt.Sprintf("%s says that what is in doubt was not done.%s The bot looks once more and then repeats it.", s.By.Name, said.why())
	}
	for i, in := range intents {
		if in.Outcome.Settled() || in.Outcome == HandWork {
			continue
		}
		in.Approved, in.Tries, in.StartedAt = true, 0, k.world.Now()
		if said.NotDone && in.Outcome == Unknown {
			in.Outcome = Denied
		}
		if err := tx.PutIntent(ctx, in, l); err != nil {
			return err
		}
		intents[i] = in
	}
	k.wake(c)
	return tx.Append(ctx, Entry{CaseID: c.ID, At: k.world.Now(), Who: s.By, Step: c.Step, Kind: "retry asked", Text: text})
}

// claimed notes that a person says a step was done by hand. The bot looks before it believes it.
func (k *Clerk) claimed(ctx context.Context, tx Tx, c *Case, intents []Intent, s Signal, said HandWorkDone, l Lease) (string, error) {
	n := 0
	for i, in := range intents {
		open := in.Outcome == HandWork || in.Outcome == Unknown || in.Outcome == Refused || in.Outcome == NotSent
		if !open || said.Step != "" && said.Step != in.Step || said.Object != "" && said.Object != in.Object {
			continue
		}
		in.Outcome, in.Evidence = Claimed, fmt.Sprintf("%s says that it was done by hand.%s", s.By.Name, said.why())
		if err := tx.PutIntent(ctx, in, l); err != nil {
			return "", err
		}
		intents[i] = in
		n++
	}
	if n == 0 {
		return "nothing waits for a person's hands", nil
	}
	k.wake(c)
	return fmt.Sprintf("%d said to be done", n), tx.Append(ctx, Entry{CaseID: c.ID, At: k.world.Now(), Who: s.By, Step: said.Step,
		Object: said.Object, Kind: "done by hand", Text: fmt.Sprintf("%s says that it was done by hand.%s", s.By.Name, said.why())})
}

// wake lets a case go on that stood still.
func (k *Clerk) wake(c *Case) {
	if c.State == Person {
		c.State, c.Reason = c.comesFrom(), wording.Reason{}
	}
	c.DueAt = k.world.Now()
}
