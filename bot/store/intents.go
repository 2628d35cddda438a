package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/aanmaner/aanmaner/bot"
)

// Intents lists a case's intents. See bot.Tx.
func (t *tx) Intents(ctx context.Context, caseID int64) ([]bot.Intent, error) {
	var intents []bot.Intent
	err := t.hold(ctx, caseID)
	if err != nil {
		return nil, fmt.Errorf("list the intents of case %d: %w", caseID, err)
	}
	err = t.rows(ctx, sqlIntents, []any{caseID}, func(row scanner) error {
		in, err := scanIntent(row)
		intents = append(intents, in)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the intents of case %d: %w", caseID, err)
	}
	return intents, nil
}

// PutIntent writes an intent. See bot.Tx. ErrStale when the lease is another's by now, ErrNoCase when there is no such case.
func (t *tx) PutIntent(ctx context.Context, in bot.Intent, l bot.Lease) error {
	err := t.fence(ctx, in.CaseID, l)
	if err == nil {
		_, err = t.exec(ctx, sqlPutIntent,
			in.CaseID, string(in.Step), clean(in.Object), string(in.Outcome), in.Tries, raw(in.Prior), raw(in.Remote), flag(in.Changed),
			clean(in.Evidence), object(in.Why), clean(in.Error), millis(in.CalledAt), flag(in.Answered), flag(in.Approved),
			millis(in.StartedAt), millis(in.SettledAt))
	}
	if err != nil {
		return fmt.Errorf("write the intent of case %d, step %q, object %q: %w", in.CaseID, in.Step, in.Object, err)
	}
	return nil
}

func scanIntent(row scanner) (bot.Intent, error) {
	var in bot.Intent
	var why string
	var prior, remote sql.NullString
	var called, started, settled sql.NullInt64
	var changed, answered, approved int64 // 0 or 1: SQLite has no other kind of flag
	err := row.Scan(&in.CaseID, &in.Step, &in.Object, &in.Outcome, &in.Tries, &prior, &remote, &changed, &in.Evidence, &why,
		&in.Error, &called, &answered, &approved, &started, &settled)
	if err != nil {
		return bot.Intent{}, err
	}
	in.Changed, in.Answered, in.Approved = changed != 0, answered != 0, approved != 0
	in.Prior, in.Remote = message(prior), message(remote)
	in.CalledAt, in.StartedAt, in.SettledAt = instant(called), instant(started), instant(settled)
	return in, parse([]string{why}, &in.Why)
}
