package slack

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

const (
	// callRest is how long nobody is mentioned again after a mention, whatever comes up.
	callRest = 2 * time.Hour
	// maxCalled is how many people are mentioned where no group is named; maxNamed is how many cases a reminder names.
	maxCalled = 5
	maxNamed  = 10
)

// due lists the matters with a card whose reminder has come and that have come so far with it, the most urgent first.
func (w *agenda) due(reminded int) (out []bot.Matter) {
	for _, m := range w.open {
		if isPosted(m) && isDue(m, reminded, w.now) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b bot.Matter) int { return cmp.Compare(a.Kind.Urgency(), b.Kind.Urgency()) })
	return out
}

func isDue(m bot.Matter, reminded int, now time.Time) bool {
	return m.Open() && m.Reminded == reminded && !m.RemindAt.IsZero() && !m.RemindAt.After(now)
}

// remind calls people once for what has waited long enough: who took a matter up, else the team; each at most once in a while, for
// all matters together. Only in working hours.
func (s *Slack) remind(ctx context.Context, w *agenda) (err error) {
	if !s.hours().working(w.now) {
		return nil
	}
	holders := map[string][]bot.Matter{}
	for _, m := range w.due(0) {
		holders[m.Taken.SlackID] = append(holders[m.Taken.SlackID], m)
	}
	for holder, due := range holders {
		whom := []string{holder}
		if holder == "" {
			whom = s.team()
		}
		if w.calledLately(whom) {
			continue
		}
		b := bot.Bulletin{ID: w.nextID(bot.BulletinReminder), Kind: bot.BulletinReminder, OpenedAt: w.now}
		b.Whom = whom
		made := s.openReminder(ctx, w, &b, due, func(m *bot.Matter) {
			m.Reminded, m.RemindAt = bot.RemindedOnce, s.handsOver(m.RemindAt, w.now)
		}, 0)
		if made == nil && b.Version > 0 {
			w.bulletins = append([]bot.Bulletin{b}, w.bulletins...)
		}
		err = errors.Join(err, made)
	}
	return err
}

// handsOver is when a matter goes to the stand-in: two working days after its card came, and not right after people were called.
func (s *Slack) handsOver(called, now time.Time) time.Time {
	h := s.hours()
	at, least := h.after(called, h.days(handAfter)-remindAfter), h.after(now, remindAfter)
	if at.Before(least) {
		return least
	}
	return at
}

// team is whom a reminder calls: the groups of credit control, or its people.
func (s *Slack) team() []string {
	if len(s.cfg.ApproverGroups) > 0 {
		return s.cfg.ApproverGroups
	}
	return s.cfg.ApproverUsers[:min(len(s.cfg.ApproverUsers), maxCalled)]
}

// calledLately says whether these people were mentioned a short time ago, or are about to be.
func (w *agenda) calledLately(whom []string) bool {
	return slices.ContainsFunc(w.bulletins, func(b bot.Bulletin) bool {
		rests := callRest
		if b.TS == "" {
			rests = 24 * time.Hour
		}
		return b.Kind == bot.BulletinReminder && slices.Equal(b.Whom, whom) && w.now.Sub(b.OpenedAt) < rests
	})
}

// openReminder changes matters and writes down, in the same transaction, that people are to be told of it. What has changed
// meanwhile is left out; without any left, nothing is written.
func (s *Slack) openReminder(ctx context.Context, w *agenda, b *bot.Bulletin, due []bot.Matter, change func(*bot.Matter), reminded int) error {
	b.Thread = s.commonThread(due)
	order := slices.SortedFunc(slices.Values(due), func(a, b bot.Matter) int { return cmp.Compare(a.CaseID, b.CaseID) })
	return s.inTx(ctx, func(tx bot.Tx) error {
		for _, seen := range order { // cases are taken in one order, so that two processes never wait for each other
			_, err := tx.Case(ctx, seen.CaseID)
			var m bot.Matter
			if err == nil {
				m, err = tx.Matter(ctx, seen.ID)
			}
			switch {
			case errors.Is(err, bot.ErrNoCase), errors.Is(err, bot.ErrNoMatter):
				continue
			case err != nil:
				return err
			case !isDue(m, reminded, w.now), m.Taken != seen.Taken:
				continue
			}
			change(&m)
			if err := tx.PutMatter(ctx, m); err != nil {
				return err
			}
			b.Items = append(b.Items, bot.BulletinItem{CaseID: m.CaseID, Matter: m.ID})
		}
		if len(b.Items) == 0 || len(b.ID) == 0 {
			return nil
		}
		return tx.PutBulletin(ctx, b)
	})
}

// commonThread is where several matters are talked about: the thread that they share, or that of the first, most urgent one.
func (s *Slack) commonThread(due []bot.Matter) string {
	if m := due[0]; m.Channel == s.questionChannel() {
		return threadOf(m)
	}
	return ""
}

