package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

// signalQuestion is work on a question that one process does at a time: it is taken like anything else that came in, so that
// of several replicas one posts it, and another goes on where that one died.
const signalQuestion SignalKind = "question"

// QuestionPosting is the id of one of the two signals of a question: to put it before credit control, and to
// bring its answer back. Both are taken like what came in.
func QuestionPosting(id string) string { return "question:" + id }

// QuestionTelling is the second of them; it is there once the question is answered.
func QuestionTelling(id string) string { return "answer:" + id }

// Customer reads a customer by id.
func (r *Reception) Customer(ctx context.Context, id string) (backoffice.Customer, error) {
	return r.world.Office.Customer(ctx, id)
}

// Ask writes a question down, and in the journal of the case that it is about, if there is one. The same ID again changes
// nothing: a question is asked once, however often the form comes.
func (r *Reception) Ask(ctx context.Context, q Question) error {
	return r.onQuestions(ctx, func(tx Tx) error {
		fresh, err := tx.InsertSignal(ctx, Signal{ID: QuestionPosting(q.ID), Kind: signalQuestion, By: q.AskedBy, ReceivedAt: q.AskedAt})
		if err != nil || !fresh {
			return err
		}
		if err := tx.PutQuestion(ctx, q); err != nil {
			return err
		}
		return noteQuestion(ctx, tx, q, Entry{
			At: q.AskedAt, Who: q.AskedBy, Kind: "question asked", Text: fmt.Sprintf("%s asked credit control: %s", q.AskedBy.Name, q.Text),
		})
	})
}

// Answer writes the answer to a question down. The first one stands: first is the question as it is afterwards, with that
// answer. ErrNoQuestion when there is none.
func (r *Reception) Answer(ctx context.Context, id, answer string, by Actor) (first Question, err error) {
	now := r.world.Now()
	err = r.onQuestions(ctx, func(tx Tx) error {
		if first, err = tx.Question(ctx, id); err != nil {
			return err
		}
		// The signal decides who was first, also among replicas: a key is stored once.
		fresh, err := tx.InsertSignal(ctx, Signal{ID: QuestionTelling(id), Kind: signalQuestion, By: by, ReceivedAt: now})
		if err != nil || !fresh {
			return err
		}
		first.Answer, first.AnsweredBy, first.AnsweredAt = answer, by, now
		if err := tx.PutQuestion(ctx, first); err != nil {
			return err
		}
		return noteQuestion(ctx, tx, first, Entry{
			At: now, Who: by, Kind: "question answered", Text: fmt.Sprintf("%s answered: %s", by.Name, answer),
		})
	})
	return first, err
}

// onQuestions runs a transaction that reads a question and writes it back. A question may be of no case, whose row would keep
// others out; so they wait for each other as those do that count cases. There are few.
func (r *Reception) onQuestions(ctx context.Context, f func(Tx) error) error {
	return r.surely(ctx, func(tx Tx) error {
		if _, err := tx.CountCases(ctx, "", r.world.Now()); err != nil {
			return err
		}
		return f(tx)
	})
}

func noteQuestion(ctx context.Context, tx Tx, q Question, e Entry) error {
	if q.CaseID == 0 {
		return nil
	}
	e.CaseID, e.Object = q.CaseID, q.ID
	return tx.Append(ctx, e)
}

// TakeQuestion takes the work on a question for a while: to post it, or to bring its answer back once it has one. It writes
// the try down before anything is tried. before is the question as it was, ok is false while another process is at it.
func (r *Reception) TakeQuestion(ctx context.Context, id string, life time.Duration) (before Question, ok bool, err error) {
	now := r.world.Now()
	err = r.onQuestions(ctx, func(tx Tx) error {
		if before, err = tx.Question(ctx, id); err != nil {
			return err
		}
		signal := QuestionPosting(id)
		if !before.AnsweredAt.IsZero() {
			signal = QuestionTelling(id)
		}
		if ok, err = tx.TakeSignal(ctx, signal, now, now.Add(life)); err != nil || !ok {
			return err
		}
		after := before
		after.TriedAt = now
		return tx.PutQuestion(ctx, after)
	})
	return before, ok, err
}

// Settle writes down how far a question has come: change is told its row as it is now. done ends the work that
// TakeQuestion took, of posting or, with telling, of bringing the answer back.
func (r *Reception) Settle(ctx context.Context, id string, telling, done bool, change func(*Question)) error {
	return r.onQuestions(ctx, func(tx Tx) error {
		q, err := tx.Question(ctx, id)
		if err != nil {
			return err
		}
		change(&q)
		if err := tx.PutQuestion(ctx, q); err != nil || !done {
			return err
		}
		signal := QuestionPosting(id)
		if telling {
			signal = QuestionTelling(id)
		}
		return tx.HandleSignal(ctx, signal, "settled", r.world.Now())
	})
}

// Question reads a question. ErrNoQuestion when there is none.
func (r *Reception) Question(ctx context.Context, id string) (q Question, err error) {
	err = r.store.InTx(ctx, func(tx Tx) error { q, err = tx.Question(ctx, id); return err })
	return q, err
}

// Unsettled lists the questions that have yet to be put before credit control, and the answers that have yet to be told.
func (r *Reception) Unsettled(ctx context.Context, limit int) (all []Question, err error) {
	err = r.store.InTx(ctx, func(tx Tx) error { all, err = tx.Questions(ctx, true, limit); return err })
	return all, err
}
