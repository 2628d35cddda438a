package bot

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// Decide turns facts into a plan, with a reason for every yes and no. It is pure: the same facts give the same plan.
// Whatever is in doubt blocks: an error here falls to the side of doing nothing.
func Decide(f Facts, p Policy, wish Wish) Plan {
	plan := decide(f, p, wish)
	// The agent knows what the agent wished for. Whether the world is as it was seen is told by the plan without the wish.
	base := decide(f, p, Wish{})
	plan.seen = base.fingerprint()
	return plan
}

func decide(f Facts, p Policy, wish Wish) Plan {
	plan := Plan{
		At: f.At, Customer: f.Customer, OpenCase: f.OpenCase, AgentEmail: f.AgentEmail, AgentName: f.Agent.Name, SetAside: f.SetAside,
		Language: p.languageOf(f.Customer), OtherTickets: f.OtherTickets, OtherTicketsUnknown: f.OtherTicketsUnknown,
	}
	plan.planInvoices(f)
	plan.planServices(f, p, wish)
	plan.planAddress(f)
	plan.planDates(f, p, wish)
	for _, rule := range []func(*Plan, Facts, Policy){
		blockTreated, blockExcluded, blockNotLive, blockDebt, blockMoneyOnItsWay, blockAddress, blockAgent, blockCaps,
		blockDates, blockWish,
	} {
		rule(&plan, f, p)
	}
	plan.planApproval(f, p)
	plan.warn(f, p)
	return plan
}

func (p *Plan) block(code string, pairs ...string) {
	p.Blocked = append(p.Blocked, wording.Because(code, pairs...))
}

func (p *Plan) warning(code string, pairs ...string) {
	p.Warnings = append(p.Warnings, wording.Because(code, pairs...))
}

// planInvoices picks the invoices of the case: overdue and undisputed, the oldest first.
func (p *Plan) planInvoices(f Facts) {
	for _, inv := range f.Invoices {
		if !inv.OverdueOn(f.Today) || inv.Disputed {
			continue
		}
		p.Invoices = append(p.Invoices, inv)
	}
	slices.SortFunc(p.Invoices, func(a, b backoffice.Invoice) int {
		return strings.Compare(string(a.Due)+a.Number, string(b.Due)+b.Number)
	})
	if len(p.Invoices) > 0 {
		p.OldestDue = p.Invoices[0].Due
	}
	for _, inv := range p.Invoices {
		sum, err := p.Outstanding.Add(inv.Open)
		if err != nil { // no sum at all, rather than a part of it that other rules would judge
			p.Outstanding = backoffice.Money{}
			p.block("two_currencies")
			return
		}
		p.Outstanding = sum
	}
}

// planServices decides for each service whether it is switched off and cancelled, and why not.
func (p *Plan) planServices(f Facts, policy Policy, wish Wish) {
	p.Scope = policy.scopeFor(wish)
	for _, s := range f.Services {
		planned := planService(s, policy)
		if p.Scope == ScopeUnpaid && (planned.Suspend || planned.Cancel) && !p.owedFor(s.ID) {
			planned = PlannedService{Service: s, Why: wording.Because("not_in_arrears", "service", s.Label)}
		}
		p.Services = append(p.Services, wish.keep(planned))
	}
}

// owedFor says whether one of the case's invoices is for the service.
func (p *Plan) owedFor(serviceID string) bool {
	return slices.ContainsFunc(p.Invoices, func(i backoffice.Invoice) bool { return slices.Contains(i.ServiceIDs, serviceID) })
}

// planService leaves alone what policy never touches, what must not be switched off, and what isn't delivered. What is
// suspended already stays as it is, also after a restore; its order is cancelled all the same.
func planService(s backoffice.Service, policy Policy) PlannedService {
	out := PlannedService{Service: s}
	switch {
	case !policy.touches(s.Kind):
		out.Why = wording.Because("service_kind", "service", s.Label, "kind", string(s.Kind))
	case s.DoNotSuspend != "":
		out.Why = wording.Because("do_not_suspend", "service", s.Label, "why", s.DoNotSuspend)
	case s.State == backoffice.ServiceActive:
		out.Suspend, out.Cancel = true, s.Cancellation == nil
	case s.State == backoffice.ServiceSuspended:
		out.Cancel = s.Cancellation == nil
		out.Why = wording.Because("already_suspended", "service", s.Label, "why", suspensionReason(s))
	default:
		out.Why = wording.Because("not_delivered", "service", s.Label)
	}
	if s.Cancellation != nil && out.Why.IsZero() {
		out.Why = wording.Because("already_cancelled", "service", s.Label, "day", string(s.Cancellation.At))
	}
	return out
}

