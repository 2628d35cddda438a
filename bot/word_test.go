package bot_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// doubtful is a helpdesk of which nobody knows whether it sent a mail. What a look sees is told beforehand, one after the
// other; the last one goes on.
type doubtful struct {
	helpdesk.Desk
	sights []helpdesk.DeliveryState
	sent   int
}

func (d *doubtful) SendNotice(context.Context, helpdesk.Notice) error {
	d.sent++
	return &helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: "send the notice", Answered: true}
}

func (d *doubtful) Delivery(context.Context, helpdesk.Sending) (helpdesk.Delivery, error) {
	state := d.sights[0]
	if len(d.sights) > 1 {
		d.sights = d.sights[1:]
	}
	return helpdesk.Delivery{State: state, Evidence: "seen " + string(state)}, nil
}

// A person asks for a repeat while the mail is still queued, or its fate unclear. That word is spent on the look which shows
// it: when the mail is gone from the queue later, another word is needed.
func TestAWordToRepeatHoldsForOneLook(t *testing.T) {
	for _, first := range []helpdesk.DeliveryState{helpdesk.Queued, helpdesk.Unclear} {
		r := newRig(t)
		desk := &doubtful{Desk: r.world.Desk, sights: []helpdesk.DeliveryState{helpdesk.Unclear}}
		r.world.Desk = desk
		r.clerk = bot.NewClerk(r.store, r.world, func(int64) {}, slog.New(slog.DiscardHandler))
		c := r.start("10234")
		r.wantState(r.run(c.ID, time.Hour), bot.Person, "notice_unknown")

		desk.sights = []helpdesk.DeliveryState{first, helpdesk.Absent}
		r.clock.Add(time.Second)
		r.say(c.ID, bot.SignalRetry, bot.HandWorkDone{Step: bot.SendNotice})
		f := r.run(c.ID, 3*time.Hour)
		if f.Case.State == bot.Person && first == helpdesk.Unclear { // nothing looks again by itself: somebody's word on another step
			r.clock.Add(time.Second)
			r.say(c.ID, bot.SignalByHand, bot.HandWorkDone{Step: bot.WriteComment})
			f = r.run(c.ID, 3*time.Hour)
		}
		if f.Case.State != bot.Person || desk.sent != 1 {
			t.Fatalf("first %s: %s, sent %d times\n%s", first, f.Case.State, desk.sent, journal(f))
		}
		r.clock.Add(time.Second)
		r.say(c.ID, bot.SignalRetry, bot.HandWorkDone{Step: bot.SendNotice})
		if f = r.run(c.ID, 3*time.Hour); desk.sent < 2 {
			t.Errorf("first %s: a new word does not send it\n%s", first, journal(f))
		}
	}
}
