package sandbox

import (
	"sync/atomic"
	"time"
)

// Clock is the machine's clock with a lead that can be made longer. A world, and a bot that is given the same one, live on by
// days in a moment. The zero Clock has no lead.
type Clock struct{ ahead atomic.Int64 }

// Now is the time.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// MoveTo goes on to an instant. Time never runs backwards: one that has passed is left as it is.
func (c *Clock) MoveTo(t time.Time) {
	if d := t.Sub(c.Now()); d > 0 {
		c.ahead.Add(int64(d))
	}
}
