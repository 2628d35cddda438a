package inhouse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

// maxQuery is the longest search text that is sent, in runes.
const maxQuery = 200

// bookedDays is how many days of booked payments are asked for: longer than a case with all its holds runs.
const bookedDays = 400

// contractNames says which operations of the contract a part of the port needs; all of them must be offered.
func contractNames() map[backoffice.Operation][]string {
	return map[backoffice.Operation][]string{
		backoffice.OpSuspend:     {"suspend"},
		backoffice.OpUnsuspend:   {"unsuspend"},
		backoffice.OpCancel:      {"cancelService"},
		backoffice.OpWithdraw:    {"withdrawCancellation"},
		backoffice.OpAddNote:     {"addNote"},
		backoffice.OpSetNonPayer: {"setNonPayer", "clearNonPayer"},
		backoffice.OpPayments:    {"listPayments"},
		backoffice.OpListStatus:  {"listNonPayers"},
		backoffice.OpEvents:      {"listEvents"},
	}
}

// Capabilities says which operations the back office offers. It is asked for anew after ten minutes. A server without the
// list of operations offers the reading part only.
func (c *Client) Capabilities(ctx context.Context) (backoffice.Capabilities, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.offered != nil && c.config.Now().Sub(c.offeredAt) < capabilitiesLife {
		return maps.Clone(c.offered), nil
	}
	const op = "read capabilities"
	var names []string
	res, err := c.read(ctx, op, c.address(nil, "capabilities"))
	switch {
	case errors.Is(err, backoffice.ErrNotOffered), errors.Is(err, backoffice.ErrNotFound):
	case err != nil:
		return nil, err
	default:
		if names, err = object(res.body, wireCapabilities.names); err != nil {
			return nil, unreadable(op, err)
		}
	}
	offered := backoffice.Capabilities{}
	for operation, wanted := range contractNames() {
		missing := func(name string) bool { return !slices.Contains(names, name) }
		offered[operation] = !slices.ContainsFunc(wanted, missing)
	}
	c.offered, c.offeredAt = offered, c.config.Now()
	return maps.Clone(offered), nil
}

type wireCapabilities struct {
	Operations []string `json:"operations"`
}

func (w wireCapabilities) names() ([]string, error) {
	if w.Operations == nil {
		return nil, errors.New("capabilities: operations must be a list")
	}
	return w.Operations, nil
}

// demand is ErrNotOffered when the back office doesn't list the operation.
func (c *Client) demand(ctx context.Context, op string, operation backoffice.Operation) error {
	offered, err := c.Capabilities(ctx)
	if err != nil {
		return err
	}
	if !offered.Offers(operation) {
		return &backoffice.Error{Kind: backoffice.ErrNotOffered, Op: op}
	}
	return nil
}

// FindCustomers searches by number, external reference, name, e-mail address and domain; at most limit customers come
// back (at least one is asked for). An empty search finds nobody.
func (c *Client) FindCustomers(ctx context.Context, query string, limit int) (backoffice.Matches, error) {
	const op = "find customers"
	query = strings.TrimSpace(query)
	if runes := []rune(query); len(runes) > maxQuery {
		query = string(runes[:maxQuery])
	}
	if query == "" {
		return backoffice.Matches{}, nil
	}
	limit = min(max(limit, 1), 200)
	address := c.address(url.Values{"q": {query}, "limit": {strconv.Itoa(limit)}}, "customers")
	wires, total, err := list[wireCustomer](ctx, c, op, address, limit)
	if err != nil {
		return backoffice.Matches{}, err
	}
	found, err := objects(wires[:min(limit, len(wires))], wireCustomer.customer)
	if err != nil {
		return backoffice.Matches{}, unreadable(op, err)
	}
	return backoffice.Matches{Customers: found, Total: total}, nil
}

// Customer reads one account.
func (c *Client) Customer(ctx context.Context, id string) (backoffice.Customer, error) {
	return readOne(ctx, c, "read customer "+id, id, "customers", wireCustomer.customer, func(v backoffice.Customer) string { return v.ID })
}

// Invoice reads one invoice, whatever its state.
func (c *Client) Invoice(ctx context.Context, id string) (backoffice.Invoice, error) {
	return readOne(ctx, c, "read invoice "+id, id, "invoices", wireInvoice.invoice, func(v backoffice.Invoice) string { return v.ID })
}

// Service reads one service, an ended one too.
func (c *Client) Service(ctx context.Context, id string) (backoffice.Service, error) {
	return readOne(ctx, c, "read service "+id, id, "services", wireService.service, func(v backoffice.Service) string { return v.ID })
}

