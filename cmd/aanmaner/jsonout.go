package main

import (
	"encoding/json"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// reasonOut is a reason for programs: its stable code, its values, and the sentence.
type reasonOut struct {
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
	Text string            `json:"text"`
}

func reasonJSON(d *daemon.Daemon, r wording.Reason) *reasonOut {
	if r.IsZero() {
		return nil
	}
	return &reasonOut{r.Code, r.Args, d.Words.Reason(wording.EN, r)}
}

func reasonsJSON(d *daemon.Daemon, rs []wording.Reason) []*reasonOut {
	out := make([]*reasonOut, 0, len(rs))
	for _, r := range rs {
		out = append(out, reasonJSON(d, r))
	}
	return out
}

// previewOut is a preview for programs. Keys are stable.
type previewOut struct {
	Mode        bot.Mode          `json:"mode"`
	Possible    bool              `json:"possible"`
	Blocked     []*reasonOut      `json:"blocked"`
	Warnings    []*reasonOut      `json:"warnings"`
	Customer    string            `json:"customer"`
	Number      string            `json:"customer_number"`
	Name        string            `json:"customer_name"`
	Outstanding backoffice.Money  `json:"outstanding"`
	Invoices    []bot.TermInvoice `json:"invoices"`
	Services    []bot.TermService `json:"services"`
	To          string            `json:"to"`
	ToWhy       *reasonOut        `json:"to_why"`
	Language    string            `json:"language"`
	SuspendAt   time.Time         `json:"suspend_at"`
	CancelOn    backoffice.Date   `json:"cancel_on"`
	Notice      string            `json:"notice"`
}

func previewJSON(d *daemon.Daemon, p bot.Preview) previewOut {
	t := p.Plan.Terms()
	return previewOut{
		Mode: d.Policy.Mode, Possible: p.Plan.Possible(), Blocked: reasonsJSON(d, p.Plan.Blocked), Warnings: reasonsJSON(d, p.Plan.Warnings),
		Customer: p.Plan.Customer.ID, Number: p.Plan.Customer.Number, Name: p.Plan.Customer.Name, Outstanding: t.Outstanding,
		Invoices: t.Invoices, Services: t.Services, To: t.To, ToWhy: reasonJSON(d, p.Plan.ToWhy), Language: t.Language,
		SuspendAt: t.SuspendAt, CancelOn: t.CancelOn, Notice: p.Notice,
	}
}

// caseOut is a case for programs. Keys are stable.
type caseOut struct {
	Case      int64         `json:"case"`
	Key       string        `json:"key"`
	Mode      bot.Mode      `json:"mode"`
	State     bot.State     `json:"state"`
	Step      bot.StepName  `json:"step"`
	Why       *reasonOut    `json:"why"`
	Customer  string        `json:"customer"`
	Number    string        `json:"customer_number"`
	Name      string        `json:"customer_name"`
	StartedBy bot.Actor     `json:"started_by"`
	Created   time.Time     `json:"created_at"`
	Ended     *time.Time    `json:"ended_at"`
	Terms     bot.Terms     `json:"terms"`
	Ticket    bot.TicketRef `json:"ticket"`
	Notice    bot.NoticeRef `json:"notice"`
	courseOut
	Steps   []intentOut  `json:"steps,omitempty"`
	Reverse []string     `json:"to_reverse,omitempty"`
	Journal []journalOut `json:"journal,omitempty"`
}

// courseOut is what became of a case after the notice.
type courseOut struct {
	Owed       backoffice.Money `json:"owed"` // at the last look at the money
	EndsOn     backoffice.Date  `json:"ends_on"`
	OrdersOn   backoffice.Date  `json:"orders_end_on"` // empty: the cancellations are withdrawn
	Hold       *bot.Pause       `json:"hold"`
	Promise    *bot.Promise     `json:"promise"`
	Proof      *bot.Proof       `json:"proof"`
	Promises   int              `json:"promises"`
	Extensions int              `json:"extensions"`
	Restored   *time.Time       `json:"restored_at"`
}

func courseJSON(c bot.Case) courseOut {
	u := c.Course
	out := courseOut{
		Owed: owed(c), EndsOn: c.EndsOn(), OrdersOn: ordersOn(c), Hold: u.Hold, Promise: u.Promise, Proof: u.Proof,
		Promises: u.Promises, Extensions: u.Extensions,
	}
	if !u.RestoredAt.IsZero() {
		out.Restored = &u.RestoredAt
	}
	return out
}

type intentOut struct {
	Step     bot.StepName `json:"step"`
	Object   string       `json:"object"`
	Outcome  bot.Outcome  `json:"outcome"`
	Tries    int          `json:"tries"`
	Changed  bool         `json:"changed"`
	Evidence string       `json:"evidence"`
	Why      *reasonOut   `json:"why"`
	Error    string       `json:"error,omitempty"`
}

type journalOut struct {
	N      int             `json:"n"`
	At     time.Time       `json:"at"`
	Who    bot.Actor       `json:"who"`
	Kind   string          `json:"kind"`
	Step   bot.StepName    `json:"step,omitempty"`
	Object string          `json:"object,omitempty"`
	Text   string          `json:"text"`
	Data   json.RawMessage `json:"data,omitempty"`
	Hash   string          `json:"hash"`
}

func caseJSON(d *daemon.Daemon, f bot.File) caseOut {
	c := f.Case
	out := caseOut{
		Case: c.ID, Key: c.Key, Mode: c.Mode, State: c.State, Step: c.Step, Why: reasonJSON(d, c.Reason), Customer: c.CustomerID,
		Number: c.CustomerNumber, Name: c.CustomerName, StartedBy: c.StartedBy, Created: c.CreatedAt, Terms: c.Terms,
		Ticket: c.Ticket, Notice: c.Notice, Reverse: toReverse(f), courseOut: courseJSON(c),
	}
	if !c.EndedAt.IsZero() {
		out.Ended = &c.EndedAt
	}
	for _, in := range f.Intents {
		out.Steps = append(out.Steps, intentOut{in.Step, in.Object, in.Outcome, in.Tries, in.Changed, in.Evidence, reasonJSON(d, in.Why), in.Error})
	}
	for _, e := range f.Journal {
		out.Journal = append(out.Journal, journalOut{e.N, e.At, e.Who, e.Kind, e.Step, e.Object, e.Text, e.Data, e.Hash})
	}
	return out
}
