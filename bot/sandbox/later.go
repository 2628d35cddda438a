package sandbox

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/calendar"
)

// promiseKept is the beginning of the part in which days go by: from here on the bot lives on the world's clock.
func (p *play) promiseKept(ctx context.Context) error {
	if err := p.bot.Kill(); err != nil {
		return err
	}
	p.bot = p.Later
	if err := p.start(ctx); err != nil {
		return err
	}
	day := p.today().AddDays(5)
	if err := p.jacqueline(ctx, "promise", "10234", "--until", string(day), "--why", "called, pays this week"); err != nil {
		return err
	}
	p.expect("the customer was told", len(p.Inbox.Mails("administratie@jansenbouw.example")) == 2, "")
	p.to(p.today().AddDays(3))
	if err := p.pays(ctx, "10234", 0); err != nil {
		return err
	}
	return p.restored(ctx, "10234", "administratie@jansenbouw.example", 3)
}

// promiseBroken shows that a broken promise is a person's, and that nothing is cancelled while that person thinks.
func (p *play) promiseBroken(ctx context.Context) error {
	const to = "facturen@devriesloodgieters.example"
	day := p.today().AddDays(5)
	if err := p.jacqueline(ctx, "promise", "10235", "--until", string(day), "--why", "writes that it pays by then"); err != nil {
		return err
	}
	p.to(day.AddDays(6))
	if err := p.asked(ctx, "broken promise"); err != nil {
		return err
	}
	if err := p.cancelled(ctx, "10235", ""); err != nil {
		return err
	}
	until := p.today().AddDays(30)
	if err := p.jacqueline(ctx, "extend", "10235", "--until", string(until), "--why", "pays in two weeks"); err != nil {
		return err
	}
	if err := p.cancelled(ctx, "10235", string(until)); err != nil {
		return err
	}
	p.to(p.today().AddDays(2))
	if err := p.pays(ctx, "10235", 0); err != nil {
		return err
	}
	return p.restored(ctx, "10235", to, 4)
}

// paysInParts shows that a part restores nothing, and the rest everything.
func (p *play) paysInParts(ctx context.Context) error {
	if err := p.pays(ctx, "10237", 2000); err != nil {
		return err
	}
	if err := p.asked(ctx, "partly paid"); err != nil {
		return err
	}
	for _, s := range p.Office.Services("10237") {
		if s.Label == "Hosting Start" {
			p.expect("for a part of the money "+s.Label+" stays off", s.State == "suspended", s.State)
		}
	}
	if err := p.pays(ctx, "10237", 0); err != nil {
		return err
	}
	return p.restored(ctx, "10237", "marieke@post.example", 2)
}

// lastWorkday shows that silence cancels nothing: the question comes in time, and the cancellations wait for the answer.
func (p *play) lastWorkday(ctx context.Context) error {
	const customer = "d30110"
	view, err := p.ask(ctx, "DE-3011")
	if err != nil {
		return err
	}
	if err := p.confirm(ctx, view); err != nil {
		return err
	}
	if err := p.watch(ctx, customer); err != nil {
		return err
	}
	end := p.today().AddDays(28)
	if err := p.cancelled(ctx, customer, string(end)); err != nil {
		return err
	}
	days, err := calendar.New(calendar.Config{Countries: []string{"NL"}}, p.zone)
	if err != nil {
		return err
	}
	p.to(days.LastWorkdayBefore(end))
	if err := p.asked(ctx, "deadline"); err != nil {
		return err
	}
	if err := p.cancelled(ctx, customer, ""); err != nil {
		return err
	}
	p.to(end.AddDays(2))
	p.expect("the day has passed, and nothing ended by silence", p.ended(customer) == 0, p.ended(customer))
	if err := p.jacqueline(ctx, "go-on", customer, "--why", "no answer for four weeks"); err != nil {
		return err
	}
	p.to(p.today().AddDays(2))
	if err := p.until(ctx, "the orders to end", func() bool { return p.ended(customer) > 0 }); err != nil {
		return err
	}
	return p.shows(ctx, customer, "cancelled on")
}

// takenBack shows that who was restored is not switched off again by itself.
func (p *play) takenBack(ctx context.Context) error {
	if err := p.Office.Reverse("10234"); err != nil {
		return err
	}
	p.say("The bank takes the payment of customer 10234 back.")
	if err := p.Tell(ctx); err != nil {
		return err
	}
	if err := p.asked(ctx, "payment reversed"); err != nil {
		return err
	}
	p.expect("nothing is switched off by itself", reflect.DeepEqual(p.Office.Services("10234"), p.first["10234"]), p.Office.Services("10234"))
	return nil
}

func (p *play) today() backoffice.Date { return backoffice.DateOf(p.Clock.Now(), p.zone) }

// to lets the clock run on to nine in the morning of a day.
func (p *play) to(day backoffice.Date) {
	p.Clock.MoveTo(morning(day, p.zone))
	p.tellsTime()
}

