package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

const (
	bulletinColumns = `id, kind, opened_at, body, version, channel, thread, ts, shown, tried_at`

	sqlInsertBulletin = `INSERT INTO bulletins (` + bulletinColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
	ON CONFLICT (id) DO NOTHING`
	sqlUpdateBulletin = `UPDATE bulletins SET kind = $2, opened_at = $3, body = $4, version = $5, channel = $6, thread = $7, ts = $8,
	shown = $9, tried_at = $10 WHERE id = $1 AND version = $5 - 1`
	sqlBulletins = `SELECT ` + bulletinColumns + ` FROM bulletins WHERE opened_at >= $1 ORDER BY n DESC`
)

// PutBulletin writes a bulletin, if nobody was quicker. See bot.Tx.
func (t *tx) PutBulletin(ctx context.Context, b *bot.Bulletin) error {
	query := sqlUpdateBulletin
	if b.Version == 0 {
		query = sqlInsertBulletin
	}
	n, err := t.exec(ctx, query, b.ID, string(b.Kind), b.OpenedAt.UnixMilli(), object(b.BulletinBody), b.Version+1, b.Channel, b.Thread, b.TS,
		b.Shown, millis(b.TriedAt))
	if err == nil && n == 0 {
		err = bot.ErrStale
	}
	if err != nil {
		return fmt.Errorf("write bulletin %s: %w", b.ID, err)
	}
	b.Version++
	return nil
}

// Bulletins lists bulletins, the newest first. See bot.Tx.
func (t *tx) Bulletins(ctx context.Context, since time.Time) (found []bot.Bulletin, err error) {
	err = t.rows(ctx, sqlBulletins, []any{since.UnixMilli()}, func(row scanner) error {
		b, err := scanBulletin(row)
		found = append(found, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list bulletins: %w", err)
	}
	return found, nil
}

func scanBulletin(row scanner) (b bot.Bulletin, err error) {
	var body string
	var opened, tried sql.NullInt64
	if err := row.Scan(&b.ID, &b.Kind, &opened, &body, &b.Version, &b.Channel, &b.Thread, &b.TS, &b.Shown, &tried); err != nil {
		return bot.Bulletin{}, err
	}
	b.OpenedAt, b.TriedAt = instant(opened), instant(tried)
	if err := parse([]string{body}, &b.BulletinBody); err != nil {
		return bot.Bulletin{}, fmt.Errorf("bulletin %s: %w", b.ID, err)
	}
	return b, nil
}
