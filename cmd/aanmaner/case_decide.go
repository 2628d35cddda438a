package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// decideOptions is a decision as the command line gives it.
type decideOptions struct {
	as, why, until, kind, amount, matter string
}

// decisionCommand describes a command with which a person decides about a case.
type decisionCommand struct {
	choice             bot.Choice
	name, short, long  string
	until              string // what --until says; empty: there is none
	needsDay, needsWhy bool
	example            string
}

func decisionCommands() []decisionCommand {
	return []decisionCommand{
		{choice: bot.ChooseHold, name: "hold", short: "Let a case stand still; what it cancelled is withdrawn meanwhile", needsWhy: true,
			long: `Nothing that hurts the customer is done until the hold ends. The cancellations that this case made are withdrawn at once; when
the hold ends they are made again, with at least the days that were left. On its last day nothing happens by itself: a
person is asked. With --kind dispute or arrangement the customer gets a mail that says so.`,
			until: "its last day, YYYY-MM-DD (default: without an end)", example: "--kind dispute --why 'the invoice is disputed' --until 2026-12-04"},
		{choice: bot.ChooseResume, name: "resume", short: "End a case's hold; the customer has at least the days that were left", needsWhy: true,
			example: "--why 'the complaint was settled'"},
		{choice: bot.ChooseExtend, name: "extend", short: "Give the customer more time; what was cancelled is cancelled for that day", needsWhy: true,
			long:  "The customer gets a mail with the new date.",
			until: "the day on which the customer's time is over, YYYY-MM-DD (required)", needsDay: true, example: "--until 2027-01-08 --why 'asked by phone'"},
		{choice: bot.ChoosePromise, name: "promise", short: "Note that the customer promises to pay by a day", needsWhy: true,
			long: `Nothing is cancelled before the working day after it is over. The customer gets a mail with the amount and the day. Money that
comes in is seen by itself; a promise that isn't kept is put before a person.`,
			until: "the day by which the money is to be in, YYYY-MM-DD (required)", needsDay: true, example: "--until 2026-11-27 --why 'called at 10:15'"},
		{choice: bot.ChooseApprove, name: "approve", short: "Approve a large case that a colleague has asked for: it begins at once",
			long: "Whoever asked for it can't approve it. The customer has as many days as were confirmed, from now on.", example: ""},
		{choice: bot.ChooseReject, name: "reject", short: "Reject a large case that a colleague has asked for: nothing is done", needsWhy: true,
			example: "--why 'paid by phone today'"},
		{choice: bot.ChooseGoOn, name: "go-on", short: "Let the end stand: without payment the orders end on that day",
			long:    "A hold or a promise ends with it. An end that is today, or has passed, becomes tomorrow.",
			example: "--why 'no answer for four weeks'"},
		{choice: bot.ChooseLeave, name: "leave", short: "Leave a case as it is now: what others changed is seen and accepted", needsWhy: true,
			example: "--why 'support switched it on, that is all right'"},
		{choice: bot.ChooseUndo, name: "undo", short: "Undo a case that should not have begun, and end it", needsWhy: true,
			long: `What the case did is undone: its cancellations are withdrawn, the services that it switched off are switched on, a comment
"hersteld, ten onrechte gestart" ends the one that it wrote, the customer gets a mail that the first one was a mistake, and the ticket
is closed. What is owed stays owed, and the non-payer status stays.`,
			example: "--why 'wrong customer'"},
		{choice: bot.ChooseContact, name: "contact", short: "Note a call or a letter in a case's file; nothing else changes", needsWhy: true,
			example: "--why 'called, nobody answered; letter 2026-118 sent'"},
	}
}

func (a *app) decideCommand(c decisionCommand) *cobra.Command {
	var o decideOptions
	cmd := &cobra.Command{
		Use: c.name + " <case>", Short: c.short, Args: arguments(cobra.ExactArgs(1)),
		Long:    strings.TrimSpace(c.long + "\n\nExit status: 0 done, 1 failed, 2 wrong usage, 3 not possible as the case stands (nothing was changed), 4 a person is needed."),
		Example: strings.TrimRight("  aanmaner case "+c.name+" 41 --as jacqueline@hoster.example "+c.example, " "),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := caseID(args[0])
			if err != nil {
				return err
			}
			if err := o.complete(c); err != nil {
				return usageError{err}
			}
			return a.with(cmd.Context(), func(d *daemon.Daemon) error { return a.decide(cmd.Context(), d, id, c.choice, o) })
		},
	}
	o.flags(cmd, c)
	return cmd
}

func (o *decideOptions) flags(cmd *cobra.Command, c decisionCommand) {
	f := cmd.Flags()
	f.StringVar(&o.as, "as", "", "your e-mail address (required)")
	f.StringVar(&o.why, "why", "", "why; this goes into the file"+map[bool]string{true: " (required)"}[c.needsWhy])
	if c.until != "" {
		f.StringVar(&o.until, "until", "", c.until)
	}
	switch c.choice {
	case bot.ChooseHold:
		f.StringVar(&o.kind, "kind", "", "dispute, insolvency, arrangement, bounce or says-paid (default: you want it so)")
	case bot.ChoosePromise:
		f.StringVar(&o.amount, "amount", "", "how much, such as 140.00 (default: all that is owed)")
	}
	if c.choice != bot.ChooseContact {
		f.StringVar(&o.matter, "matter", "", "the matter that is decided by it, as case matters names it (default: the only one that is open)")
	}
}

