package slackfake

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxBody is how much of a request or an answer the double reads, in bytes.
const maxBody = 1 << 20

// args are the arguments of one call, however they were sent.
type args struct {
	token  string
	values Object
}

// failure is a refused call: Slack's code, and the details that it puts into
// response_metadata.messages.
type failure struct {
	code     string
	messages []string
	needed   string // the scope that is missing
}

// fail makes a refusal without details.
func fail(code string) *failure { return &failure{code: code} }

// method is one method of the Web API. It runs with the lock held.
type method func(args) (Object, *failure)

// method finds a method by name with the scope that it needs ("" for none).
func (s *Server) method(name string) (run method, scope string) {
	switch name {
	case "apps.connections.open":
		return s.openSocket, ""
	case "auth.test":
		return s.authTest, ""
	case "chat.postMessage":
		return s.postMessage, "chat:write"
	case "chat.postEphemeral":
		return s.postEphemeral, "chat:write"
	case "chat.update":
		return s.updateMessage, "chat:write"
	case "chat.delete":
		return s.deleteMessage, "chat:write"
	case "chat.getPermalink":
		return s.permalink, ""
	case "views.open":
		return s.openView, ""
	case "views.push":
		return s.pushView, ""
	case "views.update":
		return s.updateView, ""
	case "views.publish":
		return s.publishView, ""
	case "users.info":
		return s.userInfo, "users:read"
	case "users.lookupByEmail":
		return s.userByEmail, "users:read.email"
	case "usergroups.users.list":
		return s.groupMembers, "usergroups:read"
	case "conversations.info":
		return s.channelInfo, "channels:read"
	case "conversations.history":
		return s.history, "channels:history"
	case "conversations.replies":
		return s.threadReplies, "channels:history"
	case "conversations.open":
		return s.openDirect, "im:write"
	}
	return nil, ""
}

// serveAPI answers one call. A planned fault strikes before the effect or,
// if it says so, after it.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	a, err := readArgs(w, r)
	s.sleep(r.Context(), s.opt.Latency)
	fault := s.nextFault(name)
	if fault.strikes && !fault.Late {
		s.record(Call{Method: name, Args: a.values, Fault: fault.String()})
		fault.strike(w, r, s.stop)
		return
	}
	body, f := s.run(name, a, err)
	call := Call{Method: name, Args: a.values}
	if f != nil {
		call.Error = f.code
	}
	if fault.strikes {
		call.Fault = fault.String()
	}
	s.record(call)
	if fault.strikes {
		fault.strike(w, r, s.stop)
		return
	}
	writeAnswer(w, body, f, s.scopes())
}

// run checks who calls and carries the method out.
func (s *Server) run(name string, a args, readErr error) (Object, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	run, scope := s.method(name)
	switch {
	case run == nil:
		s.fault("%s: unknown method", name)
		return nil, fail("unknown_method")
	case readErr != nil:
		s.fault("%s: %v", name, readErr)
		return nil, fail("invalid_post_type")
	case a.token == "":
		return nil, fail("not_authed")
	case s.revoked:
		return nil, fail("token_revoked")
	case a.token != s.opt.BotToken && a.token != s.opt.AppToken:
		return nil, fail("invalid_auth")
	case (a.token == s.opt.AppToken) != (name == "apps.connections.open"):
		return nil, fail("not_allowed_token_type")
	case !s.allows(scope):
		return nil, &failure{code: "missing_scope", needed: scope}
	}
	body, f := run(a)
	if f != nil && appsFault(f.code) {
		s.fault("%s: %s %s", name, f.code, strings.Join(f.messages, "; "))
	}
	s.touch()
	return body, f
}

// appsFault reports whether a code can only come from a mistake in the app,
// and not from what people or time have done meanwhile.
func appsFault(code string) bool {
	return slices.Contains([]string{"invalid_blocks", "invalid_blocks_format", "invalid_arguments", "msg_too_long",
		"msg_blocks_too_long", "no_text", "view_too_large", "invalid_metadata_format"}, code)
}

// allows reports whether the token has the scope.
func (s *Server) allows(scope string) bool {
	return scope == "" || s.opt.Scopes == nil || slices.Contains(s.opt.Scopes, scope)
}

// scopes is the list that Slack puts into the header X-OAuth-Scopes.
func (s *Server) scopes() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.opt.Scopes, ",")
}

// record adds to the log of calls.
func (s *Server) record(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.At = s.opt.Now()
	s.calls = append(s.calls, c)
	s.touch()
}

// readArgs takes the arguments from the query, a form or a JSON body, and the
// token from the body or the Authorization header. Clients do all of these.
func readArgs(w http.ResponseWriter, r *http.Request) (args, error) {
	a := args{values: Object{}}
	addForm(a.values, r.URL.Query())
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return a, err
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) == 0:
	case kind == "application/json":
		err = json.Unmarshal(body, &a.values)
	case kind == "application/x-www-form-urlencoded":
		var form url.Values
		form, err = url.ParseQuery(string(body))
		addForm(a.values, form)
	default:
		err = errors.New("content type " + strconv.Quote(kind) + " is not read")
	}
	if a.values == nil {
		a.values = Object{}
	}
	a.token, _ = a.values["token"].(string)
	delete(a.values, "token")
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		a.token = bearer
	}
	return a, err
}

func addForm(to Object, form url.Values) {
	for k, v := range form {
		to[k] = v[0]
	}
}

// text is an argument as a string, "" if it is missing.
func (a args) text(name string) string {
	switch v := a.values[name].(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// flag is an argument as a yes or no.
func (a args) flag(name string) bool {
	v, _ := strconv.ParseBool(a.text(name))
	return v
}

// decode reads an argument that is JSON, or a string that holds JSON as in a
// form. given is false if it is missing, null or "".
func (a args) decode(name string, into any) (given bool, err error) {
	v := a.values[name]
	if v == nil || v == "" {
		return false, nil
	}
	raw, isText := v.(string)
	if !isText {
		b, err := json.Marshal(v)
		if err != nil {
			return true, err
		}
		raw = string(b)
	}
	return true, json.Unmarshal([]byte(raw), into)
}

// writeAnswer sends an answer of the Web API: always 200, and never ok:false
// without a code, which some clients take for success.
func writeAnswer(w http.ResponseWriter, body Object, f *failure, scopes string) {
	out := Object{"ok": f == nil}
	for k, v := range body {
		out[k] = v
	}
	if f != nil {
		out["error"] = f.code
		if len(f.messages) > 0 {
			out["response_metadata"] = Object{"messages": f.messages}
		}
		if f.needed != "" {
			out["needed"], out["provided"] = f.needed, scopes
		}
	}
	if scopes != "" {
		w.Header().Set("X-OAuth-Scopes", scopes)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	// The client may be gone already; there is nobody to tell.
	_ = json.NewEncoder(w).Encode(out)
}
