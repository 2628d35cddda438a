package inhousefake

import (
	"net/http"
	"time"
)

func (s *Server) listServices(r *request) answer {
	a := s.state.byID(r.id)
	if a == nil {
		return notFound("customer", r.id)
	}
	var found []any
	for _, v := range a.services {
		if v.State != "cancelled" || r.param("ended") == "true" {
			found = append(found, s.showService(v))
		}
	}
	return page(r, found)
}

func (s *Server) getService(r *request) answer {
	_, v := s.state.service(r.id)
	if v == nil {
		return notFound("service", r.id)
	}
	return reply(http.StatusOK, s.showService(v))
}

func (s *Server) showService(v *Service) Service {
	shown := *v
	shown.URL = s.link("customers", v.CustomerID) + fragment(s.options.BaseURL, "service-"+v.ID)
	if shown.Domains == nil {
		shown.Domains = []string{}
	}
	return shown
}

// suspend switches a service off. An earlier suspension, whoever made it, stays as it is.
func (s *Server) suspend(r *request) answer {
	a, v := s.state.service(r.id)
	if v == nil {
		return notFound("service", r.id)
	}
	var body struct {
		Reason string `json:"reason"`
	}
	if !r.reads(&body) || !isReason(body.Reason) {
		return invalid("A body with a reason of 1 to 500 characters is needed.")
	}
	switch {
	case v.State == "suspended":
		return reply(http.StatusOK, v.Suspension)
	case v.State != "active":
		return refused("Service " + v.Label + " is " + v.State + ".")
	case v.DoNotSuspend != "":
		return refused("Service " + v.Label + " must not be switched off: " + v.DoNotSuspend)
	}
	v.State = "suspended"
	v.Suspension = &Suspension{By: s.options.Actor, Reason: body.Reason, At: r.now}
	s.serviceChanged(r.now, a, v)
	return reply(http.StatusCreated, v.Suspension)
}

func (s *Server) unsuspend(r *request) answer {
	a, v := s.state.service(r.id)
	if v == nil {
		return notFound("service", r.id)
	}
	switch v.State {
	case "active":
		return already("Service " + v.Label + " is not switched off.")
	case "suspended":
		v.State, v.Suspension = "active", nil
		s.serviceChanged(r.now, a, v)
		s.state.arm(v.ID, r.now)
		return noContent()
	}
	return refused("Service " + v.Label + " is " + v.State + ".")
}

// cancelService ends the service's order at a date. A cancellation for the same date stays as it is, one for another date
// is a conflict.
func (s *Server) cancelService(r *request) answer {
	a, v := s.state.service(r.id)
	if v == nil {
		return notFound("service", r.id)
	}
	var body struct {
		At     string `json:"at"`
		Reason string `json:"reason"`
	}
	if !r.reads(&body) || !isReason(body.Reason) {
		return invalid("A body with at and a reason of 1 to 500 characters is needed.")
	}
	at, refusal := endDate(body.At, v.PeriodEnd, r.today)
	switch c := v.Cancellation; {
	case refusal != nil:
		return *refusal
	case c != nil && c.At == at:
		return reply(http.StatusOK, c)
	case c != nil:
		return conflict("Service " + v.Label + " ends on " + c.At + " already.")
	case v.State == "cancelled":
		return conflict("Service " + v.Label + " has ended already.")
	case at < r.today:
		return refused("The date " + at + " has passed.")
	}
	v.Cancellation = &Cancellation{At: at, Reason: body.Reason, By: s.options.Actor}
	s.serviceChanged(r.now, a, v)
	s.executeDue(r.now)
	return reply(http.StatusCreated, v.Cancellation)
}

// endDate turns what a caller may write for a date into a date.
func endDate(at, periodEnd, today string) (string, *answer) {
	switch at {
	case "immediate":
		return today, nil
	case "period_end":
		if periodEnd == "" {
			a := refused("This has no period that ends.")
			return "", &a
		}
		return periodEnd, nil
	}
	if _, err := time.Parse(time.DateOnly, at); err != nil {
		a := invalid(`at is a date (YYYY-MM-DD), "immediate" or "period_end".`)
		return "", &a
	}
	return at, nil
}

func (s *Server) withdrawCancellation(r *request) answer {
	a, v := s.state.service(r.id)
	switch {
	case v == nil:
		return notFound("service", r.id)
	case v.Cancellation == nil && v.State != "cancelled":
		return already("Service " + v.Label + " is not cancelled.")
	case v.Cancellation == nil || v.Cancellation.Executed:
		return conflict("The cancellation of service " + v.Label + " has been carried out.")
	case s.state.kept[v.ID] != "":
		return refused(s.state.kept[v.ID])
	}
	v.Cancellation = nil
	s.serviceChanged(r.now, a, v)
	return noContent()
}
