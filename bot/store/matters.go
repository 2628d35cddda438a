package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/aanmaner/aanmaner/bot"
)

const (
	matterColumns = `id, case_id, kind, opened_at, remind_at, settled_at, body, version, channel, ts, thread, drawn, tried_at, mailed_at`

	sqlPutMatter = `INSERT INTO matters (` + matterColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
	ON CONFLICT (id) DO UPDATE SET remind_at = excluded.remind_at, settled_at = excluded.settled_at, body = excluded.body,
	version = excluded.version, channel = excluded.channel, ts = excluded.ts, thread = excluded.thread, drawn = excluded.drawn,
	tried_at = excluded.tried_at, mailed_at = excluded.mailed_at`
	sqlSelectMatter = `SELECT ` + matterColumns + ` FROM matters`
	// The row stays: it says where in Slack the card is, which is drawn anew.
	sqlForgetMatters = `UPDATE matters SET body = $1, remind_at = NULL, settled_at = COALESCE(settled_at, $2), version = version + 1 WHERE case_id = $3`
)

// matterText is the JSON of a matter's body.
type matterText struct {
	bot.MatterBody
	Settled bot.Settled `json:"settled"`
}

// PutMatter writes a matter. See bot.Tx.
func (t *tx) PutMatter(ctx context.Context, m bot.Matter) error {
	_, err := t.exec(ctx, sqlPutMatter, m.ID, m.CaseID, string(m.Kind), m.OpenedAt.UnixMilli(), millis(m.RemindAt),
		millis(m.Settled.At), object(matterText{m.MatterBody, m.Settled}), m.Version, m.Channel, m.TS, m.Thread, m.Drawn,
		millis(m.TriedAt), millis(m.MailedAt))
	if errors.Is(err, errOrphan) {
		err = fmt.Errorf("%w: %w", bot.ErrNoCase, err)
	}
	if err != nil {
		return fmt.Errorf("write matter %s: %w", m.ID, err)
	}
	return nil
}

// Matter reads a matter. See bot.Tx.
func (t *tx) Matter(ctx context.Context, id string) (bot.Matter, error) {
	found, err := t.matters(ctx, sqlSelectMatter+` WHERE id = $1`, id)
	if err == nil && len(found) == 0 {
		err = bot.ErrNoMatter
	}
	if err != nil {
		return bot.Matter{}, fmt.Errorf("read matter %s: %w", id, err)
	}
	return found[0], nil
}

// Matters lists matters. See bot.Tx.
func (t *tx) Matters(ctx context.Context, f bot.MatterFilter) ([]bot.Matter, error) {
	query, args := sqlSelectMatter+` WHERE 1 = 1`, []any(nil)
	if f.CaseID != 0 {
		query, args = query+` AND case_id = $1`, append(args, f.CaseID)
	}
	if f.Open {
		query += ` AND settled_at IS NULL`
	}
	if f.Undrawn {
		query += ` AND drawn < version`
	}
	found, err := t.matters(ctx, limited(query+` ORDER BY n`, f.Limit), args...)
	if err != nil {
		return nil, fmt.Errorf("list matters: %w", err)
	}
	return found, nil
}

func (t *tx) matters(ctx context.Context, query string, args ...any) (found []bot.Matter, err error) {
	err = t.rows(ctx, query, args, func(row scanner) error {
		m, err := scanMatter(row)
		found = append(found, m)
		return err
	})
	return found, err
}

func scanMatter(row scanner) (bot.Matter, error) {
	var m bot.Matter
	var body string
	var opened, remind, settled, tried, mailed sql.NullInt64
	err := row.Scan(&m.ID, &m.CaseID, &m.Kind, &opened, &remind, &settled, &body, &m.Version, &m.Channel, &m.TS, &m.Thread, &m.Drawn, &tried, &mailed)
	if err != nil {
		return bot.Matter{}, err
	}
	m.OpenedAt, m.RemindAt, m.TriedAt, m.MailedAt = instant(opened), instant(remind), instant(tried), instant(mailed)
	var text matterText
	if err := parse([]string{body}, &text); err != nil {
		return bot.Matter{}, fmt.Errorf("matter %s: %w", m.ID, err)
	}
	m.MatterBody, m.Settled = text.MatterBody, text.Settled
	m.Settled.At = instant(settled)
	return m, nil
}
