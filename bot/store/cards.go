package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/aanmaner/aanmaner/bot"
)

// Card reads where a case's card was posted. See bot.Tx.
func (t *tx) Card(ctx context.Context, caseID int64) (bot.Card, error) {
	var k bot.Card
	var tried sql.NullInt64
	err := t.hold(ctx, caseID)
	if err == nil {
		_, err = t.row(ctx, sqlCard, []any{caseID}, &k.CaseID, &k.Channel, &k.TS, &k.Drawn, &k.Thread, &tried)
	}
	if err != nil {
		return bot.Card{}, fmt.Errorf("read the card of case %d: %w", caseID, err)
	}
	k.TriedAt = instant(tried)
	return k, nil
}

// PutCard writes it. See bot.Tx. ErrNoCase when there is no such case.
func (t *tx) PutCard(ctx context.Context, k bot.Card) error {
	if err := t.hold(ctx, k.CaseID); err != nil {
		return fmt.Errorf("write the card of case %d: %w", k.CaseID, err)
	}
	_, err := t.exec(ctx, sqlPutCard, k.CaseID, k.Channel, k.TS, k.Drawn, k.Thread, millis(k.TriedAt))
	if errors.Is(err, errOrphan) {
		err = fmt.Errorf("%w: %w", bot.ErrNoCase, err)
	}
	if err != nil {
		return fmt.Errorf("write the card of case %d: %w", k.CaseID, err)
	}
	return nil
}

// StaleCards lists the cases whose card is behind, the one tried longest ago first. See bot.Tx. A case that never had a card
// written down is none of them. A limit of 0 is none.
func (t *tx) StaleCards(ctx context.Context, limit int) ([]int64, error) {
	var ids []int64
	if err := t.rows(ctx, limited(sqlStaleCards, limit), nil, collect(&ids)); err != nil {
		return nil, fmt.Errorf("list stale cards: %w", err)
	}
	return ids, nil
}

// Setting reads a setting. See bot.Tx.
func (t *tx) Setting(ctx context.Context, name string) (string, error) {
	var value string
	if _, err := t.row(ctx, sqlSetting, []any{name}, &value); err != nil {
		return "", fmt.Errorf("read the setting %s: %w", name, err)
	}
	return value, nil
}

// SetSetting writes a setting. See bot.Tx.
func (t *tx) SetSetting(ctx context.Context, name, value string) error {
	if _, err := t.exec(ctx, sqlSetSetting, name, clean(value)); err != nil {
		return fmt.Errorf("write the setting %s: %w", name, err)
	}
	return nil
}
