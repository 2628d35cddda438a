package slackfake

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Typed is a slash command that somebody types.
type Typed struct {
	User    string
	Text    string // what comes after the command, as it is
	Channel string // "" means the first channel
	Command string // "" means the app's command
	Sign    Signing
}

// Command types the app's command with the text, in the first channel.
func (s *Server) Command(ctx context.Context, user, text string) Result {
	return s.Type(ctx, Typed{User: user, Text: text})
}

// BadSignature sends the command signed with a wrong secret.
func (s *Server) BadSignature(ctx context.Context, user, text string) Result {
	return s.Type(ctx, Typed{User: user, Text: text, Sign: SignedWrongly})
}

// OldTimestamp sends the command rightly signed, but six minutes ago.
func (s *Server) OldTimestamp(ctx context.Context, user, text string) Result {
	return s.Type(ctx, Typed{User: user, Text: text, Sign: SignedLongAgo})
}

// Type delivers a slash command and shows the answer to who typed it.
func (s *Server) Type(ctx context.Context, t Typed) Result {
	if t.Channel == "" {
		t.Channel = s.opt.Channels[0].ID
	}
	if t.Command == "" {
		t.Command = s.opt.Command
	}
	s.mu.Lock()
	to := s.urls.commands
	trigger := s.newTrigger(t.User)
	reply := s.newReplyURL(origin{user: t.User, channel: t.Channel})
	form, overSocket := s.commandForm(t, trigger, reply), s.socketMode
	s.mu.Unlock()

	var r Result
	if overSocket {
		r = s.overSocket(ctx, "slash_commands", fields(form))
	} else {
		r = s.send(ctx, s.form(to, form, t.Sign))
	}
	r.TriggerID, r.ResponseURL = trigger, reply
	if t.Sign != Signed {
		return r // a forger sees the answer, the people in Slack don't
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Notice = s.showCommandAnswer(t, r)
	return r
}

// commandForm is the body of a slash command, field by field as in
// https://docs.slack.dev/interactivity/implementing-slash-commands#payload.
func (s *Server) commandForm(t Typed, trigger, reply string) url.Values {
	u, _ := s.opt.user(t.User)
	c, _ := s.opt.channel(t.Channel)
	f := url.Values{}
	f.Set("token", "deprecated")
	f.Set("team_id", s.teamOf(u))
	f.Set("team_domain", s.opt.TeamDomain)
	f.Set("channel_id", t.Channel)
	f.Set("channel_name", c.Name)
	f.Set("user_id", t.User)
	f.Set("user_name", loginName(u))
	f.Set("command", t.Command)
	f.Set("text", t.Text)
	f.Set("response_url", reply)
	f.Set("trigger_id", trigger)
	f.Set("api_app_id", s.opt.AppID)
	f.Set("is_enterprise_install", strconv.FormatBool(s.opt.OrgInstall))
	if s.opt.EnterpriseID != "" {
		f.Set("enterprise_id", s.opt.EnterpriseID)
		f.Set("enterprise_name", s.opt.EnterpriseName)
	}
	return f
}

// fields is a form as an object, as commands come over a socket.
func fields(form url.Values) Object {
	o := Object{}
	addForm(o, form)
	return o
}

// teamOf is the workspace that a payload names for a user.
func (s *Server) teamOf(u User) string {
	if u.TeamID == "" {
		return s.opt.TeamID
	}
	return u.TeamID
}

// showCommandAnswer shows what the app answered at once: privately, or in the
// channel together with the command. It returns Slack's own complaint, if any.
// The lock is held.
func (s *Server) showCommandAnswer(t Typed, r Result) (notice string) {
	switch {
	case r.TimedOut:
		return t.Command + " failed with the error \"operation_timeout\""
	case r.Err != nil, r.Status != http.StatusOK:
		return t.Command + " failed with the error \"dispatch_failed\""
	case len(strings.TrimSpace(string(r.Body))) == 0:
		return ""
	}
	answer := Object{"text": string(r.Body)}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		answer = Object{}
		if err := json.Unmarshal(r.Body, &answer); err != nil {
			s.fault("%s: the answer is no JSON: %v", t.Command, err)
			return t.Command + " failed with the error \"dispatch_failed\""
		}
	}
	if answer["response_type"] == "in_channel" {
		// Slack then shows everybody what was typed, too.
		s.post(Message{Channel: t.Channel, User: t.User, Text: strings.TrimSpace(t.Command + " " + t.Text)})
	}
	if f := s.show(args{values: answer}, origin{user: t.User, channel: t.Channel}, "command"); f != nil {
		s.fault("%s: answer refused: %s %s", t.Command, f.code, strings.Join(f.messages, "; "))
		return t.Command + " failed with the error \"dispatch_failed\""
	}
	return ""
}

// CheckSSL sends the probe with ssl_check=1 that Slack sends to the command's
// address of a distributed app. The right answer is 200.
func (s *Server) CheckSSL(ctx context.Context) Result {
	s.mu.Lock()
	to := s.urls.commands
	s.mu.Unlock()
	return s.send(ctx, s.form(to, url.Values{"ssl_check": {"1"}, "token": {"deprecated"}}, Signed))
}
