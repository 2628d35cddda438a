package slack

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
)

const (
	// maxCards is how many cards may come as messages of their own within crowdTime; more are put together in a digest.
	maxCards  = 5
	crowdTime = 10 * time.Minute
	// urgent matters always are messages of their own, at any hour.
	urgent = 2
)

// mayPost says whether a matter's card may be posted now: outside working hours only what is urgent, and what would be too late by
// then.
func (s *Slack) mayPost(m bot.Matter, now time.Time) bool {
	return !now.Before(s.postsFrom(m)) && (m.Kind.Urgency() <= urgent || s.tooLate(m, now) || s.hours().working(now))
}

// postsFrom is when a matter's card may be posted first.
func (s *Slack) postsFrom(m bot.Matter) time.Time {
	if m.Kind.Urgency() <= urgent || s.tooLate(m, m.OpenedAt) {
		return m.OpenedAt
	}
	return s.hours().next(m.OpenedAt)
}

// tooLate says whether the day that a matter is about has come by the time that people work next: one whose orders end on Monday
// is announced on Friday, whatever the hour.
func (s *Slack) tooLate(m bot.Matter, now time.Time) bool {
	return m.Kind == bot.MatterDeadline && !m.Until.IsZero() && backoffice.DateOf(s.hours().next(now), s.policy.Location) >= m.Until
}

// standsWhere finds the place of a card that isn't posted yet: the thread of the digest that lists it, or the channel itself. wait:
// that isn't known yet, or what it is to stand below isn't there.
func (s *Slack) standsWhere(ctx context.Context, tx bot.Tx, d *matterDraw, now time.Time) (wait bool, err error) {
	if !d.doubt.IsZero() && d.m.Channel != "" || d.m.Kind.Urgency() <= urgent {
		return false, nil
	}
	w, err := s.readAgenda(ctx, tx)
	if err != nil {
		return false, err
	}
	d.thread, d.in = "", ""
	b, listed := w.listedFresh(d.m.ID)
	if listed {
		if b.TS != "" && b.TS != unseen {
			d.thread, d.in = b.TS, b.Channel
		}
		wait = b.TS == ""
	} else {
		wait = s.hours().working(now) && !w.hasMorning() || s.inDigest(w)
	}
	if wait {
		s.notices.rouse() // it makes the digest, or posts it, and says when the card is due
	} else if wait = !listed && s.matters.isNew(d.m.ID, s.pace.gather); wait {
		s.matters.dueIn(d.m.CaseID, s.pace.gather)
	}
	return wait, nil
}

// isNew says whether a matter was first seen by this run so short a time ago that others may come up with it.
func (d *matterDesk) isNew(id string, span time.Duration) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.seen[id].IsZero() {
		if len(d.seen) > 10000 { // then a few cards wait a moment longer
			clear(d.seen)
		}
		d.seen[id] = time.Now()
	}
	return time.Since(d.seen[id]) < span
}

// dueIn asks for a case's matters to be looked at in a while, whatever they waited for.
func (d *matterDesk) dueIn(caseID int64, span time.Duration) {
	d.mu.Lock()
	d.due[caseID] = time.Now().Add(span)
	d.mu.Unlock()
	d.rouse()
}

// listedFresh finds the newest digest that a matter's card is to stand below.
func (w *agenda) listedFresh(id string) (bot.Bulletin, bool) {
	for _, b := range w.bulletins {
		if slices.ContainsFunc(b.Items, func(i bot.BulletinItem) bool { return i.Fresh && i.Matter == id }) {
			return b, true
		}
	}
	return bot.Bulletin{}, false
}

func (w *agenda) morningID() string { return "morning " + string(w.today) }

func (w *agenda) hasMorning() bool {
	return slices.ContainsFunc(w.bulletins, func(b bot.Bulletin) bool { return b.ID == w.morningID() })
}

// recent is the digest of the last minutes that more can be put into.
func (w *agenda) recent() (bot.Bulletin, bool) {
	for _, b := range w.bulletins {
		if (b.Kind == bot.BulletinMorning || b.Kind == bot.BulletinMany) && b.TS != unseen && w.now.Sub(b.OpenedAt) < crowdTime {
			return b, true
		}
	}
	return bot.Bulletin{}, false
}

