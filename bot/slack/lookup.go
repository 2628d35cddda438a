package slack

import (
	"context"
	"errors"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// openLang is how long the first view waits for the person's language: a trigger lives three seconds.
const openLang = 700 * time.Millisecond

// command opens a view at once, since the trigger dies, and then fills it in.
func (s *Slack) command(ctx context.Context, in inbound) string {
	if len(in.List) > 0 {
		return s.listCommand(ctx, in)
	}
	sc := s.screenFor(s.people.lang(ctx, in.User, openLang))
	switch in.Text {
	case "pause", "resume":
		return s.pauseOrResume(ctx, in)
	case "":
		if _, _, err := s.client.openView(ctx, in.TriggerID, sc.search("", in.key())); err != nil {
			return s.viewFailed(ctx, in, sc, err)
		}
		return "asked for the customer"
	}
	id, hash, err := s.client.openView(ctx, in.TriggerID, sc.loading(in.Text))
	if err != nil {
		return s.viewFailed(ctx, in, sc, err)
	}
	err = s.fill(ctx, sc, id, hash, func(ctx context.Context) slackgo.ModalViewRequest {
		return s.lookUp(ctx, in, in.Text, in.key())
	})
	if err != nil {
		return s.viewFailed(ctx, in, sc, err)
	}
	return "shown"
}

// viewFailed tells the person that the view isn't there. One who closed it knows.
func (s *Slack) viewFailed(ctx context.Context, in inbound, sc screen, err error) string {
	if errors.Is(err, errGone) {
		return "closed by the person"
	}
	s.log.WarnContext(ctx, "view can't be shown", "user", in.User, "error", err)
	s.tell(ctx, in, s.told(sc, "slack.no_view"))
	return "not shown"
}

// fill puts in the place of a view what work finds. Where that takes long, the view says so; where it takes too long, work's
// context ends and work says that there is no answer.
func (s *Slack) fill(ctx context.Context, sc screen, id, hash string, work func(context.Context) slackgo.ModalViewRequest) error {
	wctx, cancel := context.WithTimeout(ctx, s.pace.silent)
	defer cancel()
	found := make(chan slackgo.ModalViewRequest, 1)
	go func() { found <- work(wctx) }()
	slow := time.NewTimer(s.pace.slow)
	defer slow.Stop()
	for {
		select {
		case v := <-found:
			_, err := s.client.updateView(ctx, id, hash, v)
			return err
		case <-slow.C:
			next, err := s.client.updateView(ctx, id, hash, sc.notice("slack.title", sc.say("slack.slow")))
			if err != nil {
				return err
			}
			hash = next
		}
	}
}

// lookUp finds the customer that was asked for and shows what would be done, or who it may be, or why not.
func (s *Slack) lookUp(ctx context.Context, in inbound, query, command string) slackgo.ModalViewRequest {
	who, sc, refused := s.personOf(ctx, in)
	if refused != "" {
		return sc.notice("slack.title_blocked", s.told(sc, refused))
	}
	found, err := s.reception.Find(ctx, query, maxMatches)
	switch {
	case err != nil:
		s.log.WarnContext(ctx, "search failed", "error", err)
		return sc.blocked(nil, []wording.Reason{reasonOf(err)}, "")
	case len(found.Customers) == 0:
		return sc.search(query, command)
	case len(found.Customers) == 1:
		return s.look(ctx, sc, who, found.Customers[0].ID, asked{command: command})
	}
	for _, c := range found.Customers {
		if c.Number == query { // whoever types a number means that one
			return s.look(ctx, sc, who, c.ID, asked{command: command})
		}
	}
	return sc.choices(found, s.glances(ctx, found.Customers), command)
}

// glances looks up what tells customers apart. It is worth a moment, not more: what isn't known by then stays a question mark.
func (s *Slack) glances(ctx context.Context, found []backoffice.Customer) map[string]bot.Glance {
	ctx, cancel := context.WithTimeout(ctx, s.pace.glance)
	defer cancel()
	var ids []string
	for _, c := range found[:min(len(found), maxMatches)] {
		ids = append(ids, c.ID)
	}
	return s.reception.Glances(ctx, ids)
}

// look shows what would be done to one customer.
func (s *Slack) look(ctx context.Context, sc screen, who person, customerID string, a asked) slackgo.ModalViewRequest {
	p, err := s.reception.Preview(ctx, a.request(customerID, who))
	if err != nil {
		s.log.WarnContext(ctx, "preview failed", "customer", customerID, "error", err)
		return sc.blocked(nil, []wording.Reason{reasonOf(err)}, "")
	}
	return s.previewOrWhyNot(ctx, sc, who, p, a, "")
}

func (s *Slack) previewOrWhyNot(ctx context.Context, sc screen, who person, p bot.Preview, a asked, changed string) slackgo.ModalViewRequest {
	if p.Plan.Possible() {
		return sc.preview(p, a, changed)
	}
	if onlyAComment(p.Plan) && s.rights.mayApprove(ctx, who.ID) {
		return sc.mayLookAnyway(p.Plan, a.command)
	}
	caseURL := ""
	if p.Plan.OpenCase != nil { // the case itself says more, and lets do something about it
		if v, err := s.caseViewOf(ctx, sc, p.Plan.OpenCase.ID, p.Plan.Blocked...); err == nil {
			return v
		}
		caseURL = s.cardLink(ctx, p.Plan.OpenCase.ID)
	}
	return sc.blocked(&p.Plan.Customer, p.Plan.Blocked, caseURL)
}

// onlyAComment says whether nothing but a comment that somebody typed stands in the way. Credit control may set that aside.
func onlyAComment(p bot.Plan) bool {
	return len(p.Blocked) == 1 && p.Blocked[0].Code == "typed_comment"
}

// personOf says who did something, how to write to that person, and, by the catalogue's key, why the person may not: the
// list of who may use the bot was looked at when it came in, but may be shorter by now.
func (s *Slack) personOf(ctx context.Context, in inbound) (who person, sc screen, refused string) {
	who, err := s.people.get(ctx, in.User)
	if err != nil {
		s.log.WarnContext(ctx, "person can't be read", "user", in.User, "error", err)
		return person{}, s.screenFor(s.cfg.channelLang()), "slack.who_unknown"
	}
	sc = s.screenFor(who.Lang)
	switch {
	case who.Refused != "":
		return who, sc, who.Refused
	case who.Email == "":
		refused = "slack.no_email"
	}
	if key := s.rights.refusal(ctx, in.User); key != "" {
		refused = key
	}
	return who, sc, refused
}

// reasonOf puts into words why something couldn't be read. What went wrong is in the log.
func reasonOf(err error) wording.Reason {
	var desk *helpdesk.Error
	var office *backoffice.Error
	switch {
	case errors.As(err, &desk) && errors.Is(err, helpdesk.ErrAuth):
		return wording.Because("helpdesk_refuses_key")
	case errors.As(err, &desk):
		return wording.Because("helpdesk_silent")
	case errors.As(err, &office) && errors.Is(err, backoffice.ErrAuth):
		return wording.Because("office_refuses_key")
	case errors.As(err, &office), errors.Is(err, context.DeadlineExceeded):
		return wording.Because("office_silent")
	}
	return wording.Because("internal")
}

// pauseOrResume holds or releases everything that hurts, and tells the person and the team.
func (s *Slack) pauseOrResume(ctx context.Context, in inbound) string {
	who, sc, refused := s.personOf(ctx, in)
	if refused != "" && refused != "slack.no_email" {
		s.tell(ctx, in, s.told(sc, refused))
		return "refused"
	}
	key, team, err := "slack.paused", "slack.paused_by", error(nil)
	if in.Text == "pause" {
		err = s.reception.Pause(ctx, who.actor())
	} else {
		key, team = "slack.resumed", "slack.resumed_by"
		err = s.reception.Resume(ctx, who.actor())
	}
	if err != nil {
		s.log.ErrorContext(ctx, "pause or resume failed", "command", in.Text, "error", err)
		said := notStored(err)
		if in.Text == "resume" { // the pause may have ended for some cases
			said = "slack.store_doubt"
		}
		s.tell(ctx, in, s.told(sc, said))
		return "not stored"
	}
	s.tell(ctx, in, s.told(sc, key))
	text := s.channelScreen().say(team, "who", esc(who.Name))
	if _, err := s.client.post(ctx, s.cfg.CaseChannel, "", message{text: text}); err != nil {
		s.log.WarnContext(ctx, "the team wasn't told", "command", in.Text, "error", err)
	}
	return in.Text + "d"
}