func suspensionReason(s backoffice.Service) string {
	if s.Suspension == nil || s.Suspension.Reason == "" {
		return "?"
	}
	return s.Suspension.Reason
}

// planAddress picks the address that is written to: the one the back office names for notices, then billing, main,
// technical; an address that would go off with the services only when there is no other.
func (p *Plan) planAddress(f Facts) {
	ranked := slices.Clone(f.Customer.Addresses)
	ranked = slices.DeleteFunc(ranked, func(a backoffice.Address) bool { return !plausible(a.Email) })
	slices.SortStableFunc(ranked, func(a, b backoffice.Address) int { return rank(a) - rank(b) })
	if len(ranked) == 0 {
		return
	}
	p.To, p.ToWhy = ranked[0], whyAddress(ranked[0])
	if !p.goesDark(p.To.Email) {
		return
	}
	for _, a := range ranked[1:] {
		if !p.goesDark(a.Email) {
			p.ToWhy = wording.Because("address_stays_up", "address", a.Email, "other", p.To.Email)
			p.To = a
			return
		}
	}
}

// plausible is the least that an address needs; the helpdesk client checks it to the letter.
func plausible(email string) bool {
	at := strings.LastIndexByte(email, '@')
	return at > 0 && at < len(email)-1 && !strings.ContainsAny(email, " \t\r\n,;<>")
}

func rank(a backoffice.Address) int {
	if a.Notices {
		return 0
	}
	order := []backoffice.Role{backoffice.RoleBilling, backoffice.RoleMain, backoffice.RoleTechnical}
	if n := slices.Index(order, a.Role); n >= 0 {
		return n + 1
	}
	return len(order) + 1
}

func whyAddress(a backoffice.Address) wording.Reason {
	if a.Notices {
		return wording.Because("address_notices")
	}
	switch a.Role {
	case backoffice.RoleBilling, backoffice.RoleMain, backoffice.RoleTechnical:
		return wording.Because("address_" + string(a.Role))
	}
	return wording.Because("address_only")
}

// goesDark says whether mail to the address is no longer read once the planned services are off: it lies on one of them, or
// on one that is off already.
func (p *Plan) goesDark(email string) bool {
	domain := strings.ToLower(email[strings.LastIndexByte(email, '@')+1:])
	return slices.ContainsFunc(p.Services, func(s PlannedService) bool {
		off := s.Suspend || s.Service.State == backoffice.ServiceSuspended
		return off && slices.ContainsFunc(s.Service.Domains, func(d string) bool {
			d = strings.ToLower(d)
			return domain == d || strings.HasSuffix(domain, "."+d)
		})
	})
}

// planDates sets when services go off and as of when orders are cancelled.
func (p *Plan) planDates(f Facts, policy Policy, wish Wish) {
	p.SuspendAt = policy.nextLoud(f.At.Add(policy.SuspendDelay))
	p.CancelOn = wish.cancelOn(f.Today, policy)
	p.CancelFirst, p.CancelLast = f.Today.AddDays(policy.CancelDaysMin), f.Today.AddDays(policy.CancelDaysMax)
	p.Large = f.Customer.Reseller || f.Customer.EndCustomers >= policy.LargeEndClient && policy.LargeEndClient > 0 ||
		above(p.Outstanding, policy.LargeDebt)
}

// above says whether an amount is over a limit, if there is one. Another currency than the limit's can't be compared, so it
// counts as above; nothing at all never does.
func above(m, limit backoffice.Money) bool {
	return m.Minor > 0 && limit.Minor > 0 && (m.Currency != limit.Currency || m.Minor > limit.Minor)
}

// blockTreated: never twice. A running case, or a comment that says someone is at it, ends it here.
func blockTreated(p *Plan, f Facts, _ Policy) {
	if c := f.OpenCase; c != nil && c.State == Waiting {
		p.block("own_case_waiting", "who", c.StartedBy.Name, "at", wording.Instant(c.CreatedAt), "case", wording.Count(int(c.ID)),
			"day", string(c.Terms.CancelOn))
	} else if c != nil {
		p.block("own_case", "who", c.StartedBy.Name, "at", wording.Instant(c.CreatedAt), "case", wording.Count(int(c.ID)))
	}
	if n, ok := treatedComment(f); ok {
		p.block("typed_comment", "who", n.Author, "at", wording.Instant(n.At))
	}
}

