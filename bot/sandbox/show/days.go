package show

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/snippets"
)

// What the back office shows of a case: why an order was cancelled, and the comment that ends it.
const (
	forDebt = "Client defaults on payment"
	settled = "betaald, hersteld"
)

// daysTimeout is how long the clock may be on its way to the day on which orders end.
const daysTimeout = 3 * time.Minute

// clockControl is what the page's head shows of the world's time.
func (d *painter) clockControl() clockJSON {
	at := d.world.Now().In(d.show.zone)
	c := clockJSON{Now: snippets.ShortDate(d.visitor.lang, d.today) + at.Format(" 2006 15:04"), Stop: d.feed.stopped(d)}
	if end := d.end(); end != "" {
		c.End = d.t("days.end.label", "day", snippets.LongDate(d.visitor.lang, end))
	}
	return c
}

// end is the first day on which an order ends that was cancelled for a debt; empty: none does.
func (d *painter) end() (day string) {
	for _, c := range d.customers {
		for _, s := range c.Services {
			if k := s.Cancellation; k != nil && !k.Executed && k.Reason == forDebt && k.At > d.today && (day == "" || k.At < day) {
				day = k.At
			}
		}
	}
	return day
}

// letGo lets days go by: so many, or until the first day on which orders end. What stops them is told.
func (s *Show) letGo(ctx context.Context, now scene, wish, lang string) error {
	day := s.dayWished(now, wish)
	if now.Days == nil || day == "" {
		return errors.New("there is no such day to go to")
	}
	stop, err := now.Days(ctx, day, func() { s.watch(now) })
	now.feed.went(event{at: now.Now(), key: "feed.clock", pairs: []string{"day", s.today(now)}}, stop)
	if err != nil {
		return errors.New(s.words.in(lang)("days.busy", "day", snippets.LongDate(lang, s.today(now))))
	}
	return nil
}

// dayWished is the day that a visitor wants to go to; empty: there is none.
func (s *Show) dayWished(now scene, wish string) string {
	switch wish {
	case "1":
		return later(s.today(now), 1)
	case "7":
		return later(s.today(now), 7)
	case "end":
		d := s.painter(now, visitor{lang: s.lang})
		d.look()
		return d.end()
	}
	return ""
}

// watch notes what there is to see now, so that the feed tells each thing at its time.
func (s *Show) watch(now scene) {
	d := s.painter(now, visitor{lang: s.lang})
	d.look()
	now.feed.watch(d)
}

func later(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// went notes that days have gone by, and what stopped them.
func (f *feed) went(e event, stop Stop) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, e)
	f.stop = nil
	if stop.Why != nil {
		f.stop = &event{at: e.at, key: "feed.stop", pairs: []string{"customer", oneLine(stop.Customer)}, why: stop.Why}
		f.events = append(f.events, *f.stop)
	}
}

// stopped says what stopped the days; empty: nothing, or the visitor has gone on since.
func (f *feed) stopped(d *painter) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stop == nil {
		return ""
	}
	return f.stop.told(d)
}

// goOn forgets what stopped the days: the visitor does something about it, or something else.
func (f *feed) goOn() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stop = nil
}

// told is an event in the visitor's language.
func (e event) told(d *painter) string {
	pairs := d.said(e.pairs)
	if e.why != nil {
		pairs = append(pairs, "why", e.why(d.visitor.lang))
	}
	return d.t(e.key, pairs...)
}

// said puts what is kept in one form for all (a day, a status, an amount in cents) into the visitor's language.
func (d *painter) said(pairs []string) []string {
	out := append([]string(nil), pairs...)
	for i := 0; i+1 < len(out); i += 2 {
		switch out[i] {
		case "day":
			out[i+1] = snippets.LongDate(d.visitor.lang, out[i+1])
		case "status":
			out[i+1] = d.t("status." + out[i+1])
		case "amount":
			var minor int64
			if _, err := fmt.Sscan(out[i+1], &minor); err == nil {
				out[i+1] = d.money(minor)
			}
		}
	}
	return out
}
