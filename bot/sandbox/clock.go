package sandbox

import (
	"sync/atomic"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/calendar"
)

// Clock is a clock with a lead that can be made longer. A world, and a bot that is given the same one, live on by days in a
// moment. The zero Clock is the machine's, with no lead.
type Clock struct {
	Base  func() time.Time // what it is ahead of; nil: the machine's clock
	ahead atomic.Int64
}

// Now is the time.
func (c *Clock) Now() time.Time {
	base := time.Now
	if c.Base != nil {
		base = c.Base
	}
	return base().Add(time.Duration(c.ahead.Load()))
}

// MoveTo goes on to an instant. Time never runs backwards: one that has passed is left as it is.
func (c *Clock) MoveTo(t time.Time) {
	if d := t.Sub(c.Now()); d > 0 {
		c.ahead.Add(int64(d))
	}
}

// The company's day, in hours: so early people are asked, and so late a new case still finds them.
const (
	workBegins = 9
	lastCall   = 17
)

// ToWork goes on to the next morning on which people work, unless they are at work now: who is asked at night answers then, and
// nobody wants to wait for that.
func (c *Clock) ToWork(zone *time.Location) error {
	days, err := calendar.New(calendar.Config{Countries: []string{"NL"}}, zone)
	if err != nil {
		return err
	}
	now := c.Now().In(zone)
	day := backoffice.DateOf(now, zone)
	if now.Hour() >= lastCall {
		day = day.AddDays(1)
	}
	for !days.IsWorkday(day) {
		day = day.AddDays(1)
	}
	c.MoveTo(morning(day, zone))
	return nil
}

// morning is when work begins on a day.
func morning(day backoffice.Date, zone *time.Location) time.Time {
	y, m, d := day.Time(zone).Date()
	return time.Date(y, m, d, workBegins, 0, 0, 0, zone)
}
