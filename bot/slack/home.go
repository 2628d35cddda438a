package slack

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

const (
	actionHomeNew  = "home_new"
	actionHomeOpen = "home_open" // the value is the case's number

	// homeLife is how long after its opening a home is kept up to date. Whoever looks later opens it again, and Slack says so.
	homeLife = time.Hour
	maxHomes = 200 // that are kept up to date; the one opened longest ago makes room
	maxOpen  = 2000
)

// Connection is how the bot stands with one system around it.
type Connection struct {
	Name  string // as people call it: Cerb, back office
	OK    bool
	Since time.Time // of OK, when it last answered; else since when it hasn't. Zero: not known
}

// homes are the home tabs that people looked at lately.
type homes struct {
	mu  sync.Mutex
	all map[string]*home // by user
}

// home is one of them.
type home struct {
	draw   sync.Mutex // one drawing at a time
	opened time.Time
	hash   string // of the view as we published it; empty: not by this run
	sum    [32]byte
}

// open notes that a person looks at the home, and says which it is.
func (h *homes) open(user string, now time.Time) *home {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all = map[string]*home{}
	}
	if h.all[user] == nil {
		h.all[user] = &home{}
	}
	h.all[user].opened = now
	for len(h.all) > maxHomes {
		oldest := user
		for other, is := range h.all {
			if is.opened.Before(h.all[oldest].opened) {
				oldest = other
			}
		}
		delete(h.all, oldest)
	}
	return h.all[user]
}

// lately are the people whose homes are kept up to date now.
func (h *homes) lately(now time.Time) (users []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for user, is := range h.all {
		if now.Sub(is.opened) > homeLife {
			delete(h.all, user)
			continue
		}
		users = append(users, user)
	}
	slices.Sort(users)
	return users
}

func (h *homes) of(user string) *home {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all[user]
}

// homeOpened draws the home of a person who has opened it.
func (s *Slack) homeOpened(ctx context.Context, user string) {
	is := s.homes.open(user, s.cfg.Now())
	all, err := s.readHome(ctx)
	if err != nil {
		s.log.ErrorContext(ctx, "cases of a home can't be listed", "error", err)
		return
	}
	if err := s.drawHome(ctx, user, is, all, true); err != nil {
		s.log.WarnContext(ctx, "home can't be shown", "user", user, "error", err)
	}
}

// sweepHomes keeps the homes that were opened lately up to date, until ctx ends. The rows are read once for all of them, and
// only while there are any; what looks as before is not sent again, so that Slack's limit of calls isn't used up.
func (s *Slack) sweepHomes(ctx context.Context) {
	every(ctx, s.pace.home, func() {
		users := s.homes.lately(s.cfg.Now())
		if len(users) == 0 {
			return
		}
		all, err := s.readHome(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "cases of homes can't be listed", "error", err)
		}
		for _, user := range users {
			is := s.homes.of(user)
			if err != nil || is == nil || ctx.Err() != nil {
				continue
			}
			if err := s.drawHome(ctx, user, is, all, false); err != nil {
				s.log.InfoContext(ctx, "home can't be redrawn", "user", user, "error", err)
			}
		}
	})
}

// openCases are the cases that have not ended, newest first.
func (s *Slack) openCases(ctx context.Context) ([]bot.Case, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return s.reception.Cases(ctx, bot.Filter{States: bot.OpenStates(), Limit: maxOpen})
}

// homeRows are the cases that homes show, newest first.
type homeRows struct {
	cases []bot.Case
	asked map[int64]int // of cases about which people are to decide something, how urgent that is
}

// readHome reads what homes show: the cases that have not ended, and those that have about which something is to be decided.
func (s *Slack) readHome(ctx context.Context) (rows homeRows, err error) {
	if rows.cases, err = s.openCases(ctx); err != nil {
		return rows, err
	}
	open, err := s.reception.Matters(ctx, bot.MatterFilter{Open: true, Limit: maxOpen})
	if err != nil {
		return rows, err
	}
	rows.asked = map[int64]int{}
	for _, m := range open {
		if is, ok := rows.asked[m.CaseID]; !ok || m.Kind.Urgency() < is {
			rows.asked[m.CaseID] = m.Kind.Urgency()
		}
	}
	over := maps.Clone(rows.asked)
	for _, c := range rows.cases {
		delete(over, c.ID)
	}
	for id := range over {
		c, err := s.caseIn(ctx, nil, id)
		if err != nil && !errors.Is(err, bot.ErrNoCase) {
			return rows, err
		} else if err == nil {
			rows.cases = append(rows.cases, c)
		}
	}
	return rows, nil
}

