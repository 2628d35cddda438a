package backofficetest

import (
	"reflect"
	"slices"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice"
)

func moneyTests() []subtest {
	return []subtest{
		{"InvoicesAreTheOpenOnes", openInvoices, nil},
		{"PaymentsSayWhatIsOnItsWay", payments, nil},
		{"AnnouncedMoneyIsOnItsWayAndStillOwed", announced, []ability{canAnnounce()}},
		{"PaidInPartIsStillOpen", paidInPart, []ability{canPay()}},
		{"PaidInvoiceStaysReadable", paid, []ability{canPay()}},
	}
}

func openInvoices(t *testing.T, b *Bench) {
	ctx := within(t)
	all := must(b.Office.Invoices(ctx, b.Customer))(t)
	if len(all) == 0 {
		t.Fatalf("customer %s has no open invoice; the suite needs one", b.Customer)
	}
	seen := map[string]bool{}
	for _, i := range all {
		if i.State != backoffice.InvoiceOpen || i.CustomerID != b.Customer || i.Number == "" || i.Due == "" || seen[i.ID] {
			t.Errorf("invoice %+v", i)
		}
		seen[i.ID] = true
		if len(i.Open.Currency) != 3 || i.Open.Currency != i.Total.Currency || i.Open.Minor > i.Total.Minor || i.Reminders < 0 {
			t.Errorf("invoice %s: open %s of %s, %d reminders", i.ID, i.Open, i.Total, i.Reminders)
		}
		for _, day := range []backoffice.Date{i.Issued, i.Due, i.LastReminder} {
			if _, err := backoffice.ParseDate(string(day)); err != nil {
				t.Errorf("invoice %s: %v", i.ID, err)
			}
		}
		isLink(t, i.URL)
		if one := must(b.Office.Invoice(ctx, i.ID))(t); !reflect.DeepEqual(one, i) {
			t.Errorf("by itself %+v, in the list %+v", one, i)
		}
	}
}

func payments(t *testing.T, b *Bench) {
	b.offers(t, backoffice.OpPayments)
	all := must(b.Office.Payments(within(t), b.Customer))(t)
	if _, err := backoffice.ParseDate(string(all.BookedUntil)); err != nil || all.BookedUntil > b.Today {
		t.Errorf("the bank is booked until %q, today is %s", all.BookedUntil, b.Today)
	}
	for _, p := range all.Pending {
		if p.ID == "" || p.Amount.Minor <= 0 || len(p.Amount.Currency) != 3 {
			t.Errorf("payment %+v", p)
		}
	}
}

func owed(t *testing.T, b *Bench) backoffice.Money {
	t.Helper()
	var sum backoffice.Money
	for _, i := range must(b.Office.Invoices(within(t), b.Customer))(t) {
		sum = must(sum.Add(i.Open))(t)
	}
	return sum
}

func announced(t *testing.T, b *Bench) {
	b.offers(t, backoffice.OpPayments)
	before := owed(t, b)
	b.Announce(t, 1234)
	isIt := func(p backoffice.Payment) bool { return p.Amount.Minor == 1234 && !p.Announced.IsZero() }
	if all := must(b.Office.Payments(within(t), b.Customer))(t); !slices.ContainsFunc(all.Pending, isIt) {
		t.Errorf("not on its way: %+v", all)
	}
	if now := owed(t, b); now != before {
		t.Errorf("owed %s, and %s since money is on its way", before, now)
	}
}

func paidInPart(t *testing.T, b *Bench) {
	before := owed(t, b)
	b.Pay(t, 1)
	if now := owed(t, b); now.Minor != before.Minor-1 {
		t.Errorf("owed %s, a cent was paid, and %s is owed", before, now)
	}
}

func paid(t *testing.T, b *Bench) {
	ctx := within(t)
	before := must(b.Office.Invoices(ctx, b.Customer))(t)
	b.Pay(t, 0)
	if left := must(b.Office.Invoices(ctx, b.Customer))(t); len(left) != 0 {
		t.Errorf("paid, and still open: %v", left)
	}
	for _, i := range before {
		now := must(b.Office.Invoice(ctx, i.ID))(t)
		if now.State != backoffice.InvoicePaid || now.Open.Minor != 0 || now.Total != i.Total || now.Number != i.Number {
			t.Errorf("paid: %+v", now)
		}
		if now.OverdueOn(b.Today.AddDays(1000)) {
			t.Errorf("paid invoice %s is overdue", i.ID)
		}
	}
}
