package sandbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// Days lets days go by in the world, and lets the bot do what each of them brings. There is no other way to move a bot's clock:
// the program's own is the machine's.
type Days struct {
	clock *Clock
	bot   *daemon.Daemon
	zone  *time.Location
	mu    sync.Mutex
}

// NewDays makes one for a bot that lives on the clock.
func NewDays(clock *Clock, d *daemon.Daemon) *Days {
	return &Days{clock: clock, bot: d, zone: d.Policy.Location}
}

// Stop is why the days stopped before the one that was asked for: somebody has to decide. The zero Stop says that they didn't.
type Stop struct {
	CaseID   int64
	Customer string
	Why      wording.Reason
}

// ErrGoing: days are going by already.
var ErrGoing = errors.New("days are going by already")

const (
	// dayPatience is how long the bot may take for what one day brings, cardPatience for putting a question to people.
	dayPatience, cardPatience = 30 * time.Second, 30 * time.Second
)

// To goes on morning by morning until a day's. On each the bot first does what has come due, in its order. When that puts a
// question before people, the days stop there. seen is called after each.
func (d *Days) To(ctx context.Context, day backoffice.Date, seen func()) (Stop, error) {
	if !d.mu.TryLock() {
		return Stop{}, ErrGoing
	}
	defer d.mu.Unlock()
	if err := d.settle(ctx); err != nil { // what is under way belongs to today
		return Stop{}, err
	}
	asked, err := d.asked(ctx)
	if err != nil {
		return Stop{}, err
	}
	for next := d.today().AddDays(1); next <= day; next = next.AddDays(1) {
		d.clock.MoveTo(morning(next, d.zone))
		if err := d.settle(ctx); err != nil {
			return Stop{}, err
		}
		stop, err := d.newly(ctx, asked)
		seen()
		if err != nil || stop.CaseID != 0 {
			return stop, err
		}
	}
	return Stop{}, nil
}

func (d *Days) today() backoffice.Date { return backoffice.DateOf(d.clock.Now(), d.zone) }

func (d *Days) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, dayPatience)
	defer cancel()
	if err := d.bot.CatchUp(ctx); err != nil {
		return fmt.Errorf("the bot isn't done with %s: %w", d.today(), err)
	}
	return nil
}

// asked lists what waits for people already, by the matter's id or the case's: the days don't stop for it again. A question that
// hasn't come to them yet isn't among it.
func (d *Days) asked(ctx context.Context) (map[string]bool, error) {
	out := map[string]bool{}
	matters, err := d.bot.Reception.Matters(ctx, bot.MatterFilter{Open: true})
	for _, m := range matters {
		out[m.ID] = m.TS != ""
	}
	if err != nil {
		return nil, err
	}
	parked, err := d.bot.Reception.Cases(ctx, bot.Filter{States: []bot.State{bot.Person}})
	for _, c := range parked {
		out[fmt.Sprint(c.ID)] = true
	}
	return out, err
}

// newly finds the first thing that waits for people and didn't before, once it is put to them. What the people of credit control
// are asked comes to them when they are at work.
func (d *Days) newly(ctx context.Context, asked map[string]bool) (Stop, error) {
	matters, err := d.bot.Reception.Matters(ctx, bot.MatterFilter{Open: true})
	if err != nil {
		return Stop{}, err
	}
	of := map[int64]bool{}
	for _, m := range matters {
		of[m.CaseID] = true
		if asked[m.ID] || m.Kind.Urgency() > 2 && !d.bot.Policy.Calendar.IsWorkday(d.today()) {
			continue
		}
		f, err := d.bot.Reception.File(ctx, m.CaseID)
		if err == nil {
			err = d.posted(ctx, m)
		}
		return Stop{m.CaseID, f.Case.CustomerName, m.Headline}, err
	}
	parked, err := d.bot.Reception.Cases(ctx, bot.Filter{States: []bot.State{bot.Person}})
	for _, c := range parked {
		if !asked[fmt.Sprint(c.ID)] && !of[c.ID] {
			return Stop{c.ID, c.CustomerName, c.Reason}, err
		}
	}
	return Stop{}, err
}

// posted waits until a matter's card stands in the channel.
func (d *Days) posted(ctx context.Context, m bot.Matter) error {
	ctx, cancel := context.WithTimeout(ctx, cardPatience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for m.TS == "" {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the question %q isn't put to people: %w", m.ID, ctx.Err())
		case <-tick.C:
		}
		all, err := d.bot.Reception.Matters(ctx, bot.MatterFilter{CaseID: m.CaseID})
		if err != nil {
			return err
		}
		for _, now := range all {
			if now.ID == m.ID {
				m = now
			}
		}
	}
	return nil
}
