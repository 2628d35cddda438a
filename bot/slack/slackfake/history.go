package slackfake

import (
	"strconv"
)

// maxHistory is how many messages a page of a history has at most.
const maxHistory = 999

// history lists what stands in a channel, newest first, a page at a time:
// https://docs.slack.dev/reference/methods/conversations.history. Thread
// replies are left out unless they were broadcast. The cursor is a number that
// only means something here, as Slack's only means something there.
func (s *Server) history(a args) (Object, *failure) {
	ch, f := s.place(a)
	if f != nil {
		return nil, f
	}
	limit, err := strconv.Atoi(a.text("limit"))
	if err != nil || limit < 1 || limit > maxHistory {
		limit = 100
	}
	oldest := a.text("oldest")
	var all []Object
	for i := len(s.messages) - 1; i >= 0; i-- {
		m := s.messages[i]
		if m.Channel != ch.ID || m.Deleted || m.ThreadTS != "" && !m.Broadcast || oldest != "" && !later(m.TS, oldest) {
			continue
		}
		o := s.messageJSON(m)
		if a.flag("include_all_metadata") && m.Metadata != nil {
			o["metadata"] = m.Metadata
		}
		all = append(all, o)
	}
	return pageOf(a, all, limit)
}

// threadReplies lists a thread, the message that it hangs on first, a page at a time:
// https://docs.slack.dev/reference/methods/conversations.replies.
func (s *Server) threadReplies(a args) (Object, *failure) {
	ch, f := s.place(a)
	if f != nil {
		return nil, f
	}
	limit, err := strconv.Atoi(a.text("limit"))
	if err != nil || limit < 1 || limit > maxHistory {
		limit = 100
	}
	parent := a.text("ts")
	if i := s.find(ch.ID, parent); i < 0 || s.messages[i].Deleted {
		return nil, fail("thread_not_found")
	}
	oldest := a.text("oldest")
	var all []Object
	for _, m := range s.messages {
		inThread := m.TS == parent || m.ThreadTS == parent && (oldest == "" || later(m.TS, oldest))
		if m.Channel != ch.ID || m.Deleted || !inThread {
			continue
		}
		o := s.messageJSON(m)
		if a.flag("include_all_metadata") && m.Metadata != nil {
			o["metadata"] = m.Metadata
		}
		all = append(all, o)
	}
	return pageOf(a, all, limit)
}

// pageOf is the page of a list that the call's cursor points to.
func pageOf(a args, all []Object, limit int) (Object, *failure) {
	from, err := strconv.Atoi(a.text("cursor"))
	if a.text("cursor") != "" && (err != nil || from < 0) {
		return nil, fail("invalid_cursor")
	}
	from = min(from, len(all))
	to := min(from+limit, len(all))
	out := Object{"messages": append([]Object{}, all[from:to]...), "has_more": to < len(all), "pin_count": 0}
	if to < len(all) {
		out["response_metadata"] = Object{"next_cursor": strconv.Itoa(to)}
	}
	return out, nil
}

// later compares timestamps: seconds, with or without a fraction.
func later(ts, than string) bool {
	a, err1 := strconv.ParseFloat(ts, 64)
	b, err2 := strconv.ParseFloat(than, 64)
	return err1 != nil || err2 != nil || a > b
}
