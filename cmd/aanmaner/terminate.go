package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
)

// terminateOptions is what the command line asks for.
type terminateOptions struct {
	as         string
	dryRun     bool
	confirm    string
	cancelDays int
	cancelOn   string
	keep       []string
	scope      string
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
  aanmaner terminate 10234 --as sanne@hoster.example --confirm 10234
  aanmaner terminate 10234 --as sanne@hoster.example --keep "db02=complaint is running" --cancel-on 2026-12-31`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !strings.Contains(o.as, "@") {
				return usageError{errors.New("--as wants the agent's e-mail address: the ticket will be theirs")}
			}
			wish, err := o.wish()
			if err != nil {
				return usageError{err}
			}
			return a.with(cmd.Context(), func(d *daemon.Daemon) error { return a.terminate(cmd.Context(), d, args[0], o, wish) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.as, "as", "", "the agent's e-mail address (required)")
	f.BoolVar(&o.dryRun, "dry-run", false, "show what would happen and change nothing")
	f.StringVar(&o.confirm, "confirm", "", "the customer number, instead of typing it")
	f.IntVar(&o.cancelDays, "cancel-days", 0, "days until the cancellation (default: the configuration's)")
	f.StringVar(&o.cancelOn, "cancel-on", "", "the day of the cancellation, YYYY-MM-DD, instead of --cancel-days")
	f.StringArrayVar(&o.keep, "keep", nil, "leave a service alone, and why: NAME=WHY; may be given again")
	f.StringVar(&o.scope, "scope", "", "\"unpaid\": only services that an overdue invoice is for (default: the configuration's)")
	f.StringVar(&o.setAside, "set-aside", "", "why the comment \"betalingsachterstand\" on the account no longer holds")
	f.StringVar(&o.key, "key", "", "a text of your own: the same key never starts two cases")
	return cmd
}

// wish reads what the agent wants otherwise than the policy. Services are named as people call them; named puts their ids in.
func (o terminateOptions) wish() (bot.Wish, error) {
	day, err := backoffice.ParseDate(o.cancelOn)
	if err != nil {
		return bot.Wish{}, fmt.Errorf("--cancel-on: %q is no day; write it like 2026-12-31", o.cancelOn)
	}
	if !day.IsZero() && o.cancelDays != 0 {
		return bot.Wish{}, errors.New("--cancel-on and --cancel-days say the same thing in two ways; leave one out")
	}
	if o.scope != "" && o.scope != string(bot.ScopeUnpaid) && o.scope != string(bot.ScopeAll) {
		return bot.Wish{}, fmt.Errorf("--scope: %q is neither all nor unpaid", o.scope)
	}
	w := bot.Wish{CancelDays: o.cancelDays, CancelOn: day, Scope: bot.Scope(o.scope), Keep: map[string]string{}}
	for _, k := range o.keep {
		name, why, _ := strings.Cut(k, "=")
		if strings.TrimSpace(name) == "" || strings.TrimSpace(why) == "" {
			return w, fmt.Errorf("--keep %q: write it like --keep \"db02=complaint is running\"; the reason goes into the file", k)
		}
		w.Keep[strings.TrimSpace(name)] = strings.TrimSpace(why)
	}
	return w, nil
}

// named puts the services' ids in the place of their names. A name that fits none or two of them is a slip that must not
// switch off what the agent wanted left alone.
func named(keep map[string]string, plan bot.Plan) (map[string]string, error) {
	byID := map[string]string{}
	for name, why := range keep {
		found := ""
		for _, s := range plan.Services {
			if s.Service.ID != name && !strings.EqualFold(s.Service.Label, name) {
				continue
			}
			if found != "" {
				return nil, fmt.Errorf("--keep: two services are called %q; give the id: %s or %s", name, found, s.Service.ID)
			}
			found = s.Service.ID
		}
		if found == "" {
			return nil, fmt.Errorf("--keep: the customer has no service %q; nothing was changed", name)
		}
		byID[found] = why
	}
	return byID, nil
}

// preview looks the customer up, and once more with what is to be left alone.
func (a *app) preview(ctx context.Context, d *daemon.Daemon, req *bot.Request) (bot.Preview, error) {
	keep := req.Wish.Keep
	req.Wish.Keep = nil
	p, err := d.Reception.Preview(ctx, *req)
	if err != nil || len(keep) == 0 {
		return p, err
	}
	if req.Wish.Keep, err = named(keep, p.Plan); err != nil {
		return p, usageError{err}
	}
	return d.Reception.Preview(ctx, *req)
}

// terminate previews, confirms, starts and follows.
func (a *app) terminate(ctx context.Context, d *daemon.Daemon, query string, o terminateOptions, wish bot.Wish) error {
	customer, err := a.pick(ctx, d, query)
	if err != nil {
		return err
	}
	req := bot.Request{CustomerID: customer, AgentEmail: strings.ToLower(o.as), Wish: wish, SetAsideWhy: o.setAside}
	preview, err := a.preview(ctx, d, &req)
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
		if f.Case.State == bot.Running || f.Case.State == bot.Restoring || underWay(f) {
			fmt.Fprintf(a.out, "It goes on at %s or later, by `aanmaner serve`.\n", f.Case.DueAt.In(d.Policy.Location).Format("2 January 15:04"))
		}
		fmt.Fprintf(a.out, "Next: aanmaner case show %d\n", caseID)
	}
	if f.Case.State == bot.Person {
		return errPerson
	}
	return nil
}

// underWay says whether something that a case does beside standing still is to be tried again.
func underWay(f bot.File) bool {
	if f.Case.State != bot.Waiting && f.Case.State != bot.Held {
		return false
	}
	return slices.ContainsFunc(f.Intents, func(in bot.Intent) bool {
		return in.Step != bot.AnnounceCase && (in.Outcome == bot.NotSent || in.Outcome == bot.Started)
	})
}
