package bot

import (
	"strings"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// Wish is what an agent asks for besides the customer. The zero Wish is what the policy says.
type Wish struct {
	CancelDays int             // days to the cancellation; 0: as the policy says
	CancelOn   backoffice.Date // the day itself, in its place; empty: as the policy says
	// Keep names services, by id, that are neither suspended nor cancelled this time, each with the agent's reason: it goes
	// into the file. A service that would be left alone anyway, or that isn't the customer's, makes no difference here.
	Keep  map[string]string
	Scope Scope // ScopeUnpaid asks for less than the policy; empty: as the policy says
}

// keep leaves a service alone that the agent wants left alone.
func (w Wish) keep(s PlannedService) PlannedService {
	why, ok := w.Keep[s.Service.ID]
	if !ok || !s.Suspend && !s.Cancel {
		return s
	}
	s.Suspend, s.Cancel, s.Kept = false, false, true
	s.Why = wording.Because("kept", "service", s.Service.Label, "why", strings.TrimSpace(why))
	return s
}

// cancelOn is the day of the cancellation.
func (w Wish) cancelOn(today backoffice.Date, p Policy) backoffice.Date {
	switch {
	case !w.CancelOn.IsZero():
		return w.CancelOn
	case w.CancelDays != 0:
		return today.AddDays(w.CancelDays)
	}
	return today.AddDays(p.CancelDays)
}

// blockWish: what an agent leaves alone needs a reason, since a colleague and a judge will ask for it.
func blockWish(p *Plan, _ Facts, _ Policy) {
	for _, s := range p.Services {
		if s.Kept && s.Why.Args["why"] == "" {
			p.block("keep_needs_reason", "service", s.Service.Label)
		}
	}
}
