package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/snippets"
)

func (a *app) caseShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show <case>", Short: "Show a case: where it stands, what was done, what a person would have to reverse, its journal",
		Args: arguments(cobra.ExactArgs(1)),
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
				if a.json {
					return json.NewEncoder(a.out).Encode(caseJSON(d, f))
				}
				a.showCase(d, f)
				return nil
			})
		},
	}
}

func (a *app) showCase(d *daemon.Daemon, f bot.File) {
	c := f.Case
	if c.Mode == bot.DryRun {
		fmt.Fprintln(a.out, d.Words.Say(wording.EN, "dry_run"))
	}
	fmt.Fprintf(a.out, "%s\n%s · customer %s · %s outstanding · notice to %s in %s\n", stateLine(d, c), printable(c.CustomerName),
		c.CustomerNumber, money(c.Terms.Outstanding), printable(c.Terms.To), d.Words.Say(wording.EN, "language."+c.Terms.Language))
	fmt.Fprintf(a.out, "Started by %s on %s; cancellation as of %s\n", printable(c.StartedBy.Name), a.stamp(d, c.CreatedAt),
		snippets.LongDate("en", string(c.EndsOn())))
	if c.Ticket.ID != "" {
		fmt.Fprintf(a.out, "Ticket %s %s\n", c.Ticket.Mask, c.Ticket.URL)
	}
	if c.Notice.MessageID != "" {
		fmt.Fprintf(a.out, "Notice %s\n", printable(c.Notice.MessageID))
	}
	a.showIntents(d, f)
	if lines := toReverse(f); len(lines) > 0 && !printed(c) {
		fmt.Fprintf(a.out, "\nTo reverse it, a person would have to:\n  - %s\n", strings.Join(lines, "\n  - "))
	}
	fmt.Fprintln(a.out, "\nJOURNAL")
	for _, e := range f.Journal {
		fmt.Fprintf(a.out, "%4d  %s  %s  %s\n", e.N, a.stamp(d, e.At), printable(e.Who.Name), printable(e.Text))
	}
}

// printed leaves the list out for a dry case: nothing was done.
func printed(c bot.Case) bool { return c.Mode == bot.DryRun }

func (a *app) showIntents(d *daemon.Daemon, f bot.File) {
	if len(f.Intents) == 0 {
		return
	}
	fmt.Fprintln(a.out)
	rows := [][]string{{"STEP", "OBJECT", "OUTCOME", "TRIES", "WHAT IS KNOWN"}}
	for _, in := range f.Intents {
		known := in.Evidence
		if !in.Why.IsZero() {
			known = d.Words.Reason(wording.EN, in.Why)
		}
		rows = append(rows, []string{string(in.Step), objectName(f.Case, in), string(in.Outcome), fmt.Sprint(in.Tries), known})
	}
	table(a.out, rows)
}

func objectName(c bot.Case, in bot.Intent) string {
	if s, ok := c.Terms.Service(in.Object); ok {
		return s.Label + " (" + in.Object + ")"
	}
	return in.Object
}

// toReverse names all that the case changed outside, newest first, in the words of what undoes it.
func toReverse(f bot.File) []string {
	var lines []string
	for i := len(f.Intents) - 1; i >= 0; i-- {
		in := f.Intents[i]
		maybe := in.Outcome == bot.Unknown || in.Outcome == bot.Started
		if !maybe && (in.Outcome != bot.Done || !in.Changed) {
			continue
		}
		if line := undoing(f.Case, in); line != "" {
			if maybe {
				line = "look whether it was done, and if so: " + line
			}
			lines = append(lines, line)
		}
	}
	return lines
}

func undoing(c bot.Case, in bot.Intent) string {
	name := objectName(c, in)
	switch in.Step {
	case bot.OpenTicket:
		return "close ticket " + c.Ticket.Mask
	case bot.SendNotice:
		return "tell " + c.Terms.To + " that the notice no longer holds; the mail itself can't be called back"
	case bot.SuspendServices:
		return "switch " + name + " on again"
	case bot.CancelOrders:
		return "withdraw the cancellation of " + name + " as of " + string(c.Terms.CancelOn)
	case bot.WriteComment:
		return "write the comment \"" + bot.RestoredTitle + "\" and take the non-payer status off the account"
	}
	return ""
}

func (a *app) stamp(d *daemon.Daemon, t time.Time) string {
	return t.In(d.Policy.Location).Format("2006-01-02 15:04:05")
}
