package slackfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	triggerLife  = 3 * time.Second // how long a trigger may be used after it was sent
	maxStack     = 3               // views of one person on top of each other
	maxViewBytes = 250_000
)

// trigger is the right to open one modal for the person who did something.
type trigger struct {
	user string
	at   time.Time
	used bool
}

// newTrigger makes a trigger for what the user does now. The lock is held.
func (s *Server) newTrigger(user string) string {
	s.serial++
	id := fmt.Sprintf("%d.%d.%032x", s.opt.Now().UnixMilli(), s.serial, s.serial)
	s.triggers[id] = trigger{user: user, at: s.opt.Now()}
	return id
}

// spend uses a trigger up. It lives three seconds and serves once; whether a
// refused view spends it is not documented, so here it does.
func (s *Server) spend(a args) (trigger, *failure) {
	id := a.text("trigger_id")
	t, ok := s.triggers[id]
	switch {
	case !ok:
		return t, &failure{code: "invalid_arguments", messages: []string{"invalid `trigger_id`"}}
	case t.used:
		return t, fail("exchanged_trigger_id")
	case s.opt.Now().Sub(t.at) > triggerLife:
		return t, fail("expired_trigger_id")
	}
	t.used = true
	s.triggers[id] = t
	return t, nil
}

// viewArg reads and checks the view of a call.
func (s *Server) viewArg(a args, kind string) (View, *failure) {
	var doc Object
	if given, err := a.decode("view", &doc); err != nil || !given {
		return View{}, &failure{code: "invalid_arguments", messages: []string{"[ERROR] missing required field: view"}}
	}
	return s.makeView(doc, kind)
}

// makeView checks a view as it was sent and reads it.
func (s *Server) makeView(doc Object, kind string) (View, *failure) {
	if raw, err := json.Marshal(doc); err != nil || len(raw) > maxViewBytes {
		return View{}, fail("view_too_large")
	}
	if messages := s.checkView(doc, kind); len(messages) > 0 {
		return View{}, &failure{code: "invalid_arguments", messages: messages}
	}
	v := View{Type: kind, Open: true, doc: doc, names: s.opt.names(), Blocks: objects(doc["blocks"]),
		Title: plain(doc["title"]), Submit: plain(doc["submit"]), Close: plain(doc["close"]),
		CallbackID: str(doc, "callback_id"), ExternalID: str(doc, "external_id"), PrivateMetadata: str(doc, "private_metadata")}
	s.fillIDs(v.Blocks)
	v.State = initialState(v.Blocks)
	return v, nil
}

func (s *Server) openView(a args) (Object, *failure) {
	t, f := s.spend(a)
	if f != nil {
		return nil, f
	}
	v, f := s.viewArg(a, "modal")
	if f != nil {
		return nil, f
	}
	if f := s.freeExternalID(v, ""); f != nil {
		return nil, f
	}
	// A new modal takes the place of whatever the user had open.
	s.closeStack(t.user)
	return Object{"view": s.viewJSON(s.addView(v, t.user))}, nil
}

func (s *Server) pushView(a args) (Object, *failure) {
	t, f := s.spend(a)
	if f != nil {
		return nil, f
	}
	v, f := s.viewArg(a, "modal")
	if f != nil {
		return nil, f
	}
	if f := s.freeExternalID(v, ""); f != nil {
		return nil, f
	}
	stack := s.picture().Views(t.user)
	switch {
	case len(stack) == 0:
		return nil, fail("not_found")
	case len(stack) >= maxStack:
		return nil, fail("push_limit_reached")
	}
	return Object{"view": s.viewJSON(s.addView(v, t.user))}, nil
}

// addView puts a view on top of the user's stack. The lock is held.
func (s *Server) addView(v View, user string) View {
	v.ID, v.User, v.Hash = s.newID("V"), user, s.newHash()
	v.Root = v.ID
	if stack := s.picture().Views(user); len(stack) > 0 {
		top := stack[len(stack)-1]
		v.Previous, v.Root = top.ID, top.Root
	}
	s.views = append(s.views, v)
	s.touch()
	return v
}

func (s *Server) newHash() string {
	s.serial++
	return fmt.Sprintf("%d.%08x", s.opt.Now().Unix(), s.serial)
}

func (s *Server) updateView(a args) (Object, *failure) {
	i := slices.IndexFunc(s.views, func(v View) bool {
		return v.Open && (v.ID == a.text("view_id") || v.ExternalID != "" && v.ExternalID == a.text("external_id"))
	})
	if i < 0 {
		return nil, fail("not_found") // also a view that the user has closed meanwhile
	}
	if hash := a.text("hash"); hash != "" && hash != s.views[i].Hash {
		return nil, fail("hash_conflict")
	}
	v, f := s.viewArg(a, s.views[i].Type)
	if f != nil {
		return nil, f
	}
	if f := s.freeExternalID(v, s.views[i].ID); f != nil {
		return nil, f
	}
	return Object{"view": s.viewJSON(s.replaceView(i, v))}, nil
}

