package backoffice

import (
	"fmt"
	"time"
)

// Date is a civil date in the company's zone, written YYYY-MM-DD. The empty Date means "none". Dates in this form compare
// with < and > as strings.
type Date string

// ParseDate reads a date written YYYY-MM-DD; an empty string is the empty Date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return "", nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "", fmt.Errorf("date %q is not written YYYY-MM-DD", s)
	}
	return Date(t.Format(time.DateOnly)), nil
}

// DateOf is the civil date of the instant t in the zone loc.
func DateOf(t time.Time, loc *time.Location) Date {
	return Date(t.In(loc).Format(time.DateOnly))
}

// Time is the first instant of the day in loc; the zero time for the empty or a malformed Date.
func (d Date) Time(loc *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), loc)
	if err != nil {
		return time.Time{}
	}
	return t
}

// AddDays is the date n calendar days later (earlier for a negative n). The empty Date stays empty.
func (d Date) AddDays(n int) Date {
	t := d.Time(time.UTC)
	if t.IsZero() {
		return d
	}
	return Date(t.AddDate(0, 0, n).Format(time.DateOnly))
}

// DaysUntil counts the calendar days from d to e: positive when e is later. Zero when either is empty.
func (d Date) DaysUntil(e Date) int {
	from, to := d.Time(time.UTC), e.Time(time.UTC)
	if from.IsZero() || to.IsZero() {
		return 0
	}
	return int(to.Sub(from).Hours() / 24)
}

// IsZero says whether no date is given.
func (d Date) IsZero() bool { return d == "" }
