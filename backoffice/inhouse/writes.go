package inhouse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aanmaner/aanmaner/backoffice"
)

// maxKey is the longest idempotency key that is sent as it is, with its quotes and what is escaped in it.
const maxKey = 255

// keyOf is the key as it can stand in a header: printable ASCII of a bounded length, or else a digest of it.
func keyOf(key string) string {
	if len(structuredString(key)) <= maxKey && !strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256-" + hex.EncodeToString(sum[:])
}

// beforeWrite turns the error of a read that a write begins with. The write was not sent, so nothing is in doubt.
func beforeWrite(op string, err error) error {
	var e *backoffice.Error
	if !errors.As(err, &e) {
		return &backoffice.Error{Kind: backoffice.ErrNotSent, Op: op, Err: err}
	}
	before := *e
	before.Op = op
	before.Answered = false
	if before.Kind == backoffice.ErrUnknown {
		before.Kind = backoffice.ErrNotSent
	}
	return &before
}

// afterWrite turns the error of a look that follows an answered write. The kind of the look's own error must not show: that
// the look was not sent says nothing about the write.
func afterWrite(op string, err error) error {
	doubt := &backoffice.Error{Kind: backoffice.ErrUnknown, Op: op, Answered: true, Err: err}
	var e *backoffice.Error
	if errors.As(err, &e) {
		doubt.Err = e.Err
	}
	return doubt
}

func refuse(op, sentence string) error {
	return &backoffice.Error{Kind: backoffice.ErrRefused, Op: op, Sentence: sentence}
}

// write sends a call once. changed is false when the server says that it was so already.
func (c *Client) write(ctx context.Context, op, method, key string, body any, parts ...string) (res response, changed bool, err error) {
	k := call{op: op, method: method, url: c.address(nil, parts...), body: body}
	if key != "" {
		k.key = keyOf(key)
	}
	res, err = c.once(ctx, k)
	if errors.Is(err, errAlready) {
		return res, false, nil
	}
	if err != nil {
		c.log.WarnContext(ctx, "back office write failed", "op", op, "error", err)
	}
	return res, err == nil, err
}

// ready checks what every write on one thing needs: an id, and that the operation is offered.
func (c *Client) ready(ctx context.Context, op, id string, operation backoffice.Operation) error {
	if err := checkID(op, id); err != nil {
		return err
	}
	if err := c.demand(ctx, op, operation); err != nil {
		return beforeWrite(op, err)
	}
	return nil
}

// serviceBefore reads the service that a write is about.
func (c *Client) serviceBefore(ctx context.Context, op, id string, operation backoffice.Operation) (backoffice.Service, error) {
	if err := c.ready(ctx, op, id, operation); err != nil {
		return backoffice.Service{}, err
	}
	v, err := c.Service(ctx, id)
	if err != nil {
		return v, beforeWrite(op, err)
	}
	return v, nil
}

// confirm looks again after an answer from the server's memory: what this key did once may have been undone since. holds
// says whether the thing is as asked for.
func confirm[T any](ctx context.Context, op, id string, read func(context.Context, string) (T, error), holds func(T) bool) (bool, error) {
	now, err := read(ctx, id)
	if err != nil {
		return false, afterWrite(op, err)
	}
	if !holds(now) {
		return false, &backoffice.Error{
			Kind: backoffice.ErrConflict, Op: op, Err: errors.New("this key took effect before, and that was undone since"),
		}
	}
	return true, nil
}

// Suspend switches a service off. An earlier suspension stays as it is.
func (c *Client) Suspend(ctx context.Context, serviceID, reason, key string) (bool, error) {
	op := "suspend service " + serviceID
	v, err := c.serviceBefore(ctx, op, serviceID, backoffice.OpSuspend)
	switch {
	case err != nil:
		return false, err
	case v.State == backoffice.ServiceSuspended:
		return false, nil
	case v.State == backoffice.ServiceCancelled:
		return false, refuse(op, "The service has ended.")
	}
	body := map[string]any{"reason": reason, "notifyCustomer": false}
	res, changed, err := c.write(ctx, op, http.MethodPut, key, body, "services", serviceID, "suspension")
	if err != nil || !changed {
		return false, err
	}
	if res.replayed {
		return confirm(ctx, op, serviceID, c.Service, func(v backoffice.Service) bool { return v.State == backoffice.ServiceSuspended })
	}
	return isOurs(op, res, reason, func(w wireSuspension) (string, error) { return w.Reason, nil })
}

// isOurs says whether a state that was asked for came about through this very call. 201 says so. 200 is also what a server
// answers that found it so already: then the reason in the answer is somebody else's.
func isOurs[W any](op string, res response, reason string, reasonOf func(W) (string, error)) (bool, error) {
	if !res.hasBody() && res.status != http.StatusOK {
		return true, nil
	}
	found, err := object(res.body, reasonOf)
	if err != nil {
		return false, unreadable(op, err)
	}
	return res.status == http.StatusCreated || strings.Contains(found, reason), nil
}

