package backofficetest

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice"
)

func offerTests() []subtest {
	return []subtest{
		{"CapabilitiesAreSaidTheSameEachTime", capabilitiesTwice, nil},
		{"WhatIsNotOfferedSaysSo", notOffered, nil},
	}
}

func capabilitiesTwice(t *testing.T, b *Bench) {
	first := must(b.Office.Capabilities(within(t)))(t)
	first[backoffice.OpSuspend] = !first[backoffice.OpSuspend] // a caller's copy is the caller's
	second := must(b.Office.Capabilities(within(t)))(t)
	first[backoffice.OpSuspend] = !first[backoffice.OpSuspend]
	if !reflect.DeepEqual(first, second) {
		t.Errorf("capabilities %v, then %v", first, second)
	}
}

func notOffered(t *testing.T, b *Bench) {
	ctx := within(t)
	offered := must(b.Office.Capabilities(ctx))(t)
	for _, w := range writes() {
		if !offered.Offers(w.op) {
			changed, err := w.do(ctx, b, w.aim(t, b), newKey(), reason)
			isKind(t, w.name, err, backoffice.ErrNotOffered)
			if changed {
				t.Errorf("%s: not offered, but changed", w.name)
			}
		}
	}
	if !offered.Offers(backoffice.OpPayments) {
		_, err := b.Office.Payments(ctx, b.Customer)
		isKind(t, "payments", err, backoffice.ErrNotOffered)
	}
	if !offered.Offers(backoffice.OpListStatus) {
		_, err := b.Office.NonPayers(ctx)
		isKind(t, "non-payers", err, backoffice.ErrNotOffered)
	}
	if !offered.Offers(backoffice.OpEvents) {
		for _, after := range []string{"", "e1"} {
			_, _, err := b.Office.Events(ctx, after, 1)
			isKind(t, "events", err, backoffice.ErrNotOffered)
		}
	}
}

func findTests() []subtest {
	return []subtest{
		{"CustomerIsFoundByEachOfItsNames", findByNames, nil},
		{"NobodyIsAnEmptyAnswer", findNobody, nil},
		{"LimitIsKeptAndTheRestCounted", findLimited, nil},
		{"HostileQueryIsJustText", findHostile, nil},
	}
}

func findByNames(t *testing.T, b *Bench) {
	ctx := within(t)
	c := must(b.Office.Customer(ctx, b.Customer))(t)
	names := []string{c.Number, c.Name, strings.ToUpper(c.Name), strings.ToLower(c.Name), "  " + c.Number + " ", c.ExternalRef}
	for _, a := range c.Addresses {
		names = append(names, a.Email, strings.ToUpper(a.Email))
	}
	for _, v := range must(b.Office.Services(ctx, b.Customer))(t) {
		names = append(names, v.Domains...)
	}
	for _, name := range names {
		if name == "" {
			continue
		}
		found := must(b.Office.FindCustomers(ctx, name, 50))(t)
		isCalled := func(f backoffice.Customer) bool { return f.ID == b.Customer }
		if !slices.ContainsFunc(found.Customers, isCalled) || found.Total < len(found.Customers) {
			t.Errorf("%q finds %d customers of %d, not customer %s", name, len(found.Customers), found.Total, b.Customer)
		}
	}
	found := must(b.Office.FindCustomers(ctx, c.Number, 5))(t)
	if len(found.Customers) == 0 || found.Customers[0].ID != b.Customer {
		t.Errorf("number %s: the customer isn't the first of %v", c.Number, found.Customers)
	}
	words := strings.Fields(c.Name)
	found = must(b.Office.FindCustomers(ctx, words[0], 50))(t)
	if found.Total == 0 {
		t.Errorf("%q, a word of the name, finds nobody", words[0])
	}
}

func findNobody(t *testing.T, b *Bench) {
	for _, query := range []string{nobody(), nobody() + "@nowhere.example", nobody() + ".example", "", " \t"} {
		found := must(b.Office.FindCustomers(within(t), query, 10))(t)
		if len(found.Customers) != 0 || found.Total != 0 {
			t.Errorf("%q finds %d of %d", query, len(found.Customers), found.Total)
		}
	}
}

func findLimited(t *testing.T, b *Bench) {
	for _, limit := range []int{1, 2, 0, -1} {
		found := must(b.Office.FindCustomers(within(t), "e", limit))(t)
		if len(found.Customers) > max(limit, 1) || found.Total < len(found.Customers) {
			t.Errorf("limit %d: %d customers of %d", limit, len(found.Customers), found.Total)
		}
	}
}

func findHostile(t *testing.T, b *Bench) {
	everybody := must(b.Office.FindCustomers(within(t), "e", 200))(t).Total
	for _, query := range []string{
		`" OR ""="`, `' OR 1=1 --`, "%", "*", "_", "?q=e&limit=9", "a\nb", "a\x00b", "<script>alert(1)</script>", "name:*", "#signature",
		"\xff\xfe", strings.Repeat("ü", 300), "../invoices", "${jndi:x}", "{{7*7}}", "\U0001F4A9",
	} {
		found, err := b.Office.FindCustomers(within(t), query, 200)
		if err != nil {
			t.Errorf("%q: %v", query, err)
		}
		if found.Total > 1 && found.Total >= everybody {
			t.Errorf("%q finds everybody (%d)", query, found.Total)
		}
	}
}

func readTests() []subtest {
	return []subtest{
		{"CustomerSaysWhoItIs", readCustomer, nil},
		{"ServicesSayHowTheyStand", readServices, nil},
		{"NotesComeOldestFirst", readNotes, nil},
		{"TypedNoteIsThere", readTypedNote, []ability{canType()}},
		{"NonPayersAreThoseWithTheStatus", readNonPayers, nil},
		{"WhatIsNotThereIsNotFound", readMissing, nil},
		{"ReadsChangeNothing", readsChangeNothing, nil},
	}
}