func blockExcluded(p *Plan, f Facts, _ Policy) {
	if ex := f.Customer.ExcludedOn(f.Today); ex != nil && ex.Until.IsZero() {
		p.block("excluded", "why", ex.Reason)
	} else if ex != nil {
		p.block("excluded_until", "why", ex.Reason, "day", string(ex.Until))
	}
}

// blockDebt: there has to be something overdue, old and large enough.
func blockDebt(p *Plan, f Facts, policy Policy) {
	switch {
	case len(p.Invoices) == 0:
		p.blockNothingOverdue(f)
	case p.Outstanding.Currency == "": // two currencies: there is no sum
	case policy.MinDebt.Minor > 0 && (p.Outstanding.Currency != policy.MinDebt.Currency || p.Outstanding.Minor < policy.MinDebt.Minor):
		p.block("below_minimum", "amount", wording.Money(p.Outstanding), "minimum", wording.Money(policy.MinDebt))
	case p.OldestDue.DaysUntil(f.Today) < policy.MinAgeDays:
		p.block("too_young", "n", wording.Count(p.OldestDue.DaysUntil(f.Today)), "days", wording.Count(policy.MinAgeDays))
	}
}

func (p *Plan) blockNothingOverdue(f Facts) {
	if n := slices.IndexFunc(f.Invoices, func(i backoffice.Invoice) bool { return i.Disputed && i.OverdueOn(f.Today) }); n >= 0 {
		p.block("only_disputed", "invoice", f.Invoices[n].Number)
		return
	}
	next := slices.Clone(f.Invoices)
	next = slices.DeleteFunc(next, func(i backoffice.Invoice) bool { return i.Open.Minor <= 0 || i.Due.IsZero() })
	if len(next) == 0 {
		p.block("nothing_open")
		return
	}
	first := slices.MinFunc(next, func(a, b backoffice.Invoice) int { return strings.Compare(string(a.Due), string(b.Due)) })
	p.block("nothing_overdue", "invoice", first.Number, "amount", wording.Money(first.Open), "day", string(first.Due))
}

// blockMoneyOnItsWay: an unpaid label is not an unpaid customer.
func blockMoneyOnItsWay(p *Plan, f Facts, policy Policy) {
	if r := moneyOnItsWay(f, policy); !r.IsZero() && len(p.Invoices) > 0 {
		p.Blocked = append(p.Blocked, r)
	}
}

// moneyOnItsWay gives the reason to wait: a payment that isn't booked, or a bank whose statements of the last working day
// are not in.
func moneyOnItsWay(f Facts, policy Policy) wording.Reason {
	if !f.PaymentsKnown {
		return wording.Reason{}
	}
	if len(f.Payments.Pending) > 0 {
		pay := f.Payments.Pending[0]
		return wording.Because("money_pending", "amount", wording.Money(pay.Amount), "channel", pay.Channel)
	}
	if policy.Calendar == nil || f.Payments.BookedUntil.IsZero() {
		return wording.Reason{}
	}
	if last := policy.Calendar.LastWorkdayBefore(f.Today); f.Payments.BookedUntil < last {
		return wording.Because("bank_behind", "day", string(f.Payments.BookedUntil), "last", string(last))
	}
	return wording.Reason{}
}

// moneyWaits says whether a reason is one that moneyOnItsWay gives.
func moneyWaits(r wording.Reason) bool { return r.Code == "money_pending" || r.Code == "bank_behind" }

func blockAddress(p *Plan, f Facts, _ Policy) {
	if p.To.Email == "" {
		p.block("no_address")
	}
}

// blockAgent: whether the agent can own the ticket is known before anything is sent.
func blockAgent(p *Plan, f Facts, _ Policy) {
	switch {
	case f.AgentErr == nil:
	case errors.Is(f.AgentErr, helpdesk.ErrNotFound):
		p.block("agent_unknown", "address", f.AgentEmail)
	case errors.Is(f.AgentErr, helpdesk.ErrRefused):
		p.block("agent_refused", "address", f.AgentEmail, "why", helpdesk.Sentence(f.AgentErr))
	case errors.Is(f.AgentErr, helpdesk.ErrAuth):
		p.block("helpdesk_refuses_key")
	default:
		p.block("helpdesk_silent")
	}
}

// blockNotLive: in its first weeks a live program may be limited to some customers.
func blockNotLive(p *Plan, f Facts, policy Policy) {
	named := slices.Contains(policy.LiveCustomers, f.Customer.Number) || slices.Contains(policy.LiveCustomers, f.Customer.ID)
	if policy.Mode == Live && len(policy.LiveCustomers) > 0 && !named {
		p.block("not_live", "customer", f.Customer.Number)
	}
}

