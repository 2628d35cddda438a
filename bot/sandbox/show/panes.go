package show

import (
	"cmp"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
	"github.com/aanmaner/aanmaner/snippets"
)

// painter draws the picture of one moment for one visitor.
type painter struct {
	show    *Show
	world   World
	feed    *feed
	visitor visitor
	t       func(key string, pairs ...string) string
	err     error

	snap      slackfake.Snapshot
	tickets   []cerbfake.Ticket
	customers []inhousefake.Snapshot
	mails     []Mail
	names     map[string]string
	listed    []string // the customers of the back office's pane, by id
	began     string   // the day on which the world did
	today     string
}

// look reads all systems once, so that one picture is of one moment.
func (d *painter) look() {
	d.snap, d.tickets, d.customers, d.mails = d.world.Slack.Snapshot(), d.world.Cerb.Tickets(), d.world.Office.Everyone(), d.world.Mails()
	d.names = map[string]string{}
	for _, p := range d.world.People {
		d.names[p.ID] = p.Name
	}
	d.names[d.world.Channel] = d.t("channel")
}

// message is a message in Slack.
type message struct {
	T       func(string, ...string) string
	Who     string
	Time    string
	Private bool
	Text    template.HTML // where there are no blocks
	Blocks  []block
	Replies []message
	Key     string
}

// slack lists the channel with the cards, and what only the visitor sees, in the order of time.
func (d *painter) slack() pane {
	type timed struct {
		ts string
		row
	}
	var all []timed
	for _, m := range d.snap.Messages(d.world.Channel) {
		msg := d.message(m.Channel, m.TS, m.User, m.Text, m.Blocks)
		for _, reply := range d.snap.Thread(m.Channel, m.TS) {
			msg.Replies = append(msg.Replies, d.message(reply.Channel, reply.TS, reply.User, reply.Text, reply.Blocks))
		}
		all = append(all, timed{m.TS, row{"m" + m.TS, d.draw("message", msg)}})
	}
	private := d.snap.Ephemerals(d.visitor.user)
	for _, e := range private {
		msg := d.message(e.Channel, e.TS, "", e.Text, e.Blocks)
		msg.Private = true
		all = append(all, timed{e.TS, row{"e" + e.TS, d.draw("message", msg)}})
	}
	slices.SortStableFunc(all, func(a, b timed) int { return strings.Compare(a.ts, b.ts) })
	p := pane{}
	for _, m := range all {
		p.Rows = append(p.Rows, m.row)
	}
	return p
}

func (d *painter) message(channel, ts, user, text string, blocks []slackfake.Object) message {
	who := d.names[user]
	if who == "" {
		who = "Aanmaner"
	}
	m := message{T: d.t, Who: who, Time: d.clock(slackTime(ts)), Key: ts}
	draw := drawer{on: target{Channel: channel, TS: ts}, names: d.names}
	if len(blocks) == 0 {
		m.Text = mrkdwn(text, d.names)
	} else {
		m.Blocks = draw.blocks(blocks)
	}
	return m
}

// slackTime is the moment in a message's timestamp.
func slackTime(ts string) time.Time {
	var sec, micro int64
	if _, err := fmt.Sscanf(ts, "%d.%d", &sec, &micro); err != nil {
		return time.Time{}
	}
	return time.Unix(sec, micro*1000)
}

// viewData is an open modal.
type viewData struct {
	T                        func(string, ...string) string
	ID, Title, Submit, Close string
	Blocks                   []block
}

// modal is the view on top of the visitor's stack.
func (d *painter) modal() *modal {
	views := d.snap.Views(d.visitor.user)
	if len(views) == 0 {
		return nil
	}
	v := views[len(views)-1]
	draw := drawer{on: target{View: v.ID}, state: v.State, errors: v.Errors, names: d.names}
	return &modal{ID: v.ID, HTML: d.draw("view", viewData{d.t, v.ID, v.Title, v.Submit, v.Close, draw.blocks(v.Blocks)})}
}

// ticketData is a ticket in Cerb.
type ticketData struct {
	T                          func(string, ...string) string
	Mask, Subject, Status, Who string
	URL                        string
	Lines                      []string
}

func (d *painter) cerb() pane {
	p := pane{Head: fmt.Sprint(len(d.tickets))}
	for _, t := range slices.Backward(d.tickets) {
		data := ticketData{T: d.t, Mask: t.Mask, Subject: t.Subject, Status: d.t("status." + t.Status), Who: d.whoHas(t.OwnerEmail), URL: t.URL}
		for _, m := range t.Messages {
			key := "ticket.in"
			switch {
			case m.NotSent:
				key = "ticket.note"
			case m.Outgoing:
				key = "ticket.out"
			}
			data.Lines = append(data.Lines, d.clock(m.At)+" "+d.t(key, "to", m.To, "from", m.From))
		}
		p.Rows = append(p.Rows, row{fmt.Sprintf("t%d", t.ID), d.draw("ticket", data)})
	}
	return p
}

// whoHas names a worker by the e-mail address, as people of this company do.
func (d *painter) whoHas(email string) string {
	first, _, _ := strings.Cut(email, "@")
	for _, p := range d.world.People {
		if name, _, _ := strings.Cut(p.Name, " "); strings.EqualFold(name, first) {
			return p.Name
		}
	}
	return email
}

// addressForm is a web address in a comment, which says nothing to the reader that the ticket's name doesn't.
var addressForm = regexp.MustCompile(`https?://\S+`)

