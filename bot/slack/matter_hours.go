package slack

import (
	"fmt"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
)

// The hours in which people of credit control work, unless the configuration says otherwise.
const (
	workBegins = 9 * time.Hour
	workEnds   = 17*time.Hour + 30*time.Minute
)

const (
	// remindAfter is how many working hours a matter waits before somebody is reminded of it.
	remindAfter = 4 * time.Hour
	// handAfter is how many working days it waits before it goes to the stand-in.
	handAfter = 2
)

// ParseHours reads working hours such as "9:00 - 17:30", as times since midnight. They have to end on the same day, and be longer than
// the four hours after which people are reminded.
func ParseHours(s string) (from, to time.Duration, err error) {
	first, last, _ := strings.Cut(s, "-")
	begin, err1 := time.Parse("15:04", strings.TrimSpace(first))
	end, err2 := time.Parse("15:04", strings.TrimSpace(last))
	if err1 != nil || err2 != nil || end.Sub(begin) < remindAfter {
		return 0, 0, fmt.Errorf("%q isn't written like 9:00 - 17:30, or is less than four hours", s)
	}
	midnight := begin.Truncate(24 * time.Hour)
	return begin.Sub(midnight), end.Sub(midnight), nil
}

// hours counts working time: on working days, between two times by the clock on the wall.
type hours struct {
	policy   bot.Policy
	from, to time.Duration // since midnight
}

func (s *Slack) hours() hours { return hours{s.policy, s.cfg.WorkBegins, s.cfg.WorkEnds} }

func (h hours) workday(d backoffice.Date) bool {
	if h.policy.Calendar != nil {
		return h.policy.Calendar.IsWorkday(d)
	}
	day := d.Time(h.policy.Location).Weekday()
	return day != time.Saturday && day != time.Sunday
}

// span is when work begins and ends on a day. The night in which the clock is changed is no shorter or longer by it.
func (h hours) span(d backoffice.Date) (from, to time.Time) {
	y, m, day := d.Time(h.policy.Location).Date()
	at := func(since time.Duration) time.Time {
		return time.Date(y, m, day, 0, int(since/time.Minute), 0, 0, h.policy.Location)
	}
	return at(h.from), at(h.to)
}

// working says whether t is in working hours.
func (h hours) working(t time.Time) bool { return h.next(t).Equal(t) }

// days is so many working days, in hours.
func (h hours) days(n int) time.Duration { return time.Duration(n) * (h.to - h.from) }

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
