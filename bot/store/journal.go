package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/aanmaner/aanmaner/bot"
)

// Append seals an entry behind the case's head and adds it. See bot.Tx. ErrNoCase when there is no such case. The version of
// the case stays as it is: the head isn't part of what UpdateCase writes.
func (t *tx) Append(ctx context.Context, e bot.Entry) error {
	head, err := t.head(ctx, e.CaseID)
	if err == nil {
		err = t.append(ctx, e, head)
	}
	if err != nil {
		return fmt.Errorf("append to the journal of case %d: %w", e.CaseID, err)
	}
	return nil
}

func (t *tx) append(ctx context.Context, e bot.Entry, head bot.Head) error {
	// Sealed is what will be read back, to the byte.
	e.Object, e.Kind, e.Text = clean(e.Object), clean(e.Kind), clean(e.Text)
	e.Who.Name, e.Who.Email = clean(e.Who.Name), clean(e.Who.Email)
	e.Who.SlackID, e.Who.Via = clean(e.Who.SlackID), clean(e.Who.Via)
	e.Data = json.RawMessage(clean(string(e.Data)))
	head = e.Seal(head)
	_, err := t.exec(ctx, sqlAppend, e.CaseID, e.N, e.At.UnixMilli(), object(e.Who), string(e.Step), e.Object, e.Kind, e.Text,
		raw(e.Data), e.Prev, e.Hash)
	if err == nil {
		_, err = t.exec(ctx, sqlSetHead, head.N, head.Hash, e.CaseID)
	}
	return err
}

// Journal lists a case's entries and the head. See bot.Tx. ErrNoCase when there is no such case.
func (t *tx) Journal(ctx context.Context, caseID int64) ([]bot.Entry, bot.Head, error) {
	var entries []bot.Entry
	head, err := t.head(ctx, caseID)
	if err == nil {
		err = t.rows(ctx, sqlJournal, []any{caseID}, func(row scanner) error {
			e, err := scanEntry(row)
			entries = append(entries, e)
			return err
		})
	}
	if err != nil {
		return nil, bot.Head{}, fmt.Errorf("read the journal of case %d: %w", caseID, err)
	}
	return entries, head, nil
}

func (t *tx) head(ctx context.Context, caseID int64) (bot.Head, error) {
	var h bot.Head
	if err := t.hold(ctx, caseID); err != nil {
		return h, err
	}
	found, err := t.row(ctx, sqlHead, []any{caseID}, &h.N, &h.Hash)
	if err == nil && !found {
		err = bot.ErrNoCase
	}
	return h, err
}

func scanEntry(row scanner) (bot.Entry, error) {
	var e bot.Entry
	var who string
	var data sql.NullString
	var at sql.NullInt64
	err := row.Scan(&e.CaseID, &e.N, &at, &who, &e.Step, &e.Object, &e.Kind, &e.Text, &data, &e.Prev, &e.Hash)
	if err != nil {
		return bot.Entry{}, err
	}
	e.At, e.Data = instant(at), message(data)
	return e, parse([]string{who}, &e.Who)
}
