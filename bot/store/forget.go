package store

import (
	"context"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// The statements that take the personal data out of a case. An intent keeps its step and outcome, a signal its key and kind:
// without them nobody could tell any more what was done, and a confirmation that comes twice would not be known.
const (
	sqlForgetCase = `UPDATE cases SET forgotten_at = $1, updated_at = $2, version = version + 1, reason = $3, customer_id = '',
	customer_number = '', customer_name = '', agent_email = '', started_by = $4, terms = $5, ticket = $6, notice = $7, course = '{}' WHERE id = $8`
	sqlForgetIntents = `UPDATE intents SET object = CASE WHEN object = '' THEN '' ELSE 'forgotten ' || n END, prior = NULL,
	remote = NULL, evidence = '', why = $1, error = '' WHERE case_id = $2`
	sqlForgetSignals   = `UPDATE signals SET by = $1, body = NULL, outcome = '' WHERE case_id = $2`
	sqlForgetQuestions = `DELETE FROM questions WHERE case_id = $1`
	sqlForgetJournal   = `UPDATE journal SET who = $1, object = '', text = '', data = NULL WHERE case_id = $2`

	sqlForgetLooseSignals = `UPDATE signals SET by = $1, body = NULL, outcome = ''
	WHERE case_id IS NULL AND handled_at < $2 AND (body IS NOT NULL OR by <> $1)`
	sqlForgetLooseQuestions = `DELETE FROM questions WHERE case_id IS NULL AND asked_at < $1
	AND (ts <> '' OR mailed_at IS NOT NULL) AND (answered_at IS NULL OR told_at IS NOT NULL)`
)

// ForgetCase takes the personal data out of a case. See bot.Tx. The card of the case falls behind by it, and so is drawn once
// more, without a name.
func (t *tx) ForgetCase(ctx context.Context, caseID int64, at time.Time) error {
	c, err := t.oneCase(ctx, sqlCaseByID, caseID)
	if err == nil && c.ForgottenAt.IsZero() {
		err = t.forget(ctx, c, at)
	}
	if err != nil {
		return fmt.Errorf("forget case %d: %w", caseID, err)
	}
	return nil
}

func (t *tx) forget(ctx context.Context, c bot.Case, at time.Time) error {
	if !c.State.Closed() {
		return bot.ErrCaseOpen
	}
	nobody := object(bot.Actor{})
	for _, s := range []struct {
		query string
		args  []any
	}{
		{sqlForgetCase, []any{at.UnixMilli(), t.now().UnixMilli(), object(wording.Reason{Code: c.Reason.Code}), nobody,
			object(anonymous(c.Terms)), object(bot.TicketRef{}), object(bot.NoticeRef{SentAt: c.Notice.SentAt}), c.ID}},
		{sqlForgetIntents, []any{object(wording.Reason{}), c.ID}},
		{sqlForgetSignals, []any{nobody, c.ID}},
		{sqlForgetQuestions, []any{c.ID}},
		{sqlForgetMatters, []any{object(matterText{}), at.UnixMilli(), c.ID}},
		{sqlForgetJournal, []any{nobody, c.ID}},
	} {
		if _, err := t.exec(ctx, s.query, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// ForgetLoose takes the personal data out of what belongs to no case. See bot.Tx.
func (t *tx) ForgetLoose(ctx context.Context, before time.Time) (int, error) {
	signals, err := t.exec(ctx, sqlForgetLooseSignals, object(bot.Actor{}), before.UnixMilli())
	var questions int64
	if err == nil {
		questions, err = t.exec(ctx, sqlForgetLooseQuestions, before.UnixMilli())
	}
	if err != nil {
		return 0, fmt.Errorf("forget what belongs to no case: %w", err)
	}
	return int(signals + questions), nil
}

// anonymous is what may be kept of a case's terms: sums, days and kinds of service.
func anonymous(terms bot.Terms) bot.Terms {
	kept := bot.Terms{Outstanding: terms.Outstanding, Language: terms.Language, SuspendAt: terms.SuspendAt, CancelOn: terms.CancelOn}
	for _, i := range terms.Invoices {
		i.ID, i.Number = "", ""
		kept.Invoices = append(kept.Invoices, i)
	}
	for _, s := range terms.Services {
		kept.Services = append(kept.Services, bot.TermService{Kind: s.Kind, Suspend: s.Suspend, Cancel: s.Cancel})
	}
	return kept
}