// Unsuspend switches a service on.
func (c *Client) Unsuspend(ctx context.Context, serviceID, key string) (bool, error) {
	op := "unsuspend service " + serviceID
	v, err := c.serviceBefore(ctx, op, serviceID, backoffice.OpUnsuspend)
	switch {
	case err != nil:
		return false, err
	case v.State == backoffice.ServiceCancelled:
		return false, refuse(op, "The service has ended.")
	case v.State != backoffice.ServiceSuspended:
		return false, nil
	}
	res, changed, err := c.write(ctx, op, http.MethodDelete, key, nil, "services", serviceID, "suspension")
	if err != nil || !changed || !res.replayed {
		return changed, err
	}
	return confirm(ctx, op, serviceID, c.Service, func(v backoffice.Service) bool { return v.State == backoffice.ServiceActive })
}

// Cancel ends the service's order at a date.
func (c *Client) Cancel(ctx context.Context, serviceID string, at backoffice.Date, reason, key string) (bool, error) {
	op := "cancel service " + serviceID
	if d, err := backoffice.ParseDate(string(at)); err != nil || d.IsZero() {
		return false, refuse(op, "A cancellation needs a date.")
	}
	v, err := c.serviceBefore(ctx, op, serviceID, backoffice.OpCancel)
	switch {
	case err != nil:
		return false, err
	case v.Cancellation != nil && v.Cancellation.At == at:
		return false, nil
	case v.Cancellation != nil:
		return false, &backoffice.Error{Kind: backoffice.ErrConflict, Op: op, Sentence: "The order ends on " + string(v.Cancellation.At) + " already."}
	case v.State == backoffice.ServiceCancelled:
		return false, &backoffice.Error{Kind: backoffice.ErrConflict, Op: op, Sentence: "The service has ended already."}
	}
	body := map[string]any{"at": string(at), "reason": reason}
	res, changed, err := c.write(ctx, op, http.MethodPut, key, body, "services", serviceID, "cancellation")
	if err != nil || !changed {
		return false, err
	}
	if res.replayed {
		return confirm(ctx, op, serviceID, c.Service, func(v backoffice.Service) bool { return v.Cancellation != nil && v.Cancellation.At == at })
	}
	return isOurs(op, res, reason, func(w wireCancellation) (string, error) {
		if backoffice.Date(w.At) != at {
			return "", fmt.Errorf("the order ends on %q instead of %q", w.At, at)
		}
		return w.Reason, nil
	})
}

// WithdrawCancellation takes a cancellation back that hasn't been executed. One that has is ErrRefused.
func (c *Client) WithdrawCancellation(ctx context.Context, serviceID, key string) (bool, error) {
	op := "withdraw cancellation of service " + serviceID
	v, err := c.serviceBefore(ctx, op, serviceID, backoffice.OpWithdraw)
	switch {
	case err != nil:
		return false, err
	case v.State == backoffice.ServiceCancelled, v.Cancellation != nil && v.Cancellation.Executed:
		return false, refuse(op, "The service has ended.")
	case v.Cancellation == nil:
		return false, nil
	}
	res, changed, err := c.write(ctx, op, http.MethodDelete, key, nil, "services", serviceID, "cancellation")
	if err != nil || !changed || !res.replayed {
		return changed, err
	}
	return confirm(ctx, op, serviceID, c.Service, func(v backoffice.Service) bool { return v.Cancellation == nil })
}

// SetNonPayer puts the non-payer status on the account. One that is there stays as it is.
func (c *Client) SetNonPayer(ctx context.Context, customerID, reason, key string) (bool, error) {
	op := "set non-payer status of customer " + customerID
	v, err := c.customerBefore(ctx, op, customerID)
	if err != nil || v.NonPayer != nil {
		return false, err
	}
	body := map[string]any{"reason": reason}
	res, changed, err := c.write(ctx, op, http.MethodPut, key, body, "customers", customerID, "non-payer")
	if err != nil || !changed {
		return false, err
	}
	if res.replayed {
		return confirm(ctx, op, customerID, c.Customer, func(v backoffice.Customer) bool { return v.NonPayer != nil })
	}
	return isOurs(op, res, reason, func(w wireNonPayer) (string, error) { return w.Reason, nil })
}

// ClearNonPayer takes the status off, whoever set it.
func (c *Client) ClearNonPayer(ctx context.Context, customerID, key string) (bool, error) {
	op := "clear non-payer status of customer " + customerID
	v, err := c.customerBefore(ctx, op, customerID)
	if err != nil || v.NonPayer == nil {
		return false, err
	}
	res, changed, err := c.write(ctx, op, http.MethodDelete, key, nil, "customers", customerID, "non-payer")
	if err != nil || !changed || !res.replayed {
		return changed, err
	}
	return confirm(ctx, op, customerID, c.Customer, func(v backoffice.Customer) bool { return v.NonPayer == nil })
}

func (c *Client) customerBefore(ctx context.Context, op, id string) (backoffice.Customer, error) {
	if err := c.ready(ctx, op, id, backoffice.OpSetNonPayer); err != nil {
		return backoffice.Customer{}, err
	}
	v, err := c.Customer(ctx, id)
	if err != nil {
		return v, beforeWrite(op, err)
	}
	return v, nil
}
