package calendar

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

func amsterdam(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, amsterdam(t))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func example(t *testing.T) *Calendar {
	t.Helper()
	c, err := New(Config{Countries: []string{"NL", "BE", "DE"}, Quiet: []string{"Fri 15:00 - Mon 08:00"}, QuietHolidays: true}, amsterdam(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNothingIsSwitchedOffFromFridayAfternoonToMondayMorning(t *testing.T) {
	c := example(t)
	for _, row := range []struct{ from, want string }{
		{"2026-11-27 14:59", "2026-11-27 14:59"},
		{"2026-11-27 15:00", "2026-11-30 08:00"},
		{"2026-11-28 12:07", "2026-11-30 08:00"},
		{"2026-11-30 07:59", "2026-11-30 08:00"},
		{"2026-11-30 08:00", "2026-11-30 08:00"},
		{"2026-12-24 16:00", "2026-12-24 16:00"}, // a Thursday
		{"2026-12-25 09:00", "2026-12-28 08:00"}, // Christmas, then the weekend
		{"2027-03-26 10:00", "2027-03-30 00:00"}, // Good Friday to Easter Monday: the holiday ends at midnight
		{"2026-10-25 02:30", "2026-10-26 08:00"}, // the night that has an hour twice
	} {
		if got := c.NextLoud(at(t, row.from)); !got.Equal(at(t, row.want)) {
			t.Errorf("from %s: %s, want %s", row.from, got, row.want)
		}
	}
}

func TestWithoutQuietTimesEveryMomentWillDo(t *testing.T) {
	c, err := New(Config{}, amsterdam(t))
	if err != nil {
		t.Fatal(err)
	}
	if now := at(t, "2026-12-25 03:00"); !c.NextLoud(now).Equal(now) {
		t.Error("a calendar without quiet times delays")
	}
}

func TestTimesThatLeaveNoRoomAnswerNever(t *testing.T) {
	c, err := New(Config{Quiet: []string{"Mon 00:00 - Thu 12:00", "Thu 12:00 - Mon 00:00"}}, amsterdam(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.NextLoud(at(t, "2026-11-24 09:00")); !got.IsZero() {
		t.Errorf("found room at %s", got)
	}
}

func TestWorkdaysLeaveOutWeekendsAndHolidays(t *testing.T) {
	c := example(t)
	for d, want := range map[backoffice.Date]backoffice.Date{
		"2026-11-24": "2026-11-23", "2026-11-23": "2026-11-20", "2026-12-28": "2026-12-24", "2027-03-30": "2027-03-25",
	} {
		if got := c.LastWorkdayBefore(d); got != want {
			t.Errorf("before %s: %s, want %s", d, got, want)
		}
	}
}

func TestEveryFaultIsNamedAtOnce(t *testing.T) {
	_, err := New(Config{Countries: []string{"XX"}, Quiet: []string{"Friday", "Fri 15:00 - Fri 15:00"}}, time.UTC)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, part := range []string{`"XX"`, `"Friday"`, `"Fri 15:00 - Fri 15:00"`} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not name %s", err, part)
		}
	}
}

// Every preview asks the same calendar.
func TestCalendarIsAskedByManyAtOnce(t *testing.T) {
	t.Parallel()
	c := example(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for day := range 366 {
				c.IsWorkday(backoffice.DateOf(at(t, "2026-01-01 12:00").AddDate(0, 0, day), amsterdam(t)))
			}
		})
	}
	wg.Wait()
}
