package slack

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

const (
	// maxList is how many customers of a pasted list are looked at; the rest is named as left over. More would neither fit
	// a view that somebody reads nor the minute in which it is filled.
	maxList = 30
	// listAtOnce is how many of them are looked at, and started, together.
	listAtOnce = 4
	// listPatience is how long a list is looked at before what is known is shown.
	listPatience = 50 * time.Second
	// listStep is how often the view says how far it is.
	listStep = 2 * time.Second
)

var (
	listBreak = regexp.MustCompile(`[\r\n;,\t]+`)
	// numbersOnly are customers' numbers in a row, with blanks between them: "10234 10235 BE-2041".
	numbersOnly = regexp.MustCompile(`^(?:[A-Za-z]{0,4}-?[0-9]{3,}\s+)+[A-Za-z]{0,4}-?[0-9]{3,}$`)
	bullet      = regexp.MustCompile(`^(?:[-*•·]|[0-9]{1,2}[.)])\s+`)
)

// listed cuts pasted text into what is asked for, a customer each, without repeats; nil for a single one. People paste lines
// of a spreadsheet, a mail or a message: separators, bullets and quotes are theirs, not part of a name.
func listed(text string) (items []string) {
	text = slackLink.ReplaceAllString(text, "$1")
	// Slack's escapes end in a semicolon, which would cut a name in two. The two brackets have no place in one.
	text = strings.NewReplacer("&amp;", "&", "&lt;", " ", "&gt;", " ").Replace(text)
	parts := listBreak.Split(text, -1)
	if one := strings.Join(strings.Fields(text), " "); len(parts) == 1 && numbersOnly.MatchString(one) {
		parts = strings.Fields(one)
	}
	for _, p := range parts {
		p = bullet.ReplaceAllString(strings.TrimSpace(asTyped(p)), "")
		if p = typed(p); p != "" && !slices.Contains(items, p) {
			items = append(items, p)
		}
	}
	if len(items) < 2 {
		return nil
	}
	return items
}

// found is what a list says of one of its customers.
type found struct {
	query  string
	plan   *bot.Plan        // nil: no one customer was found, or it couldn't be read
	reason []wording.Reason // why it can't be done; empty: it can
	unread bool             // the time was over
}

// able says whether the customer can be ticked.
func (f found) able() bool {
	return f.plan != nil && len(f.reason) == 0 && !f.plan.Large && len(f.plan.Customer.ID)+1+len(f.plan.Fingerprint()) <= maxValue
}

// listCommand shows a pasted list as one view: who can be switched off, who can't and why, ticks, one button.
func (s *Slack) listCommand(ctx context.Context, in inbound) string {
	sc := s.screenFor(s.people.lang(ctx, in.User, openLang))
	n := min(len(in.List), maxList)
	id, hash, err := s.client.openView(ctx, in.TriggerID, sc.listProgress(0, n))
	if err != nil {
		return s.viewFailed(ctx, in, sc, err)
	}
	who, sc, refused := s.personOf(ctx, in)
	v := sc.notice("slack.title_blocked", s.told(sc, refused))
	if refused == "" {
		found, last := s.lookThrough(ctx, sc, in.List[:n], who, id, hash)
		v, hash = sc.listView(found, len(in.List)-n, in.key()), last
	}
	if _, err := s.client.updateView(ctx, id, hash, v); err != nil {
		return s.viewFailed(ctx, in, sc, err)
	}
	return "list shown"
}

// lookThrough looks at every customer of the list, a few at once, and says in the view how far it is. last is the view's
// newest hash.
func (s *Slack) lookThrough(ctx context.Context, sc screen, queries []string, who person, viewID, hash string) (all []found, last string) {
	wctx, cancel := context.WithTimeout(ctx, listPatience)
	defer cancel()
	all = make([]found, len(queries))
	var done sync.WaitGroup
	ready := make(chan struct{}, len(queries))
	slots := make(chan struct{}, listAtOnce)
	for i, q := range queries {
		done.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots; ready <- struct{}{} }()
			all[i] = s.lookOnce(wctx, q, who)
		})
	}
	tick := time.NewTicker(listStep)
	defer tick.Stop()
	for n := 0; n < len(queries); {
		select {
		case <-ready:
			n++
		case <-tick.C: // a view that can't be redrawn now is redrawn at the end
			if next, err := s.client.updateView(ctx, viewID, hash, sc.listProgress(n, len(queries))); err == nil {
				hash = next
			}
		}
	}
	done.Wait()
	return once(all), hash
}

// once leaves out a customer who stands in the list twice under different names.
func once(all []found) []found {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(f found) bool {
		if f.plan == nil {
			return false
		}
		twice := seen[f.plan.Customer.ID]
		seen[f.plan.Customer.ID] = true
		return twice
	})
}

