package slackfake

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"slices"
	"strings"
)

// Values are what a person puts into a form: by action id, block id or label,
// the text, the option's value or words, or the date as YYYY-MM-DD.
type Values map[string]string

// Fill puts values into the fields of a view without sending anything.
func (s *Server) Fill(user, viewID string, values Values) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.viewIndex(user, viewID)
	if err != nil {
		return err
	}
	state := s.views[i].State.clone()
	for name, text := range values {
		p, err := locate(s.views[i].Blocks, name, "")
		if err != nil {
			return err
		}
		v, err := fillIn(p.element, text)
		if err != nil {
			return err
		}
		state.set(str(p.block, "block_id"), str(p.element, "action_id"), v)
	}
	s.views[i].State = state
	s.touch()
	return nil
}

// Submit fills the view in, sends it and does what the app answers: nothing
// closes the view, errors are shown at the fields, update and push change the
// stack, clear closes it. Err is set and nothing is sent if there is no submit
// button or the form isn't complete.
func (s *Server) Submit(ctx context.Context, user, viewID string, values Values) Result {
	return s.SubmitSigned(ctx, user, viewID, values, Signed)
}

// SubmitSigned is Submit with another signature. Only a rightly signed form
// changes what the person sees.
func (s *Server) SubmitSigned(ctx context.Context, user, viewID string, values Values, how Signing) Result {
	if err := s.Fill(user, viewID, values); err != nil {
		return Result{Err: err}
	}
	s.mu.Lock()
	payload, r := s.submission(user, viewID)
	s.mu.Unlock()
	if payload == nil {
		return r
	}
	r = s.interact(ctx, payload, how, r)
	if how != Signed || r.Notice != "" {
		return r // the view stays open with Slack's notice in it
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.obey(user, viewID, r); err != nil {
		s.fault("view_submission: %v", err)
		r.Notice = "We had some trouble connecting. Try again?"
	}
	return r
}

// submission builds the payload of a form, nil if it can't be sent.
func (s *Server) submission(user, viewID string) (Object, Result) {
	i, err := s.viewIndex(user, viewID)
	if err != nil {
		return nil, Result{Err: err}
	}
	v := s.views[i]
	if v.Submit == "" {
		return nil, Result{Err: fmt.Errorf("slackfake: view %s has no submit button", viewID)}
	}
	if missing := lacks(v.Blocks, v.State); missing != "" {
		return nil, Result{Err: fmt.Errorf("slackfake: %s", missing)}
	}
	r := Result{TriggerID: s.newTrigger(user)}
	o := s.payload("view_submission", user)
	o["trigger_id"], o["view"], o["response_urls"] = r.TriggerID, s.viewJSON(v), []any{}
	return o, r
}

// obey does what the app answered to a form. The lock is held.
func (s *Server) obey(user, viewID string, r Result) error {
	i, err := s.viewIndex(user, viewID)
	if err != nil {
		return nil // the person or the app has closed it meanwhile
	}
	s.views[i].Errors = nil
	if strings.TrimSpace(string(r.Body)) == "" {
		s.views[i].Open = false
		s.touch()
		return nil
	}
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   Object            `json:"view"`
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		return fmt.Errorf("answer has content type %q", kind)
	}
	if err := json.Unmarshal(r.Body, &answer); err != nil {
		return fmt.Errorf("answer is no JSON: %w", err)
	}
	switch answer.Action {
	case "errors":
		return s.showErrors(i, answer.Errors)
	case "clear":
		s.closeStack(user)
		return nil
	case "update", "push":
		return s.obeyView(i, answer.Action, answer.View)
	}
	return fmt.Errorf("response_action %q is unknown", answer.Action)
}

// showErrors puts the app's complaints at the fields. They belong to inputs.
func (s *Server) showErrors(i int, complaints map[string]string) error {
	if len(complaints) == 0 {
		return fmt.Errorf("response_action errors without errors")
	}
	for block := range complaints {
		isInput := func(b Object) bool { return str(b, "type") == "input" && str(b, "block_id") == block }
		if !slices.ContainsFunc(s.views[i].Blocks, isInput) {
			return fmt.Errorf("errors name block %q, which is no input of this view", block)
		}
	}
	s.views[i].Errors = complaints
	s.touch()
	return nil
}

// obeyView changes the view that was sent, or puts another one on top.
func (s *Server) obeyView(i int, action string, doc Object) error {
	v, f := s.makeView(doc, "modal")
	if f != nil {
		return fmt.Errorf("%s: %s %s", action, f.code, strings.Join(f.messages, "; "))
	}
	if action == "update" {
		s.replaceView(i, v)
		return nil
	}
	user := s.views[i].User
	if len(s.picture().Views(user)) >= maxStack {
		return fmt.Errorf("push: %d views lie on top of each other already", maxStack)
	}
	s.addView(v, user)
	return nil
}

// Dismiss closes a modal with its close button: the view under it comes back,
// unless the view says clear_on_close. The app is told if the view asks for it
// with notify_on_close; if not, nothing is sent and Status stays 0.
func (s *Server) Dismiss(ctx context.Context, user, viewID string) Result {
	payload, err := s.dismiss(user, viewID)
	if payload == nil {
		return Result{Err: err}
	}
	return s.interact(ctx, payload, Signed, Result{})
}

// dismiss closes and builds the payload, nil if the app isn't told.
func (s *Server) dismiss(user, viewID string) (Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.viewIndex(user, viewID)
	if err != nil {
		return nil, err
	}
	clears, _ := s.views[i].doc["clear_on_close"].(bool)
	tell, _ := s.views[i].doc["notify_on_close"].(bool)
	if clears {
		s.closeStack(user)
	}
	s.views[i].Open = false
	s.touch()
	if !tell {
		return nil, nil
	}
	o := s.payload("view_closed", user)
	o["view"], o["is_cleared"] = s.viewJSON(s.views[i]), clears
	return o, nil
}

// OpenHome opens the app's home tab as the user: the event app_home_opened.
func (s *Server) OpenHome(ctx context.Context, user string) Result {
	s.mu.Lock()
	event := Object{"type": "app_home_opened", "user": user, "channel": directID(user), "tab": "home", "event_ts": s.newTS()}
	if home, ok := s.picture().Home(user); ok {
		event["view"] = s.viewJSON(home)
	}
	id := s.newID("Ev")
	s.mu.Unlock()
	return s.event(ctx, Object{"type": "event_callback", "team_id": s.opt.TeamID, "api_app_id": s.opt.AppID, "token": "deprecated",
		"event": event, "event_id": id, "event_time": s.opt.Now().Unix()})
}

// VerifyEvents does what Slack does when the events' address is registered: it
// sends a challenge that must come back.
func (s *Server) VerifyEvents(ctx context.Context) Result {
	const challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
	r := s.event(ctx, Object{"type": "url_verification", "challenge": challenge, "token": "deprecated"})
	if r.Err == nil && !strings.Contains(string(r.Body), challenge) {
		r.Notice = "Your request URL didn't respond with the value of the challenge parameter."
	}
	return r
}

// event delivers to the events' address.
func (s *Server) event(ctx context.Context, o Object) Result {
	raw, err := json.Marshal(o)
	if err != nil {
		return Result{Err: fmt.Errorf("slackfake: build event: %w", err)}
	}
	s.mu.Lock()
	to, overSocket := s.urls.events, s.socketMode
	s.mu.Unlock()
	if overSocket {
		return s.overSocket(ctx, "events_api", o)
	}
	return s.send(ctx, s.sign(to, "application/json", raw, Signed))
}
