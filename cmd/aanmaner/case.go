package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/wording"
)

func (a *app) caseCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "case", Short: "Look at cases and say what is to become of them",
		Example: "  aanmaner case list\n  aanmaner case show 41\n  aanmaner case retry 41 --as sanne@hoster.example\n  aanmaner case extend 41 --until 2027-01-08 --as jacqueline@hoster.example --why 'asked by phone'",
	}
	for _, c := range decisionCommands() {
		cmd.AddCommand(a.decideCommand(c))
	}
	cmd.AddCommand(
		a.caseRestoreCommand(), a.caseMattersCommand(),
		a.caseListCommand(), a.caseShowCommand(), a.caseVerifyCommand(), a.caseExportCommand(), a.caseForgetCommand(),
		a.sayCommand("retry", "Try a step again that waits for a person; the bot looks first", bot.SignalRetry),
		a.sayCommand("done-by-hand", "Say that a step was done by hand; the bot looks before it believes it", bot.SignalByHand),
		a.sayCommand("stop", "End a case; what was done stays as it is", bot.SignalStop),
	)
	return cmd
}

func (a *app) caseListCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "list", Short: "List cases, newest first", Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(d *daemon.Daemon) error { return a.listCases(cmd.Context(), d, all) })
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "ended ones too")
	return cmd
}

func (a *app) listCases(ctx context.Context, d *daemon.Daemon, all bool) error {
	filter := bot.Filter{States: bot.OpenStates()}
	if all {
		filter.States = nil
	}
	cases, err := d.Reception.Cases(ctx, filter)
	if err != nil {
		return err
	}
	rows := [][]string{{"CASE", "CUSTOMER", "NAME", "OUTSTANDING", "STATE", "ENDS", "WHY", "AGENT"}}
	for _, c := range cases {
		if a.json {
			if err := json.NewEncoder(a.out).Encode(caseJSON(d, bot.File{Case: c})); err != nil {
				return err
			}
		}
		rows = append(rows, []string{
			strconv.FormatInt(c.ID, 10), c.CustomerNumber, c.CustomerName, money(owed(c)), string(c.State), string(c.EndsOn()),
			d.Words.Reason(wording.EN, c.Reason), c.Terms.AgentEmail,
		})
	}
	switch {
	case a.json:
	case len(cases) == 0:
		fmt.Fprintln(a.out, "No cases. Start one with: aanmaner terminate <customer> --as <e-mail>")
	default:
		table(a.out, rows)
		fmt.Fprintf(a.out, "Next: aanmaner case show %d\n", cases[0].ID)
	}
	return nil
}

func caseID(arg string) (int64, error) {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || id < 1 {
		return 0, usageError{fmt.Errorf("%q is no case number; see aanmaner case list", arg)}
	}
	return id, nil
}

func (a *app) caseVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "verify <case>", Short: "Prove that a case's journal was not changed", Args: arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := caseID(args[0])
			if err != nil {
				return err
			}
			return a.with(cmd.Context(), func(d *daemon.Daemon) error {
				f, err := d.Reception.File(cmd.Context(), id)
				if err != nil {
					return err
				}
				if err := bot.VerifyCase(f.Case, f.Journal, f.Head); err != nil {
					return fmt.Errorf("the journal of case %d does not hold: %w", id, err)
				}
				if !f.Case.ForgottenAt.IsZero() {
					fmt.Fprintf(a.out, "Case %d was forgotten on %s: what its entries said was taken out, their chain is whole.\n", id, f.Case.ForgottenAt.Format(time.DateOnly))
				}
				fmt.Fprintf(a.out, "Case %d: %d entries, unbroken, ending in %s\n", id, f.Head.N, f.Head.Hash)
				return nil
			})
		},
	}
}

// sayOptions is what a person says about a case.
type sayOptions struct {
	as, why, step, object string
	notDone               bool
}

func (a *app) sayCommand(name, short string, kind bot.SignalKind) *cobra.Command {
	var o sayOptions
	cmd := &cobra.Command{
		Use: name + " <case>", Short: short, Args: arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := caseID(args[0])
			if err != nil {
				return err
			}
			if o.notDone && o.why == "" {
				return usageError{errors.New("--not-done wants --why: where you looked goes into the file")}
			}
			if o.as == "" || kind == bot.SignalStop && o.why == "" {
				return usageError{errors.New("say who you are with --as, and for a stop why with --why: it goes into the file")}
			}
			return a.with(cmd.Context(), func(d *daemon.Daemon) error { return a.say(cmd.Context(), d, id, kind, o) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.as, "as", "", "your e-mail address (required)")
	f.StringVar(&o.why, "why", "", "why; this goes into the file")
	if kind == bot.SignalByHand {
		f.StringVar(&o.step, "step", "", "only this step (as case show names it)")
		f.StringVar(&o.object, "object", "", "only this service id")
	}
	if kind == bot.SignalRetry {
		f.BoolVar(&o.notDone, "not-done", false, "you have looked where the bot can't, such as in the mail server's log: what is in doubt did not happen")
	}
	return cmd
}

func (a *app) say(ctx context.Context, d *daemon.Daemon, id int64, kind bot.SignalKind, o sayOptions) error {
	by := bot.Actor{Name: agentName(o.as), Email: o.as, Via: "command line"}
	f, err := d.Reception.File(ctx, id)
	if err != nil {
		return err
	}
	if f.Case.State.Closed() {
		fmt.Fprintf(a.out, "%s\n", stateLine(d, f.Case))
		return nil
	}
	body := bot.HandWorkDone{Step: bot.StepName(o.step), Object: o.object, Note: o.why, NotDone: o.notDone}
	if err := d.Reception.Say(ctx, id, kind, by, body, "command line:"+rand.Text()); err != nil {
		return err
	}
	return a.follow(ctx, d, id, len(f.Journal))
}