// lookOnce looks at one customer of a list. It never guesses: who isn't clearly meant isn't ticked.
func (s *Slack) lookOnce(ctx context.Context, query string, who person) found {
	f := found{query: query}
	matches, err := s.reception.Find(ctx, query, maxMatches)
	if err != nil {
		f.unread, f.reason = ctx.Err() != nil, []wording.Reason{reasonOf(err)}
		return f
	}
	id := ""
	for _, c := range matches.Customers {
		if len(matches.Customers) == 1 && matches.Total <= 1 || c.Number == query {
			id = c.ID
		}
	}
	switch {
	case len(matches.Customers) == 0:
		f.reason = []wording.Reason{wording.Because("list_nobody")}
		return f
	case id == "":
		f.reason = []wording.Reason{wording.Because("list_several", "n", wording.Count(max(matches.Total, len(matches.Customers))))}
		return f
	}
	p, err := s.reception.Preview(ctx, asked{}.request(id, who))
	if err != nil {
		f.unread, f.reason = ctx.Err() != nil, []wording.Reason{reasonOf(err)}
		return f
	}
	f.plan, f.reason = &p.Plan, p.Plan.Blocked
	return f
}

// begun is what became of one ticked customer.
type begun struct {
	name   string
	number string
	caseID int64
	reason []wording.Reason
	late   bool // the time was over before it was reached: certainly not started
	doubt  bool // the database went away while it was storing the case
}

// startList starts a case for each ticked customer, each as if it had been confirmed by itself: looked at again, under a key of
// its own, so that a second submission, or a second run after a restart, starts nobody twice.
func (s *Slack) startList(ctx context.Context, in inbound, now *reply, sc screen, who person) string {
	now.settle(ctx)
	ticked := in.View.ticked()
	results := make([]begun, len(ticked))
	var g errgroup.Group
	g.SetLimit(listAtOnce)
	for i, t := range ticked {
		g.Go(func() error {
			results[i] = s.startOne(ctx, in, who, t)
			return nil
		})
	}
	_ = g.Wait() // each says by itself what became of it
	text := sc.listOutcome(results, s.cfg.CaseChannel)
	if _, err := s.client.updateView(context.WithoutCancel(ctx), in.View.ID, "", sc.notice("slack.title_list", text)); err != nil {
		s.log.InfoContext(ctx, "list's outcome isn't shown in the view", "error", err)
	}
	s.tell(context.WithoutCancel(ctx), s.commandOf(ctx, in, in.View.meta().Command), text)
	n := 0
	for _, r := range results {
		if r.caseID != 0 {
			n++
			s.Changed(r.caseID)
		}
	}
	return "list: " + wording.Count(n) + " of " + wording.Count(len(results)) + " started"
}

// tick is a ticked customer: who, and the fingerprint of what was shown.
type tick struct{ customer, seen string }

// ticked reads what is ticked. A value of another form is no tick.
func (v *viewIn) ticked() (all []tick) {
	for name, lines := range v.Values {
		if !strings.HasPrefix(name, fieldList) {
			continue
		}
		for value := range strings.SplitSeq(lines, "\n") {
			if seen, customer, ok := strings.Cut(value, " "); ok && seen != "" && customer != "" {
				all = append(all, tick{customer, seen})
			}
		}
	}
	slices.SortFunc(all, func(a, b tick) int { return strings.Compare(a.customer, b.customer) })
	return all
}

func (s *Slack) startOne(ctx context.Context, in inbound, who person, t tick) begun {
	out := begun{number: t.customer}
	if ctx.Err() != nil {
		out.late = true
		return out
	}
	got, err := s.reception.Start(ctx, asked{}.request(t.customer, who), who.actor(), t.seen, in.View.startKey()+":"+t.customer)
	switch {
	case err != nil:
		s.log.WarnContext(ctx, "start of a list failed", "customer", t.customer, "error", err)
		// An answer of the database that was lost may be a case that was started: then nothing is certain, deadline or not.
		out.doubt = errors.Is(err, bot.ErrInDoubt)
		out.late, out.reason = ctx.Err() != nil && !out.doubt, []wording.Reason{reasonOf(err)}
	case got.Preview != nil:
		p := got.Preview.Plan
		out.name, out.number, out.reason = p.Customer.Name, p.Customer.Number, p.Blocked
		if len(out.reason) == 0 {
			out.reason = []wording.Reason{wording.Because("list_changed")}
		}
	default:
		out.name, out.number, out.caseID = got.Case.CustomerName, got.Case.CustomerNumber, got.Case.ID
	}
	return out
}
