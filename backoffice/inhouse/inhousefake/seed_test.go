package inhousefake_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

// noon is a Tuesday.
func noon() time.Time { return time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC) }

func demoAt(now time.Time) *inhousefake.Server {
	return inhousefake.NewDemo(inhousefake.Options{Now: func() time.Time { return now }})
}

// kind is a kind of customer that the seed must hold, and how one is known by what the back office shows.
type kind struct {
	name string
	fits func(s inhousefake.Snapshot, day string) bool
	want int // how many there must be at least
}

func overdue(s inhousefake.Snapshot, day string) (n int) {
	for _, i := range s.Invoices {
		if i.State == "open" && i.Open.Minor > 0 && i.Due < day {
			n++
		}
	}
	return n
}

func hasInvoice(s inhousefake.Snapshot, fits func(inhousefake.Invoice) bool) bool {
	return slices.ContainsFunc(s.Invoices, fits)
}

func hasService(s inhousefake.Snapshot, fits func(inhousefake.Service) bool) bool {
	return slices.ContainsFunc(s.Services, fits)
}

func titled(s inhousefake.Snapshot, title string) int {
	return slices.IndexFunc(s.Notes, func(n inhousefake.Note) bool { return strings.EqualFold(strings.TrimSpace(n.Title), title) })
}

// everyday are the kinds that an agent meets each week.
func everyday() []kind {
	return []kind{
		{"paid", func(s inhousefake.Snapshot, day string) bool { return len(s.Invoices) > 0 && overdue(s, day) == 0 }, 2},
		{"overdue, several invoices", func(s inhousefake.Snapshot, day string) bool { return overdue(s, day) >= 3 }, 1},
		{"paid, and one that isn't due yet", func(s inhousefake.Snapshot, day string) bool {
			return overdue(s, day) == 0 && hasInvoice(s, func(i inhousefake.Invoice) bool { return i.State == "open" && i.Due > day })
		}, 1},
		{"partly paid", func(s inhousefake.Snapshot, _ string) bool {
			return hasInvoice(s, func(i inhousefake.Invoice) bool { return i.Open.Minor > 0 && i.Open.Minor < i.Total.Minor })
		}, 1},
		{"payment on its way, all of it", func(s inhousefake.Snapshot, day string) bool {
			return len(s.Pending) == 1 && s.Pending[0].Amount.Minor == s.OpenMinor() && overdue(s, day) > 0
		}, 1},
		{"bank not imported since Thursday", func(s inhousefake.Snapshot, day string) bool {
			t, err := time.Parse(time.DateOnly, s.BookedUntil)
			return err == nil && t.Weekday() == time.Thursday && s.BookedUntil < lastWorkingDay(day) && overdue(s, day) > 0
		}, 1},
		{"no services", func(s inhousefake.Snapshot, day string) bool { return len(s.Services) == 0 && overdue(s, day) > 0 }, 1},
		{"consumer", func(s inhousefake.Snapshot, day string) bool {
			return s.Customer.Kind == "consumer" && overdue(s, day) > 0
		}, 2},
		{"disputes an invoice", func(s inhousefake.Snapshot, _ string) bool {
			return hasInvoice(s, func(i inhousefake.Invoice) bool { return i.Disputed && i.DisputeReason != "" })
		}, 1},
		{"Belgian", func(s inhousefake.Snapshot, _ string) bool { return s.Customer.Country == "BE" }, 3},
		{"German", func(s inhousefake.Snapshot, _ string) bool {
			return s.Customer.Country == "DE" && s.Customer.Language == "de"
		}, 2},
		{"French-speaking", func(s inhousefake.Snapshot, _ string) bool { return s.Customer.Language == "fr" }, 1},
		{"English-speaking", func(s inhousefake.Snapshot, _ string) bool { return s.Customer.Language == "en" }, 1},
	}
}

