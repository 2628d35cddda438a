package slackfake

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of messages, in characters and blocks. The total over all blocks is
// not documented; Slack has been seen to answer msg_blocks_too_long somewhere
// between 12,000 and 13,000 (slackapi/bolt-js issues 2509 and 2867).
const (
	maxPostText    = 40000 // longer texts are cut off, not refused
	maxUpdateText  = 4000
	maxBlocks      = 50
	maxBlocksTotal = 12000
)

// content is what a message says, checked.
type content struct {
	text      string
	blocks    []Object
	hasBlocks bool // blocks were sent, if only an empty list
}

// content reads and checks text and blocks of a call.
func (s *Server) content(a args) (content, *failure) {
	c := content{text: a.text("text")}
	var err error
	if c.hasBlocks, err = a.decode("blocks", &c.blocks); err != nil {
		return c, &failure{code: "invalid_blocks_format", messages: []string{err.Error()}}
	}
	if messages := s.checkBlocks(c.blocks, maxBlocks, "message"); len(messages) > 0 {
		return c, &failure{code: "invalid_blocks", messages: messages}
	}
	if totalText(c.blocks) > maxBlocksTotal {
		return c, fail("msg_blocks_too_long")
	}
	return c, nil
}

// place finds the channel of a call and whether the app may write there.
func (s *Server) place(a args) (Channel, *failure) {
	c, ok := s.opt.channel(a.text("channel"))
	switch {
	case !ok, c.NoBot && c.Private:
		return c, fail("channel_not_found") // a private channel hides from strangers
	case c.Archived:
		return c, fail("is_archived")
	case c.NoBot:
		return c, fail("not_in_channel")
	}
	return c, nil
}

// metadata reads the metadata of a message. given is false if none was sent;
// an empty object was, and takes away what is there.
func metadata(a args) (m Object, given bool, f *failure) {
	given, err := a.decode("metadata", &m)
	if err != nil {
		return nil, true, fail("invalid_metadata_format")
	}
	if !given || len(m) == 0 {
		return nil, given, nil
	}
	kind, _ := m["event_type"].(string)
	_, isObject := m["event_payload"].(Object)
	if kind == "" || !isObject {
		return nil, true, fail("invalid_metadata_format")
	}
	return m, true, nil
}

func (s *Server) postMessage(a args) (Object, *failure) {
	ch, f := s.place(a)
	if f != nil {
		return nil, f
	}
	c, f := s.content(a)
	if f != nil {
		return nil, f
	}
	if c.text == "" && len(c.blocks) == 0 {
		return nil, fail("no_text")
	}
	meta, _, f := metadata(a)
	if f != nil {
		return nil, f
	}
	m := Message{Channel: ch.ID, User: botUser, Text: cut(c.text, maxPostText), Blocks: c.blocks, Metadata: meta,
		ThreadTS: s.parent(ch.ID, a.text("thread_ts")), Options: Object{}}
	m.Broadcast = m.ThreadTS != "" && a.flag("reply_broadcast")
	for _, name := range []string{"unfurl_links", "unfurl_media", "mrkdwn", "username", "icon_emoji"} {
		if v, ok := a.values[name]; ok {
			m.Options[name] = v
		}
	}
	m = s.post(m)
	return Object{"channel": ch.ID, "ts": m.TS, "message": s.messageJSON(m)}, nil
}

// parent is the thread that a reply belongs to. A reply to a message that is
// gone is posted outside any thread, as Slack does without an error.
func (s *Server) parent(channel, ts string) string {
	if i := s.find(channel, ts); i < 0 || s.messages[i].Deleted {
		return ""
	}
	return ts
}

// post adds a message. The lock is held.
func (s *Server) post(m Message) Message {
	m.TS, m.names = s.newTS(), s.opt.names()
	s.fillIDs(m.Blocks)
	s.messages = append(s.messages, m)
	s.touch()
	return m
}

// find is the index of a message, -1 if there is none.
func (s *Server) find(channel, ts string) int {
	return slices.IndexFunc(s.messages, func(m Message) bool { return m.Channel == channel && m.TS == ts })
}

