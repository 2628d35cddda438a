package inhousefake

import (
	"net/http"
	"time"
)

func (s *Server) getNonPayer(r *request) answer {
	a := s.state.byID(r.id)
	switch {
	case a == nil:
		return notFound("customer", r.id)
	case a.customer.NonPayer == nil:
		return notFound("non-payer status on customer", r.id)
	}
	return reply(http.StatusOK, a.customer.NonPayer)
}

// setNonPayer puts the status on an account. One that is there stays as it is.
func (s *Server) setNonPayer(r *request) answer {
	a := s.state.byID(r.id)
	if a == nil {
		return notFound("customer", r.id)
	}
	var body struct {
		Reason string `json:"reason"`
	}
	if !r.reads(&body) || !isReason(body.Reason) {
		return invalid("A body with a reason of 1 to 500 characters is needed.")
	}
	if a.customer.NonPayer != nil {
		return reply(http.StatusOK, a.customer.NonPayer)
	}
	a.customer.NonPayer = &NonPayer{Since: r.today, By: s.options.Actor, Reason: body.Reason}
	return reply(http.StatusCreated, a.customer.NonPayer)
}

func (s *Server) clearNonPayer(r *request) answer {
	a := s.state.byID(r.id)
	switch {
	case a == nil:
		return notFound("customer", r.id)
	case a.customer.NonPayer == nil:
		return already("Customer " + a.customer.Number + " does not carry the status.")
	}
	a.customer.NonPayer = nil
	return noContent()
}

func (s *Server) getBlock(r *request) answer {
	a := s.state.byID(r.id)
	switch {
	case a == nil:
		return notFound("customer", r.id)
	case a.customer.Block == nil:
		return notFound("block on customer", r.id)
	}
	return reply(http.StatusOK, a.customer.Block)
}

// block keeps a customer from new orders, and from the portal if asked. A second call replaces what was asked for before.
func (s *Server) block(r *request) answer {
	a := s.state.byID(r.id)
	if a == nil {
		return notFound("customer", r.id)
	}
	body := Block{PortalAccess: "allowed", NewOrders: "denied"}
	if !r.reads(&body) || !isReason(body.Reason) {
		return invalid("A body with a reason of 1 to 500 characters is needed.")
	}
	if !allowedOrDenied(body.PortalAccess) || !allowedOrDenied(body.NewOrders) {
		return invalid("portalAccess and newOrders are allowed or denied.")
	}
	status := http.StatusOK
	if a.customer.Block == nil {
		status = http.StatusCreated
	}
	body.By, body.At = s.options.Actor, r.now
	a.customer.Block = &body
	return reply(status, body)
}

func allowedOrDenied(v string) bool { return v == "allowed" || v == "denied" }

func (s *Server) unblock(r *request) answer {
	a := s.state.byID(r.id)
	switch {
	case a == nil:
		return notFound("customer", r.id)
	case a.customer.Block == nil:
		return already("Customer " + a.customer.Number + " is not blocked.")
	}
	a.customer.Block = nil
	return noContent()
}

// endContract ends everything that a customer has ordered. Open invoices stay open unless the caller says otherwise.
func (s *Server) endContract(r *request) answer {
	a := s.state.byID(r.id)
	if a == nil {
		return notFound("customer", r.id)
	}
	body := Closure{KeepOpenInvoices: true}
	if !r.reads(&body) || !isReason(body.Reason) {
		return invalid("A body with at and a reason of 1 to 500 characters is needed.")
	}
	at, refusal := endDate(body.At, lastPeriodEnd(a), r.today)
	switch c := a.customer.Closure; {
	case refusal != nil:
		return *refusal
	case c != nil && c.At == at:
		return reply(http.StatusOK, c)
	case c != nil:
		return conflict("The contract of customer " + a.customer.Number + " ends on " + c.At + " already.")
	case at < r.today:
		return refused("The date " + at + " has passed.")
	}
	body.At, body.By = at, s.options.Actor
	a.customer.Closure = &body
	s.endAll(a, body, r.now)
	return reply(http.StatusCreated, body)
}

// endAll cancels what is not cancelled yet, and credits what is open when it may not stay.
func (s *Server) endAll(a *account, c Closure, now time.Time) {
	for _, v := range a.services {
		if v.Cancellation == nil && v.State != "cancelled" {
			v.Cancellation = &Cancellation{At: c.At, Reason: c.Reason, By: c.By}
			s.serviceChanged(now, a, v)
		}
	}
	for _, i := range a.invoices {
		if !c.KeepOpenInvoices && i.State == "open" {
			s.credit(a, i, i.Open.Minor, c.Reason, now)
		}
	}
	s.executeDue(now)
}

func lastPeriodEnd(a *account) string {
	last := ""
	for _, v := range a.services {
		last = max(last, v.PeriodEnd)
	}
	return last
}
