package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// kind is what a person did.
type kind string

const (
	aCommand kind = "command"
	aClick   kind = "click"
	aSubmit  kind = "submit"
	anEvent  kind = "event" // never stored: see events
)

// inbound is what came in, reduced to what is needed to work on it: also after a restart, from the signal's row.
type inbound struct {
	Kind        kind   `json:"kind"`
	User        string `json:"user"`
	Team        string `json:"team,omitempty"`
	Channel     string `json:"channel,omitempty"`
	TriggerID   string `json:"trigger_id,omitempty"`
	ResponseURL string `json:"response_url,omitempty"`

	Text   string   `json:"text,omitempty"`   // of a command
	List   []string `json:"list,omitempty"`   // of a command: the customers of a pasted list, when there are several
	Action string   `json:"action,omitempty"` // of a click: which element
	Value  string   `json:"value,omitempty"`  // and what it stands for
	View   *viewIn  `json:"view,omitempty"`   // that was submitted, or in which was clicked

	at time.Time // when it came in; only of what a sweep found
}

// viewIn is a view as it came back from a person.
type viewIn struct {
	ID       string            `json:"id"`
	Hash     string            `json:"hash"`
	Callback string            `json:"callback"`
	Meta     string            `json:"meta,omitempty"`
	Values   map[string]string `json:"values,omitempty"`  // by action id: what is filled in; several choices on a line each
	Offered  []string          `json:"offered,omitempty"` // the services among which the view lets choose
}

// key is under which a thing is committed: Slack's trigger id, which is new for everything that a person does. Slack's
// documents show a submission without one; a view and its hash will do there, since a hash is submitted once.
func (in inbound) key() string {
	if in.TriggerID == "" && in.View != nil {
		return in.View.startKey()
	}
	return "slack:" + in.TriggerID
}

// startKey is one confirmation: the same view in the same state starts one case, however often it is submitted.
func (v *viewIn) startKey() string { return "slack:" + v.ID + ":" + v.Hash }