func (s *Server) updateMessage(a args) (Object, *failure) {
	i, f := s.own(a, "cant_update_message")
	if f != nil {
		return nil, f
	}
	c, f := s.content(a)
	if f != nil {
		return nil, f
	}
	if utf8.RuneCountInString(c.text) > maxUpdateText {
		return nil, fail("msg_too_long")
	}
	if c.text == "" && len(c.blocks) == 0 {
		return nil, fail("no_text")
	}
	meta, given, f := metadata(a)
	if f != nil {
		return nil, f
	}
	if given {
		s.messages[i].Metadata = meta
	}
	m := s.edit(i, c)
	return Object{"channel": m.Channel, "ts": m.TS, "text": m.Text, "message": s.messageJSON(m)}, nil
}

// own finds the message of a call and checks that the app itself posted it.
func (s *Server) own(a args, notMine string) (int, *failure) {
	ch, f := s.place(a)
	if f != nil {
		return 0, f
	}
	i := s.find(ch.ID, a.text("ts"))
	switch {
	case i < 0, s.messages[i].Deleted:
		return 0, fail("message_not_found") // an ephemeral's timestamp ends here too
	case s.messages[i].User != botUser:
		return 0, fail(notMine)
	}
	return i, nil
}

// edit changes a message and keeps what it said before. A text without blocks
// takes the blocks away; only blocks leave no "(edited)". The lock is held.
func (s *Server) edit(i int, c content) Message {
	m := s.messages[i]
	m.Edits = append(slices.Clone(m.Edits), Edit{Text: m.Text, Blocks: m.Blocks, Until: s.opt.Now()})
	s.fillIDs(c.blocks)
	m.Text, m.Blocks, m.Edited = c.text, c.blocks, len(c.blocks) == 0
	s.messages[i] = m
	s.touch()
	return m
}

func (s *Server) deleteMessage(a args) (Object, *failure) {
	i, f := s.own(a, "cant_delete_message")
	if f != nil {
		return nil, f
	}
	s.messages[i].Deleted = true
	s.touch()
	return Object{"channel": s.messages[i].Channel, "ts": s.messages[i].TS}, nil
}

func (s *Server) postEphemeral(a args) (Object, *failure) {
	ch, f := s.place(a)
	if f != nil {
		return nil, f
	}
	u, ok := s.opt.user(a.text("user"))
	if !ok || u.Deleted || !ch.has(u.ID) {
		return nil, fail("user_not_in_channel")
	}
	c, f := s.content(a)
	if f != nil {
		return nil, f
	}
	if c.text == "" && len(c.blocks) == 0 {
		return nil, fail("no_text")
	}
	e := s.whisper(Ephemeral{User: u.ID, Channel: ch.ID, ThreadTS: a.text("thread_ts"), Text: c.text, Blocks: c.blocks,
		Via: "chat.postEphemeral"})
	return Object{"message_ts": e.TS}, nil
}

// whisper adds a line that one person sees. The lock is held.
func (s *Server) whisper(e Ephemeral) Ephemeral {
	e.TS, e.names = s.newTS(), s.opt.names()
	s.fillIDs(e.Blocks)
	s.ephemerals = append(s.ephemerals, e)
	s.touch()
	return e
}

func (s *Server) permalink(a args) (Object, *failure) {
	ch, f := s.place(a)
	if f != nil {
		return nil, f
	}
	i := s.find(ch.ID, a.text("message_ts"))
	if i < 0 || s.messages[i].Deleted {
		return nil, fail("message_not_found")
	}
	m := s.messages[i]
	link := fmt.Sprintf("https://%s.slack.com/archives/%s/p%s", s.opt.TeamDomain, ch.ID, strings.Replace(m.TS, ".", "", 1))
	if m.ThreadTS != "" {
		link += fmt.Sprintf("?thread_ts=%s&cid=%s", m.ThreadTS, ch.ID)
	}
	return Object{"channel": ch.ID, "permalink": link}, nil
}

// messageJSON is a message as the Web API and the payloads show it. Metadata
// is left out: Slack sends it only where it is asked for.
func (s *Server) messageJSON(m Message) Object {
	o := Object{"type": "message", "ts": m.TS, "user": m.User, "text": m.Text, "team": s.opt.TeamID}
	if m.User == botUser {
		o["bot_id"], o["app_id"] = botID, s.opt.AppID
	}
	if len(m.Blocks) > 0 {
		o["blocks"] = m.Blocks
	}
	if m.ThreadTS != "" {
		o["thread_ts"] = m.ThreadTS
	}
	return o
}

// cut shortens a text to n characters.
func cut(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}