// customerData is a non-payer in the back office.
type customerData struct {
	T                        func(string, ...string) string
	ID, Number, Name, Amount string
	Days                     string
	Paid                     bool
	Part                     bool // half of it can be paid
	Back                     bool // a payment can be taken back
	Services                 []serviceData
	Notes                    []string
	Label                    string
}

type serviceData struct{ Label, State, Class string }

// office lists who had something overdue when the world began, those who owe most first, so that nothing moves under the
// pointer when one of them pays.
func (d *painter) office() pane {
	p := pane{}
	owing, sum := 0, int64(0)
	for _, id := range d.listed {
		c := d.customer(id)
		overdue, days := d.overdue(c)
		if overdue > 0 {
			owing++
			sum += overdue
		}
		data := customerData{
			T: d.t, ID: id, Number: c.Customer.Number, Name: oneLine(c.Customer.Name), Amount: d.money(overdue), Paid: overdue == 0,
			Part: overdue > 1, Back: slices.ContainsFunc(c.Booked, d.standing), Days: d.count("days", days),
		}
		for _, s := range c.Services {
			data.Services = append(data.Services, d.service(s))
		}
		for _, n := range c.Notes {
			data.Notes = append(data.Notes, oneLine(strings.TrimSpace(n.Title)+" · "+n.Author+" · "+addressForm.ReplaceAllString(n.Text, "")))
		}
		p.Rows = append(p.Rows, row{"c" + id, d.draw("customer", data)})
	}
	if len(d.listed) > 1 {
		p.All, p.List = d.t("all", "n", fmt.Sprint(len(d.listed))), d.wholeList()
	}
	p.Head = d.t("office.head", "n", fmt.Sprint(owing), "amount", d.money(sum))
	return p
}

// standing says whether a payment came in since the world began and wasn't taken back.
func (d *painter) standing(p inhousefake.Payment) bool {
	return p.Booked >= d.began && p.Reversed == ""
}

// wholeList is the command with all of the list, a line each, as people paste it.
func (d *painter) wholeList() string {
	var numbers []string
	for _, id := range d.listed {
		numbers = append(numbers, oneLine(d.customer(id).Customer.Number))
	}
	return "/terminate " + strings.Join(numbers, "\n")
}

func (d *painter) customer(id string) inhousefake.Snapshot {
	n := slices.IndexFunc(d.customers, func(c inhousefake.Snapshot) bool { return c.Customer.ID == id })
	if n < 0 {
		return inhousefake.Snapshot{}
	}
	return d.customers[n]
}

// overdue is what a customer owes past its day in cents, and for how many days the oldest of it.
func (d *painter) overdue(c inhousefake.Snapshot) (minor int64, days int) {
	return overdueOn(c, d.today)
}

func overdueOn(c inhousefake.Snapshot, today string) (minor int64, days int) {
	for _, i := range c.Invoices {
		if i.Due != "" && i.Due < today && i.Open.Minor > 0 {
			minor += i.Open.Minor
			days = max(days, daysBetween(i.Due, today))
		}
	}
	return minor, days
}

// owing lists the ids of the customers with the status of a non-payer and something overdue, those who owe most first.
func owing(office *inhousefake.Server, today string) []string {
	var all []inhousefake.Snapshot
	for _, c := range office.Everyone() {
		if minor, _ := overdueOn(c, today); minor > 0 && c.Customer.NonPayer != nil {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b inhousefake.Snapshot) int {
		x, _ := overdueOn(a, today)
		y, _ := overdueOn(b, today)
		return cmp.Compare(y, x)
	})
	ids := make([]string, len(all))
	for n, c := range all {
		ids[n] = c.Customer.ID
	}
	return ids
}

func daysBetween(from, to string) int {
	a, err := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err != nil || err2 != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}

func (d *painter) service(s inhousefake.Service) serviceData {
	out := serviceData{Label: s.Label, State: d.t("service." + s.State), Class: s.State}
	if s.Cancellation == nil {
		return out
	}
	ends := d.t("service.ends", "day", snippets.ShortDate(d.visitor.lang, s.Cancellation.At))
	if s.State == "cancelled" { // the day says it all
		out.State = ends
	} else {
		out.State += ", " + ends
	}
	return out
}

// mailData is a mail in the customers' inbox.
type mailData struct {
	T                             func(string, ...string) string
	To, From, Subject, Text, Time string
	Lang, Key                     string
}

func (d *painter) inbox() pane {
	p := pane{Head: fmt.Sprint(len(d.mails))}
	for n := len(d.mails) - 1; n >= 0; n-- {
		m := d.mails[n]
		p.Rows = append(p.Rows, row{fmt.Sprintf("i%d", n), d.draw("mail", mailData{
			T: d.t, To: m.To, From: m.From, Subject: m.Subject, Text: m.Text, Time: d.clock(m.At), Lang: d.languageOf(m.To), Key: fmt.Sprint(n),
		})})
	}
	return p
}

// languageOf is the language in which a customer is written to, for the lang attribute of the mail.
func (d *painter) languageOf(to string) string {
	for _, c := range d.customers {
		for _, a := range c.Customer.Addresses {
			if strings.Contains(strings.ToLower(to), strings.ToLower(a.Email)) && c.Customer.Language != "" {
				return c.Customer.Language
			}
		}
	}
	return "nl"
}

func (d *painter) money(minor int64) string { return snippets.Money(d.visitor.lang, minor, "EUR") }

// count is a number with its noun, one or many.
func (d *painter) count(noun string, n int) string {
	key := noun + ".other"
	if n == 1 {
		key = noun + ".one"
	}
	return d.t(key, "n", fmt.Sprint(n))
}

// oneLine keeps text from outside on its line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
