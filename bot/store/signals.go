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

// InsertSignal stores a signal and wakes its case. See bot.Tx. ErrNoCase when the case it names isn't there. The version of
// the case stays as it is: nothing but the time when it is looked at has changed.
func (t *tx) InsertSignal(ctx context.Context, s bot.Signal) (fresh bool, err error) {
	if err := t.hold(ctx, s.CaseID); err != nil {
		return false, fmt.Errorf("insert signal %s: %w", s.ID, err)
	}
	n, err := t.exec(ctx, sqlInsertSignal, s.ID, caseRef(s.CaseID), string(s.Kind), object(s.By), raw(s.Body),
		s.ReceivedAt.UnixMilli(), millis(s.HandledAt), clean(s.Outcome))
	switch {
	case errors.Is(err, errOrphan):
		err = fmt.Errorf("%w: %w", bot.ErrNoCase, err)
	case err == nil && n > 0 && s.CaseID != 0 && s.HandledAt.IsZero():
		if _, err = t.exec(ctx, sqlWakeCase, s.ReceivedAt.UnixMilli(), s.CaseID); err == nil {
			err = t.wake(ctx, s.CaseID, s.ReceivedAt)
		}
	}
	if err != nil {
		return false, fmt.Errorf("insert signal %s: %w", s.ID, err)
	}
	return n > 0, nil
}

// InsertSignals stores signals of no case in one statement. See bot.Tx.
func (t *tx) InsertSignals(ctx context.Context, signals []bot.Signal) (fresh []bool, err error) {
	if len(signals) == 0 {
		return nil, nil
	}
	var values strings.Builder
	var args []any
	for i, s := range signals {
		if s.CaseID != 0 || !s.HandledAt.IsZero() {
			return nil, fmt.Errorf("insert signal %s: it is of case %d, or handled", s.ID, s.CaseID)
		}
		n := len(args) // the fewer placeholders the better: SQLite looks each one up by its name
		args = append(args, s.ID, string(s.Kind), object(s.By), raw(s.Body), s.ReceivedAt.UnixMilli())
		if i > 0 {
			values.WriteString(", ")
		}
		fmt.Fprintf(&values, "($%d, NULL, $%d, $%d, $%d, $%d, NULL, '')", n+1, n+2, n+3, n+4, n+5)
	}
	added := map[string]bool{}
	err = t.rows(ctx, fmt.Sprintf(sqlInsertSignals, values.String()), args, func(row scanner) error {
		var id string
		err := row.Scan(&id)
		added[id] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("insert %d signals: %w", len(signals), err)
	}
	fresh = make([]bool, len(signals))
	for i, s := range signals {
		fresh[i] = added[s.ID]
		delete(added, s.ID) // of two with one id, the first one is it
	}
	return fresh, nil
}

// Signals lists what has not been handled. See bot.Tx.
func (t *tx) Signals(ctx context.Context, caseID int64) ([]bot.Signal, error) {
	var signals []bot.Signal
	err := t.hold(ctx, caseID)
	if err != nil {
		return nil, fmt.Errorf("list the signals of case %d: %w", caseID, err)
	}
	err = t.rows(ctx, sqlSignals, []any{caseRef(caseID)}, func(row scanner) error {
		s, err := scanSignal(row)
		signals = append(signals, s)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the signals of case %d: %w", caseID, err)
	}
	return signals, nil
}

// Signal reads one signal. See bot.Tx.
func (t *tx) Signal(ctx context.Context, id string) (s bot.Signal, err error) {
	err = t.rows(ctx, sqlSignal, []any{id}, func(row scanner) (err error) { s, err = scanSignal(row); return })
	if err != nil {
		return bot.Signal{}, fmt.Errorf("read signal %s: %w", id, err)
	}
	return s, nil
}

// HandleSignal marks a signal as handled. See bot.Tx. ErrStale when it is handled already or isn't there: nobody handles a
// signal twice.
func (t *tx) HandleSignal(ctx context.Context, id, outcome string, at time.Time) error {
	n, err := t.exec(ctx, sqlHandleSignal, at.UnixMilli(), clean(outcome), id)
	if err == nil && n == 0 {
		err = bot.ErrStale
	}
	if err != nil {
		return fmt.Errorf("mark signal %s as handled: %w", id, err)
	}
	return nil
}

// TakeSignal says that a signal is being worked on. See bot.Tx.
func (t *tx) TakeSignal(ctx context.Context, id string, now, until time.Time) (ok bool, err error) {
	ahead, err := t.shift(ctx)
	if err != nil {
		return false, fmt.Errorf("take signal %s: %w", id, err)
	}
	n, err := t.exec(ctx, sqlTakeSignal, until.Add(ahead).UnixMilli(), id, now.Add(ahead).UnixMilli())
	if err != nil {
		return false, fmt.Errorf("take signal %s: %w", id, err)
	}
	return n > 0, nil
}

// caseRef is a case's id as other tables refer to it: NULL for no case.
func caseRef(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func scanSignal(row scanner) (bot.Signal, error) {
	var s bot.Signal
	var by string
	var body sql.NullString
	var caseID, received, handled sql.NullInt64
	if err := row.Scan(&s.ID, &caseID, &s.Kind, &by, &body, &received, &handled, &s.Outcome); err != nil {
		return bot.Signal{}, err
	}
	s.CaseID, s.Body, s.ReceivedAt, s.HandledAt = caseID.Int64, message(body), instant(received), instant(handled)
	return s, parse([]string{by}, &s.By)
}
