package slack

import (
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
)

// The hours in which people of credit control work, on working days, in minutes since midnight by the clock on the wall.
const (
	workBegins = 9 * 60
	workEnds   = 17*60 + 30
	// remindAfter is how many working hours a matter waits before somebody is reminded of it.
	remindAfter = 4 * time.Hour
)

// hours counts working time.
type hours struct{ policy bot.Policy }

func (s *Slack) hours() hours { return hours{s.policy} }

func (h hours) workday(d backoffice.Date) bool {
	if h.policy.Calendar != nil {
		return h.policy.Calendar.IsWorkday(d)
	}
	day := d.Time(h.policy.Location).Weekday()
	return day != time.Saturday && day != time.Sunday
}

// span is when work begins and ends on a day.
func (h hours) span(d backoffice.Date) (from, to time.Time) {
	y, m, day := d.Time(h.policy.Location).Date()
	at := func(minutes int) time.Time { return time.Date(y, m, day, 0, minutes, 0, 0, h.policy.Location) }
	return at(workBegins), at(workEnds)
}

// next is the first instant from t on that is in working hours: t itself within them.
func (h hours) next(t time.Time) time.Time {
	d := backoffice.DateOf(t, h.policy.Location)
	for range 60 { // no holidays last so long
		from, to := h.span(d)
		if h.workday(d) && t.Before(to) {
			if t.Before(from) {
				return from
			}
			return t
		}
		d = d.AddDays(1)
	}
	return t
}

// after is the instant at which so much working time has gone by since t.
func (h hours) after(t time.Time, span time.Duration) time.Time {
	for range 100 {
		t = h.next(t)
		_, to := h.span(backoffice.DateOf(t, h.policy.Location))
		if left := to.Sub(t); span > left {
			t, span = to, span-left
			continue
		}
		return t.Add(span)
	}
	return t
}

// morning is when work begins on the first working day after t, or so many days later.
func (h hours) morning(t time.Time, days int) time.Time {
	from, _ := h.span(backoffice.DateOf(t, h.policy.Location).AddDays(days))
	return h.next(from)
}
