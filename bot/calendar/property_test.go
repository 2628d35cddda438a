package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/aanmaner/aanmaner/backoffice"
)

// quietTimes draws up to three stretches of the week that begin and end at a quarter of an hour.
func quietTimes(t *rapid.T) (out []string) {
	days := []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	at := func(what string) string {
		q := rapid.IntRange(0, 7*96-1).Draw(t, what)
		return fmt.Sprintf("%s %02d:%02d", days[q/96], q%96/4, q%4*15)
	}
	for range rapid.IntRange(0, 3).Draw(t, "stretches") {
		if from, to := at("from"), at("to"); from != to {
			out = append(out, from+" - "+to)
		}
	}
	return out
}

// Whatever a company calls quiet: what is put off happens at the first moment at which it may.
func TestTheNextLoudMomentIsTheFirstOne(t *testing.T) {
	loc := amsterdam(t)
	rapid.Check(t, func(t *rapid.T) {
		c, err := New(Config{Countries: []string{"NL", "DE"}, Quiet: quietTimes(t), QuietHolidays: rapid.Bool().Draw(t, "holidays")}, loc)
		if err != nil {
			t.Fatal(err)
		}
		// A year with both nights in which the clock is changed.
		from := time.Date(2026, 1, 1, 0, 0, 0, 0, loc).Add(time.Duration(rapid.IntRange(0, 365*24*3600).Draw(t, "second")) * time.Second)
		got := c.NextLoud(from)
		if got.IsZero() {
			for at := from; at.Before(from.Add(8 * week)); at = at.Add(time.Hour) {
				if !c.IsQuiet(at) {
					t.Fatalf("never from %s, but %s is loud", from, at)
				}
			}
			return
		}
		if got.Before(from) || c.IsQuiet(got) || !c.NextLoud(got).Equal(got) {
			t.Fatalf("from %s: %s", from, got)
		}
		for at := from.Truncate(15 * time.Minute).Add(15 * time.Minute); at.Before(got); at = at.Add(15 * time.Minute) {
			if !c.IsQuiet(at) {
				t.Fatalf("from %s: %s, but %s is loud", from, got, at)
			}
		}
		if got.After(from) && !c.IsQuiet(got.Add(-time.Minute)) {
			t.Fatalf("from %s: %s, but a minute before was loud", from, got)
		}
	})
}

func TestTheLastWorkdayIsTheOneJustBefore(t *testing.T) {
	c := example(t)
	rapid.Check(t, func(t *rapid.T) {
		day := backoffice.Date("2026-01-01").AddDays(rapid.IntRange(0, 4000).Draw(t, "day"))
		last := c.LastWorkdayBefore(day)
		if last >= day || !c.IsWorkday(last) {
			t.Fatalf("before %s: %s", day, last)
		}
		for d := last.AddDays(1); d < day; d = d.AddDays(1) {
			if c.IsWorkday(d) {
				t.Fatalf("before %s: %s, but people work on %s", day, last, d)
			}
		}
	})
}

// Quiet times are of the clock on the wall, in summer and in winter.
func TestQuietTimesFollowTheClockOnTheWall(t *testing.T) {
	c, err := New(Config{Quiet: []string{"Sun 02:00 - Sun 04:00", "Mon 22:00 - Tue 06:30"}}, amsterdam(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ from, want string }{
		{"2026-07-07T04:29:00Z", "2026-07-07T04:30:00Z"}, // summer: 06:30 is 04:30 UTC
		{"2026-12-08T05:29:00Z", "2026-12-08T05:30:00Z"}, // winter: 06:30 is 05:30 UTC
		{"2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z"}, // the hour from two to three comes twice
		{"2026-10-25T01:30:00Z", "2026-10-25T03:00:00Z"},
		{"2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"}, // the hour from two to three is left out
		{"2026-03-29T00:59:00Z", "2026-03-29T00:59:00Z"},
	} {
		from, _ := time.Parse(time.RFC3339, row.from)
		want, _ := time.Parse(time.RFC3339, row.want)
		if got := c.NextLoud(from); !got.Equal(want) {
			t.Errorf("from %s: %s, want %s", row.from, got.UTC(), row.want)
		}
	}
}

func TestEachCountryHasItsOwnHolidays(t *testing.T) {
	for _, row := range []struct {
		day backoffice.Date
		of  string
	}{
		{"2026-04-27", "NL"}, {"2026-07-21", "BE"}, {"2026-05-01", "BE DE"}, {"2026-12-25", "NL BE DE"},
		{"2026-04-06", "NL BE DE"}, {"2026-05-14", "NL BE DE"}, {"2026-11-24", ""},
	} {
		of := ""
		for _, country := range []string{"NL", "BE", "DE"} {
			c, err := New(Config{Countries: []string{" " + strings.ToLower(country) + " "}}, amsterdam(t))
			if err != nil {
				t.Fatal(err)
			}
			if c.isHoliday(row.day.Time(amsterdam(t))) {
				of += " " + country
			}
		}
		if of = strings.TrimSpace(of); of != row.of {
			t.Errorf("%s is a holiday in %q, want %q", row.day, of, row.of)
		}
	}
}

func TestHowAStretchIsWritten(t *testing.T) {
	for text, ok := range map[string]bool{
		"Fri 15:00 - Mon 08:00": true, "fri 15:00-mon 8:00": true, " Sat  00:00 - Sun 23:59 ": true, "Mon 22:00 - Tue 06:30": true,
		"Fri - Mon": false, "Fri 15:00": false, "Fri 25:00 - Mon 08:00": false, "Vrij 15:00 - Ma 08:00": false, "": false, "Fri 15:00 - Mon 08:00 - Tue": false,
		"15:00 - 08:00": false, "Fri 15:00 – Mon 08:00": false,
	} {
		if _, err := New(Config{Quiet: []string{text}}, time.UTC); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAQuietTimeEndsToTheMinute(t *testing.T) {
	c, err := New(Config{Quiet: []string{"Tue 22:10 - Wed 06:07"}}, amsterdam(t))
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		"2026-11-24 22:09": "2026-11-24 22:09", "2026-11-24 22:10": "2026-11-25 06:07", "2026-11-25 06:06": "2026-11-25 06:07", "2026-11-25 06:07": "2026-11-25 06:07",
	} {
		if got := c.NextLoud(at(t, from)); !got.Equal(at(t, want)) {
			t.Errorf("from %s: %s, want %s", from, got, want)
		}
	}
}

func TestAHolidayIsQuietOnlyWhereTheCompanySaysSo(t *testing.T) {
	c, err := New(Config{Countries: []string{"NL"}, Quiet: []string{"Fri 15:00 - Mon 08:00"}}, amsterdam(t))
	if err != nil {
		t.Fatal(err)
	}
	if christmas := at(t, "2026-12-25 10:00"); !c.NextLoud(christmas).Equal(christmas) || c.IsWorkday("2026-12-25") {
		t.Error("a holiday is quiet, or a working day")
	}
}
