package slack

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// byMail stands in the TS of a bulletin that went by mail.
const byMail = "mail"

// mailWaiting sends what waits for people by mail, once Slack has failed for minutes: all in one mail, and the next one not right
// after it. The cards still follow: only there it can be decided.
func (s *Slack) mailWaiting(ctx context.Context, w *agenda) error {
	if s.cfg.Mailer == nil || s.policy.Mode == bot.DryRun || !s.notices.isFailing() {
		return nil
	}
	b, ok := s.nextMail(w)
	if !ok {
		return nil
	}
	if b.Version == 0 {
		if err := s.putBulletin(ctx, &b); err != nil {
			return err
		}
	}
	return s.rested(b.ID, func() error { return s.mailBulletin(ctx, b) })
}

// nextMail is the mail that was begun, or a new one for what has waited for too long.
func (s *Slack) nextMail(w *agenda) (b bot.Bulletin, ok bool) {
	for _, b := range w.bulletins {
		if b.Kind != bot.BulletinMail {
			continue
		}
		if b.TS == "" {
			return b, true
		}
		if w.now.Sub(b.OpenedAt) < crowdTime {
			return b, false
		}
	}
	b = bot.Bulletin{ID: w.nextID(bot.BulletinMail), Kind: bot.BulletinMail, OpenedAt: w.now}
	for _, m := range w.open {
		if m.TS == "" && m.MailedAt.IsZero() && !w.now.Before(s.postsFrom(m).Add(mailAfter)) {
			b.Items = append(b.Items, bot.BulletinItem{CaseID: m.CaseID, Matter: m.ID})
		}
	}
	return b, len(b.Items) > 0
}

// mailBulletin sends one. A mail that may have gone is sent once more, under the same Message-ID.
func (s *Slack) mailBulletin(ctx context.Context, b bot.Bulletin) error {
	if _, err := s.claimBulletin(ctx, &b); err != nil {
		return err
	}
	files, err := s.stillUnseen(ctx, b)
	if err != nil {
		return errors.Join(err, s.keepBulletin(ctx, b, true, func(*bot.Bulletin) {}))
	}
	if len(files) == 0 {
		return s.sentBulletin(ctx, b, "", unseen, "")
	}
	subject, text := s.channelScreen().waitingMail(files, s.cfg.Now())
	id := strings.ReplaceAll(b.ID, " ", "-")
	_, err = s.cfg.Mailer.SendQuestion(ctx, id, subject, text)
	doubt := errors.Is(err, ErrMailDoubt)
	if doubt {
		_, err = s.cfg.Mailer.SendQuestion(ctx, id, subject, text)
	}
	if err != nil && !doubt {
		return errors.Join(err, s.keepBulletin(ctx, b, true, func(*bot.Bulletin) {}))
	}
	s.log.WarnContext(ctx, "matters were mailed, since Slack fails", "mail", b.ID, "matters", len(files), "in_doubt", err)
	return s.noteMailed(ctx, b, files)
}

// stillUnseen reads the matters of a mail that have no card yet.
func (s *Slack) stillUnseen(ctx context.Context, b bot.Bulletin) (files []matterFile, err error) {
	for _, i := range b.Items {
		var f matterFile
		err := s.inTx(ctx, func(tx bot.Tx) (err error) { f, err = readMatter(ctx, tx, i.CaseID, i.Matter); return })
		switch {
		case errors.Is(err, bot.ErrNoCase), errors.Is(err, bot.ErrNoMatter):
		case err != nil:
			return nil, err
		case f.m.Open() && f.m.TS == "":
			files = append(files, f)
		}
	}
	return files, nil
}

// noteMailed writes down what a mail has told, and then that it was sent: after a crash in between it is sent once more.
func (s *Slack) noteMailed(ctx context.Context, b bot.Bulletin, files []matterFile) error {
	ctx, now := context.WithoutCancel(ctx), s.cfg.Now()
	slices.SortFunc(files, func(a, b matterFile) int { return cmp.Compare(a.Case.ID, b.Case.ID) })
	err := s.inTx(ctx, func(tx bot.Tx) error {
		for _, f := range files {
			_, err := tx.Case(ctx, f.Case.ID)
			var m bot.Matter
			if err == nil {
				m, err = tx.Matter(ctx, f.m.ID)
			}
			if errors.Is(err, bot.ErrNoCase) || errors.Is(err, bot.ErrNoMatter) {
				continue
			}
			if m.MailedAt = now; err == nil {
				err = tx.PutMatter(ctx, m)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, s.sentBulletin(ctx, b, "", byMail, ""))
}

// waitingMail is a mail about one matter, or about all that wait.
func (sc screen) waitingMail(files []matterFile, now time.Time) (subject, text string) {
	if len(files) == 1 {
		return sc.matterMail(files[0], now)
	}
	slices.SortStableFunc(files, func(a, b matterFile) int { return cmp.Compare(a.m.Kind.Urgency(), b.m.Kind.Urgency()) })
	sc.minimal, sc.channel = false, false // it reaches only credit control
	parts := []string{sc.say("slack.mail_many_text")}
	for _, f := range files {
		part := sc.say("slack.mail_many_line", "headline", plainMail(sc.headline(f, now)), "about", plainMail(sc.matterAbout(f)),
			"case", strconv.FormatInt(f.Case.ID, 10), "silence", plainMail(sc.matterSilence(f)))
		if f.m.Quote != "" {
			part += "\n" + fromCustomer(f.m.Quote)
		}
		parts = append(parts, part)
	}
	return sc.say("slack.mail_many_subject", "n", wording.Count(len(files))), strings.Join(parts, "\n\n") + "\n"
}

// plainMail takes the marks out that Slack reads.
func plainMail(s string) string {
	return strings.NewReplacer("*", "", "&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(s)
}