// drawHome publishes a person's home if it looks other than before, or anyway. Rights are looked at each time.
func (s *Slack) drawHome(ctx context.Context, user string, is *home, all homeRows, anyway bool) error {
	is.draw.Lock()
	defer is.draw.Unlock()
	who, sc, refused := s.personOf(ctx, inbound{User: user})
	approver := s.rights.mayApprove(ctx, user)
	mayStart, now := refused == "", s.cfg.Now()
	if refused == "slack.no_email" || approver && who.Refused == "" {
		refused = "" // there is something to see without an address, and for whoever decides
	}
	blocks := []slackgo.Block{section(s.told(sc, refused))}
	sum := message{blocks: blocks}.sum()
	if refused == "" {
		lists, around := homeOf(all, who, mayStart, approver, now, s.policy.Location), s.connections(ctx)
		blocks = sc.home(lists, around, now)
		sum = message{blocks: sc.home(lists, around, time.Time{})}.sum() // that time has passed is no change
	}
	if !anyway && sum == is.sum {
		return nil
	}
	hash, err := s.client.publishHome(ctx, user, is.hash, blocks)
	if errors.Is(err, errChanged) { // another replica has drawn it since; what we know is as new as what it knew
		hash, err = s.client.publishHome(ctx, user, "", blocks)
	}
	if err == nil {
		is.hash, is.sum = hash, sum
	}
	return err
}

// connections is how the bot stands with what is around it, Slack first.
func (s *Slack) connections(ctx context.Context) []Connection {
	link := s.Connected()
	all := []Connection{{Name: "Slack", OK: link.Connected(), Since: link.Heard}}
	if s.cfg.Connections != nil {
		all = append(all, s.cfg.Connections(ctx)...)
	}
	return all
}

// homeClick does what is clicked in a home.
func (s *Slack) homeClick(ctx context.Context, in inbound, sc screen) string {
	if in.Action == actionHomeNew {
		if _, _, err := s.client.openView(ctx, in.TriggerID, sc.search("", "")); err != nil {
			return s.viewFailed(ctx, in, sc, err)
		}
		return "asked for the customer"
	}
	id, _, ok := parsePointer(in.Value + ":0")
	if !ok {
		return "not understood"
	}
	opened, hash, err := s.client.openView(ctx, in.TriggerID, sc.notice("slack.title_case", sc.say("slack.working")))
	if err == nil {
		err = s.fill(ctx, sc, opened, hash, func(ctx context.Context) slackgo.ModalViewRequest {
			v, err := s.caseViewOf(ctx, sc, id)
			switch {
			case errors.Is(err, bot.ErrNoCase):
				return sc.notice("slack.title_case", sc.say("slack.no_case"))
			case err != nil:
				return sc.notice("slack.title_case", s.told(sc, "slack.not_stored"))
			}
			return v
		})
	}
	if err != nil {
		return s.viewFailed(ctx, in, sc, err)
	}
	return "case shown"
}

// caseViewOf shows a case, with what can be done about it now.
func (s *Slack) caseViewOf(ctx context.Context, sc screen, id int64, why ...wording.Reason) (v slackgo.ModalViewRequest, err error) {
	f, err := s.reception.File(ctx, id)
	if err != nil {
		return v, err
	}
	var heard []bot.Signal
	if err := s.inTx(ctx, func(tx bot.Tx) (err error) { heard, err = tx.Signals(ctx, id); return }); err != nil {
		return v, err
	}
	return sc.caseView(f, heard, s.cardLink(ctx, id), why), nil
}

// publishHome publishes a home tab. With a hash only if it is still the one that we published; a busy Slack is asked again.
func (c *client) publishHome(ctx context.Context, user, hash string, blocks []slackgo.Block) (newHash string, err error) {
	req := slackgo.PublishViewContextRequest{
		UserID: user, View: slackgo.HomeTabViewRequest{Type: slackgo.VTHomeTab, Blocks: slackgo.Blocks{BlockSet: blocks}},
	}
	if hash != "" {
		req.Hash = &hash
	}
	err = c.patiently(ctx, "views.publish", func(ctx context.Context) error {
		resp, err := c.api.PublishViewContext(ctx, req)
		if err == nil {
			newHash = resp.Hash
		}
		return err
	})
	if err != nil {
		return "", classed("views.publish", err)
	}
	return newHash, nil
}
