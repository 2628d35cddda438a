package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/helpdesk/cerb"
)

func (a *app) setupCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "setup", Short: "Make in other systems what the bot needs there"}
	var yes bool
	inCerb := &cobra.Command{
		Use: "cerb", Short: "Show, and with --yes make, the custom field and the snippets in Cerb that are missing",
		Long: "Shows what is there and what is missing. With --yes it makes what is missing; what exists is never touched.",
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(d *daemon.Daemon) error {
				setup := d.Setup()
				plan, err := setup.Plan(cmd.Context())
				if err != nil {
					return err
				}
				if rights, err := d.Rights(cmd.Context()); err == nil {
					fmt.Fprintln(a.out, rights+"\n")
				}
				a.printSetup(plan)
				if plan.Done() || !yes {
					return nil
				}
				if err := setup.Apply(cmd.Context(), plan); err != nil {
					return err
				}
				if plan, err = setup.Plan(cmd.Context()); err != nil {
					return err
				}
				fmt.Fprintln(a.out, "\nMade. Now:")
				a.printSetup(plan)
				if !plan.Done() {
					return errors.New("something is still not as it should be, see above")
				}
				return nil
			})
		},
	}
	inCerb.Flags().BoolVar(&yes, "yes", false, "make what is missing")
	cmd.AddCommand(inCerb)
	return cmd
}

func (a *app) printSetup(plan cerb.SetupPlan) {
	rows := [][]string{{"WHAT", "NAME", "STATE", "NOTE"}}
	missing := false
	for _, item := range plan.Items {
		rows = append(rows, []string{item.Kind, item.Name, string(item.State), item.Note})
		missing = missing || item.State == cerb.Missing
	}
	table(a.out, rows)
	if missing {
		fmt.Fprintln(a.out, "Next: aanmaner setup cerb --yes")
	}
}

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Ask every connection what is wrong, and say what to do", Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(d *daemon.Daemon) error { return a.printFindings(d.Doctor(cmd.Context())) })
		},
	}
}

func (a *app) printFindings(findings []daemon.Finding) error {
	bad := false
	for _, f := range findings {
		bad = bad || f.Status == "wrong"
		if a.json {
			if err := json.NewEncoder(a.out).Encode(f); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(a.out, "%-6s %s: %s\n", f.Status, printable(f.Name), printable(f.Said))
		if f.Do != "" {
			fmt.Fprintf(a.out, "       %s\n", f.Do)
		}
		if f.Status == "wrong" {
			fmt.Fprintf(a.out, "       in the guide: %s\n", f.Page)
		}
	}
	if bad {
		return errFailed
	}
	return nil
}