// replaceView changes a view in place. What the user has filled in stays where
// block and action have kept their ids. The lock is held.
func (s *Server) replaceView(i int, v View) View {
	old := s.views[i]
	v.ID, v.User, v.Hash, v.Previous, v.Root = old.ID, old.User, s.newHash(), old.Previous, old.Root
	v.Earlier = append(slices.Clone(old.Earlier), old)
	for block, actions := range old.State {
		for action, value := range actions {
			if now, ok := v.State[block][action]; ok && now["type"] == value["type"] {
				v.State[block][action] = value
			}
		}
	}
	s.views[i] = v
	s.touch()
	return v
}

func (s *Server) publishView(a args) (Object, *failure) {
	u, ok := s.opt.user(a.text("user_id"))
	if !ok {
		return nil, &failure{code: "invalid_arguments", messages: []string{"invalid `user_id`"}}
	}
	i := slices.IndexFunc(s.views, func(v View) bool { return v.Type == "home" && v.User == u.ID })
	if hash := a.text("hash"); i >= 0 && hash != "" && hash != s.views[i].Hash {
		return nil, fail("hash_conflict")
	}
	v, f := s.viewArg(a, "home")
	if f != nil {
		return nil, f
	}
	if i >= 0 {
		return Object{"view": s.viewJSON(s.replaceView(i, v))}, nil
	}
	v.ID, v.User, v.Hash = s.newID("V"), u.ID, s.newHash()
	v.Root = v.ID
	s.views = append(s.views, v)
	return Object{"view": s.viewJSON(v)}, nil
}

// freeExternalID refuses an external id that another view already has.
func (s *Server) freeExternalID(v View, self string) *failure {
	for _, other := range s.views {
		if v.ExternalID != "" && other.Open && other.ID != self && other.ExternalID == v.ExternalID {
			return fail("duplicate_external_id")
		}
	}
	return nil
}

// closeStack closes all modals of a user. The lock is held.
func (s *Server) closeStack(user string) {
	for i := range s.views {
		if s.views[i].User == user && s.views[i].Type == "modal" {
			s.views[i].Open = false
		}
	}
	s.touch()
}

// viewJSON is a view as the Web API and the payloads show it.
func (s *Server) viewJSON(v View) Object {
	o := maps.Clone(v.doc)
	o["id"], o["team_id"], o["type"], o["hash"] = v.ID, s.opt.TeamID, v.Type, v.Hash
	o["app_id"], o["bot_id"], o["app_installed_team_id"] = s.opt.AppID, botID, s.opt.TeamID
	o["blocks"], o["state"] = v.Blocks, Object{"values": v.State}
	o["root_view_id"], o["previous_view_id"] = v.Root, nil
	if v.Previous != "" {
		o["previous_view_id"] = v.Previous
	}
	o["callback_id"], o["private_metadata"], o["external_id"] = v.CallbackID, v.PrivateMetadata, v.ExternalID
	for _, name := range []string{"title", "submit", "close"} {
		if _, ok := o[name]; !ok {
			o[name] = nil
		}
	}
	for _, name := range []string{"clear_on_close", "notify_on_close"} {
		flag, _ := o[name].(bool)
		o[name] = flag
	}
	return o
}

// viewIndex finds an open view of a user for the people side.
func (s *Server) viewIndex(user, id string) (int, error) {
	i := slices.IndexFunc(s.views, func(v View) bool { return v.ID == id })
	if i < 0 || !s.views[i].Open || s.views[i].User != user {
		return -1, fmt.Errorf("slackfake: %s has no open view %s", user, id)
	}
	if stack := s.picture().Views(user); s.views[i].Type == "modal" && stack[len(stack)-1].ID != id {
		return -1, fmt.Errorf("slackfake: view %s is covered by another one", id)
	}
	return i, nil
}

// str is a string field of an object, "" if it isn't there.
func str(o Object, name string) string {
	v, _ := o[name].(string)
	return v
}

// sub is an object field of an object, nil if it isn't there.
func sub(o Object, name string) Object {
	v, _ := o[name].(Object)
	return v
}

// objects reads a list of objects; what is no object becomes an empty one.
func objects(v any) []Object {
	list, _ := v.([]any)
	out := make([]Object, 0, len(list))
	for _, e := range list {
		o, _ := e.(Object)
		out = append(out, o)
	}
	return out
}

// plain is the words of a text object.
func plain(v any) string {
	o, _ := v.(Object)
	return strings.TrimSpace(str(o, "text"))
}
