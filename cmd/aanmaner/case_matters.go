package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/wording"
)

func (a *app) caseMattersCommand() *cobra.Command {
	return &cobra.Command{
		Use: "matters", Short: "List what waits for people, the most urgent first", Args: arguments(cobra.NoArgs),
		Long: `What credit control has to decide: by urgency, then by the day that it is about, then by amount. A case that got stuck at a
step waits for a person as well; it is in case list, as person.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(d *daemon.Daemon) error { return a.listMatters(cmd.Context(), d) })
		},
	}
}

// matterOut is a matter for programs. Keys are stable.
type matterOut struct {
	Matter   string           `json:"matter"`
	Case     int64            `json:"case"`
	Kind     bot.MatterKind   `json:"kind"`
	Urgency  int              `json:"urgency"`
	Number   string           `json:"customer_number"`
	Name     string           `json:"customer_name"`
	Headline *reasonOut       `json:"headline"`
	Amount   backoffice.Money `json:"amount"`
	Until    backoffice.Date  `json:"until,omitempty"`
	Opened   time.Time        `json:"opened_at"`
	TakenBy  *bot.Actor       `json:"taken_by,omitempty"`
	TakenAt  *time.Time       `json:"taken_at,omitempty"`
	RemindAt *time.Time       `json:"remind_at,omitempty"`
}

func (a *app) listMatters(ctx context.Context, d *daemon.Daemon) error {
	open, err := d.Reception.Matters(ctx, bot.MatterFilter{Open: true})
	if err != nil {
		return err
	}
	slices.SortStableFunc(open, byUrgency)
	cases, err := casesOf(ctx, d, open)
	if err != nil {
		return err
	}
	rows := [][]string{{"CASE", "CUSTOMER", "NAME", "WHAT", "OUTSTANDING", "TAKEN BY", "MATTER"}}
	for _, m := range open {
		c := cases[m.CaseID]
		if a.json {
			if err := json.NewEncoder(a.out).Encode(matterJSON(d, m, c)); err != nil {
				return err
			}
		}
		rows = append(rows, []string{strconv.FormatInt(m.CaseID, 10), c.CustomerNumber, c.CustomerName,
			d.Words.Reason(wording.EN, m.Headline), money(m.Amount), m.Taken.Name, m.ID})
	}
	switch {
	case a.json:
	case len(open) == 0:
		fmt.Fprintln(a.out, "Nothing waits for people.")
	default:
		table(a.out, rows)
		fmt.Fprintf(a.out, "Next: aanmaner case show %d\n", open[0].CaseID)
	}
	return nil
}

// byUrgency orders matters as the team's digest does: urgency, day, amount.
func byUrgency(m, n bot.Matter) int {
	day := func(m bot.Matter) backoffice.Date { return cmp.Or(m.Until, "9999-12-31") }
	return cmp.Or(cmp.Compare(m.Kind.Urgency(), n.Kind.Urgency()), cmp.Compare(day(m), day(n)), -cmp.Compare(m.Amount.Minor, n.Amount.Minor))
}

// casesOf reads the cases that matters are about. Most are open, and come at once.
func casesOf(ctx context.Context, d *daemon.Daemon, matters []bot.Matter) (map[int64]bot.Case, error) {
	open, err := d.Reception.Cases(ctx, bot.Filter{States: bot.OpenStates()})
	if err != nil {
		return nil, err
	}
	cases := make(map[int64]bot.Case, len(open))
	for _, c := range open {
		cases[c.ID] = c
	}
	for _, m := range matters {
		if _, ok := cases[m.CaseID]; ok {
			continue
		}
		f, err := d.Reception.File(ctx, m.CaseID)
		if err != nil {
			return nil, err
		}
		cases[m.CaseID] = f.Case
	}
	return cases, nil
}

func matterJSON(d *daemon.Daemon, m bot.Matter, c bot.Case) matterOut {
	out := matterOut{
		Matter: m.ID, Case: m.CaseID, Kind: m.Kind, Urgency: m.Kind.Urgency(), Number: c.CustomerNumber, Name: c.CustomerName,
		Headline: reasonJSON(d, m.Headline), Amount: m.Amount, Until: m.Until, Opened: m.OpenedAt,
	}
	if m.Taken.Name != "" {
		out.TakenBy, out.TakenAt = &m.Taken, &m.TakenAt
	}
	if !m.RemindAt.IsZero() {
		out.RemindAt = &m.RemindAt
	}
	return out
}
