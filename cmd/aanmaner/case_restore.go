package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
)

// restoreOptions is a decision about one case, or about all that one agent started.
type restoreOptions struct {
	decideOptions
	since, by string
	yes       bool
}

func (a *app) caseRestoreCommand() *cobra.Command {
	var o restoreOptions
	c := decisionCommand{
		choice: bot.ChooseRestore, name: "restore", needsWhy: true,
		until: "the day by which the payment is to be booked, YYYY-MM-DD (default: the debt stays, without an end)",
	}
	cmd := &cobra.Command{
		Use: "restore [case]", Args: arguments(cobra.MaximumNArgs(1)),
		Short: "Switch services on before the payment is booked, or undo a batch that was started by mistake",
		Long: `With a case: the services that it switched off are switched on although the debt is open, and its cancellations are
withdrawn: a proof of payment was seen, or the customer disputes. The case is on hold then. With --until the customer is told
by mail; when nothing is booked by that day a person is asked. Nothing is ever switched off again by itself.

With --since and --by: every case that one agent started since then is undone and ended, as by "case undo". Without --yes it
only shows what would be undone. Each case is a decision of its own, and nothing is touched that these cases did not do. A case
whose delay still runs is stopped, one that waits for approval is rejected. Mails can't be called back; the customer is told that
it was a mistake. What a case did that is over already is listed for a person's hands.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 not possible as the case stands (nothing was changed), 4 a person is needed.`,
		Example: "  aanmaner case restore 41 --until 2026-11-27 --as jacqueline@hoster.example --why 'proof of payment seen'\n" +
			"  aanmaner case restore --since 2026-11-23T14:00 --by sanne@hoster.example --as jacqueline@hoster.example --why 'wrong list'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.complete(c); err != nil {
				return usageError{err}
			}
			if len(args) == 1 && o.since == "" && o.by == "" {
				id, err := caseID(args[0])
				if err != nil {
					return err
				}
				return a.with(cmd.Context(), func(d *daemon.Daemon) error {
					return a.decide(cmd.Context(), d, id, bot.ChooseRestore, o.decideOptions)
				})
			}
			if len(args) == 1 || o.since == "" || !strings.Contains(o.by, "@") {
				return usageError{errors.New("name one case, or --since and --by with an agent's e-mail address")}
			}
			return a.with(cmd.Context(), func(d *daemon.Daemon) error { return a.undoBatch(cmd.Context(), d, o) })
		},
	}
	o.flags(cmd, c)
	f := cmd.Flags()
	f.StringVar(&o.since, "since", "", "all cases started since then, such as 2026-11-23T14:00 (with --by)")
	f.StringVar(&o.by, "by", "", "e-mail address of the agent who started them (with --since)")
	f.BoolVar(&o.yes, "yes", false, "do it; without it a batch is only shown")
	return cmd
}

// instantOf reads a time as people type it, in the company's zone where it names none.
func instantOf(text string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("--since: %q is no time; write it like 2026-11-23T14:00", text)
}

// batchOut is what would be done about one case of a batch, for programs.
type batchOut struct {
	Case    int64     `json:"case"`
	Number  string    `json:"customer_number"`
	Name    string    `json:"customer_name"`
	State   bot.State `json:"state"`
	Does    string    `json:"does"`
	Reverse []string  `json:"to_reverse"`
}

// undoBatch shows what the cases of a batch did and, if that is wanted, undoes it case by case.
func (a *app) undoBatch(ctx context.Context, d *daemon.Daemon, o restoreOptions) error {
	since, err := instantOf(o.since, d.Policy.Location)
	if err != nil {
		return usageError{err}
	}
	cases, err := d.Reception.Cases(ctx, bot.Filter{AgentEmail: strings.ToLower(o.by)})
	if err != nil {
		return err
	}
	cases = slices.DeleteFunc(cases, func(c bot.Case) bool { return c.CreatedAt.Before(since) })
	if len(cases) == 0 && !a.json {
		fmt.Fprintf(a.out, "%s has started no case since %s.\n", o.by, a.stamp(d, since))
	}
	files := make([]bot.File, len(cases))
	for i, c := range cases {
		if files[i], err = d.Reception.File(ctx, c.ID); err == nil {
			err = a.showBatch(files[i])
		}
		if err != nil {
			return err
		}
	}
	if !o.yes {
		if len(cases) > 0 && !a.json {
			fmt.Fprintf(a.out, "Nothing was changed. To do it, add --yes.\n")
		}
		return nil
	}
	return a.undoEach(ctx, d, files, o)
}

