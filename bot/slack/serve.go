package slack

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
)

// langTimeout is how long an answer that is due at once waits for the person's language.
const langTimeout = time.Second

// answer is what Slack is told at once about what it delivered, whichever road it came by: as the answer to a request
// (web.go) or as an acknowledgement on a socket (socket.go).
type answer struct {
	status int    // of HTTP; 0 means 200. From 400 on it is a refusal, which a socket shows by not acknowledging
	why    string // of a refusal, for whoever reads Slack's log of the app
	body   any    // as JSON; nil: nothing is said

	shown     *shownView // set where body draws a view
	meanwhile any        // likewise: what a socket answers where the view is too large for it
	sent      func()     // is called when the answer is out; may be nil
}

// shownView is a view that an answer draws. A socket carries no large answers; there the view is drawn by its id instead.
type shownView struct {
	id   string
	view slackgo.ModalViewRequest
}

func refusedWith(status int, why string) answer { return answer{status: status, why: why} }

// done tells whoever waits for it that the answer is out.
func (a answer) done() {
	if a.sent != nil {
		a.sent()
	}
}

// answerCommand takes a slash command. An application's error is a 200 with a private line: any other status is shown as a
// failure of the app (docs.slack.dev/interactivity/implementing-slash-commands#responding_with_errors).
func (s *Slack) answerCommand(ctx context.Context, c commandIn) answer {
	in := c.inbound()
	if !s.cfg.forUs(c.from()) || in.TriggerID == "" || in.User == "" || c.Command != s.cfg.Command {
		s.log.WarnContext(ctx, "command is not for this app", "app", c.AppID, "team", c.Team, "command", line(c.Command, maxName))
		return refusedWith(http.StatusForbidden, "not for this app")
	}
	if key := s.refusal(ctx, c.from()); key != "" {
		s.log.WarnContext(ctx, "command of a person without rights", "user", in.User, "team", in.Team, "why", key)
		return s.private(ctx, in.User, key)
	}
	if in.Text == "help" {
		return s.private(ctx, in.User, "slack.help")
	}
	if _, said := s.take(ctx, in, nil); said != "" {
		return s.private(ctx, in.User, said)
	}
	return answer{}
}

// refusal says, by the catalogue's key, why the person may not use the bot; empty: may.
func (s *Slack) refusal(ctx context.Context, from sender) string {
	if !s.cfg.ours(from) {
		return "slack.refused_foreign"
	}
	return s.rights.refusal(ctx, from.User)
}

// take commits what came in and hands it to the pool. What has come before (fresh is false) is done already. said is the
// key of what to tell the person when nothing will be done.
func (s *Slack) take(ctx context.Context, in inbound, now *reply) (fresh bool, said string) {
	fresh, err := s.accept(in)
	if err != nil {
		s.log.ErrorContext(ctx, "what came in can't be stored", "kind", in.Kind, "user", in.User, "error", err)
		return false, notStored(err)
	}
	if !fresh {
		s.log.InfoContext(ctx, "came in before", "signal", in.key())
		return false, ""
	}
	if s.enqueue(job{in: in, now: now}) {
		return true, ""
	}
	s.handled(ctx, in.key(), "too busy")
	return true, "slack.busy"
}

// notStored says, by the catalogue's key, that something wasn't stored; or, where the database went away while it was storing it,
// that nobody knows.
func notStored(err error) string {
	if errors.Is(err, bot.ErrInDoubt) {
		return "slack.store_doubt"
	}
	return "slack.not_stored"
}

// private answers a command with a line that only the person sees, in the person's language.
func (s *Slack) private(ctx context.Context, user, key string) answer {
	sc := s.screenFor(s.people.lang(ctx, user, langTimeout))
	return answer{body: map[string]string{"response_type": "ephemeral", "text": s.told(sc, key)}}
}

// told is a private sentence, with the names that it may need.
func (s *Slack) told(sc screen, key string) string {
	whom := esc(s.cfg.AskWhom)
	if whom == "" {
		whom = sc.say("slack.credit_control")
	}
	text := sc.say(key, "whom", whom, "command", s.cfg.Command)
	if sc.dry() && key == "slack.help" {
		text = sc.say("dry_run") + "\n" + text
	}
	return text
}

