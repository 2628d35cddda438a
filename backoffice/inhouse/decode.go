package inhouse

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

// The types below are the contract's objects as they come over the wire. Each has a method that checks what must be there
// and gives the port's type. Unknown fields are passed over; a wrong type is an error of encoding/json or of the types here.

// date is a full-date of RFC 3339.
type date backoffice.Date

func (d *date) UnmarshalJSON(data []byte) error {
	var s *string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	if s == nil {
		return nil
	}
	parsed, err := backoffice.ParseDate(*s)
	if err != nil {
		return err
	}
	if parsed.IsZero() {
		return errors.New("a date is empty")
	}
	*d = date(parsed)
	return nil
}

// money is an amount; both of its fields must be there.
type money backoffice.Money

func (m *money) UnmarshalJSON(data []byte) error {
	var wire *struct {
		Minor    *int64  `json:"minor"`
		Currency *string `json:"currency"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	if wire == nil || wire.Minor == nil || wire.Currency == nil {
		return errors.New("an amount needs minor and currency")
	}
	if !isCurrency(*wire.Currency) {
		return fmt.Errorf("%q is not a currency of three capitals", *wire.Currency)
	}
	*m = money{Minor: *wire.Minor, Currency: *wire.Currency}
	return nil
}

func isCurrency(s string) bool {
	if len(s) != 3 {
		return false
	}
	for _, c := range []byte(s) {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}

type wireCustomer struct {
	ID          string `json:"id"`
	Number      string `json:"number"`
	ExternalRef string `json:"externalRef"`
	Name        string `json:"name"`
	City        string `json:"city"`
	Kind        string `json:"kind"`
	Language    string `json:"language"`
	URL         string `json:"url"`
	Addresses   []struct {
		Email   string `json:"email"`
		Name    string `json:"name"`
		Role    string `json:"role"`
		Notices bool   `json:"notices"`
	} `json:"addresses"`
	Reseller     bool `json:"reseller"`
	EndCustomers int  `json:"endCustomers"`
	Domains      int  `json:"domains"`
	Excluded     *struct {
		Reason string `json:"reason"`
		Until  date   `json:"until"`
	} `json:"excluded"`
	NonPayer *wireNonPayer `json:"nonPayer"`
}

func (w wireCustomer) customer() (backoffice.Customer, error) {
	if err := needed("customer", w.ID, "id", w.ID, "number", w.Number, "name", w.Name); err != nil {
		return backoffice.Customer{}, err
	}
	if w.Addresses == nil { // a missing list would read as "can't be written to"
		return backoffice.Customer{}, fmt.Errorf("customer %q: addresses must be a list", w.ID)
	}
	c := backoffice.Customer{
		ID: w.ID, Number: w.Number, ExternalRef: w.ExternalRef, Name: w.Name, City: w.City,
		Kind: kindOfCustomer(w.Kind), Language: w.Language, URL: webLink(w.URL),
		Reseller: w.Reseller, EndCustomers: w.EndCustomers, Domains: w.Domains, NonPayer: w.NonPayer.status(),
	}
	for _, a := range w.Addresses {
		c.Addresses = append(c.Addresses, backoffice.Address{
			Email: a.Email, Name: a.Name, Role: backoffice.Role(a.Role), Notices: a.Notices,
		})
	}
	if w.Excluded != nil {
		c.Excluded = &backoffice.Exclusion{Reason: w.Excluded.Reason, Until: backoffice.Date(w.Excluded.Until)}
	}
	return c, nil
}

func kindOfCustomer(kind string) backoffice.Kind {
	switch k := backoffice.Kind(kind); k {
	case backoffice.Consumer, backoffice.Business:
		return k
	}
	return ""
}

type wireNonPayer struct {
	Since  date   `json:"since"`
	By     string `json:"by"`
	Reason string `json:"reason"`
}

func (w *wireNonPayer) status() *backoffice.NonPayerStatus {
	if w == nil {
		return nil
	}
	return &backoffice.NonPayerStatus{Since: backoffice.Date(w.Since), By: w.By, Reason: w.Reason}
}

type wireInvoice struct {
	ID            string   `json:"id"`
	CustomerID    string   `json:"customerId"`
	Number        string   `json:"number"`
	State         string   `json:"state"`
	Issued        date     `json:"issued"`
	Due           date     `json:"due"`
	Total         *money   `json:"total"`
	Open          *money   `json:"open"`
	Disputed      bool     `json:"disputed"`
	DisputeReason string   `json:"disputeReason"`
	Reminders     int      `json:"reminders"`
	LastReminder  date     `json:"lastReminder"`
	ServiceIDs    []string `json:"serviceIds"`
	URL           string   `json:"url"`
}

func (w wireInvoice) invoice() (backoffice.Invoice, error) {
	none := backoffice.Invoice{}
	if err := needed("invoice", w.ID, "id", w.ID, "customerId", w.CustomerID, "number", w.Number, "due", string(w.Due)); err != nil {
		return none, err
	}
	state := backoffice.InvoiceState(w.State)
	switch state {
	case backoffice.InvoiceOpen, backoffice.InvoicePaid, backoffice.InvoiceCredited:
	default:
		return none, fmt.Errorf("invoice %s: state %q is not one of the contract's", w.ID, w.State)
	}
	if w.Total == nil || w.Open == nil {
		return none, fmt.Errorf("invoice %s: total and open are needed", w.ID)
	}
	if w.Total.Currency != w.Open.Currency {
		return none, fmt.Errorf("invoice %s: open is in %s, total in %s", w.ID, w.Open.Currency, w.Total.Currency)
	}
	return backoffice.Invoice{
		ID: w.ID, CustomerID: w.CustomerID, Number: w.Number, State: state, Issued: backoffice.Date(w.Issued), Due: backoffice.Date(w.Due),
		Total: backoffice.Money(*w.Total), Open: backoffice.Money(*w.Open), Disputed: w.Disputed, DisputeReason: w.DisputeReason,
		Reminders: w.Reminders, LastReminder: backoffice.Date(w.LastReminder), ServiceIDs: w.ServiceIDs, URL: webLink(w.URL),
	}, nil
}

type wirePayment struct {
	ID         string    `json:"id"`
	Amount     *money    `json:"amount"`
	Announced  time.Time `json:"announced"`
	ValueDate  date      `json:"valueDate"`
	InvoiceIDs []string  `json:"invoiceIds"`
	Channel    string    `json:"channel"`
	Booked     date      `json:"booked"`
	Reversed   date      `json:"reversed"`
}

func (w wirePayment) payment() (backoffice.Payment, error) {
	if w.Amount == nil {
		return backoffice.Payment{}, fmt.Errorf("payment %s: amount is needed", w.ID)
	}
	return backoffice.Payment{
		ID: w.ID, Amount: backoffice.Money(*w.Amount), Announced: w.Announced.UTC(), ValueDate: backoffice.Date(w.ValueDate),
		InvoiceIDs: w.InvoiceIDs, Channel: w.Channel, Booked: backoffice.Date(w.Booked), Reversed: backoffice.Date(w.Reversed),
	}, nil
}

// pending is a payment on its way: whatever the server says about its booking, it isn't booked.
func (w wirePayment) pending() (backoffice.Payment, error) {
	w.Booked, w.Reversed = "", ""
	return w.payment()
}

func (w wirePayment) booked() (backoffice.Payment, error) {
	if err := needed("booked payment", w.ID, "id", w.ID, "booked", string(w.Booked)); err != nil {
		return backoffice.Payment{}, err
	}
	return w.payment()
}

type wirePayments struct {
	Pending     []wirePayment `json:"pending"`
	Booked      []wirePayment `json:"booked"`
	BookedUntil date          `json:"bookedUntil"`
}

func (w wirePayments) payments() (all backoffice.Payments, err error) {
	none := backoffice.Payments{}
	if w.Pending == nil { // a missing list would read as "no money on its way"
		return none, errors.New("payments: pending must be a list")
	}
	all.BookedUntil = backoffice.Date(w.BookedUntil)
	if all.Pending, err = objects(w.Pending, wirePayment.pending); err != nil {
		return none, err
	}
	if w.Booked == nil { // a server that doesn't tell leaves it out
		return all, nil
	}
	if all.Booked, err = objects(w.Booked, wirePayment.booked); err != nil {
		return none, err
	}
	slices.SortStableFunc(all.Booked, func(a, b backoffice.Payment) int { return strings.Compare(string(a.Booked), string(b.Booked)) })
	return all, nil
}

type wireSuspension struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

type wireCancellation struct {
	At       date   `json:"at"`
	Reason   string `json:"reason"`
	By       string `json:"by"`
	Executed bool   `json:"executed"`
}

type wireService struct {
	ID           string            `json:"id"`
	CustomerID   string            `json:"customerId"`
	Label        string            `json:"label"`
	Kind         string            `json:"kind"`
	Domains      []string          `json:"domains"`
	State        string            `json:"state"`
	Suspension   *wireSuspension   `json:"suspension"`
	Cancellation *wireCancellation `json:"cancellation"`
	DoNotSuspend string            `json:"doNotSuspend"`
	EndCustomers int               `json:"endCustomers"`
	PeriodEnd    date              `json:"periodEnd"`
	URL          string            `json:"url"`
}

func (w wireService) service() (backoffice.Service, error) {
	none := backoffice.Service{}
	if err := needed("service", w.ID, "id", w.ID, "customerId", w.CustomerID, "label", w.Label, "kind", w.Kind); err != nil {
		return none, err
	}
	state := backoffice.ServiceState(w.State)
	switch state {
	case backoffice.ServiceActive, backoffice.ServiceSuspended, backoffice.ServiceCancelled, backoffice.ServicePending:
	default:
		return none, fmt.Errorf("service %s: state %q is not one of the contract's", w.ID, w.State)
	}
	v := backoffice.Service{
		ID: w.ID, CustomerID: w.CustomerID, Label: w.Label, Kind: backoffice.ServiceKind(w.Kind), Domains: w.Domains, State: state,
		DoNotSuspend: w.DoNotSuspend, EndCustomers: w.EndCustomers, PeriodEnd: backoffice.Date(w.PeriodEnd), URL: webLink(w.URL),
	}
	if state == backoffice.ServiceSuspended {
		if w.Suspension == nil {
			w.Suspension = &wireSuspension{}
		}
		v.Suspension = &backoffice.Suspension{By: w.Suspension.By, Reason: w.Suspension.Reason, At: w.Suspension.At.UTC()}
	}
	if c := w.Cancellation; c != nil {
		if c.At == "" {
			return none, fmt.Errorf("service %s: the cancellation needs a date", w.ID)
		}
		v.Cancellation = &backoffice.Cancellation{At: backoffice.Date(c.At), Reason: c.Reason, By: c.By, Executed: c.Executed}
	}
	return v, nil
}

type wireNote struct {
	ID          string    `json:"id"`
	Title       string    `json:"title"`
	Author      string    `json:"author"`
	At          time.Time `json:"at"`
	Text        string    `json:"text"`
	ExternalRef string    `json:"externalRef"`
	URL         string    `json:"url"`
}

func (w wireNote) note() (backoffice.Note, error) {
	if w.ID == "" || w.At.IsZero() {
		return backoffice.Note{}, fmt.Errorf("note %q: id and at are needed", w.ID)
	}
	return backoffice.Note{
		ID: w.ID, Title: w.Title, Author: w.Author, At: w.At.UTC(), Text: w.Text, ExternalRef: w.ExternalRef, URL: webLink(w.URL),
	}, nil
}

// needed checks that fields, given as pairs of name and value, are filled in.
func needed(what, id string, pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return fmt.Errorf("%s %q: %s is needed", what, id, pairs[i])
		}
	}
	return nil
}

// webLink lets only web addresses through: what comes back is put behind links that people click.
func webLink(s string) string {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return ""
	}
	return s
}

// object reads one JSON object into the port's type by way of its wire type.
func object[W, T any](body []byte, check func(W) (T, error)) (T, error) {
	var wire *W
	var none T
	if err := json.Unmarshal(body, &wire); err != nil {
		return none, err
	}
	if wire == nil {
		return none, errors.New("null where an object must be")
	}
	return check(*wire)
}

// objects turns a whole list.
func objects[W, T any](wires []W, check func(W) (T, error)) ([]T, error) {
	all := make([]T, 0, len(wires))
	for _, w := range wires {
		one, err := check(w)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