// handOver gives what has waited for two working days to the stand-in. Where there is none, or the stand-in has it already, it
// stays in the digest of each day.
func (s *Slack) handOver(ctx context.Context, w *agenda) error {
	due := w.due(bot.RemindedOnce)
	if len(due) == 0 || !s.hours().working(w.now) {
		return nil
	}
	to, err := s.standIn(ctx)
	if err != nil {
		return err
	}
	var theirs, stay []bot.Matter
	for _, m := range due {
		if to.ID == "" || m.Taken.SlackID == to.ID {
			stay = append(stay, m)
		} else {
			theirs = append(theirs, m)
		}
	}
	over := func(m *bot.Matter) { m.Reminded, m.RemindAt = bot.RemindedOver, time.Time{} }
	if len(stay) > 0 {
		err = s.openReminder(ctx, w, &bot.Bulletin{}, stay, over, bot.RemindedOnce)
	}
	if len(theirs) == 0 {
		return err
	}
	b := bot.Bulletin{ID: w.nextID(bot.BulletinHanded), Kind: bot.BulletinHanded, OpenedAt: w.now}
	b.Whom = []string{to.ID}
	made := s.openReminder(ctx, w, &b, theirs, func(m *bot.Matter) {
		over(m)
		m.Taken, m.TakenAt = to.actor(), w.now
		m.Version++
	}, bot.RemindedOnce)
	for _, m := range theirs {
		s.matters.mark(m.CaseID)
	}
	return errors.Join(err, made)
}

// standIn is who takes over what has waited too long; nobody (no id) where none is named, or who is named may not decide.
func (s *Slack) standIn(ctx context.Context) (person, error) {
	if s.cfg.StandIn == "" {
		return person{}, nil
	}
	who, err := s.people.get(ctx, s.cfg.StandIn)
	switch {
	case err != nil:
		return person{}, err
	case who.Refused != "" || !s.mayApprove(ctx, who.ID):
		s.log.ErrorContext(ctx, "the stand-in may not decide about matters; nothing is handed over", "user", who.ID)
		return person{}, nil
	}
	return who, nil
}

// drawReminder posts a reminder, of what still waits then.
func (s *Slack) drawReminder(ctx context.Context, w *agenda, b bot.Bulletin) error {
	var still []bot.Matter
	for _, i := range b.Items {
		m, open := w.matter(i.Matter)
		theirs := m.Taken.SlackID == "" || slices.Contains(b.Whom, m.Taken.SlackID)
		if open && theirs && (m.Reminded > 0 || b.Kind == bot.BulletinHanded) {
			still = append(still, m)
		}
	}
	if len(still) == 0 && b.TriedAt.IsZero() {
		b.TS = unseen
		return s.putBulletin(ctx, &b)
	}
	var named []string
	sc := s.channelScreen()
	for _, m := range still[:min(len(still), maxNamed)] {
		var f matterFile
		err := s.inTx(ctx, func(tx bot.Tx) (err error) { f, err = readMatter(ctx, tx, m.CaseID, m.ID); return })
		if err != nil {
			return err
		}
		named = append(named, sc.reminderName(f, s.linkTo(ctx, m.Channel, m.TS, m.Thread), w.now))
	}
	return s.sendBulletin(ctx, b, message{text: sc.reminder(b, named, still)})
}

// reminderName is a matter in a reminder: whose, and what about.
func (sc screen) reminderName(f matterFile, link string, now time.Time) string {
	who := line(f.Case.CustomerName, maxName)
	if sc.minimal {
		who = sc.say("slack.minimal_customer", "number", line(f.Case.CustomerNumber, maxLabel))
	}
	text := esc(who)
	if link != "" {
		text = linked(link, strings.ReplaceAll(who, "|", "¦"))
	}
	return text + " · " + sc.headline(f, now)
}

// reminder is the line that calls people.
func (sc screen) reminder(b bot.Bulletin, named []string, still []bot.Matter) string {
	n, to := len(still), []string(nil)
	for _, id := range b.Whom {
		to = append(to, mention(id))
	}
	what := strings.Join(named, "; ") + sc.more(n-len(named))
	if n > 1 {
		what = "\n• " + strings.Join(named, "\n• ") + sc.more(n-len(named))
	}
	key := "slack.reminder_many"
	switch {
	case b.Kind == bot.BulletinHanded:
		key = "slack.handed_over"
	case n > 0 && still[0].Taken.SlackID != "":
		key = "slack.reminder_yours"
	case n == 1:
		key = "slack.reminder_one"
	}
	return sc.say(key, "to", strings.Join(to, " "), "what", what, "n", wording.Count(n))
}

// mention calls a person or a user group.
func mention(id string) string {
	if strings.HasPrefix(id, "S") {
		return "<!subteam^" + id + ">"
	}
	return "<@" + id + ">"
}
