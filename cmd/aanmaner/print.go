package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/snippets"
)

// table prints aligned columns.
func table(w io.Writer, rows [][]string) {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintln(tw, strings.Join(clean(r), "\t"))
	}
	_ = tw.Flush() // a broken pipe shows at the next write to it
}

// clean keeps text from outside from moving the terminal's cursor or the columns.
func clean(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = printable(c)
	}
	return out
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}

// interactive says whether a person sits at a terminal.
func (a *app) interactive() bool {
	in, ok := a.in.(*os.File)
	return ok && term.IsTerminal(int(in.Fd())) && !a.json
}

func money(m backoffice.Money) string { return snippets.Money("en", m.Minor, m.Currency) }

// printPreview shows what would happen, or why it can't.
func (a *app) printPreview(d *daemon.Daemon, p bot.Preview) error {
	if a.json {
		return json.NewEncoder(a.out).Encode(previewJSON(d, p))
	}
	plan := p.Plan
	if d.Policy.Mode == bot.DryRun {
		fmt.Fprintln(a.out, d.Words.Say(wording.EN, "dry_run"))
	}
	fmt.Fprintf(a.out, "%s · customer %s · %s\n", printable(plan.Customer.Name), plan.Customer.Number, plan.Customer.Kind)
	if !plan.Possible() {
		fmt.Fprintln(a.out, "Not possible now:")
		for _, r := range plan.Blocked {
			fmt.Fprintf(a.out, "  - %s\n", printable(d.Words.Reason(wording.EN, r)))
		}
		fmt.Fprintln(a.out, "Nothing was changed.")
		return nil
	}
	for _, r := range plan.Warnings {
		fmt.Fprintf(a.out, "Note: %s\n", printable(d.Words.Reason(wording.EN, r)))
	}
	a.printDebt(plan)
	a.printSteps(d, plan)
	fmt.Fprintf(a.out, "\nAs the customer will read it (%s):\n\n%s\n", bot.TicketSubject, indent(p.Notice))
	return nil
}

func (a *app) printDebt(plan bot.Plan) {
	rows := [][]string{{"INVOICE", "DUE", "OUTSTANDING"}}
	for _, i := range plan.Invoices {
		rows = append(rows, []string{i.Number, string(i.Due), money(i.Open)})
	}
	rows = append(rows, []string{"", "", money(plan.Outstanding)})
	table(a.out, rows)
}

func (a *app) printSteps(d *daemon.Daemon, plan bot.Plan) {
	none := func(labels []string) string {
		if len(labels) == 0 {
			return "nothing"
		}
		return strings.Join(clean(labels), ", ")
	}
	when := "now"
	if plan.SuspendAt.After(plan.At.Add(time.Minute)) {
		when = "on " + plan.SuspendAt.In(d.Policy.Location).Format("2 January 2006 at 15:04")
	}
	fmt.Fprintf(a.out, "\nOnce you confirm:\n  1. Ticket %q, %s's\n  2. Mail in %s to %s (%s)\n  3. Suspended %s: %s\n  4. Cancelled as of %s: %s\n  5. Comment %q with the ticket\n",
		bot.TicketSubject, plan.AgentEmail, d.Words.Say(wording.EN, "language."+plan.Language), printable(plan.To.Email),
		printable(d.Words.Reason(wording.EN, plan.ToWhy)), when, none(plan.Suspends()),
		snippets.LongDate("en", string(plan.CancelOn)), none(plan.Cancels()), bot.CommentTitle)
	for _, s := range plan.Services {
		if s.Kept {
			fmt.Fprintf(a.out, "  Left alone: %s\n", printable(d.Words.Reason(wording.EN, s.Why)))
		}
	}
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ")
}

// printEntry shows a line of the journal as it comes.
func (a *app) printEntry(e bot.Entry) {
	if a.json {
		return
	}
	mark := "·"
	switch e.Kind {
	case "step done":
		mark = "✓"
	case "person asked", "in doubt", "refused":
		mark = "✗"
	}
	fmt.Fprintf(a.err, "%s %s\n", mark, printable(e.Text))
}

// stateLine says where a case stands, in one line.
func stateLine(d *daemon.Daemon, c bot.Case) string {
	line := fmt.Sprintf("Case %d: %s", c.ID, c.State)
	if !c.Reason.IsZero() {
		line += " (" + printable(d.Words.Reason(wording.EN, c.Reason)) + ")"
	}
	return line
}