// readOne reads the thing named by id. Another thing in the answer is an error, not a surprise later.
func readOne[W, T any](ctx context.Context, c *Client, op, id, where string, check func(W) (T, error), idOf func(T) string) (T, error) {
	var none T
	if err := checkID(op, id); err != nil {
		return none, err
	}
	res, err := c.read(ctx, op, c.address(nil, where, id))
	if err != nil {
		return none, err
	}
	one, err := object(res.body, check)
	if err == nil && idOf(one) != id {
		err = fmt.Errorf("the answer is about %q", idOf(one))
	}
	if err != nil {
		return none, unreadable(op, err)
	}
	return one, nil
}

// Invoices lists all of a customer's open invoices, due or not.
func (c *Client) Invoices(ctx context.Context, customerID string) ([]backoffice.Invoice, error) {
	all, err := readAll(ctx, c, "list invoices of customer "+customerID, customerID, "invoices", url.Values{"status": {"open"}}, wireInvoice.invoice,
		func(v backoffice.Invoice) (string, string) { return v.ID, v.CustomerID })
	return slices.DeleteFunc(all, func(i backoffice.Invoice) bool { return i.State != backoffice.InvoiceOpen }), err
}

// Services lists all of a customer's services that have not ended.
func (c *Client) Services(ctx context.Context, customerID string) ([]backoffice.Service, error) {
	all, err := readAll(ctx, c, "list services of customer "+customerID, customerID, "services", nil, wireService.service,
		func(v backoffice.Service) (string, string) { return v.ID, v.CustomerID })
	return slices.DeleteFunc(all, func(v backoffice.Service) bool { return v.State == backoffice.ServiceCancelled }), err
}

// Notes lists all notes on the account, oldest first.
func (c *Client) Notes(ctx context.Context, customerID string) ([]backoffice.Note, error) {
	all, err := readAll(ctx, c, "list notes of customer "+customerID, customerID, "notes", nil, wireNote.note,
		func(n backoffice.Note) (string, string) { return n.ID, customerID })
	slices.SortStableFunc(all, func(a, b backoffice.Note) int { return a.At.Compare(b.At) })
	return all, err
}

// readAll reads a list that hangs on a customer. An entry of another customer is an error. One that stands on two pages, since
// something was added between them, counts once: an invoice counted twice would claim too much.
func readAll[W, T any](
	ctx context.Context, c *Client, op, customerID, what string, query url.Values, check func(W) (T, error), idsOf func(T) (id, owner string),
) ([]T, error) {
	if err := checkID(op, customerID); err != nil {
		return nil, err
	}
	wires, _, err := list[W](ctx, c, op, c.address(query, "customers", customerID, what), 0)
	if err != nil {
		return nil, err
	}
	all, err := objects(wires, check)
	if err != nil {
		return nil, unreadable(op, err)
	}
	seen := map[string]bool{}
	for _, one := range all {
		if _, owner := idsOf(one); owner != customerID {
			return nil, unreadable(op, fmt.Errorf("the list holds an entry of customer %q", owner))
		}
	}
	return slices.DeleteFunc(all, func(one T) bool {
		id, _ := idsOf(one)
		again := seen[id]
		seen[id] = true
		return again
	}), nil
}

// Payments tells which money is on its way, which was booked within the last 400 days, and until when the bank is booked.
func (c *Client) Payments(ctx context.Context, customerID string) (backoffice.Payments, error) {
	op := "read payments of customer " + customerID
	if err := checkID(op, customerID); err != nil {
		return backoffice.Payments{}, err
	}
	if err := c.demand(ctx, op, backoffice.OpPayments); err != nil {
		return backoffice.Payments{}, err
	}
	since := c.config.Now().UTC().AddDate(0, 0, -bookedDays).Format(time.DateOnly)
	res, err := c.read(ctx, op, c.address(url.Values{"since": {since}}, "customers", customerID, "payments"))
	if err != nil {
		return backoffice.Payments{}, err
	}
	all, err := object(res.body, wirePayments.payments)
	if err != nil {
		return backoffice.Payments{}, unreadable(op, err)
	}
	return all, nil
}

// NonPayers lists the customers that carry the non-payer status.
func (c *Client) NonPayers(ctx context.Context) ([]backoffice.Customer, error) {
	const op = "list non-payers"
	if err := c.demand(ctx, op, backoffice.OpListStatus); err != nil {
		return nil, err
	}
	wires, _, err := list[wireCustomer](ctx, c, op, c.address(url.Values{"nonPayer": {"true"}}, "customers"), 0)
	if err != nil {
		return nil, err
	}
	all, err := objects(wires, wireCustomer.customer)
	if err != nil {
		return nil, unreadable(op, err)
	}
	return slices.DeleteFunc(all, func(v backoffice.Customer) bool { return v.NonPayer == nil }), nil
}
