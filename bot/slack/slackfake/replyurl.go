package slackfake

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// replyPath is where the addresses for later replies (response_url) lie.
const replyPath = "/reply/"

const (
	replyLife = 30 * time.Minute // how long such an address works
	replyUses = 5                // and how often
)

// origin is where something happened that the app may reply to.
type origin struct {
	user, channel string
	ts            string // the message that was clicked; "" after a command
	thread        string
	private       bool // the message is an ephemeral
}

// replyURL is one such address.
type replyURL struct {
	origin
	at   time.Time
	uses int
}

// newReplyURL makes an address for what happens now. The lock is held.
func (s *Server) newReplyURL(o origin) string {
	s.serial++
	id := fmt.Sprintf("%s-%d", s.opt.TeamID, s.serial)
	s.replies[id] = replyURL{origin: o, at: s.opt.Now()}
	base := s.baseURL
	if base == "" {
		base = "https://hooks.slack.com"
	}
	return base + replyPath + id
}

// serveReply takes a reply. What Slack answers once an address is used up is
// not documented; 404 with a code has been reported.
func (s *Server) serveReply(w http.ResponseWriter, r *http.Request) {
	a, err := readArgs(w, r)
	s.sleep(r.Context(), s.opt.Latency)
	fault := s.nextFault("response_url")
	call := Call{Method: "response_url", Args: a.values}
	if fault.strikes {
		call.Fault = fault.String()
	}
	var f *failure
	if !fault.strikes || fault.Late {
		f = s.takeReply(r.PathValue("id"), a, err)
	}
	if f != nil {
		call.Error = f.code
	}
	s.record(call)
	if fault.strikes {
		fault.strike(w, r, s.stop)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if f == nil {
		fmt.Fprint(w, "ok")
		return
	}
	status := http.StatusBadRequest
	if strings.HasSuffix(f.code, "_url") {
		status = http.StatusNotFound
	}
	w.WriteHeader(status)
	fmt.Fprint(w, f.code)
}

// takeReply checks the address and shows what was posted to it.
func (s *Server) takeReply(id string, a args, readErr error) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	to, ok := s.replies[id]
	switch {
	case !ok:
		return fail("invalid_url")
	case readErr != nil:
		s.fault("response_url: %v", readErr)
		return fail("invalid_payload")
	case s.opt.Now().Sub(to.at) > replyLife:
		return fail("expired_url")
	case to.uses >= replyUses:
		return fail("used_url")
	}
	to.uses++
	s.replies[id] = to
	f := s.show(a, to.origin, "response_url")
	if f != nil {
		s.fault("response_url: %s %s", f.code, strings.Join(f.messages, "; "))
	}
	return f
}

// show posts an answer: to one person unless response_type says in_channel,
// in place of the original or not. Metadata and the total length are not
// looked at, as Slack doesn't here. The lock is held.
func (s *Server) show(a args, o origin, via string) *failure {
	var blocks []Object
	given, err := a.decode("blocks", &blocks)
	if err != nil {
		return fail("invalid_blocks_format")
	}
	if messages := s.checkBlocks(blocks, maxBlocks, "message"); len(messages) > 0 {
		return &failure{code: "invalid_blocks", messages: messages}
	}
	c := content{text: a.text("text"), blocks: blocks, hasBlocks: given}
	switch {
	case a.flag("delete_original"):
		return s.dropOriginal(o)
	case c.text == "" && len(c.blocks) == 0:
		return fail("no_text")
	case a.flag("replace_original") && o.ts != "":
		return s.replaceOriginal(o, c)
	}
	if a.text("response_type") == "in_channel" {
		s.post(Message{Channel: o.channel, User: botUser, Text: c.text, Blocks: c.blocks, ThreadTS: s.parent(o.channel, a.text("thread_ts"))})
		return nil
	}
	s.whisper(Ephemeral{User: o.user, Channel: o.channel, ThreadTS: o.thread, Text: c.text, Blocks: c.blocks, Via: via})
	return nil
}

// dropOriginal removes the message that was clicked.
func (s *Server) dropOriginal(o origin) *failure {
	defer s.touch()
	if o.private {
		s.hideEphemeral(o.ts)
		return nil
	}
	i := s.find(o.channel, o.ts)
	if i < 0 {
		return fail("message_not_found") // a typed command can't be taken back
	}
	s.messages[i].Deleted = true
	return nil
}

// replaceOriginal changes the message that was clicked. A private line is
// replaced by a new one in its place.
func (s *Server) replaceOriginal(o origin, c content) *failure {
	if o.private {
		s.hideEphemeral(o.ts)
		s.whisper(Ephemeral{User: o.user, Channel: o.channel, ThreadTS: o.thread, Text: c.text, Blocks: c.blocks, Via: "response_url"})
		return nil
	}
	i := s.find(o.channel, o.ts)
	if i < 0 || s.messages[i].Deleted {
		return fail("message_not_found")
	}
	s.edit(i, c)
	return nil
}

func (s *Server) hideEphemeral(ts string) {
	for i := range s.ephemerals {
		if s.ephemerals[i].TS == ts {
			s.ephemerals[i].Gone = true
		}
	}
}
