package slack

import (
	"encoding/json"
	"net/http"
	"net/url"
)

// serveCommand takes a slash command over HTTP.
func (s *Slack) serveCommand(w http.ResponseWriter, r *http.Request) {
	if form, ok := s.readForm(w, r); ok {
		s.reply(w, r, s.answerCommand(r.Context(), commandOfForm(form)))
	}
}

// serveInteraction takes clicks and submitted views over HTTP.
func (s *Slack) serveInteraction(w http.ResponseWriter, r *http.Request) {
	if form, ok := s.readForm(w, r); ok {
		s.reply(w, r, s.answerInteraction(r.Context(), []byte(form.Get("payload"))))
	}
}

// serveEvent takes an event over HTTP. Unlike commands and clicks, Slack sends an event again when it isn't acknowledged,
// three times in an hour (docs.slack.dev/apis/events-api#retries).
func (s *Slack) serveEvent(w http.ResponseWriter, r *http.Request) {
	body, ok := s.readSigned(w, r, "application/json")
	if ok {
		s.reply(w, r, s.answerEvent(r.Context(), body))
	}
}

// readForm reads a signed form. One that only tries whether we are there is answered here.
func (s *Slack) readForm(w http.ResponseWriter, r *http.Request) (form url.Values, ok bool) {
	body, ok := s.readSigned(w, r, "application/x-www-form-urlencoded")
	if !ok {
		return nil, false
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(w, "the form can't be read", http.StatusBadRequest)
		return nil, false
	}
	if form.Get("ssl_check") != "" {
		w.WriteHeader(http.StatusOK)
		return nil, false
	}
	return form, true
}

// reply sends an answer and tells whoever waits for it that it is out.
func (s *Slack) reply(w http.ResponseWriter, r *http.Request, a answer) {
	defer a.done()
	s.link.heard(s.cfg.Now())
	switch {
	case a.status >= http.StatusBadRequest:
		http.Error(w, a.why, a.status)
		return
	case a.body == nil:
		w.WriteHeader(http.StatusOK)
		return
	}
	body, err := json.Marshal(a.body)
	if err != nil {
		s.log.ErrorContext(r.Context(), "answer can't be written", "error", err)
		http.Error(w, "the answer can't be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	// Slack may have hung up; there is nobody to tell.
	_, _ = w.Write(body)
}
