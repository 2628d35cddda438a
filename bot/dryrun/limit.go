package dryrun

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// Limitable lists the steps that a live program may be told to leave to people. The ticket is always the bot's: everything
// else hangs on it, and it goes to nobody.
func Limitable() []bot.StepName {
	return []bot.StepName{bot.SendNotice, bot.SuspendServices, bot.CancelOrders, bot.WriteComment}
}

// Limit leaves to people's hands what isn't among the steps, for a live program's first weeks. A step of the back office
// becomes hand work, as with a back office that doesn't offer it: the card says what to do and where, and "Done by hand" is
// looked at afterwards. The notice is refused with a sentence that says so, and a person sends it from the ticket.
func Limit(desk helpdesk.Desk, office backoffice.Office, steps []bot.StepName) (helpdesk.Desk, backoffice.Office) {
	off := func(s bot.StepName) bool { return !slices.Contains(steps, s) }
	if off(bot.SendNotice) {
		desk = unsent{desk}
	}
	var ops []backoffice.Operation
	for step, op := range map[bot.StepName]backoffice.Operation{
		bot.SuspendServices: backoffice.OpSuspend, bot.CancelOrders: backoffice.OpCancel, bot.WriteComment: backoffice.OpAddNote,
	} {
		if off(step) {
			ops = append(ops, op)
		}
	}
	if len(ops) > 0 {
		office = partial{office, ops}
	}
	return desk, office
}

// unsent is a helpdesk that mails nobody.
type unsent struct{ helpdesk.Desk }

// SendNotice refuses, before anything has happened.
func (unsent) SendNotice(context.Context, helpdesk.Notice) error {
	return &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: "send the notice", Answered: true,
		Sentence: "Sending the mail isn't switched on yet (live.steps): send it from the ticket, then say that it was done by hand."}
}

// partial is a back office without some of its operations.
type partial struct {
	backoffice.Office
	off []backoffice.Operation
}

// Capabilities leaves out what is off.
func (p partial) Capabilities(ctx context.Context) (backoffice.Capabilities, error) {
	c, err := p.Office.Capabilities(ctx)
	left := maps.Clone(c)
	maps.DeleteFunc(left, func(op backoffice.Operation, _ bool) bool { return slices.Contains(p.off, op) })
	return left, err
}

func (p partial) refuse(op backoffice.Operation) error {
	if !slices.Contains(p.off, op) {
		return nil
	}
	return &backoffice.Error{Kind: backoffice.ErrNotOffered, Op: string(op), Err: fmt.Errorf("%s isn't among live.steps", op)}
}

// Suspend switches nothing off while that is people's work.
func (p partial) Suspend(ctx context.Context, serviceID, reason, key string) (bool, error) {
	if err := p.refuse(backoffice.OpSuspend); err != nil {
		return false, err
	}
	return p.Office.Suspend(ctx, serviceID, reason, key)
}

// Cancel ends no order while that is people's work.
func (p partial) Cancel(ctx context.Context, serviceID string, at backoffice.Date, reason, key string) (bool, error) {
	if err := p.refuse(backoffice.OpCancel); err != nil {
		return false, err
	}
	return p.Office.Cancel(ctx, serviceID, at, reason, key)
}

// AddNote adds nothing while that is people's work.
func (p partial) AddNote(ctx context.Context, customerID string, n backoffice.NewNote, key string) (backoffice.Note, bool, error) {
	if err := p.refuse(backoffice.OpAddNote); err != nil {
		return backoffice.Note{}, false, err
	}
	return p.Office.AddNote(ctx, customerID, n, key)
}
