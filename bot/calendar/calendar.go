// Package calendar knows working days, holidays and the times in which nothing is switched off.
//
// Holidays come from github.com/rickar/cal/v2 (BSD-2-Clause, v2.1.13, no dependencies): it has the Netherlands, Belgium and
// Germany with their movable days, and was chosen over a table of our own that someone would have to keep up.
package calendar

import (
	"fmt"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/nl"

	"github.com/aanmaner/aanmaner/backoffice"
)

const week = 7 * 24 * time.Hour

// Calendar answers for one company: its zone, its countries' holidays and its quiet times.
type Calendar struct {
	loc      *time.Location
	holidays *cal.Calendar
	quiet    []span
	// quietHolidays: nothing is switched off on a holiday either.
	quietHolidays bool
}

// span is a stretch of the week in minutes since Monday 00:00, in wall-clock time; from > to runs over the week's end.
type span struct{ from, to int }

// Config says which holidays count and when nothing is switched off.
type Config struct {
	Countries     []string // "NL", "BE", "DE": days that are a holiday in any of them are no working days
	Quiet         []string // stretches of the week such as "Fri 15:00 - Mon 08:00"
	QuietHolidays bool     // nothing is switched off on holidays
}

// New makes a calendar in the zone loc. The error names every country and stretch that can't be used.
func New(c Config, loc *time.Location) (*Calendar, error) {
	// Without the library's cache, a map that two goroutines may not write at once.
	out := &Calendar{loc: loc, holidays: &cal.Calendar{}, quietHolidays: c.QuietHolidays}
	var faults []string
	for _, country := range c.Countries {
		days := holidaysOf(country)
		if days == nil {
			faults = append(faults, fmt.Sprintf("holidays of %q are not known; use NL, BE or DE", country))
		}
		out.holidays.AddHoliday(days...)
	}
	for _, q := range c.Quiet {
		s, err := parseSpan(q)
		if err != nil {
			faults = append(faults, err.Error())
		}
		out.quiet = append(out.quiet, s)
	}
	if faults != nil {
		return nil, fmt.Errorf("calendar: %s", strings.Join(faults, "; "))
	}
	return out, nil
}

func holidaysOf(country string) []*cal.Holiday {
	switch strings.ToUpper(strings.TrimSpace(country)) {
	case "NL":
		return nl.Holidays
	case "BE":
		return be.Holidays
	case "DE":
		return de.Holidays
	}
	return nil
}

// parseSpan reads "Fri 15:00 - Mon 08:00".
func parseSpan(s string) (span, error) {
	from, to, ok := strings.Cut(s, "-")
	a, errA := parseMoment(from)
	b, errB := parseMoment(to)
	if !ok || errA != nil || errB != nil || a == b {
		return span{}, fmt.Errorf("quiet time %q is not written like \"Fri 15:00 - Mon 08:00\"", s)
	}
	return span{a, b}, nil
}

func parseMoment(s string) (int, error) {
	day, clock, _ := strings.Cut(strings.TrimSpace(s), " ")
	t, err := time.Parse("15:04", strings.TrimSpace(clock))
	if err != nil {
		return 0, err
	}
	for i, name := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		if strings.EqualFold(day, name) {
			return i*24*60 + t.Hour()*60 + t.Minute(), nil
		}
	}
	return 0, fmt.Errorf("no day %q", day)
}

// IsWorkday says whether people work on the day: Monday to Friday and no holiday.
func (c *Calendar) IsWorkday(d backoffice.Date) bool {
	t := d.Time(c.loc)
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && !c.isHoliday(t)
}

func (c *Calendar) isHoliday(t time.Time) bool {
	// Noon, so that no zone arithmetic can move the day.
	actual, observed, _ := c.holidays.IsHoliday(time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC))
	return actual || observed
}

// LastWorkdayBefore is the last working day before d.
func (c *Calendar) LastWorkdayBefore(d backoffice.Date) backoffice.Date {
	for d = d.AddDays(-1); !c.IsWorkday(d); d = d.AddDays(-1) {
	}
	return d
}

// IsQuiet says whether nothing is switched off at t.
func (c *Calendar) IsQuiet(t time.Time) bool {
	t = t.In(c.loc)
	if c.quietHolidays && c.isHoliday(t) {
		return true
	}
	at := (int(t.Weekday()+6)%7)*24*60 + t.Hour()*60 + t.Minute()
	for _, q := range c.quiet {
		if q.from < q.to && at >= q.from && at < q.to || q.from > q.to && (at >= q.from || at < q.to) {
			return true
		}
	}
	return false
}

// NextLoud is the first instant from t on at which something may be switched off: t itself outside quiet times. It looks
// eight weeks ahead by quarters of an hour; times that leave no room at all answer the zero time.
func (c *Calendar) NextLoud(t time.Time) time.Time {
	if !c.IsQuiet(t) {
		return t
	}
	const quarter = 15 * time.Minute
	for at := t.Truncate(quarter).Add(quarter); at.Before(t.Add(8 * week)); at = at.Add(quarter) {
		if !c.IsQuiet(at) {
			return c.firstLoudMinute(at)
		}
	}
	return time.Time{}
}

// firstLoudMinute goes back from a loud quarter to the minute at which the quiet time ended.
func (c *Calendar) firstLoudMinute(at time.Time) time.Time {
	for !c.IsQuiet(at.Add(-time.Minute)) {
		at = at.Add(-time.Minute)
	}
	return at
}
