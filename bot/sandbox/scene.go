package sandbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

// ask types the command as Sanne and waits for what the modal shows once everything is looked up.
func (p *play) ask(ctx context.Context, customer string) (slackfake.View, error) {
	p.say("Sanne types: /terminate %s", customer)
	before := map[string]bool{}
	for _, v := range p.Slack.Views(Sanne) {
		before[v.ID] = true
	}
	if got := p.Slack.Command(ctx, Sanne, customer); !got.OK() {
		return slackfake.View{}, fmt.Errorf("the command got status %d: %v", got.Status, got.Err)
	}
	var view slackfake.View
	opened := func() bool {
		for _, v := range p.Slack.Views(Sanne) {
			if !before[v.ID] {
				view = v
				return true
			}
		}
		return false
	}
	if err := p.until(ctx, "the modal", opened); err != nil {
		return view, err
	}
	return p.settled(ctx, view.ID, "")
}

// settled waits until a modal shows an answer: no hourglass, and not the rendition with the given hash any more.
func (p *play) settled(ctx context.Context, viewID, not string) (slackfake.View, error) {
	var view slackfake.View
	err := p.until(ctx, "the modal's answer", func() bool {
		v, ok := p.Slack.Snapshot().View(viewID)
		view = v
		return ok && v.Hash != not && !strings.Contains(slackfake.RenderView(v), "hourglass")
	})
	return view, err
}

// confirm presses the modal's button.
func (p *play) confirm(ctx context.Context, view slackfake.View) error {
	p.say("Sanne presses: %s", view.Submit)
	if got := p.Slack.Submit(ctx, Sanne, view.ID, nil); !got.OK() {
		return fmt.Errorf("the confirmation got status %d: %v", got.Status, got.Err)
	}
	return nil
}

// watch tells what changes outside for a customer, until the comment is written.
func (p *play) watch(ctx context.Context, customer string) error {
	told := map[string]bool{}
	return p.until(ctx, "the comment in the account", func() bool {
		for _, fact := range p.facts(customer) {
			if !told[fact] {
				p.say("→ %s", fact)
			}
			told[fact] = true
		}
		for _, n := range p.Office.Notes(customer) {
			if n.Title == "betalingsachterstand" && p.Clock.Now().Sub(n.At) < time.Hour {
				return true
			}
		}
		return false
	})
}

// cards waits until so many cards say something.
func (p *play) cards(ctx context.Context, want int, text string) error {
	return p.until(ctx, fmt.Sprintf("%d cards that say “%s”", want, text), func() bool {
		n := 0
		for _, m := range p.Slack.Messages(CaseChannelID) {
			if strings.Contains(slackfake.RenderMessage(m), text) {
				n++
			}
		}
		return n >= want
	})
}

// facts says what a person would see of a customer in Cerb, the inbox and the back office.
func (p *play) facts(customer string) (out []string) {
	for _, t := range p.tickets(customer) {
		out = append(out, fmt.Sprintf("Cerb: ticket %s “%s”, %s's, %s", t.Mask, t.Subject, t.OwnerEmail, t.Status))
	}
	for _, a := range p.Office.Customer(customer).Addresses {
		for _, m := range p.Inbox.Mails(a.Email) {
			out = append(out, fmt.Sprintf("Inbox of %s: “%s” from %s", a.Email, m.Subject, m.From))
		}
	}
	for _, s := range p.Office.Services(customer) {
		if s.State == "suspended" {
			out = append(out, fmt.Sprintf("Back office: %s is suspended (%s)", s.Label, s.Suspension.Reason))
		}
		if s.Cancellation != nil {
			out = append(out, fmt.Sprintf("Back office: %s ends on %s (%s)", s.Label, s.Cancellation.At, s.Cancellation.Reason))
		}
	}
	for _, n := range p.Office.Notes(customer) {
		out = append(out, fmt.Sprintf("Back office: comment “%s”: %s", strings.TrimSpace(n.Title), strings.ReplaceAll(n.Text, "\n", " ")))
	}
	return out
}

// tickets lists the tickets in which a customer's addresses take part.
func (p *play) tickets(customer string) (out []cerbfake.Ticket) {
	for _, t := range p.Cerb.Tickets() {
		for _, a := range p.Office.Customer(customer).Addresses {
			for _, r := range t.Requesters {
				if strings.EqualFold(r, a.Email) {
					out = append(out, t)
				}
			}
		}
	}
	return out
}

// inOrder checks that a termination has happened exactly once.
func (p *play) inOrder(customer, to string, services int) {
	tickets, mails := p.tickets(customer), p.Inbox.Mails(to)
	one := len(tickets) == 1
	p.expect("there is one ticket", one, len(tickets))
	if one {
		t := tickets[0]
		p.expect("it is Sanne's and waits for the customer", t.OwnerEmail == "sanne@hoster.example" && t.Status == "waiting" && t.ReopenAt.IsZero(), t)
	}
	p.expect("one mail has come", len(mails) == 1, len(mails))
	for _, m := range mails {
		p.expect("its subject is “Account Termination”, and no #signature is in it",
			m.Subject == "Account Termination" && !strings.Contains(strings.ToLower(m.Text), "#signature"), m.Subject)
	}
	off, ending := 0, 0
	for _, s := range p.Office.Services(customer) {
		if s.State == "suspended" {
			off++
		}
		if s.Cancellation != nil && s.Cancellation.Reason == "Client defaults on payment" {
			ending++
		}
	}
	p.expect(fmt.Sprintf("%d suspended, %d cancelled", services, services), off == services && ending == services, fmt.Sprint(off, ending))
	writes := map[string]int{}
	for _, c := range p.Office.Writes() {
		if strings.Contains(c.Path, "/"+customer+"/") || p.ofCustomer(customer, c.Path) {
			writes[c.Operation+c.Path]++
		}
	}
	for call, n := range writes {
		if n > 1 {
			p.expect("nothing was called twice", false, fmt.Sprintf("%s %d times", call, n))
		}
	}
}

// ofCustomer says whether a call was about one of the customer's services.
func (p *play) ofCustomer(customer, path string) bool {
	for _, s := range p.Office.Services(customer) {
		if strings.Contains(path, "/"+s.ID+"/") || strings.HasSuffix(path, "/"+s.ID) {
			return true
		}
	}
	return false
}

// untouched checks that nothing has happened to a customer.
func (p *play) untouched(customer string) {
	p.expect("there is no ticket", len(p.tickets(customer)) == 0, len(p.tickets(customer)))
	mails := 0
	for _, a := range p.Office.Customer(customer).Addresses {
		mails += len(p.Inbox.Mails(a.Email))
	}
	p.expect("no mail has come", mails == 0, mails)
	for _, s := range p.Office.Services(customer) {
		p.expect(s.Label+" is as it was", s.State == "active" && s.Cancellation == nil, s.State)
	}
}

// quote prints what someone sees, marked off.
func (p *play) quote(text string) {
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		p.say("  │ %s", line)
	}
}

// until waits for something to show in the doubles.
func (p *play) until(ctx context.Context, what string, holds func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited for %s: %w", what, ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}