// blockCaps: so many new cases and no more, whoever asks.
func blockCaps(p *Plan, f Facts, policy Policy) {
	for _, c := range policy.caps() {
		if n := c.started(f.Lately); c.most > 0 && n >= c.most {
			p.block(c.code, "n", wording.Count(n), "most", wording.Count(c.most))
		}
	}
}

// planApproval lists the rules by which a second person has to agree to the case.
func (p *Plan) planApproval(f Facts, policy Policy) {
	rule := policy.Approval
	ask := func(holds bool, code string, pairs ...string) {
		if holds {
			p.Approval = append(p.Approval, wording.Because(code, pairs...))
		}
	}
	ask(above(p.Outstanding, rule.Above), "approval_amount", "amount", wording.Money(rule.Above))
	ask(rule.Services > 0 && len(p.Suspends()) >= rule.Services, "approval_services", "n", wording.Count(len(p.Suspends())))
	ask(rule.Resellers && (f.Customer.Reseller || f.Customer.EndCustomers > 0), "approval_reseller")
	ask(rule.Consumers && f.Customer.Kind == backoffice.Consumer, "approval_consumer")
	ask(slices.Contains(rule.Languages, p.Language), "approval_language", "language", p.Language)
}

func blockDates(p *Plan, _ Facts, policy Policy) {
	if p.CancelOn < p.CancelFirst || p.CancelOn > p.CancelLast {
		p.block("cancel_days", "min", wording.Count(policy.CancelDaysMin), "max", wording.Count(policy.CancelDaysMax))
	}
	if p.SuspendAt.IsZero() {
		p.block("never_loud")
	}
}

// warn lists what the agent has to know, hardest first.
func (p *Plan) warn(f Facts, policy Policy) {
	if f.Customer.Reseller || f.Customer.EndCustomers > 0 {
		p.warning("reseller", "domains", wording.Count(f.Customer.Domains), "customers", wording.Count(f.Customer.EndCustomers))
	}
	if f.PausedBy != "" {
		p.warning("paused", "who", f.PausedBy)
	}
	p.Warnings = append(p.Warnings, p.Approval...)
	p.warnTickets()
	p.warnMoney(f, policy)
	if p.To.Email != "" && p.goesDark(p.To.Email) {
		p.warning("address_goes_dark", "address", p.To.Email)
	}
	for _, s := range p.Services {
		if !s.Why.IsZero() && !slices.Contains([]string{"service_kind", "not_in_arrears", "kept"}, s.Why.Code) {
			p.Warnings = append(p.Warnings, s.Why)
		}
	}
	if p.SuspendAt.After(f.At.Add(policy.SuspendDelay + time.Minute)) {
		p.warning("suspended_later", "at", wording.Instant(p.SuspendAt))
	}
	if f.SetAside != "" {
		p.warning("set_aside")
	}
}

// maxTickets is how many other tickets are named; more are counted.
const maxTickets = 3

// warnTickets: a running dispute often lies in another ticket.
func (p *Plan) warnTickets() {
	for _, t := range p.OtherTickets[:min(maxTickets, len(p.OtherTickets))] {
		p.warning("other_ticket", "ticket", t.Mask, "subject", t.Subject)
	}
	if more := len(p.OtherTickets) - maxTickets; more > 0 {
		p.warning("other_tickets", "n", wording.Count(more))
	}
	if p.OtherTicketsUnknown {
		p.warning("other_tickets_unknown")
	}
}

func (p *Plan) warnMoney(f Facts, policy Policy) {
	for _, inv := range p.Invoices {
		if inv.Open.Minor < inv.Total.Minor {
			paid := backoffice.Money{Minor: inv.Total.Minor - inv.Open.Minor, Currency: inv.Total.Currency}
			p.warning("partly_paid", "paid", wording.Money(paid), "total", wording.Money(inv.Total), "invoice", inv.Number,
				"amount", wording.Money(p.Outstanding))
		}
	}
	for _, inv := range f.Invoices {
		if inv.Disputed && len(p.Invoices) > 0 {
			p.warning("disputed_left_out", "invoice", inv.Number, "amount", wording.Money(inv.Open))
		}
	}
	for _, inv := range p.Invoices {
		if p.Scope == ScopeUnpaid && len(inv.ServiceIDs) == 0 {
			p.warning("invoice_without_service", "invoice", inv.Number)
		}
	}
	if !f.PaymentsKnown {
		p.warning("payments_unknown")
	}
}
