package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
)

// terminateOptions is what the command line asks for.
type terminateOptions struct {
	as         string
	dryRun     bool
	confirm    string
	cancelDays int
	setAside   string
	key        string
}

func (a *app) terminateCommand() *cobra.Command {
	var o terminateOptions
	cmd := &cobra.Command{
		Use:   "terminate <customer>",
		Short: "Start the non-payer procedure for a customer",
		Long: `Looks the customer up by number, external reference, name, e-mail address or domain, shows what will happen, and
starts the procedure once it is confirmed: on a terminal by typing the customer number, otherwise by --confirm.
The ticket is the agent's that --as names. --dry-run only shows.

Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 3 blocked (nothing was changed), 4 a person is needed.`,
		Example: `  aanmaner terminate 10234 --as sanne@hoster.example --dry-run
  aanmaner terminate 10234 --as sanne@hoster.example --confirm 10234`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !strings.Contains(o.as, "@") {
				return usageError{errors.New("--as wants the agent's e-mail address: the ticket will be theirs")}
			}
			return a.with(cmd.Context(), func(d *daemon.Daemon) error { return a.terminate(cmd.Context(), d, args[0], o) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.as, "as", "", "the agent's e-mail address (required)")
	f.BoolVar(&o.dryRun, "dry-run", false, "show what would happen and change nothing")
	f.StringVar(&o.confirm, "confirm", "", "the customer number, instead of typing it")
	f.IntVar(&o.cancelDays, "cancel-days", 0, "days until the cancellation (default: the configuration's)")
	f.StringVar(&o.setAside, "set-aside", "", "why the comment \"betalingsachterstand\" on the account no longer holds")
	f.StringVar(&o.key, "key", "", "a text of your own: the same key never starts two cases")
	return cmd
}

// terminate previews, confirms, starts and follows.
func (a *app) terminate(ctx context.Context, d *daemon.Daemon, query string, o terminateOptions) error {
	customer, err := a.pick(ctx, d, query)
	if err != nil {
		return err
	}
	req := bot.Request{CustomerID: customer, AgentEmail: strings.ToLower(o.as), Wish: bot.Wish{CancelDays: o.cancelDays}, SetAsideWhy: o.setAside}
	preview, err := d.Reception.Preview(ctx, req)
	if err != nil {
		return err
	}
	if err := a.printPreview(d, preview); err != nil {
		return err
	}
	if !preview.Plan.Possible() {
		return errBlocked
	}
	if o.dryRun {
		return nil
	}
	if err := a.confirmed(preview.Plan, o.confirm); err != nil {
		return err
	}
	return a.start(ctx, d, req, preview.Plan, o)
}

// pick finds the one customer that is meant. Several are listed: it never guesses.
func (a *app) pick(ctx context.Context, d *daemon.Daemon, query string) (string, error) {
	m, err := d.Reception.Find(ctx, query, 10)
	switch {
	case err != nil:
		return "", err
	case m.Total == 0 || len(m.Customers) == 0:
		return "", usageError{fmt.Errorf("no customer found for %q. Searched by number, name, e-mail address and domain", query)}
	case m.Total == 1:
		return m.Customers[0].ID, nil
	}
	for _, c := range m.Customers {
		if c.Number == query {
			return c.ID, nil
		}
	}
	rows := [][]string{{"NUMBER", "NAME", "CITY"}}
	for _, c := range m.Customers {
		rows = append(rows, []string{c.Number, c.Name, c.City})
	}
	table(a.err, rows)
	return "", usageError{fmt.Errorf("%d customers match %q, the first %d are above. Use the customer number", m.Total, query, len(m.Customers))}
}

// confirmed asks for the customer number on a terminal, and takes it from --confirm otherwise.
func (a *app) confirmed(p bot.Plan, given string) error {
	number := p.Customer.Number
	if given == "" && a.interactive() {
		fmt.Fprintf(a.err, "\nType the customer number to confirm: ")
		if _, err := fmt.Fscanln(a.in, &given); err != nil {
			return usageError{errors.New("nothing was typed, nothing was changed")}
		}
	}
	if given == "" {
		return usageError{fmt.Errorf("not confirmed, nothing was changed. Add --confirm %s to go on", number)}
	}
	if given != number {
		return usageError{fmt.Errorf("%q isn't this customer's number (%s), nothing was changed", given, number)}
	}
	return nil
}

func (a *app) start(ctx context.Context, d *daemon.Daemon, req bot.Request, p bot.Plan, o terminateOptions) error {
	key := "command line:" + o.key
	if o.key == "" {
		key += rand.Text()
	}
	by := bot.Actor{Name: p.AgentName, Email: req.AgentEmail, Via: "command line"}
	got, err := d.Reception.Start(ctx, req, by, p.Fingerprint(), key)
	if err != nil {
		return err
	}
	if got.Preview != nil {
		fmt.Fprintln(a.err, "Changed since the preview; nothing was started. This is how it stands now:")
		if err := a.printPreview(d, *got.Preview); err != nil {
			return err
		}
		return errBlocked
	}
	if c := got.Case; c.State == bot.Confirming {
		fmt.Fprintf(a.err, "Case %d starts in %s. To stop it: aanmaner case stop %d --as %s --why REASON\n", c.ID, d.Policy.ConfirmDelay, c.ID, req.AgentEmail)
	}
	return a.follow(ctx, d, got.Case.ID, 0)
}

// agentName makes a name for the journal from an address, where nothing better is known.
func agentName(email string) string {
	name, _, _ := strings.Cut(email, "@")
	return name
}

// follow prints what happens to a case until it rests, after the first told lines of its journal.
func (a *app) follow(ctx context.Context, d *daemon.Daemon, caseID int64, told int) error {
	f, err := d.Follow(ctx, caseID, told, func(e bot.Entry) { a.printEntry(e) })
	if errors.Is(err, context.Canceled) {
		fmt.Fprintf(a.err, "Interrupted. Case %d goes on when `aanmaner serve` runs; see it with: aanmaner case show %d\n", caseID, caseID)
		return errFailed
	}
	if err != nil {
		return err
	}
	if a.json {
		if err := json.NewEncoder(a.out).Encode(caseJSON(d, f)); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(a.out, stateLine(d, f.Case))
		if f.Case.State == bot.Running {
			fmt.Fprintf(a.out, "It goes on at %s or later, by `aanmaner serve`.\n", f.Case.DueAt.In(d.Policy.Location).Format("2 January 15:04"))
		}
		fmt.Fprintf(a.out, "Next: aanmaner case show %d\n", caseID)
	}
	if f.Case.State == bot.Person {
		return errPerson
	}
	return nil
}
