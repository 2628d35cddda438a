package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// InsertCase stores a new case. See bot.Tx.
func (t *tx) InsertCase(ctx context.Context, c *bot.Case) error {
	args := append(caseArgs(*c, 1), bot.FirstHead(c.Key).Hash)
	var id int64
	found, err := t.row(ctx, sqlInsertCase, args, &id)
	switch {
	case err != nil:
	case !found:
		err = bot.ErrCaseOpen
	default:
		t.wrote = true
		t.holds(id)
		err = t.wake(ctx, id, c.DueAt)
	}
	if err != nil {
		return fmt.Errorf("insert a case of customer %s: %w", c.CustomerID, err)
	}
	c.ID, c.Version = id, 1
	return nil
}

// Case reads a case by id. See bot.Tx.
func (t *tx) Case(ctx context.Context, id int64) (bot.Case, error) {
	c, err := t.oneCase(ctx, sqlCaseByID, id)
	if err != nil {
		return bot.Case{}, fmt.Errorf("read case %d: %w", id, err)
	}
	return c, nil
}

// OpenCase reads the customer's open case. See bot.Tx.
func (t *tx) OpenCase(ctx context.Context, customerID string) (bot.Case, error) {
	c, err := t.oneCase(ctx, sqlOpenCase, customerID)
	if err != nil {
		return bot.Case{}, fmt.Errorf("read the open case of customer %s: %w", customerID, err)
	}
	return c, nil
}

func (t *tx) oneCase(ctx context.Context, query string, arg any) (bot.Case, error) {
	var c bot.Case
	found := false
	err := t.rows(ctx, query+t.lockRow, []any{arg}, func(row scanner) (err error) {
		found = true
		c, err = scanCase(row)
		return err
	})
	switch {
	case err != nil:
	case !found:
		err = bot.ErrNoCase
	default:
		t.holds(c.ID)
	}
	return c, err
}

// Cases lists cases, newest first. See bot.Tx. The agent's address is compared in any case of letters.
func (t *tx) Cases(ctx context.Context, f bot.Filter) ([]bot.Case, error) {
	query, args := casesQuery(f)
	var cases []bot.Case
	err := t.rows(ctx, query, args, func(row scanner) error {
		c, err := scanCase(row)
		cases = append(cases, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	return cases, nil
}

func casesQuery(f bot.Filter) (query string, args []any) {
	var where []string
	bind := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	if len(f.States) > 0 {
		var in []string
		for _, s := range f.States {
			in = append(in, bind(string(s)))
		}
		where = append(where, "state IN ("+strings.Join(in, ", ")+")")
	}
	if f.CustomerID != "" {
		where = append(where, "customer_id = "+bind(f.CustomerID))
	}
	if f.AgentEmail != "" {
		where = append(where, "lower(agent_email) = "+bind(strings.ToLower(f.AgentEmail)))
	}
	if !f.EndedBefore.IsZero() {
		where = append(where, "state = 'ended' AND ended_at < "+bind(f.EndedBefore.UnixMilli()))
	}
	if f.NotForgotten {
		where = append(where, "forgotten_at IS NULL")
	}
	query = sqlSelectCase
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	return limited(query+" ORDER BY id DESC", f.Limit), args
}

// UpdateCase writes the whole row. See bot.Tx. The time of the change is taken from the store's clock and put into
// c.UpdatedAt. ErrNoCase when there is no such case, ErrCaseOpen when it would become a second open one of its customer.
func (t *tx) UpdateCase(ctx context.Context, c *bot.Case, l bot.Lease) error {
	next := *c
	next.Version, next.UpdatedAt = c.Version+1, t.now().UTC()
	n, err := t.exec(ctx, sqlUpdateCase, append(caseArgs(next, next.Version), c.ID, c.Version, l.Token)...)
	switch {
	case errors.Is(err, errDuplicate):
		err = fmt.Errorf("%w: %w", bot.ErrCaseOpen, err)
	case err == nil && n == 0:
		err = t.whyNot(ctx, c.ID)
	}
	if err != nil {
		return fmt.Errorf("update case %d: %w", c.ID, err)
	}
	c.Version, c.UpdatedAt = next.Version, instant(sql.NullInt64{Int64: next.UpdatedAt.UnixMilli(), Valid: true})
	return nil
}

// whyNot says why a guarded write to a case changed nothing: there is no such case, or it is another's or newer by now.
func (t *tx) whyNot(ctx context.Context, id int64) error {
	var n int64
	_, err := t.row(ctx, sqlCaseIsThere, []any{id}, &n)
	switch {
	case err != nil:
		return err
	case n == 0:
		return bot.ErrNoCase
	}
	return bot.ErrStale
}

// CountCases counts the cases that were started since. See bot.Tx.
func (t *tx) CountCases(ctx context.Context, agentEmail string, since time.Time) (n int, err error) {
	if t.lockCount != "" {
		if err = t.rows(ctx, t.lockCount, nil, func(scanner) error { return nil }); err != nil {
			return 0, fmt.Errorf("count cases: %w", err)
		}
	}
	if _, err = t.row(ctx, sqlCountCases, []any{since.UnixMilli(), strings.ToLower(agentEmail)}, &n); err != nil {
		return 0, fmt.Errorf("count cases: %w", err)
	}
	return n, nil
}

// caseArgs are the values of caseColumns, in that order.
func caseArgs(c bot.Case, version int64) []any {
	return []any{
		c.Key, string(c.Mode), string(c.State), string(c.Step), object(c.Reason), millis(c.DueAt),
		c.CustomerID, clean(c.CustomerNumber), clean(c.CustomerName), clean(c.Terms.AgentEmail),
		object(c.StartedBy), object(c.Terms), object(c.Ticket), object(c.Notice),
		version, c.CreatedAt.UnixMilli(), c.UpdatedAt.UnixMilli(), millis(c.EndedAt), object(c.Course),
	}
}

// scanCase reads a row of sqlSelectCase. Names of states and steps that this release doesn't know stay as they are.
func scanCase(row scanner) (bot.Case, error) {
	var c bot.Case
	var reason, startedBy, terms, ticket, notice, agent, course string
	var due, created, updated, ended, forgotten sql.NullInt64
	err := row.Scan(&c.ID, &forgotten, &c.Key, &c.Mode, &c.State, &c.Step, &reason, &due, &c.CustomerID, &c.CustomerNumber, &c.CustomerName,
		&agent, &startedBy, &terms, &ticket, &notice, &c.Version, &created, &updated, &ended, &course)
	if err != nil {
		return bot.Case{}, err
	}
	c.DueAt, c.CreatedAt, c.UpdatedAt, c.EndedAt = instant(due), instant(created), instant(updated), instant(ended)
	c.ForgottenAt = instant(forgotten)
	err = parse([]string{reason, startedBy, terms, ticket, notice, course}, &c.Reason, &c.StartedBy, &c.Terms, &c.Ticket, &c.Notice, &c.Course)
	if err != nil {
		return bot.Case{}, fmt.Errorf("case %d: %w", c.ID, err)
	}
	return c, nil
}