// pending are the matters whose cards may be posted now and are in no digest, and how many were posted in the last minutes.
func (s *Slack) pending(w *agenda) (fresh []bot.Matter, before int) {
	for _, m := range w.open {
		_, listed := w.listedFresh(m.ID)
		switch from := s.postsFrom(m); {
		case m.Kind.Urgency() <= urgent, listed:
		case m.TS != "" || !m.TriedAt.IsZero():
			if w.now.Sub(from) < crowdTime {
				before++
			}
		case s.mayPost(m, w.now):
			fresh = append(fresh, m)
		}
	}
	return fresh, before
}

// inDigest says whether cards that come now are put together in a digest.
func (s *Slack) inDigest(w *agenda) bool {
	if !s.hours().working(w.now) {
		return false
	}
	_, open := w.recent()
	fresh, before := s.pending(w)
	return len(fresh) > 0 && open || len(fresh)+before > maxCards
}

// openDigest makes the digest of a working day, once, as soon as people work. Where nothing waits, or one matter whose card is
// about to come, the row alone says that the day was looked at.
func (s *Slack) openDigest(ctx context.Context, w *agenda) error {
	if !s.hours().working(w.now) || w.hasMorning() {
		return nil
	}
	b := bot.Bulletin{ID: w.morningID(), Kind: bot.BulletinMorning, OpenedAt: w.now}
	asked := map[int64]bool{}
	for _, m := range w.open {
		asked[m.CaseID] = true
		fresh := m.TS == "" && m.TriedAt.IsZero() && m.Kind.Urgency() > urgent && s.mayPost(m, w.now)
		b.Items = append(b.Items, bot.BulletinItem{CaseID: m.CaseID, Matter: m.ID, Fresh: fresh})
	}
	cards := b.Items
	for id := range w.persons {
		if !asked[id] {
			b.Items = append(b.Items, bot.BulletinItem{CaseID: id})
		}
	}
	if len(b.Items) == 0 || len(b.Items) == 1 && b.Items[0].Fresh {
		b.Items, b.TS = nil, unseen
	}
	err := s.putBulletin(ctx, &b)
	s.bring(cards)
	return err
}

// bring asks for the cards that have waited for a digest.
func (s *Slack) bring(items []bot.BulletinItem) {
	for _, i := range items {
		if i.Fresh {
			s.matters.dueIn(i.CaseID, 0)
		}
	}
}

// gather puts cards together that come at once: into the digest of a moment ago, or into one of their own.
func (s *Slack) gather(ctx context.Context, w *agenda) error {
	if !w.hasMorning() || !s.inDigest(w) {
		return nil
	}
	fresh, _ := s.pending(w)
	b, open := w.recent()
	if !open {
		b = bot.Bulletin{ID: w.nextID(bot.BulletinMany), Kind: bot.BulletinMany, OpenedAt: w.now}
	}
	for _, m := range fresh {
		item := bot.BulletinItem{CaseID: m.CaseID, Matter: m.ID, Fresh: true}
		if i := slices.IndexFunc(b.Items, func(is bot.BulletinItem) bool { return is.Matter == m.ID }); i >= 0 {
			b.Items[i] = item
			continue
		}
		b.Items = append(b.Items, item)
	}
	return s.putBulletin(ctx, &b)
}

// nextID is the id of the day's next bulletin of a kind: for all replicas that know the same ones, the same.
func (w *agenda) nextID(kind bot.BulletinKind) string {
	n, begin := 1, string(kind)+" "+string(w.today)+" "
	for _, b := range w.bulletins {
		if strings.HasPrefix(b.ID, begin) {
			n++
		}
	}
	return fmt.Sprint(begin, n)
}

// drawDigest posts or redraws a digest, if what it tells of has changed.
func (s *Slack) drawDigest(ctx context.Context, w *agenda, b bot.Bulletin) error {
	state := s.digestState(w, b)
	if b.TS != "" && s.notices.drawn[b.ID] == state {
		return nil
	}
	d, err := s.readDigest(ctx, w, b)
	if err != nil {
		return err
	}
	if b.TS == "" && b.TriedAt.IsZero() && len(d.rows) == 0 { // all is settled before it was ever posted
		b.TS = unseen
		return s.putBulletin(ctx, &b)
	}
	m := s.channelScreen().digest(d)
	if sum := m.sum(); b.TS == "" || b.Shown != hex.EncodeToString(sum[:]) {
		if err := s.sendBulletin(ctx, b, m); err != nil {
			return err
		}
		if b.TS == "" {
			s.bring(b.Items)
		}
	}
	s.notices.drawn[b.ID] = state
	return nil
}

