package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/backoffice"
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
				open, err := d.Reception.Matters(cmd.Context(), bot.MatterFilter{CaseID: id, Open: true})
				if err != nil {
					return err
				}
				a.showCase(d, f, open)
				return nil
			})
		},
	}
}

func (a *app) showCase(d *daemon.Daemon, f bot.File, open []bot.Matter) {
	c := f.Case
	if c.Mode == bot.DryRun {
		fmt.Fprintln(a.out, d.Words.Say(wording.EN, "dry_run"))
	}
	outstanding := money(owed(c)) + " outstanding"
	if !c.Course.RestoredAt.IsZero() {
		outstanding = money(c.Terms.Outstanding) + " paid"
	}
	fmt.Fprintf(a.out, "%s\n%s · customer %s · %s · notice to %s in %s\n", stateLine(d, c), printable(c.CustomerName),
		c.CustomerNumber, outstanding, printable(c.Terms.To), d.Words.Say(wording.EN, "language."+c.Terms.Language))
	fmt.Fprintf(a.out, "Started by %s on %s%s\n", printable(c.StartedBy.Name), a.stamp(d, c.CreatedAt), cancels(c))
	for _, line := range a.course(d, c) {
		fmt.Fprintln(a.out, printable(line))
	}
	for _, m := range open {
		fmt.Fprintf(a.out, "Waits for people: %s (matter %q)\n", printable(d.Words.Reason(wording.EN, m.Headline)), m.ID)
	}
	if c.Ticket.ID != "" {
		fmt.Fprintf(a.out, "Ticket %s %s\n", c.Ticket.Mask, c.Ticket.URL)
	}
	if c.Notice.MessageID != "" {
		fmt.Fprintf(a.out, "Notice %s\n", printable(c.Notice.MessageID))
	}
	a.showIntents(d, f)
	if lines := toReverse(f); len(lines) > 0 && !printed(c) {
		fmt.Fprintf(a.out, "\n%s:\n  - %s\n", whoReverses(c), strings.Join(lines, "\n  - "))
	}
	fmt.Fprintln(a.out, "\nJOURNAL")
	for _, e := range f.Journal {
		fmt.Fprintf(a.out, "%4d  %s  %s  %s\n", e.N, a.stamp(d, e.At), printable(e.Who.Name), printable(e.Text))
	}
}

// whoReverses is the headline of what stands outside: the bot undoes it when the money is in, unless the case is over.
func whoReverses(c bot.Case) string {
	switch {
	case c.State.Closed():
		return "To reverse it, a person would have to"
	case c.State == bot.Restoring:
		return "The bot is undoing it; still to do"
	}
	return "When the customer pays, the bot undoes it"
}

// course tells what became of the case after its terms were told to the customer.
func (a *app) course(d *daemon.Daemon, c bot.Case) (lines []string) {
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	u := c.Course
	if on := c.EndsOn(); on != c.Terms.CancelOn {
		add("The customer was first told %s; since then %s and %s", day(c.Terms.CancelOn),
			plural(u.Extensions, "extension", "extensions"), plural(u.Promises, "promise", "promises"))
	}
	if on := ordersOn(c); on.IsZero() && !c.State.Closed() {
		add("No cancellation stands: they are withdrawn (%s)", u.Orders[len(u.Orders)-1].Why)
	}
	if h := u.Hold; h != nil {
		add("On hold (%s) by %s since %s, %s: %s. At least %s left when it ends", h.Kind, h.By.Name, a.stamp(d, h.Since), untilDay(h.Until), h.Why,
			plural(h.DaysLeft, "day is", "days are"))
	}
	if p := u.Promise; p != nil {
		add("Promised: %s by %s, accepted by %s", money(p.Amount), day(p.By), p.Noted.Name)
	}
	if p := u.Proof; p != nil {
		expected := "the debt stays"
		if !p.On.IsZero() {
			expected = "to be booked by " + day(p.On)
		}
		add("Services switched on before booking, by %s: %s (%s)", p.By.Name, p.Why, expected)
	}
	if u.Left != nil && !c.State.Closed() {
		add("At the last look at the money %s of %s was open", money(*u.Left), money(c.Terms.Outstanding))
	}
	if !u.RestoredAt.IsZero() {
		add("Paid and restored on %s", a.stamp(d, u.RestoredAt))
	}
	return lines
}

// cancels is the day of the case's cancellations, as long as they stand.
func cancels(c bot.Case) string {
	if on := ordersOn(c); !on.IsZero() {
		return "; cancellation as of " + day(on)
	}
	return ""
}

func day(on backoffice.Date) string { return snippets.LongDate("en", string(on)) }

func untilDay(on backoffice.Date) string {
	if on.IsZero() {
		return "without an end"
	}
	return "until the end of " + day(on)
}

func plural(n int, one, other string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, other)
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

func (a *app) stamp(d *daemon.Daemon, t time.Time) string {
	return t.In(d.Policy.Location).Format("2006-01-02 15:04:05")
}