// commandIn is a slash command as it comes: a form over HTTP, an object with the same names on a socket
// (docs.slack.dev/interactivity/implementing-slash-commands#payload).
type commandIn struct {
	AppID       string `json:"api_app_id"`
	Team        string `json:"team_id"`
	Enterprise  string `json:"enterprise_id"`
	User        string `json:"user_id"`
	Channel     string `json:"channel_id"`
	Command     string `json:"command"`
	Text        string `json:"text"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
}

func commandOfForm(f url.Values) commandIn {
	return commandIn{
		AppID: f.Get("api_app_id"), Team: f.Get("team_id"), Enterprise: f.Get("enterprise_id"), User: f.Get("user_id"),
		Channel: f.Get("channel_id"), Command: f.Get("command"), Text: f.Get("text"), TriggerID: f.Get("trigger_id"),
		ResponseURL: f.Get("response_url"),
	}
}

func (c commandIn) from() sender {
	return sender{App: c.AppID, Team: c.Team, Enterprise: c.Enterprise, User: c.User}
}

func (c commandIn) inbound() inbound {
	return inbound{
		Kind: aCommand, User: c.User, Team: c.Team, Channel: c.Channel, TriggerID: c.TriggerID, ResponseURL: c.ResponseURL,
		Text: typed(c.Text), List: listed(c.Text),
	}
}

// payload is the part of Slack's interaction payloads that we read. Our own, since slack-go's refuses a payload in which
// is_enterprise_install is a string.
type payload struct {
	Type        string    `json:"type"`
	AppID       string    `json:"api_app_id"`
	TriggerID   string    `json:"trigger_id"`
	ResponseURL string    `json:"response_url"`
	Team        *idOnly   `json:"team"` // null where the app is installed for the whole organisation
	Enterprise  *idOnly   `json:"enterprise"`
	User        *userIn   `json:"user"`
	Channel     *idOnly   `json:"channel"`
	Container   container `json:"container"`
	View        *rawView  `json:"view"`
	Actions     []value   `json:"actions"`
}

type idOnly struct {
	ID string `json:"id"`
}

type userIn struct {
	ID     string `json:"id"`
	TeamID string `json:"team_id"`
}

type container struct {
	ChannelID string `json:"channel_id"`
}

type rawView struct {
	ID       string `json:"id"`
	Hash     string `json:"hash"`
	Callback string `json:"callback_id"`
	Meta     string `json:"private_metadata"`
	State    struct {
		Values map[string]map[string]value `json:"values"`
	} `json:"state"`
	Blocks []struct {
		Element struct {
			ActionID string     `json:"action_id"`
			Options  []choiceIn `json:"options"`
		} `json:"element"`
	} `json:"blocks"`
}

// choiceIn is one of the choices of an element.
type choiceIn struct {
	Value string `json:"value"`
}

// value is an element as a person left it.
type value struct {
	ActionID string     `json:"action_id"`
	Value    string     `json:"value"`
	Date     string     `json:"selected_date"`
	Option   *choiceIn  `json:"selected_option"`
	Options  []choiceIn `json:"selected_options"` // of checkboxes, and of menus that take several
}

func (v value) text() string {
	switch {
	case len(v.Options) > 0:
		chosen := make([]string, len(v.Options))
		for i, o := range v.Options {
			chosen[i] = o.Value
		}
		return strings.Join(chosen, "\n")
	case v.Option != nil:
		return v.Option.Value
	case v.Date != "":
		return v.Date
	}
	return v.Value
}

// parsePayload reads an interaction. ok is false for one that asks nothing of us.
func parsePayload(raw []byte) (from sender, in inbound, ok bool, err error) {
	var p payload
	if err := json.Unmarshal(raw, &p); err != nil {
		return from, in, false, fmt.Errorf("payload: %w", err)
	}
	if p.User == nil || p.User.ID == "" {
		return from, in, false, errors.New("payload: nobody did it")
	}
	from = sender{App: p.AppID, Team: p.User.TeamID, User: p.User.ID}
	if p.Team != nil && p.Team.ID != "" && from.Team == "" {
		from.Team = p.Team.ID
	}
	if p.Enterprise != nil {
		from.Enterprise = p.Enterprise.ID
	}
	in = inbound{User: p.User.ID, Team: from.Team, TriggerID: p.TriggerID, ResponseURL: p.ResponseURL, Channel: p.Container.ChannelID}
	if p.Channel != nil && p.Channel.ID != "" {
		in.Channel = p.Channel.ID
	}
	if p.View != nil {
		in.View = p.View.read()
	}
	switch {
	case p.Type == "block_actions" && len(p.Actions) > 0:
		in.Kind, in.Action, in.Value = aClick, p.Actions[0].ActionID, p.Actions[0].text()
	case p.Type == "view_submission" && in.View != nil:
		in.Kind = aSubmit
	default:
		return from, in, false, nil
	}
	return from, in, true, nil
}

func (v *rawView) read() *viewIn {
	out := &viewIn{ID: v.ID, Hash: v.Hash, Callback: v.Callback, Meta: v.Meta, Values: map[string]string{}}
	for _, actions := range v.State.Values {
		for action, filled := range actions {
			out.Values[action] = filled.text()
		}
	}
	for _, b := range v.Blocks { // Slack sends the whole view back, so that it needn't be kept anywhere
		if b.Element.ActionID != fieldServices && b.Element.ActionID != fieldKeep {
			continue
		}
		for _, o := range b.Element.Options {
			out.Offered = append(out.Offered, o.Value)
		}
	}
	return out
}

// accept commits what came in. fresh is false when it was there before: then everything has been said and done.
func (s *Slack) accept(in inbound) (fresh bool, err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return false, err
	}
	signal := bot.Signal{
		ID: in.key(), Kind: bot.SignalCommand, By: bot.Actor{SlackID: in.User, Via: "slack"}, Body: body, ReceivedAt: s.cfg.Now(),
	}
	return s.batches.insert(signal)
}

// handled notes what became of a thing that came in.
func (s *Slack) handled(ctx context.Context, key, outcome string) {
	at := s.cfg.Now()
	err := s.batches.add(func(ctx context.Context, tx bot.Tx) error { return tx.HandleSignal(ctx, key, outcome, at) })
	if err != nil {
		s.log.ErrorContext(ctx, "signal can't be marked as handled", "signal", key, "error", err)
	}
}
