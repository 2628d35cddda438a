package backofficetest

import (
	"reflect"
	"slices"
	"strings"
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
		{"BookedPaymentSaysWhenItCounts", booked, []ability{canPay()}},
		{"PaymentThatWasTakenBackSaysSo", takenBack, []ability{canPay(), canReverse()}},
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
		if p.Booked != "" || p.Reversed != "" {
			t.Errorf("on its way and booked: %+v", p)
		}
	}
	if !slices.IsSortedFunc(all.Booked, func(x, y backoffice.Payment) int { return strings.Compare(string(x.Booked), string(y.Booked)) }) {
		t.Errorf("booked payments not oldest first: %+v", all.Booked)
	}
	for _, p := range all.Booked {
		isBooked(t, b, p)
	}
}

// isBooked holds what a booked payment says against itself.
func isBooked(t *testing.T, b *Bench, p backoffice.Payment) {
	t.Helper()
	if p.ID == "" || p.Booked == "" || p.Booked > b.Today || len(p.Amount.Currency) != 3 {
		t.Errorf("booked payment %+v on %s", p, b.Today)
	}
	if p.Reversed != "" && (p.Reversed < p.Booked || p.Reversed > b.Today) {
		t.Errorf("booked on %s and taken back on %s: %+v", p.Booked, p.Reversed, p)
	}
	for _, day := range []backoffice.Date{p.ValueDate, p.Booked, p.Reversed} {
		if _, err := backoffice.ParseDate(string(day)); err != nil {
			t.Errorf("payment %s: %v", p.ID, err)
		}
	}
}

// bookedPayments reads the booked payments by id, and skips the test where the back office doesn't tell.
func bookedPayments(t *testing.T, b *Bench) map[string]backoffice.Payment {
	t.Helper()
	b.offers(t, backoffice.OpPayments)
	all := must(b.Office.Payments(within(t), b.Customer))(t)
	if all.Booked == nil {
		t.Skip("this back office doesn't tell which payments were booked")
	}
	byID := map[string]backoffice.Payment{}
	for _, p := range all.Booked {
		byID[p.ID] = p
	}
	return byID
}

func booked(t *testing.T, b *Bench) {
	before := bookedPayments(t, b)
	invoices := must(b.Office.Invoices(within(t), b.Customer))(t)
	b.Pay(t, 3)
	after := bookedPayments(t, b)
	if len(after) != len(before)+1 {
		t.Fatalf("a payment was booked: %d booked payments, then %d", len(before), len(after))
	}
	for id, p := range after {
		if _, old := before[id]; old {
			continue
		}
		isBooked(t, b, p)
		isOne := func(i backoffice.Invoice) bool { return len(p.InvoiceIDs) == 1 && i.ID == p.InvoiceIDs[0] }
		if p.Amount.Minor != 3 || p.Reversed != "" || p.ValueDate == "" || !slices.ContainsFunc(invoices, isOne) {
			t.Errorf("three cents were paid: %+v", p)
		}
	}
}

func takenBack(t *testing.T, b *Bench) {
	before, debt := bookedPayments(t, b), owed(t, b)
	b.Pay(t, 2)
	b.Reverse(t)
	if now := owed(t, b); now != debt {
		t.Errorf("owed %s, paid and taken back, and %s is owed", debt, now)
	}
	for id, p := range bookedPayments(t, b) {
		if _, old := before[id]; !old && (p.Reversed == "" || p.Booked == "" || p.Amount.Minor != 2) {
			t.Errorf("taken back: %+v", p)
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
