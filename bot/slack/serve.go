package slack

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
)

// langTimeout is how long an answer that is due at once waits for the person's language.
const langTimeout = time.Second

// serveCommand takes a slash command. An application's error is a 200 with a private line: any other status is shown as a
// failure of the app (docs.slack.dev/interactivity/implementing-slash-commands#responding_with_errors).
func (s *Slack) serveCommand(w http.ResponseWriter, r *http.Request) {
	form, ok := s.readSigned(w, r)
	if !ok {
		return
	}
	from := sender{App: form.Get("api_app_id"), Team: form.Get("team_id"), Enterprise: form.Get("enterprise_id"), User: form.Get("user_id")}
	in := inbound{
		Kind: aCommand, User: from.User, Team: from.Team, Channel: form.Get("channel_id"), TriggerID: form.Get("trigger_id"),
		ResponseURL: form.Get("response_url"), Text: typed(form.Get("text")),
	}
	if !s.cfg.forUs(from) || in.TriggerID == "" || in.User == "" || form.Get("command") != s.cfg.Command {
		s.log.WarnContext(r.Context(), "command is not for this app", "app", from.App, "team", from.Team, "command", line(form.Get("command"), maxName))
		http.Error(w, "not for this app", http.StatusForbidden)
		return
	}
	if key := s.refusal(from); key != "" {
		s.log.WarnContext(r.Context(), "command of a person without rights", "user", in.User, "team", in.Team)
		s.private(w, r, in.User, key)
		return
	}
	if in.Text == "help" {
		s.private(w, r, in.User, "slack.help")
		return
	}
	if _, said := s.take(r, in, nil); said != "" {
		s.private(w, r, in.User, said)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// refusal says, by the catalogue's key, why the person may not use the bot; empty: may.
func (s *Slack) refusal(from sender) string {
	switch {
	case !s.cfg.ours(from):
		return "slack.refused_foreign"
	case !s.cfg.mayUse(from.User):
		return "slack.refused"
	}
	return ""
}

// take commits what came in and hands it to the pool. What has come before (fresh is false) is done already. said is the
// key of what to tell the person when nothing will be done.
func (s *Slack) take(r *http.Request, in inbound, now *reply) (fresh bool, said string) {
	fresh, err := s.accept(r.Context(), in)
	if err != nil {
		s.log.ErrorContext(r.Context(), "what came in can't be stored", "kind", in.Kind, "user", in.User, "error", err)
		return false, "slack.not_stored"
	}
	if !fresh {
		s.log.InfoContext(r.Context(), "came in before", "signal", in.key())
		return false, ""
	}
	select {
	case s.queue <- job{in: in, now: now}:
		return true, ""
	default:
		s.handled(r.Context(), in.key(), "too busy")
		return true, "slack.busy"
	}
}

// private answers a command with a line that only the person sees, in the person's language.
func (s *Slack) private(w http.ResponseWriter, r *http.Request, user, key string) {
	sc := s.screenFor(s.people.lang(r.Context(), user, langTimeout))
	writeJSON(w, map[string]string{"response_type": "ephemeral", "text": s.told(sc, key)})
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

// serveInteraction takes clicks and submitted views.
func (s *Slack) serveInteraction(w http.ResponseWriter, r *http.Request) {
	form, ok := s.readSigned(w, r)
	if !ok {
		return
	}
	from, in, asks, err := parsePayload(form.Get("payload"))
	switch {
	case err != nil:
		s.log.WarnContext(r.Context(), "interaction can't be read", "error", err)
		http.Error(w, "the payload can't be read", http.StatusBadRequest)
		return
	case !s.cfg.forUs(from):
		s.log.WarnContext(r.Context(), "interaction is not for this app", "app", from.App)
		http.Error(w, "not for this app", http.StatusForbidden)
		return
	case !asks, in.Kind == aClick && strings.HasPrefix(in.Action, linkAction): // opening an address asks nothing of us
		w.WriteHeader(http.StatusOK)
		return
	}
	key := s.refusal(from)
	if in.Kind == aSubmit {
		s.serveSubmit(w, r, in, key)
		return
	}
	s.serveClick(w, r, in, key)
}

// serveClick acknowledges a click; what it asks for follows. A refusal is told, never swallowed.
func (s *Slack) serveClick(w http.ResponseWriter, r *http.Request, in inbound, refused string) {
	if refused == "" {
		_, refused = s.take(r, in, nil)
	} else {
		s.log.WarnContext(r.Context(), "click of a person without rights", "user", in.User, "action", in.Action)
	}
	if refused == "" {
		w.WriteHeader(http.StatusOK)
		return
	}
	in.Action, in.Text = actionTell, refused
	select {
	case s.queue <- job{in: in, unstored: true}:
		w.WriteHeader(http.StatusOK)
	default: // Slack then says beside the button that the app didn't answer
		http.Error(w, "too busy", http.StatusServiceUnavailable)
	}
}

// serveSubmit answers a submitted view: with an error on a field, with what came of it if that is known at once, or else
// with a view that says that the bot is at work.
func (s *Slack) serveSubmit(w http.ResponseWriter, r *http.Request, in inbound, refused string) {
	sc := s.screenFor(s.people.lang(r.Context(), in.User, langTimeout))
	if refused != "" {
		s.log.WarnContext(r.Context(), "submission of a person without rights", "user", in.User)
		s.answerView(w, sc.notice("slack.title", s.told(sc, refused)))
		return
	}
	if faults := sc.faultsOf(*in.View); len(faults) > 0 {
		writeJSON(w, slackgo.NewErrorsViewSubmissionResponse(faults))
		return
	}
	now := newReply()
	defer now.isWritten()
	fresh, said := s.take(r, in, now)
	switch {
	case said != "":
		s.answerView(w, sc.notice("slack.title", s.told(sc, said)))
		return
	case !fresh: // whoever works on the first one shows what comes of it
		w.WriteHeader(http.StatusOK)
		return
	}
	if in.View.Callback == callbackSearch || in.View.Callback == callbackChoose { // shows at once that it is under way
		s.answerView(w, sc.working(*in.View))
		return
	}
	view, known := now.wait(r.Context(), s.pace.submit)
	switch {
	case !known:
		s.answerView(w, sc.working(*in.View))
	case view == nil:
		w.WriteHeader(http.StatusOK) // closes the view
	default:
		s.answerView(w, *view)
	}
}

// answerView puts a view in the place of the submitted one.
func (s *Slack) answerView(w http.ResponseWriter, v slackgo.ModalViewRequest) {
	writeJSON(w, slackgo.NewUpdateViewSubmissionResponse(&v))
}

func writeJSON(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "the answer can't be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	// Slack may have hung up; there is nobody to tell.
	_, _ = w.Write(body)
}
