package slackfake

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Target says what a person uses: a message by channel and timestamp (a
// private line too), or a view by id.
type Target struct {
	Channel, TS string
	View        string
}

// On is the message m as a target.
func (m Message) On() Target { return Target{Channel: m.Channel, TS: m.TS} }

// On is the private line e as a target.
func (e Ephemeral) On() Target { return Target{Channel: e.Channel, TS: e.TS} }

// On is the view v as a target.
func (v View) On() Target { return Target{View: v.ID} }

// Press is the use of a button, menu or choice.
type Press struct {
	Action string // action id, block id or the words on it
	Block  string // block id, needed only if Action fits twice; one the message had before its last change is found too
	Choose string // for menus and choices: the option's value or its words
	Deny   bool   // say no in the confirm dialog: nothing is sent
	Stale  bool   // press what the message showed before its last change
	Sign   Signing
}

// Click presses a button that is there once. See [Server.Press].
func (s *Server) Click(ctx context.Context, user string, on Target, action string) Result {
	return s.Press(ctx, user, on, Press{Action: action})
}

// Choose picks an option of a menu or of a list of choices. See [Server.Press].
func (s *Server) Choose(ctx context.Context, user string, on Target, action, option string) Result {
	return s.Press(ctx, user, on, Press{Action: action, Choose: option})
}

// Press uses an element of a message or view and delivers block_actions. It
// sends nothing and sets Err if the person couldn't do it: the element isn't
// there, the message is in a channel of others, the view is closed.
func (s *Server) Press(ctx context.Context, user string, on Target, p Press) Result {
	payload, r := s.prepare(user, on, p)
	if payload == nil {
		return r
	}
	return s.interact(ctx, payload, p.Sign, r)
}

// prepare builds the payload of a press, nil if there is nothing to send.
func (s *Server) prepare(user string, on Target, p Press) (payload Object, r Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on.View != "" {
		payload, r.Err = s.viewPress(user, on.View, p, &r)
	} else {
		payload, r.Err = s.messagePress(user, on, p, &r)
	}
	if r.Err != nil || payload == nil {
		return nil, r
	}
	r.TriggerID = s.newTrigger(user)
	payload["trigger_id"] = r.TriggerID
	return payload, r
}

// messagePress is a press on a message or a private line.
func (s *Server) messagePress(user string, on Target, p Press, r *Result) (Object, error) {
	ch, ok := s.opt.channel(on.Channel)
	if !ok || !ch.has(user) {
		return nil, fmt.Errorf("slackfake: %s is not in channel %s", user, on.Channel)
	}
	from := origin{user: user, channel: on.Channel, ts: on.TS}
	shown, blocks, err := s.pressed(user, on, p, &from)
	if err != nil {
		return nil, err
	}
	found, err := locateAny(blocks, p)
	if err != nil {
		return nil, err
	}
	action, state, err := s.act(found, State{}, p, r)
	if action == nil {
		return nil, err
	}
	r.ResponseURL = s.newReplyURL(from)
	o := s.payload("block_actions", user)
	container := Object{"type": "message", "message_ts": on.TS, "channel_id": on.Channel, "is_ephemeral": from.private}
	if from.thread != "" {
		container["thread_ts"] = from.thread
	}
	o["container"] = container
	o["channel"] = Object{"id": ch.ID, "name": ch.Name}
	o["message"], o["response_url"] = shown, r.ResponseURL
	o["state"], o["actions"] = Object{"values": state}, []Object{action}
	return o, nil
}

// pressed finds the message and the renditions of its blocks, newest first.
func (s *Server) pressed(user string, on Target, p Press, from *origin) (Object, [][]Object, error) {
	if i := s.find(on.Channel, on.TS); i >= 0 && !s.messages[i].Deleted {
		m := s.messages[i]
		from.thread = m.ThreadTS
		renditions := [][]Object{m.Blocks}
		if p.Stale {
			renditions = renditions[:0]
		}
		if p.Stale || p.Block != "" { // a block is new with each change of the message: it tells what the person had before them
			for _, e := range slices.Backward(m.Edits) {
				renditions = append(renditions, e.Blocks)
			}
		}
		return s.messageJSON(m), renditions, nil
	}
	for _, e := range s.ephemerals {
		if e.TS == on.TS && e.User == user && !e.Gone {
			from.private, from.thread = true, e.ThreadTS
			m := Message{TS: e.TS, User: botUser, Text: e.Text, Blocks: e.Blocks, ThreadTS: e.ThreadTS}
			return s.messageJSON(m), [][]Object{e.Blocks}, nil
		}
	}
	return nil, nil, fmt.Errorf("slackfake: %s sees no message %s in %s", user, on.TS, on.Channel)
}

// locateAny finds the element in the first rendition that has it.
func locateAny(renditions [][]Object, p Press) (found placed, err error) {
	err = fmt.Errorf("slackfake: there was no %q before", p.Action)
	for _, blocks := range renditions {
		if found, err = locate(blocks, p.Action, p.Block); err == nil {
			return found, nil
		}
	}
	return found, err
}

// viewPress is a press in a modal or home tab. A choice stays in the view.
func (s *Server) viewPress(user, id string, p Press, r *Result) (Object, error) {
	i, err := s.viewIndex(user, id)
	if err != nil {
		return nil, err
	}
	v := s.views[i]
	found, err := locate(v.Blocks, p.Action, p.Block)
	if err != nil {
		return nil, err
	}
	action, state, err := s.act(found, v.State, p, r)
	if err != nil {
		return nil, err
	}
	v.State = state
	s.views[i] = v
	s.touch()
	dispatches, _ := found.block["dispatch_action"].(bool)
	if action == nil || str(found.block, "type") == "input" && !dispatches {
		return nil, nil // only a filled-in field; the app hears of it at submit
	}
	o := s.payload("block_actions", user)
	o["container"] = Object{"type": "view", "view_id": v.ID}
	o["view"], o["actions"] = s.viewJSON(v), []Object{action}
	return o, nil
}

// act is the entry of a press in the list of actions, and the filled-in values
// after it. The action is nil if the person said no in the dialog.
func (s *Server) act(p placed, before State, press Press, r *Result) (Object, State, error) {
	kind := str(p.element, "type")
	a := Object{"type": kind, "action_id": p.element["action_id"], "block_id": p.block["block_id"], "action_ts": s.newTS()}
	state := before.clone()
	if kind == "button" {
		a["text"] = p.element["text"]
		for _, name := range []string{"value", "style"} {
			if v, ok := p.element[name]; ok {
				a[name] = v
			}
		}
	} else {
		value, err := fillIn(p.element, press.Choose)
		if err != nil {
			return nil, before, err
		}
		for name, v := range value {
			a[name] = v
		}
		if kind != "overflow" {
			state.set(str(p.block, "block_id"), str(p.element, "action_id"), value)
		}
	}
	if dialog := sub(p.element, "confirm"); dialog != nil {
		r.Confirm = strings.Join(renderConfirm(dialog), "\n")
		if press.Deny {
			return nil, before, nil
		}
	}
	return a, state, nil
}

// payload is what all interaction payloads have in common.
func (s *Server) payload(kind, user string) Object {
	u, _ := s.opt.user(user)
	o := Object{"type": kind, "api_app_id": s.opt.AppID, "token": "deprecated", "is_enterprise_install": false,
		"team":       Object{"id": s.opt.TeamID, "domain": s.opt.TeamDomain},
		"user":       Object{"id": user, "username": loginName(u), "name": loginName(u), "team_id": s.teamOf(u)},
		"enterprise": nil}
	if s.opt.EnterpriseID != "" {
		o["enterprise"] = Object{"id": s.opt.EnterpriseID, "name": s.opt.EnterpriseName}
	}
	if s.opt.OrgInstall { // the word as a string has been seen on the wire
		o["team"], o["is_enterprise_install"] = nil, "true"
	}
	return o
}

// interact delivers an interaction payload. What r already holds stays.
func (s *Server) interact(ctx context.Context, payload Object, how Signing, r Result) Result {
	raw, err := json.Marshal(payload)
	if err != nil {
		r.Err = fmt.Errorf("slackfake: build payload: %w", err)
		return r
	}
	s.mu.Lock()
	to, overSocket := s.urls.interactions, s.socketMode
	s.mu.Unlock()
	var got Result
	if overSocket {
		got = s.overSocket(ctx, "interactive", payload)
	} else {
		got = s.send(ctx, s.form(to, url.Values{"payload": {string(raw)}}, how))
	}
	got.TriggerID, got.ResponseURL, got.Confirm = r.TriggerID, r.ResponseURL, r.Confirm
	if how == Signed && (got.Err != nil || got.Status != http.StatusOK) {
		got.Notice = "We had some trouble connecting. Try again?"
	}
	return got
}