// odd are the kinds at which a person or the procedure must look twice.
func odd() []kind {
	return []kind{
		{"reseller with 104 domains of others", func(s inhousefake.Snapshot, _ string) bool {
			return s.Customer.Reseller && s.Customer.Domains == 104 && s.Customer.EndCustomers > 0
		}, 1},
		{"a comment typed by hand", func(s inhousefake.Snapshot, _ string) bool {
			at := titled(s, "betalingsachterstand")
			return at >= 0 && s.Notes[at].ExternalRef == "" && s.Notes[at].Title != "betalingsachterstand" && titled(s, "betaald, hersteld") < 0
		}, 1},
		{"second default, with an old comment and its restoring", func(s inhousefake.Snapshot, day string) bool {
			return titled(s, "betalingsachterstand") >= 0 && titled(s, "betaald, hersteld") > titled(s, "betalingsachterstand") && overdue(s, day) > 0
		}, 1},
		{"one service suspended earlier for abuse", func(s inhousefake.Snapshot, day string) bool {
			return overdue(s, day) > 0 && hasService(s, func(v inhousefake.Service) bool {
				return v.State == "suspended" && strings.Contains(v.Suspension.Reason, "abuse")
			}) && hasService(s, func(v inhousefake.Service) bool { return v.State == "active" })
		}, 1},
		{"a service that must not be switched off", func(s inhousefake.Snapshot, _ string) bool {
			return hasService(s, func(v inhousefake.Service) bool { return v.DoNotSuspend != "" })
		}, 1},
		{"cancelled a service himself, and one has ended", func(s inhousefake.Snapshot, day string) bool {
			return hasService(s, func(v inhousefake.Service) bool {
				return v.Cancellation != nil && !v.Cancellation.Executed && v.Cancellation.At > day
			}) &&
				hasService(s, func(v inhousefake.Service) bool { return v.State == "cancelled" })
		}, 1},
		{"no e-mail address", func(s inhousefake.Snapshot, day string) bool {
			return len(s.Customer.Addresses) == 0 && overdue(s, day) > 0
		}, 1},
		{"address on a domain that would be switched off", func(s inhousefake.Snapshot, day string) bool {
			return len(s.Customer.Addresses) > 0 && overdue(s, day) > 0 && !slices.ContainsFunc(s.Customer.Addresses, func(a inhousefake.Address) bool { return !hangsOn(s, a.Email) })
		}, 1},
		{"a name that another program could take for a command", func(s inhousefake.Snapshot, _ string) bool {
			for _, part := range []string{"<script>", "&", "<!channel>", "*", "\n#signature"} {
				if !strings.Contains(s.Customer.Name, part) {
					return false
				}
			}
			return true
		}, 1},
		{"excluded without end", func(s inhousefake.Snapshot, day string) bool {
			return s.Customer.Excluded != nil && s.Customer.Excluded.Until == "" && overdue(s, day) > 0
		}, 1},
		{"excluded until a day to come", func(s inhousefake.Snapshot, day string) bool {
			return s.Customer.Excluded != nil && s.Customer.Excluded.Until > day
		}, 1},
		{"a domain name as a service of its own", func(s inhousefake.Snapshot, _ string) bool {
			return hasService(s, func(v inhousefake.Service) bool { return v.Kind == "domain" })
		}, 2},
		{"a number that isn't the id", func(s inhousefake.Snapshot, _ string) bool { return s.Customer.ID != s.Customer.Number }, 3},
		{"a formal address of its own", func(s inhousefake.Snapshot, _ string) bool {
			return slices.ContainsFunc(s.Customer.Addresses, func(a inhousefake.Address) bool { return a.Notices })
		}, 1},
	}
}

// hangsOn says whether an address lives on a domain of one of the customer's services.
func hangsOn(s inhousefake.Snapshot, email string) bool {
	_, domain, _ := strings.Cut(email, "@")
	return hasService(s, func(v inhousefake.Service) bool { return slices.Contains(v.Domains, domain) })
}

// lastWorkingDay is the last Monday to Friday before the day.
func lastWorkingDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	for t = t.AddDate(0, 0, -1); t.Weekday() == time.Saturday || t.Weekday() == time.Sunday; {
		t = t.AddDate(0, 0, -1)
	}
	return t.Format(time.DateOnly)
}

// TestEveryKindOfCustomerIsThereOnEveryDay looks on each day of a week, and on days on which calendars are odd.
func TestEveryKindOfCustomerIsThereOnEveryDay(t *testing.T) {
	days := []time.Time{time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC), time.Date(2028, 2, 29, 22, 30, 0, 0, time.UTC), time.Date(2027, 3, 28, 0, 30, 0, 0, time.UTC)}
	for n := range 7 {
		days = append(days, noon().AddDate(0, 0, n))
	}
	for _, now := range days {
		all := demoAt(now).Everyone()
		if len(all) != 20 {
			t.Fatalf("%d customers", len(all))
		}
		day := now.In(amsterdam(t)).Format(time.DateOnly)
		for _, k := range append(everyday(), odd()...) {
			n := 0
			for _, s := range all {
				if k.fits(s, day) {
					n++
				}
			}
			if n < k.want {
				t.Errorf("%s: %d customers of the kind %q, wanted %d", now.Weekday(), n, k.name, k.want)
			}
		}
	}
}

func amsterdam(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestTwoCustomersHaveOneName(t *testing.T) {
	names := map[string]int{}
	for _, s := range demoAt(noon()).Everyone() {
		names[s.Customer.Name]++
	}
	twice := 0
	for _, n := range names {
		if n == 2 {
			twice++
		}
	}
	if twice != 1 || len(names) != 19 {
		t.Errorf("%d names are there twice, %d in all", twice, len(names))
	}
}

// TestSeedIsConsistent: nothing in it contradicts the contract.
func TestSeedIsConsistent(t *testing.T) {
	server := demoAt(noon())
	ids := map[string]bool{}
	unique := func(what, id string) {
		if id == "" || ids[what+id] {
			t.Errorf("%s %q is empty or there twice", what, id)
		}
		ids[what+id] = true
	}
	for _, s := range server.Everyone() {
		c := s.Customer
		unique("customer", c.ID)
		unique("number", c.Number)
		if server.Customer(c.Number).ID != c.ID {
			t.Errorf("customer %s isn't found by its number", c.ID)
		}
		for _, i := range s.Invoices {
			unique("invoice", i.ID)
			unique("invoice number", i.Number)
			if (i.Open.Minor > 0) != (i.State == "open") || i.Open.Minor > i.Total.Minor || i.Due <= i.Issued || (i.LastReminder != "") != (i.Reminders > 0) {
				t.Errorf("invoice %+v", i)
			}
			if i.LastReminder != "" && (i.LastReminder <= i.Due || i.LastReminder > "2026-11-24") {
				t.Errorf("invoice %s, due %s: last reminder %s", i.ID, i.Due, i.LastReminder)
			}
		}
		for _, v := range s.Services {
			unique("service", v.ID)
			if (v.State == "suspended") != (v.Suspension != nil) || v.Order == nil {
				t.Errorf("service %+v", v)
			}
		}
		for _, n := range s.Notes {
			unique("note", n.ID)
		}
		if c.NonPayer != nil && overdue(s, "2026-11-24") == 0 {
			t.Errorf("customer %s carries the status and owes nothing", c.ID)
		}
	}
}
