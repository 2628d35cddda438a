package show

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/snippets"
)

// feed is what has happened in a world, as it was seen from outside: the page compares what the systems show with what they
// showed before.
type feed struct {
	mu     sync.Mutex
	known  map[string]bool
	events []event
	begun  bool // what there was from the start is no news
}

// event is one thing that happened, in a way that can be told in both languages.
type event struct {
	at    time.Time
	key   string // of the text
	pairs []string
}

func newFeed() *feed { return &feed{known: map[string]bool{}} }

// saw says whether something has been seen, by its mark.
func (f *feed) saw(mark string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.known[mark]
}

// watch notes what is new in a picture.
func (f *feed) watch(d *painter) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range d.sights() {
		if f.known[s.mark] {
			continue
		}
		f.known[s.mark] = true
		if f.begun && s.key != "" {
			f.events = append(f.events, event{at: d.show.now(), key: s.key, pairs: s.pairs})
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
		out = append(out, row{fmt.Sprintf("f%d", n), d.draw("event", d.show.clock(e.at)+" "+d.t(e.key, d.said(e.pairs)...))})
	}
	return out
}

// said puts what is kept in one form for all (a day, a status) into the visitor's language.
func (d *painter) said(pairs []string) []string {
	out := slices.Clone(pairs)
	for i := 0; i+1 < len(out); i += 2 {
		switch out[i] {
		case "day":
			out[i+1] = snippets.LongDate(d.visitor.lang, out[i+1])
		case "status":
			out[i+1] = d.t("status." + out[i+1])
		}
	}
	return out
}

// sight is something that can be seen in one of the systems. A sight without a key is noted for the story only.
type sight struct {
	mark  string // the same as long as it is the same thing
	key   string
	pairs []string
}

// sights lists all there is to see.
func (d *painter) sights() []sight {
	return slices.Concat(d.deskSights(), d.officeSights(), d.slackSights())
}

func (d *painter) deskSights() (out []sight) {
	for _, t := range d.tickets {
		out = append(out,
			sight{fmt.Sprintf("ticket %d", t.ID), "feed.ticket", []string{"ticket", t.Mask, "who", d.whoHas(t.OwnerEmail)}},
			sight{fmt.Sprintf("ticket %d %s", t.ID, t.Status), "feed.status", []string{"ticket", t.Mask, "status", t.Status}})
	}
	for n, m := range d.mails {
		out = append(out, sight{fmt.Sprintf("mail %d", n), "feed.mail", []string{"to", m.To}})
	}
	return out
}

func (d *painter) officeSights() (out []sight) {
	for _, c := range d.customers {
		id := c.Customer.ID
		for _, s := range c.Services {
			if s.Suspension != nil {
				out = append(out, sight{"off " + s.ID, "feed.off", []string{"service", s.Label}})
			}
			if s.Cancellation != nil {
				out = append(out, sight{"end " + s.ID, "feed.end", []string{"service", s.Label, "day", s.Cancellation.At}})
			}
		}
		for _, n := range c.Notes {
			out = append(out, sight{"note " + n.ID, "feed.note", []string{"customer", oneLine(c.Customer.Name)}})
			if n.ExternalRef != "" {
				out = append(out, sight{mark: "treated " + id})
			}
		}
		if open, _ := d.overdue(c); open == 0 && slices.Contains(d.listed, id) {
			out = append(out, sight{"paid " + id, "feed.paid", []string{"customer", oneLine(c.Customer.Name)}})
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
