package dryrun_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// readOnlyDesk is a helpdesk with one agent and one snippet. Every write fails the test.
type readOnlyDesk struct{ t *testing.T }

func (readOnlyDesk) TicketsOf(context.Context, []string, int) ([]helpdesk.TicketSummary, error) {
	return nil, nil
}

func (d readOnlyDesk) Server(context.Context) (helpdesk.Server, error) {
	return helpdesk.Server{Version: "10.4.10"}, nil
}

func (d readOnlyDesk) Agent(_ context.Context, email string) (helpdesk.Agent, error) {
	return helpdesk.Agent{ID: "7", Email: email, Name: "Sanne Visser"}, nil
}

func (d readOnlyDesk) Owner(_ context.Context, id string) (helpdesk.Agent, error) {
	return helpdesk.Agent{ID: id, Email: "sanne@hoster.example", Name: "Sanne Visser"}, nil
}

func (d readOnlyDesk) FindTickets(context.Context, string) (helpdesk.Found, error) {
	return helpdesk.Found{}, nil
}

func (d readOnlyDesk) Ticket(_ context.Context, id string) (helpdesk.Ticket, error) {
	d.real(id)
	return helpdesk.Ticket{ID: id, Mask: "GKF-27674-" + id}, nil
}

func (d readOnlyDesk) Messages(_ context.Context, id string) ([]helpdesk.Message, error) {
	d.real(id)
	return []helpdesk.Message{{ID: "1"}}, nil
}

func (d readOnlyDesk) Render(_ context.Context, r helpdesk.Render) (helpdesk.Rendered, error) {
	d.real(r.TicketID)
	return helpdesk.Rendered{Text: "Beste " + r.Values["customer"] + ",\n#signature\n"}, nil
}

func (d readOnlyDesk) Baseline(context.Context, helpdesk.Notice) (helpdesk.Baseline, error) {
	return helpdesk.Baseline{}, nil
}

func (d readOnlyDesk) Delivery(context.Context, helpdesk.Sending) (helpdesk.Delivery, error) {
	return helpdesk.Delivery{State: helpdesk.Absent}, nil
}

func (d readOnlyDesk) OpenTicket(context.Context, helpdesk.NewTicket) (helpdesk.Ticket, error) {
	d.t.Error("a ticket was opened")
	return helpdesk.Ticket{}, nil
}

func (d readOnlyDesk) SendNotice(context.Context, helpdesk.Notice) error {
	d.t.Error("a mail was sent")
	return nil
}

func (d readOnlyDesk) Assign(context.Context, string, string) (bool, error) {
	d.t.Error("a ticket was assigned")
	return true, nil
}

func (d readOnlyDesk) SetStatus(context.Context, string, helpdesk.Status) (bool, error) {
	d.t.Error("a ticket's status was set")
	return true, nil
}

func (readOnlyDesk) NewTickets(context.Context, time.Time) ([]helpdesk.Arrival, error) {
	return nil, nil
}

func (d readOnlyDesk) Comment(context.Context, string, helpdesk.NewComment) (bool, error) {
	d.t.Error("a ticket was commented on")
	return true, nil
}

// real asks that nobody asks the helpdesk about a ticket that doesn't exist.
func (d readOnlyDesk) real(ticketID string) {
	if strings.HasPrefix(ticketID, "dry-run") {
		d.t.Errorf("the helpdesk was asked about %s", ticketID)
	}
}

// readOnlyOffice is a back office whose customers all are in arrears. Every write fails the test.
type readOnlyOffice struct{ t *testing.T }

func (o readOnlyOffice) Capabilities(context.Context) (backoffice.Capabilities, error) {
	return backoffice.Capabilities{backoffice.OpSuspend: true, backoffice.OpCancel: true, backoffice.OpAddNote: true}, nil
}

func (o readOnlyOffice) FindCustomers(ctx context.Context, _ string, _ int) (backoffice.Matches, error) {
	c, err := o.Customer(ctx, "c1")
	return backoffice.Matches{Customers: []backoffice.Customer{c}, Total: 1}, err
}

func (o readOnlyOffice) Customer(_ context.Context, id string) (backoffice.Customer, error) {
	return backoffice.Customer{ID: id, Number: "10234", Name: "Jansen Bouw B.V.", Language: "nl",
		Addresses: []backoffice.Address{{Email: "administratie@jansen.example", Role: backoffice.RoleBilling}}}, nil
}

func (o readOnlyOffice) Invoices(ctx context.Context, _ string) ([]backoffice.Invoice, error) {
	i, err := o.Invoice(ctx, "i1")
	return []backoffice.Invoice{i}, err
}

func (o readOnlyOffice) Invoice(_ context.Context, id string) (backoffice.Invoice, error) {
	owed := backoffice.Money{Minor: 34000, Currency: "EUR"}
	return backoffice.Invoice{ID: id, Number: "2026-0311", State: backoffice.InvoiceOpen, Due: "2026-10-12", Total: owed, Open: owed}, nil
}

func (o readOnlyOffice) Payments(context.Context, string) (backoffice.Payments, error) {
	return backoffice.Payments{}, nil
}

func (o readOnlyOffice) Services(ctx context.Context, _ string) ([]backoffice.Service, error) {
	s, err := o.Service(ctx, "s1")
	return []backoffice.Service{s}, err
}

func (o readOnlyOffice) Service(_ context.Context, id string) (backoffice.Service, error) {
	return backoffice.Service{ID: id, Label: "web01", Kind: backoffice.KindHosting, State: backoffice.ServiceActive}, nil
}

func (o readOnlyOffice) Notes(context.Context, string) ([]backoffice.Note, error) { return nil, nil }

func (o readOnlyOffice) NonPayers(context.Context) ([]backoffice.Customer, error) { return nil, nil }

func (o readOnlyOffice) Events(context.Context, string, int) ([]backoffice.Event, string, error) {
	return nil, "e1", nil
}

func (o readOnlyOffice) Suspend(context.Context, string, string, string) (bool, error) {
	return o.wrote("suspend")
}

func (o readOnlyOffice) Unsuspend(context.Context, string, string) (bool, error) {
	return o.wrote("unsuspend")
}

func (o readOnlyOffice) Cancel(context.Context, string, backoffice.Date, string, string) (bool, error) {
	return o.wrote("cancel")
}

func (o readOnlyOffice) WithdrawCancellation(context.Context, string, string) (bool, error) {
	return o.wrote("withdraw")
}

func (o readOnlyOffice) AddNote(context.Context, string, backoffice.NewNote, string) (backoffice.Note, bool, error) {
	_, err := o.wrote("note")
	return backoffice.Note{}, true, err
}

func (o readOnlyOffice) SetNonPayer(context.Context, string, string, string) (bool, error) {
	return o.wrote("set non-payer")
}

func (o readOnlyOffice) ClearNonPayer(context.Context, string, string) (bool, error) {
	return o.wrote("clear non-payer")
}

func (o readOnlyOffice) wrote(what string) (bool, error) {
	o.t.Errorf("the back office was written to: %s", what)
	return true, nil
}