// answerInteraction takes clicks and submitted views.
func (s *Slack) answerInteraction(ctx context.Context, raw []byte) answer {
	from, in, asks, err := parsePayload(raw)
	switch {
	case err != nil:
		s.log.WarnContext(ctx, "interaction can't be read", "error", err)
		return refusedWith(http.StatusBadRequest, "the payload can't be read")
	case !s.cfg.forUs(from):
		s.log.WarnContext(ctx, "interaction is not for this app", "app", from.App)
		return refusedWith(http.StatusForbidden, "not for this app")
	case !asks, in.Kind == aClick && strings.HasPrefix(in.Action, linkAction): // opening an address asks nothing of us
		return answer{}
	}
	key := s.refusal(ctx, from)
	if in.forApprovers() && s.cfg.ours(from) { // who may is looked at when it is worked on
		key = ""
	}
	if in.Kind == aSubmit {
		return s.answerSubmit(ctx, in, key)
	}
	return s.answerClick(ctx, in, key)
}

// answerClick acknowledges a click; what it asks for follows. A refusal is told, never swallowed.
func (s *Slack) answerClick(ctx context.Context, in inbound, refused string) answer {
	if refused == "" {
		_, refused = s.take(ctx, in, nil)
	} else {
		s.log.WarnContext(ctx, "click of a person without rights", "user", in.User, "action", in.Action, "why", refused)
	}
	if refused == "" {
		return answer{}
	}
	in.Action, in.Text = actionTell, refused
	if s.enqueue(job{in: in, unstored: true}) {
		return answer{}
	}
	return refusedWith(http.StatusServiceUnavailable, "too busy") // Slack then says beside the button that the app didn't answer
}

// answerSubmit answers a submitted view: with an error on a field, with what came of it if that is known at once, or else
// with a view that says that the bot is at work.
func (s *Slack) answerSubmit(ctx context.Context, in inbound, refused string) answer {
	sc := s.screenFor(s.people.lang(ctx, in.User, langTimeout))
	if refused != "" {
		s.log.WarnContext(ctx, "submission of a person without rights", "user", in.User, "why", refused)
		return s.answerView(sc, in, sc.notice("slack.title", s.told(sc, refused)))
	}
	if faults := sc.faultsOf(*in.View); len(faults) > 0 {
		return answer{body: slackgo.NewErrorsViewSubmissionResponse(faults)}
	}
	now := newReply()
	a := s.awaitSubmit(ctx, sc, in, now)
	a.sent = now.isWritten
	return a
}

// awaitSubmit hands a submission to the pool and waits a moment for what comes of it.
func (s *Slack) awaitSubmit(ctx context.Context, sc screen, in inbound, now *reply) answer {
	fresh, said := s.take(ctx, in, now)
	switch {
	case said != "":
		return s.answerView(sc, in, sc.notice("slack.title", s.told(sc, said)))
	case !fresh: // whoever works on the first one shows what comes of it
		return answer{}
	case in.View.Callback == callbackSearch || in.View.Callback == callbackChoose || in.View.Callback == callbackList: // shows at once that it is under way
		return s.answerView(sc, in, sc.working(*in.View))
	}
	view, known := now.wait(ctx, s.pace.submit)
	switch {
	case !known:
		return s.answerView(sc, in, sc.working(*in.View))
	case view == nil:
		return answer{} // closes the view
	}
	return s.answerView(sc, in, *view)
}

// answerView puts a view in the place of the submitted one.
func (s *Slack) answerView(sc screen, in inbound, v slackgo.ModalViewRequest) answer {
	working := sc.working(*in.View)
	return answer{
		body: slackgo.NewUpdateViewSubmissionResponse(&v), shown: &shownView{in.View.ID, v},
		meanwhile: slackgo.NewUpdateViewSubmissionResponse(&working),
	}
}
