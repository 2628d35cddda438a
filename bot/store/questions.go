package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/aanmaner/aanmaner/bot"
)

// PutQuestion writes a question. See bot.Tx.
func (t *tx) PutQuestion(ctx context.Context, q bot.Question) error {
	_, err := t.exec(ctx, sqlPutQuestion, q.ID, caseRef(q.CaseID), clean(q.CustomerNumber), clean(q.CustomerName), object(q.AskedBy),
		clean(q.Text), q.AskedAt.UnixMilli(), q.Channel, q.TS, millis(q.TriedAt), millis(q.MailedAt), clean(q.Answer),
		object(q.AnsweredBy), millis(q.AnsweredAt), millis(q.ToldAt))
	if errors.Is(err, errOrphan) {
		err = fmt.Errorf("%w: %w", bot.ErrNoCase, err)
	}
	if err != nil {
		return fmt.Errorf("write question %s: %w", q.ID, err)
	}
	return nil
}

// Question reads a question. See bot.Tx.
func (t *tx) Question(ctx context.Context, id string) (bot.Question, error) {
	found, err := t.questions(ctx, sqlQuestion, id)
	if err == nil && len(found) == 0 {
		err = bot.ErrNoQuestion
	}
	if err != nil {
		return bot.Question{}, fmt.Errorf("read question %s: %w", id, err)
	}
	return found[0], nil
}

// Questions lists questions. See bot.Tx.
func (t *tx) Questions(ctx context.Context, unsettled bool, limit int) ([]bot.Question, error) {
	query := sqlQuestions
	if unsettled {
		query = sqlUnsettledQuestions
	}
	found, err := t.questions(ctx, limited(query, limit))
	if err != nil {
		return nil, fmt.Errorf("list questions: %w", err)
	}
	return found, nil
}

func (t *tx) questions(ctx context.Context, query string, args ...any) (found []bot.Question, err error) {
	err = t.rows(ctx, query, args, func(row scanner) error {
		q, err := scanQuestion(row)
		found = append(found, q)
		return err
	})
	return found, err
}

func scanQuestion(row scanner) (bot.Question, error) {
	var q bot.Question
	var by, answeredBy string
	var caseID, asked, tried, mailed, answered, told sql.NullInt64
	err := row.Scan(&q.ID, &caseID, &q.CustomerNumber, &q.CustomerName, &by, &q.Text, &asked, &q.Channel, &q.TS, &tried, &mailed,
		&q.Answer, &answeredBy, &answered, &told)
	if err != nil {
		return bot.Question{}, err
	}
	q.CaseID, q.AskedAt, q.TriedAt, q.MailedAt = caseID.Int64, instant(asked), instant(tried), instant(mailed)
	q.AnsweredAt, q.ToldAt = instant(answered), instant(told)
	return q, parse([]string{by, answeredBy}, &q.AskedBy, &q.AnsweredBy)
}
