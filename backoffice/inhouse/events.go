package inhouse

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aanmaner/aanmaner/backoffice"
)

const (
	// beginning is the place in a feed that holds no event yet: all that comes is after it. No event has it for an id, since
	// an id is never only dots.
	beginning = "."
	// maxEventPage is how many entries the contract lets a caller ask for on a page.
	maxEventPage = 200
	// maxEvents is how many events come back at once at most.
	maxEvents = 1000
	// maxID is the longest id of the contract, in runes.
	maxID = 128
)

// Events tells what happened after the event named by after, at most limit events (200 without a limit, and 1000 at most). With
// an empty after it gives the newest place only. The place is the id of an event, or a dot where there was none yet.
func (c *Client) Events(ctx context.Context, after string, limit int) ([]backoffice.Event, string, error) {
	const op = "list events"
	if err := c.demand(ctx, op, backoffice.OpEvents); err != nil {
		return nil, after, err
	}
	if after == "" {
		last, err := c.newestEvent(ctx, op)
		return nil, last, err
	}
	if limit <= 0 {
		limit = maxEventPage
	}
	limit = min(limit, maxEvents)
	query := url.Values{"limit": {strconv.Itoa(min(limit, maxEventPage))}}
	if after != beginning {
		query.Set("after", after)
	}
	wires, _, err := list[wireEvent](ctx, c, op, c.address(query, "events"), limit)
	if err != nil {
		return nil, after, unknownEvent(op, after, err)
	}
	events, err := objects(wires, wireEvent.event)
	if err != nil {
		return nil, after, unreadable(op, err)
	}
	// A server that takes after to be included would tell of the same event for ever.
	for n, e := range slices.Backward(events) {
		if e.ID == after {
			events = events[n+1:]
			break
		}
	}
	events = events[:min(limit, len(events))]
	if len(events) == 0 {
		return nil, after, nil
	}
	return events, events[len(events)-1].ID, nil
}

// unknownEvent turns a refusal of a call that named an event into "not found": there was nothing else in it to refuse.
func unknownEvent(op, after string, err error) error {
	var e *backoffice.Error
	if after == beginning || !errors.As(err, &e) || e.Kind != backoffice.ErrRefused {
		return err
	}
	return &backoffice.Error{Kind: backoffice.ErrNotFound, Op: op, Sentence: e.Sentence, Err: e.Err}
}

// newestEvent is the newest place in the feed: what the server says, or else the id of its last event.
func (c *Client) newestEvent(ctx context.Context, op string) (string, error) {
	address := c.address(url.Values{"limit": {"1"}}, "events")
	res, err := c.read(ctx, op, address)
	if err != nil {
		return "", err
	}
	if newest := res.header.Get("Newest-Event"); newest != "" {
		if !isEventID(newest) {
			return "", unreadable(op, fmt.Errorf("the newest event can't be %.40q", newest))
		}
		return newest, nil
	}
	wires, err := array[wireEvent](res.body)
	if err != nil {
		return "", unreadable(op, err)
	}
	if next, err := c.next(address, res.header); err != nil || next != "" {
		if err != nil {
			return "", unreadable(op, err)
		}
		query := url.Values{"limit": {strconv.Itoa(maxEventPage)}}
		if wires, _, err = list[wireEvent](ctx, c, op, c.address(query, "events"), 0); err != nil {
			return "", err
		}
	}
	if len(wires) == 0 {
		return beginning, nil
	}
	last, err := wires[len(wires)-1].event()
	if err != nil {
		return "", unreadable(op, err)
	}
	return last.ID, nil
}

type wireEvent struct {
	ID         string    `json:"id"`
	Type       string    `json:"type"`
	At         time.Time `json:"at"`
	CustomerID string    `json:"customerId"`
	InvoiceID  string    `json:"invoiceId"`
	ServiceID  string    `json:"serviceId"`
	PaymentID  string    `json:"paymentId"`
}

func (w wireEvent) event() (backoffice.Event, error) {
	if err := needed("event", w.ID, "type", w.Type, "customerId", w.CustomerID); err != nil {
		return backoffice.Event{}, err
	}
	if !isEventID(w.ID) || w.At.IsZero() {
		return backoffice.Event{}, fmt.Errorf("event %.40q: an id of 1 to %d characters and at are needed", w.ID, maxID)
	}
	return backoffice.Event{
		ID: w.ID, Type: backoffice.EventType(w.Type), At: w.At.UTC(), CustomerID: w.CustomerID,
		InvoiceID: w.InvoiceID, ServiceID: w.ServiceID, PaymentID: w.PaymentID,
	}, nil
}

// isEventID says whether an id may be kept and sent back: it is the place from which the feed goes on.
func isEventID(id string) bool {
	return strings.Trim(id, ".") != "" && utf8.RuneCountInString(id) <= maxID
}