// digestState changes with whatever a digest tells of.
func (s *Slack) digestState(w *agenda, b bot.Bulletin) string {
	var text strings.Builder
	fmt.Fprint(&text, w.today, b.TS)
	for _, i := range b.Items {
		m, open := w.matter(i.Matter)
		c, still := w.persons[i.CaseID]
		fmt.Fprint(&text, "|", i.Matter, open, still, m.Version, m.TS, m.Reminded, m.RemindAt.UnixMilli(), c.Version)
	}
	return text.String()
}

// readDigest reads what a digest tells: what still waits of it, with the cases, in order.
func (s *Slack) readDigest(ctx context.Context, w *agenda, b bot.Bulletin) (digest, error) {
	d := digest{many: b.Kind == bot.BulletinMany, now: w.now, standIn: s.cfg.StandIn}
	open, err := s.openCases(ctx)
	if err != nil {
		return d, err
	}
	cases := map[int64]bot.Case{}
	for _, c := range open {
		cases[c.ID] = c
	}
	all := map[int64]bool{}
	for _, item := range b.Items {
		all[item.CaseID] = true
		row := digestRow{kind: kindParked}
		m, is := w.matter(item.Matter)
		if is {
			row = digestRow{m: m, kind: m.Kind}
		}
		if _, still := w.persons[item.CaseID]; !is && (item.Matter != "" || !still) {
			continue
		}
		if row.c, err = s.caseIn(ctx, cases, item.CaseID); err != nil && !errors.Is(err, bot.ErrNoCase) {
			return d, err
		} else if err == nil {
			d.rows = append(d.rows, row)
		}
	}
	d.total = len(all)
	d.order(s.policy.Location)
	return d, s.completeRows(ctx, &d)
}

// caseIn finds a case in those that were read, or reads it: one that is over.
func (s *Slack) caseIn(ctx context.Context, cases map[int64]bot.Case, id int64) (c bot.Case, err error) {
	if c, ok := cases[id]; ok {
		return c, nil
	}
	err = s.inTx(ctx, func(tx bot.Tx) (err error) { c, err = tx.Case(ctx, id); return })
	return c, err
}

// completeRows reads what only the rows that are shown need: whether orders end, and where the card stands.
func (s *Slack) completeRows(ctx context.Context, d *digest) error {
	shown := map[bot.MatterKind]int{}
	for i := range d.rows {
		row := &d.rows[i]
		if shown[row.kind]++; shown[row.kind] > maxDigestLines {
			continue
		}
		card := bot.Card{Channel: row.m.Channel, TS: row.m.TS}
		err := s.inTx(ctx, func(tx bot.Tx) error {
			intents, err := tx.Intents(ctx, row.c.ID)
			if err != nil {
				return err
			}
			_, row.cancelled = ordersStand(bot.File{Case: row.c, Intents: intents})
			if row.kind == kindParked {
				card, err = tx.Card(ctx, row.c.ID)
			}
			return err
		})
		if err != nil {
			return err
		}
		row.link = s.linkTo(ctx, card.Channel, card.TS, row.m.Thread)
	}
	return nil
}

// linkTo is the address of a message; empty where it isn't known. Slack is asked once a channel: the addresses of its messages
// differ by their timestamps alone (docs.slack.dev/reference/methods/chat.getPermalink).
func (s *Slack) linkTo(ctx context.Context, channel, ts, thread string) string {
	if ts == "" || ts == unseen {
		return ""
	}
	path := "/p" + strings.ReplaceAll(ts, ".", "")
	if s.notices.links[channel] == "" {
		link, err := s.client.permalink(ctx, channel, ts)
		begin, _, ok := strings.Cut(link, path)
		if err != nil || !ok || !webAddress(begin) {
			return ""
		}
		s.notices.links[channel] = begin
	}
	if thread != "" {
		path += "?thread_ts=" + thread + "&cid=" + channel
	}
	return s.notices.links[channel] + path
}