func readCustomer(t *testing.T, b *Bench) {
	c := must(b.Office.Customer(within(t), b.Customer))(t)
	if c.ID != b.Customer || c.Number == "" || c.Name == "" {
		t.Errorf("customer %s: id %q, number %q, name %q", b.Customer, c.ID, c.Number, c.Name)
	}
	if c.Kind != "" && c.Kind != backoffice.Consumer && c.Kind != backoffice.Business {
		t.Errorf("kind %q", c.Kind)
	}
	for _, a := range c.Addresses {
		if !strings.Contains(a.Email, "@") {
			t.Errorf("address %q", a.Email)
		}
	}
	isLink(t, c.URL)
}

// isLink holds that an address for people is one of the web, or none.
func isLink(t *testing.T, link string) {
	t.Helper()
	if u, err := url.Parse(link); link != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		t.Errorf("link %q", link)
	}
}

func readServices(t *testing.T, b *Bench) {
	ctx := within(t)
	for _, v := range must(b.Office.Services(ctx, b.Customer))(t) {
		switch {
		case v.ID == "" || v.Label == "" || v.Kind == "" || v.CustomerID != b.Customer:
			t.Errorf("service %+v", v)
		case v.State == backoffice.ServiceCancelled:
			t.Errorf("service %s has ended and is listed", v.ID)
		case (v.State == backoffice.ServiceSuspended) != (v.Suspension != nil):
			t.Errorf("service %s is %s, suspension %v", v.ID, v.State, v.Suspension)
		case v.Cancellation != nil && v.Cancellation.At == "":
			t.Errorf("service %s ends at no date", v.ID)
		}
		isLink(t, v.URL)
		if one := must(b.Office.Service(ctx, v.ID))(t); !reflect.DeepEqual(one, v) {
			t.Errorf("by itself %+v, in the list %+v", one, v)
		}
	}
	b.services(t)
}

func readNotes(t *testing.T, b *Bench) {
	notes := must(b.Office.Notes(within(t), b.Customer))(t)
	if !slices.IsSortedFunc(notes, func(x, y backoffice.Note) int { return x.At.Compare(y.At) }) {
		t.Errorf("not oldest first: %v", notes)
	}
	seen := map[string]bool{}
	for _, n := range notes {
		if n.ID == "" || n.At.IsZero() || seen[n.ID] {
			t.Errorf("note %+v", n)
		}
		seen[n.ID] = true
		isLink(t, n.URL)
	}
}

func readTypedNote(t *testing.T, b *Bench) {
	title := " Betalingsachterstand " + nobody()
	b.TypeNote(t, "Bram Dekker", title, "Gebeld.\nTicket ABC-12345-678")
	notes := must(b.Office.Notes(within(t), b.Customer))(t)
	last := notes[len(notes)-1]
	if last.Title != title || last.Author != "Bram Dekker" || last.Text != "Gebeld.\nTicket ABC-12345-678" || last.ExternalRef != "" {
		t.Errorf("%+v", last)
	}
}

func readNonPayers(t *testing.T, b *Bench) {
	b.offers(t, backoffice.OpListStatus, backoffice.OpSetNonPayer)
	w := setNonPayer()
	at := w.arranged(t, b)
	isIn := func() bool {
		all := must(b.Office.NonPayers(within(t)))(t)
		for _, c := range all {
			if c.NonPayer == nil || c.NonPayer.Since == "" {
				t.Errorf("customer %s is listed with the status %v", c.ID, c.NonPayer)
			}
		}
		return slices.ContainsFunc(all, func(c backoffice.Customer) bool { return c.ID == b.Customer })
	}
	if isIn() {
		t.Error("listed without the status")
	}
	w.must(t, b, at)
	if !isIn() {
		t.Error("not listed with the status")
	}
}

func readMissing(t *testing.T, b *Bench) {
	ctx := within(t)
	offered := must(b.Office.Capabilities(ctx))(t)
	for _, id := range []string{nobody(), "", ".", ".."} {
		check := func(what string, err error) {
			t.Helper()
			isKind(t, what+" "+id, err, backoffice.ErrNotFound)
		}
		_, err := b.Office.Customer(ctx, id)
		check("customer", err)
		_, err = b.Office.Invoice(ctx, id)
		check("invoice", err)
		_, err = b.Office.Service(ctx, id)
		check("service", err)
		_, err = b.Office.Invoices(ctx, id)
		check("invoices of", err)
		_, err = b.Office.Services(ctx, id)
		check("services of", err)
		_, err = b.Office.Notes(ctx, id)
		check("notes of", err)
		if offered.Offers(backoffice.OpPayments) {
			_, err = b.Office.Payments(ctx, id)
			check("payments of", err)
		}
	}
}

func readsChangeNothing(t *testing.T, b *Bench) {
	ctx := within(t)
	look := func() []any {
		return []any{
			must(b.Office.Customer(ctx, b.Customer))(t), must(b.Office.Invoices(ctx, b.Customer))(t),
			must(b.Office.Services(ctx, b.Customer))(t), must(b.Office.Notes(ctx, b.Customer))(t),
		}
	}
	before := 0
	if b.Writes != nil {
		before = b.Writes()
	}
	if first, second := look(), look(); !reflect.DeepEqual(first, second) {
		t.Errorf("read twice, and different:\n%v\n%v", first, second)
	}
	if b.Writes != nil && b.Writes() != before {
		t.Error("a read wrote")
	}
}