func (a *app) showBatch(f bot.File) error {
	c := f.Case
	out := batchOut{c.ID, c.CustomerNumber, c.CustomerName, c.State, undoPlan(f).says(), toReverse(f)}
	if a.json {
		return json.NewEncoder(a.out).Encode(out)
	}
	fmt.Fprintf(a.out, "Case %d · customer %s · %s: %s\n", c.ID, c.CustomerNumber, printable(c.CustomerName), out.Does)
	for _, line := range out.Reverse {
		fmt.Fprintf(a.out, "  - %s\n", printable(line))
	}
	return nil
}

// undoWay is how a case of a batch is undone.
type undoWay int

const (
	undoNothing undoWay = iota // it did nothing that stands, or its undoing is under way
	undoByHand                 // it is over, and what it did stands
	undoStop                   // it has begun nothing yet
	undoReject                 // it waits for approval
	undoAll
)

func undoPlan(f bot.File) undoWay {
	stands := f.Case.State
	if stands == bot.Person {
		stands = f.Case.Course.From
	}
	switch {
	case f.Case.State.Closed() && len(toReverse(f)) > 0:
		return undoByHand
	case f.Case.State.Closed(), stands == bot.Restoring, f.Case.Course.Undone != nil:
		return undoNothing
	case stands == bot.Confirming:
		return undoStop
	case stands == bot.Approving:
		return undoReject
	}
	return undoAll
}

func (w undoWay) says() string {
	return map[undoWay]string{
		undoNothing: "nothing to do", undoByHand: "is over; a person reverses what stands", undoStop: "is stopped before its first step",
		undoReject: "is rejected; it has done nothing", undoAll: "its services go on, its cancellations are withdrawn, the customer is told",
	}[w]
}

// undoEach undoes case by case. One that can't be undone keeps no other from it.
func (a *app) undoEach(ctx context.Context, d *daemon.Daemon, files []bot.File, o restoreOptions) error {
	var hands, failed bool
	for _, f := range files {
		err := a.undoOne(ctx, d, f, o)
		var no refusal
		switch {
		case ctx.Err() != nil:
			return errors.Join(err, ctx.Err())
		case errors.Is(err, errPerson), errors.As(err, &no):
			hands = true
		case err != nil:
			failed = true
		}
		if err != nil && !errors.Is(err, errPerson) {
			fmt.Fprintf(a.err, "Case %d: %v\n", f.Case.ID, err)
		}
		hands = hands || undoPlan(f) == undoByHand
	}
	switch {
	case failed:
		return errFailed
	case hands:
		return errPerson
	}
	return nil
}

func (a *app) undoOne(ctx context.Context, d *daemon.Daemon, f bot.File, o restoreOptions) error {
	id := f.Case.ID
	switch undoPlan(f) {
	case undoStop:
		by := bot.Actor{Name: agentName(o.as), Email: o.as, Via: "command line"}
		if err := d.Reception.Say(ctx, id, bot.SignalStop, by, bot.HandWorkDone{Note: o.why}, "command line:"+rand.Text()); err != nil {
			return err
		}
		return a.follow(ctx, d, id, len(f.Journal))
	case undoReject:
		return a.decide(ctx, d, id, bot.ChooseReject, o.decideOptions)
	case undoAll:
		return a.decide(ctx, d, id, bot.ChooseUndo, o.decideOptions)
	}
	return nil
}