// complete says what a decision lacks.
func (o *decideOptions) complete(c decisionCommand) error {
	switch {
	case o.as == "":
		return errors.New("say who you are with --as: it goes into the file")
	case c.needsWhy && strings.TrimSpace(o.why) == "":
		return errors.New("say why with --why: it goes into the file")
	case c.needsDay && o.until == "":
		return errors.New("say until when with --until, such as --until 2026-12-31")
	}
	if _, err := backoffice.ParseDate(o.until); err != nil {
		return fmt.Errorf("--until: %q is no day; write it like 2026-12-31", o.until)
	}
	if _, ok := pauseKinds()[o.kind]; !ok {
		return fmt.Errorf("--kind: %q is none of dispute, insolvency, arrangement, bounce and says-paid", o.kind)
	}
	_, err := minorUnits(o.amount)
	return err
}

func pauseKinds() map[string]bot.PauseKind {
	return map[string]bot.PauseKind{
		"": bot.PauseAsked, "dispute": bot.PauseDispute, "insolvency": bot.PauseInsolvency, "arrangement": bot.PauseArranged,
		"bounce": bot.PauseBounce, "says-paid": bot.PauseSaysPaid,
	}
}

// minorUnits reads an amount as people type it, with a point or a comma before the cents.
func minorUnits(text string) (int64, error) {
	whole, cents, found := strings.Cut(strings.ReplaceAll(text, ",", "."), ".")
	if text == "" {
		return 0, nil
	}
	if !found {
		cents = "00"
	}
	n, err := strconv.ParseUint(whole+cents, 10, 48)
	if err != nil || whole == "" || len(cents) != 2 || n == 0 {
		return 0, fmt.Errorf("--amount: %q is no amount; write it like 140.00, without a currency", text)
	}
	return int64(n), nil
}

// decision is what is meant, for a case as it stands.
func (o decideOptions) decision(choice bot.Choice, c bot.Case) (bot.Decision, error) {
	d := bot.Decision{Choice: choice, Why: strings.TrimSpace(o.why), Until: backoffice.Date(o.until), Matter: o.matter}
	if choice == bot.ChooseHold {
		d.Kind = pauseKinds()[o.kind]
	}
	minor, err := minorUnits(o.amount)
	if minor > 0 {
		d.Amount = backoffice.Money{Minor: minor, Currency: c.Terms.Outstanding.Currency}
	}
	return d, err
}

// decide passes a decision on and follows the case until it rests.
func (a *app) decide(ctx context.Context, d *daemon.Daemon, id int64, choice bot.Choice, o decideOptions) error {
	f, err := d.Reception.File(ctx, id)
	if err != nil {
		return err
	}
	made, err := o.decision(choice, f.Case)
	if err != nil {
		return err
	}
	if choice != bot.ChooseContact {
		if made.Matter, err = matterOf(ctx, d, id, o.matter); err != nil {
			return err
		}
	}
	if err := a.decideOne(ctx, d, f, made, o.as); err != nil {
		return err
	}
	if err := a.follow(ctx, d, id, len(f.Journal)); err != nil && !errors.Is(err, errPerson) {
		return err
	}
	return a.decided(ctx, d, id, len(f.Journal))
}

// matterOf is the matter that a decision settles: the one that was named, or the only one that is open.
func matterOf(ctx context.Context, d *daemon.Daemon, id int64, named string) (string, error) {
	all, err := d.Reception.Matters(ctx, bot.MatterFilter{CaseID: id, Open: named == ""})
	switch {
	case err != nil:
		return "", err
	case named != "" && !slices.ContainsFunc(all, func(m bot.Matter) bool { return m.ID == named }):
		return "", usageError{fmt.Errorf("case %d has no matter %q; see aanmaner case show %d", id, named, id)}
	case named == "" && len(all) == 1:
		return all[0].ID, nil
	}
	return named, nil
}

// decideOne passes one decision on. One that can't be taken is a refusal in words.
func (a *app) decideOne(ctx context.Context, d *daemon.Daemon, f bot.File, made bot.Decision, as string) error {
	by := bot.Actor{Name: agentName(as), Email: as, Via: "command line"}
	err := d.Reception.Decide(ctx, f.Case.ID, made, by, "command line:"+rand.Text())
	var no *bot.NotNow
	if errors.As(err, &no) {
		return refusal{text: d.Words.Reason(wording.EN, no.Reason), action: nothingChanged(f.Case.ID)}
	}
	return err
}

func nothingChanged(id int64) string {
	return fmt.Sprintf("Nothing was changed. See: aanmaner case show %d", id)
}

// decided says what became of a decision: the case may have changed before the bot heard of it, and a person may be needed for
// what it led to.
func (a *app) decided(ctx context.Context, d *daemon.Daemon, id int64, told int) error {
	f, err := d.Reception.File(ctx, id)
	if err != nil {
		return err
	}
	for _, e := range f.Journal[min(told, len(f.Journal)):] {
		if e.Kind == "not decided" {
			return refusal{text: e.Text, action: nothingChanged(id)}
		}
	}
	open, err := d.Reception.Matters(ctx, bot.MatterFilter{CaseID: id, Open: true})
	if err != nil {
		return err
	}
	for _, m := range open {
		fmt.Fprintf(a.err, "Still waits for people: %s (--matter %q)\n", printable(d.Words.Reason(wording.EN, m.Headline)), m.ID)
	}
	if f.Case.State == bot.Person {
		return errPerson
	}
	return nil
}
