package inhousefake

import (
	"fmt"
	"slices"
	"time"
)

// Rule is something that the back office does of its own accord: it switches a service off again after somebody switched it on, as
// a dunning run of its own does.
type Rule struct {
	By     string        // who it says it is; "automation"
	Reason string        // "Overdue"
	After  time.Duration // how long after it was switched on; 0: before the next call is answered
	Times  int           // how often; 0: each time
}

// rule is a Rule at work.
type rule struct {
	Rule
	did int
	due time.Time // zero: nothing is due
}

// SuspendAgain gives a service a rule.
func (s *Server) SuspendAgain(service string, r Rule) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, v := s.state.service(service); v == nil {
		return fmt.Errorf("%w: service %q", ErrNoSuch, service)
	}
	if r.By == "" {
		r.By = "automation"
	}
	if r.Reason == "" {
		r.Reason = "Overdue"
	}
	s.state.rules[service] = &rule{Rule: r}
	return nil
}

// arm notes that a service was switched on.
func (s *state) arm(service string, now time.Time) {
	if r := s.rules[service]; r != nil && (r.Times == 0 || r.did < r.Times) {
		r.due = now.Add(r.After)
	}
}

// followRule switches a service off if a rule says so by now.
func (s *Server) followRule(now time.Time, a *account, v *Service) {
	r := s.state.rules[v.ID]
	if r == nil || r.due.IsZero() || now.Before(r.due) {
		return
	}
	r.due = time.Time{}
	if v.State != "active" {
		return
	}
	r.did++
	v.State, v.Suspension = "suspended", &Suspension{By: r.By, Reason: r.Reason, At: now}
	s.serviceChanged(now, a, v)
}

// RefuseWithdrawal lets the back office refuse to take the cancellation of a service back, with a sentence for staff. An empty one
// ends it.
func (s *Server) RefuseWithdrawal(service, why string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, v := s.state.service(service); v == nil {
		return fmt.Errorf("%w: service %q", ErrNoSuch, service)
	}
	s.state.kept[service] = why
	return nil
}

// DeleteService takes a service out of the back office without a trace, as a colleague does who cleans up.
func (s *Server) DeleteService(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, v := s.state.service(id)
	if v == nil {
		return fmt.Errorf("%w: service %q", ErrNoSuch, id)
	}
	a.services = slices.DeleteFunc(a.services, func(other *Service) bool { return other == v })
	s.serviceChanged(s.now(), a, v)
	return nil
}