func (p *play) tellsTime() {
	p.say("It is %s.", p.Clock.Now().In(p.zone).Format("Monday 2 January 2006, 15:04"))
}

// pays books a payment; 0 is all that is open.
func (p *play) pays(ctx context.Context, customer string, minor int64) error {
	p.say("Customer %s pays%s.", customer, map[bool]string{true: " a part"}[minor > 0])
	pay := func() error { return p.Office.Pay(customer) }
	if minor > 0 {
		pay = func() error { return p.Office.PayPart(customer, minor) }
	}
	if err := pay(); err != nil {
		return err
	}
	return p.Tell(ctx)
}

// jacqueline decides at the command line about a customer's case.
func (p *play) jacqueline(ctx context.Context, choice, customer string, args ...string) error {
	id, err := p.caseOf(ctx, customer)
	if err != nil {
		return err
	}
	typed := append([]string{"case", choice, id, "--as", "jacqueline@hoster.example"}, args...)
	p.say("Jacqueline types: aanmaner %s", strings.Join(typed, " "))
	said, err := p.Type(ctx, typed...)
	p.quote(strings.TrimSpace(said))
	return err
}

// caseOf finds the customer's case by its ticket, as a person does.
func (p *play) caseOf(ctx context.Context, customer string) (string, error) {
	said, err := p.Type(ctx, "case", "list", "--all")
	if err != nil {
		return "", err
	}
	number := p.Office.Customer(customer).Number
	for line := range strings.Lines(said) {
		if f := strings.Fields(line); len(f) > 2 && f[1] == number {
			return f[0], nil
		}
	}
	return "", fmt.Errorf("customer %s has no case", number)
}

// asked waits for a matter that is put before people.
func (p *play) asked(ctx context.Context, kind string) error {
	var said string
	err := p.until(ctx, "the question", func() bool {
		s, err := p.Type(ctx, "case", "matters")
		said = s
		return err == nil && strings.Contains(s, kind)
	})
	p.say("aanmaner case matters:")
	p.quote(said)
	return err
}

// shows waits until a case's first line says something.
func (p *play) shows(ctx context.Context, customer, text string) error {
	id, err := p.caseOf(ctx, customer)
	if err != nil {
		return err
	}
	var first string
	err = p.until(ctx, "the case to say "+text, func() bool {
		said, err := p.Type(ctx, "case", "show", id)
		first, _, _ = strings.Cut(said, "\n")
		return err == nil && strings.Contains(first, text)
	})
	p.quote(first)
	return err
}

// cancelled waits until the customer's orders that this company cancelled end on a day; empty: none is cancelled any more.
func (p *play) cancelled(ctx context.Context, customer, day string) error {
	err := p.until(ctx, "the orders to be as decided", func() bool {
		n := 0
		for _, s := range p.Office.Services(customer) {
			if s.Cancellation == nil || s.Cancellation.Reason != "Client defaults on payment" {
				continue
			}
			if n++; s.Cancellation.At != day {
				return false
			}
		}
		return day == "" || n > 0
	})
	if err != nil {
		return err
	}
	if day == "" {
		p.say("→ Back office: the cancellations are withdrawn")
	} else {
		p.say("→ Back office: the orders end on %s", day)
	}
	return nil
}

// ended counts the customer's orders that have ended for the debt.
func (p *play) ended(customer string) (n int) {
	for _, s := range p.Office.Services(customer) {
		if s.Cancellation != nil && s.Cancellation.Executed && s.Cancellation.Reason == "Client defaults on payment" {
			n++
		}
	}
	return n
}

// restored waits for the end of a case and checks that everything is as it was before it.
func (p *play) restored(ctx context.Context, customer, to string, mails int) error {
	if err := p.shows(ctx, customer, "and restored"); err != nil {
		return err
	}
	p.expect("the services are as they were before", reflect.DeepEqual(p.Office.Services(customer), p.first[customer]), p.Office.Services(customer))
	p.expect("the non-payer status is off the account", p.Office.Customer(customer).NonPayer == nil, p.Office.Customer(customer).NonPayer)
	notes := map[string]int{}
	for _, n := range p.Office.Notes(customer) {
		notes[n.Title]++
	}
	p.expect("the comment “betaald, hersteld” is there once", notes["betaald, hersteld"] == 1, notes)
	for _, t := range p.tickets(customer) {
		p.expect("the ticket is closed", t.Status == "closed", t.Status)
	}
	got := p.Inbox.Mails(to)
	p.expect(fmt.Sprintf("%d mails have come, no two alike", mails), len(got) == mails && distinct(got) == mails, len(got))
	return nil
}

// distinct counts different texts.
func distinct(mails []Mail) int {
	texts := map[string]bool{}
	for _, m := range mails {
		texts[m.Text] = true
	}
	return len(texts)
}
