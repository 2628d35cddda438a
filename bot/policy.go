package bot

import (
	"slices"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/calendar"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

// The procedure's own words. They are never translated: people search for them.
const (
	TicketSubject = "Account Termination"
	CancelReason  = "Client defaults on payment"
	// CommentTitle (payment arrears) is the title of the comment that says a customer is in treatment.
	CommentTitle = "betalingsachterstand"
	// RestoredTitle (paid, restored) is the title of the comment that ends it.
	RestoredTitle = "betaald, hersteld"
	// UndoneTitle (restored, begun by mistake) ends the comment of a case that should not have begun.
	UndoneTitle = "hersteld, ten onrechte gestart"
)

// Policy is what a company has decided about the procedure: all from the configuration.
type Policy struct {
	Mode            Mode
	Location        *time.Location
	Calendar        *calendar.Calendar
	Company         snippets.Company
	DefaultLanguage string // of mails to customers whose language isn't known

	MinDebt    backoffice.Money // below it nobody is switched off; zero: no minimum
	MinAgeDays int              // the oldest invoice is at least so many days overdue

	Approval Approval // which cases a second person has to agree to

	ConfirmDelay time.Duration // between the confirmation and the first step; Stop works in it
	SuspendDelay time.Duration // between the notice and the suspension

	Scope Scope // which of a customer's services a case is about

	// Caps on new cases: whoever pastes a wrong list, or whose account is taken over, can't switch off everybody. 0: no cap.
	MaxPerHour     int
	MaxPerDay      int
	MaxPerAgentDay int

	// LiveCustomers limits a live program to customers with these numbers (or ids), for its first weeks. Empty: all.
	LiveCustomers []string

	ExtendMaxDays  int   // how far ahead a person may move the end
	PromiseMaxDays int   // how far ahead a promise may be
	PromisesMax    int   // how many promises of one customer are accepted
	RemindCustomer bool  // whether the customer, too, is reminded before the end
	DemandsMax     int   // from so many demands for an invoice on the customer isn't reminded, the back office's included
	AtEnd          AtEnd // what silence means on the last day
	AftercareDays  int   // how long after its end a case's money is looked at

	CancelDays    int // days from the confirmation to the cancellation
	CancelDaysMin int // what an agent may choose
	CancelDaysMax int

	NeverTouch []backoffice.ServiceKind // neither suspended nor cancelled by the bot

	NoticeFrom     string          // "helpdesk": its own snippets; "own": the embedded set and its folder
	NoticeTitles   []string        // titles of the helpdesk's snippet; "{language}" stands for the customer's
	KeepCommands   []string        // hash commands that a template may use
	NoticeStatus   helpdesk.Status // what the ticket is set to with the notice
	LargeDebt      backoffice.Money
	LargeEndClient int // so many end customers make a case large: the customer number is typed to confirm

	Grace       time.Duration   // how long another system may still be working on a call that brought no answer
	QueueWait   time.Duration   // how long a queued notice may wait before a person is asked
	MoneyWait   time.Duration   // how long money may be on its way before a person is asked
	RetryFor    time.Duration   // how long a system may be silent before a person is asked
	PaymentPoll time.Duration   // how often a case that waits looks at its invoices; 0: only when something tells of a payment
	StepTimeout time.Duration   // the deadline of one look or call of a step
	Backoff     []time.Duration // between tries of a call that had no effect; the last one goes on

	// CommentTickets is how often the other new tickets of customers with a case are looked for, to tell colleagues; 0: never.
	CommentTickets time.Duration
	TeamLanguage   wording.Lang // of what is written for colleagues
}

// DefaultPolicy is the policy of a configuration that says nothing.
func DefaultPolicy() Policy {
	return Policy{
		Mode: DryRun, Location: time.UTC, DefaultLanguage: "nl",
		Scope: ScopeAll, MaxPerAgentDay: 25,
		ConfirmDelay: 10 * time.Second, CancelDays: 28, CancelDaysMin: 14, CancelDaysMax: 92,
		NeverTouch: []backoffice.ServiceKind{backoffice.KindDomain},
		NoticeFrom: "helpdesk", NoticeTitles: []string{TicketSubject + " ({language})", TicketSubject},
		NoticeStatus: helpdesk.Waiting, LargeEndClient: 10,
		Grace: 2 * time.Minute, QueueWait: time.Hour, MoneyWait: 5 * 24 * time.Hour, RetryFor: 24 * time.Hour,
		PaymentPoll:   15 * time.Minute,
		ExtendMaxDays: 92, PromiseMaxDays: 14, PromisesMax: 2, DemandsMax: 3, AtEnd: PersonDecides, AftercareDays: 60, Approval: Approval{Wait: 72 * time.Hour},
		StepTimeout: 2 * time.Minute,
		Backoff:     []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute},

		CommentTickets: 15 * time.Minute, TeamLanguage: wording.NL,
	}
}

// Approval says which cases wait for a second person before anything is done.
type Approval struct {
	Above     backoffice.Money // a debt above it; zero: no limit
	Services  int              // so many services or more are switched off; 0: no limit
	Resellers bool             // customers with customers of their own
	Consumers bool
	Languages []string      // customers who are written to in one of them, such as one that no colleague reads
	Wait      time.Duration // how long it is waited for; then nothing is done
}

// AtEnd says what becomes of the cancellations when the customer's time is over and nobody has decided anything.
type AtEnd string

// What silence means.
const (
	PersonDecides  AtEnd = "person" // they are withdrawn on the last working day, and a person decides
	OrdersAreEnded AtEnd = "cancel" // they stand
)

// Scope says which of a customer's services a case is about.
type Scope string

// The scopes. ScopeUnpaid leaves alone what no overdue invoice is for.
const (
	ScopeAll    Scope = "all"
	ScopeUnpaid Scope = "unpaid"
)

// scopeFor is the scope of one plan: an agent may ask for less than the policy says, never for more.
func (p Policy) scopeFor(w Wish) Scope {
	if p.Scope == ScopeUnpaid || w.Scope == ScopeUnpaid {
		return ScopeUnpaid
	}
	return ScopeAll
}

// touches says whether services of the kind are the bot's business at all.
func (p Policy) touches(k backoffice.ServiceKind) bool { return !slices.Contains(p.NeverTouch, k) }

// languageOf is the language in which the customer is written to.
func (p Policy) languageOf(c backoffice.Customer) string {
	tag, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(c.Language)), "_", "-"), "-")
	if slices.Contains(snippets.Languages(), tag) {
		return tag
	}
	return p.DefaultLanguage
}

// nextLoud is the first instant from t on at which something may be switched off.
func (p Policy) nextLoud(t time.Time) time.Time {
	if p.Calendar == nil {
		return t
	}
	return p.Calendar.NextLoud(t)
}
