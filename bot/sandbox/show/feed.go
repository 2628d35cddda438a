package show

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// feed is what has happened in a world, as it was seen from outside: the page compares what the systems show with what they
// showed before.
type feed struct {
	mu     sync.Mutex
	known  map[string]string // how each thing that was seen is, by its mark
	events []event
	stop   *event // why days stopped early
	begun  bool   // what there was from the start is no news
}

// event is one thing that happened, in a way that can be told in both languages.
type event struct {
	at    time.Time
	key   string // of the text
	pairs []string
	why   func(lang string) string // a reason that the bot gives
}

func newFeed() *feed { return &feed{known: map[string]string{}} }

// saw says whether something has been seen, by its mark.
func (f *feed) saw(mark string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.known[mark]
	return ok
}

// watch notes what is new in a picture.
func (f *feed) watch(d *painter) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range d.sights() {
		was, seen := f.known[s.mark]
		if seen && was == s.state {
			continue
		}
		f.known[s.mark] = s.state
		if f.begun && s.key != "" {
			f.events = append(f.events, event{at: d.world.Now(), key: s.key, pairs: s.pairs})
		}
	}
	f.begun = true
}

// rows are the events, newest first.
func (f *feed) rows(d *painter) []row {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []row
	for n, e := range slices.Backward(f.events) {
		out = append(out, row{fmt.Sprintf("f%d", n), d.draw("event", d.clock(e.at)+" "+e.told(d))})
	}
	return out
}

// sight is something that can be seen in one of the systems. A sight without a key is noted for the story only.
type sight struct {
	mark  string // the same as long as it is the same thing
	key   string
	pairs []string
	state string // how it is now: told again when that changes
}

// sights lists all there is to see.
func (d *painter) sights() []sight {
	return slices.Concat(d.deskSights(), d.officeSights(), d.slackSights())
}

func (d *painter) deskSights() (out []sight) {
	for _, t := range d.tickets {
		out = append(out,
			sight{mark: fmt.Sprintf("ticket %d", t.ID), key: "feed.ticket", pairs: []string{"ticket", t.Mask, "who", d.whoHas(t.OwnerEmail)}},
			sight{fmt.Sprintf("status %d", t.ID), "feed.status", []string{"ticket", t.Mask, "status", t.Status}, t.Status})
	}
	for n, m := range d.mails {
		out = append(out, sight{mark: fmt.Sprintf("mail %d", n), key: "feed.mail", pairs: []string{"to", m.To}})
	}
	return out
}

func (d *painter) officeSights() (out []sight) {
	for _, c := range d.customers {
		id, name := c.Customer.ID, oneLine(c.Customer.Name)
		for _, s := range c.Services {
			out = append(out, d.serviceSights(s)...)
		}
		for _, p := range c.Booked {
			key := "feed.paid"
			if p.Reversed != "" {
				key = "feed.reversed"
			}
			out = append(out, sight{"payment " + p.ID, key, []string{"customer", name, "amount", fmt.Sprint(p.Amount.Minor)}, p.Reversed})
		}
		out = append(out, d.noteSights(c)...)
		if open, _ := d.overdue(c); open == 0 && slices.Contains(d.listed, id) {
			out = append(out, sight{mark: "paid " + id})
		}
	}
	return out
}

// serviceSights tells how a service and its order are. What is as it should be is told only after it wasn't.
func (d *painter) serviceSights(s inhousefake.Service) (out []sight) {
	off, end := sight{mark: "service " + s.ID}, sight{mark: "order " + s.ID}
	switch {
	case s.Suspension != nil:
		off.key, off.pairs, off.state = "feed.off", []string{"service", s.Label}, "off"
	case d.feed.known[off.mark] != "":
		off.key, off.pairs = "feed.on", []string{"service", s.Label}
	}
	switch k := s.Cancellation; {
	case k != nil && k.Executed:
		end.key, end.pairs, end.state = "feed.ended", []string{"service", s.Label}, "ended"
	case k != nil:
		end.key, end.pairs, end.state = "feed.end", []string{"service", s.Label, "day", k.At}, k.At
	case d.feed.known[end.mark] != "":
		end.key, end.pairs = "feed.withdrawn", []string{"service", s.Label}
	}
	return append(out, off, end)
}

// noteSights tells of the comments in an account, and what they say for the story.
func (d *painter) noteSights(c inhousefake.Snapshot) (out []sight) {
	for _, n := range c.Notes {
		out = append(out, sight{mark: "note " + n.ID, key: "feed.note", pairs: []string{"customer", oneLine(c.Customer.Name)}})
		if n.ExternalRef == "" {
			continue
		}
		out = append(out, sight{mark: "treated " + c.Customer.ID})
		if n.At.In(d.show.zone).Format(time.DateOnly) < d.today {
			out = append(out, sight{mark: "later " + c.Customer.ID})
		}
		if n.Title == settled {
			out = append(out, sight{mark: "restored " + c.Customer.ID})
		}
	}
	return out
}

func (d *painter) slackSights() (out []sight) {
	for _, m := range d.snap.Messages(d.world.Channel) {
		out = append(out, sight{mark: "card " + m.TS, key: "feed.card"}, sight{mark: "a card"})
	}
	for _, p := range d.world.People {
		for range d.snap.Ephemerals(p.ID) {
			out = append(out, sight{mark: "told " + p.ID})
		}
		for _, v := range d.snap.Views(p.ID) {
			out = append(out, sight{mark: "view " + p.ID})
			out = append(out, d.viewSights(v)...)
		}
	}
	return out
}

// viewSights tells of which customer a modal is, and whether it can be confirmed.
func (d *painter) viewSights(v slackfake.View) (out []sight) {
	text := slackfake.RenderView(v)
	if strings.Contains(text, "hourglass") { // still looking
		return nil
	}
	for _, id := range d.listed {
		number := d.customer(id).Customer.Number
		switch {
		case !strings.Contains(text, number):
		case v.Submit != "":
			out = append(out, sight{mark: "offered " + id})
		default:
			out = append(out, sight{mark: "refused " + id})
		}
	}
	return out
}
