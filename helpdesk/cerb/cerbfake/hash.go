package cerbfake

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// command is one # command that becomes a comment: on the ticket, or ("note") on the message.
type command struct {
	note bool
	text string
}

// hashed is a text after its commands were taken out.
type hashed struct {
	content  string // #signature and #original_message still stand in it
	original bool   // a line asked for the message that this one answers
	commands []command
}

var commandLine = regexp.MustCompile(`^#([A-Za-z0-9_]+)(.*)$`)

// parseHash reads a text line by line, as CerberusMail's parseReplyHashCommands does. Lines end at LF, CRLF and a lone
// CR, and come out with LF. Names are in lower case and must stand at the line's very start. Commands still run below a
// #cut; only the lines are lost. #signature stays until finish; #sig and whatever follows #signature on its line reach
// the customer.
func parseHash(text string, reply bool) hashed {
	var h hashed
	lines := splitLines(text)
	var out []string
	cut := false
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		name, args := "", ""
		if m := commandLine.FindStringSubmatch(line); m != nil {
			name, args = m[1], strings.TrimLeft(m[2], " \t\x00\x0b")
		}
		handled := false
		switch name {
		case "attach", "watch", "unwatch":
			handled = true
		case "cut":
			cut, handled = true, true
		case "original_message":
			h.original, handled = true, !reply
		case "comment":
			h.commands = append(h.commands, command{text: args})
			handled = true
		case "start":
			i, handled = h.block(lines, i, args)
		}
		if !handled && !cut {
			out = append(out, line)
		}
	}
	h.content = strings.Join(out, "\n")
	return h
}

// block reads "#start comment" or "#start note" up to a line that starts with #end, or to the text's end, and says where
// it ends. An empty block is no command: its first line stays, its last one goes.
func (h *hashed) block(lines []string, i int, args string) (int, bool) {
	if args != "comment" && args != "note" {
		return i, false
	}
	var body strings.Builder
	end := i + 1
	for end < len(lines) && !strings.HasPrefix(lines[end], "#end") {
		body.WriteString(lines[end] + "\n")
		end++
	}
	if body.Len() == 0 {
		return end, false
	}
	h.commands = append(h.commands, command{note: args == "note", text: body.String()})
	return end, true
}

// splitLines cuts a text at LF, CRLF and a lone CR.
func splitLines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n")
}

// finish puts the signature and the original message in the place of lines that are exactly their command, and writes
// Markdown images as text: what the customer gets, and what is kept.
func (h hashed) finish(signature, original string) string {
	lines := strings.Split(h.content, "\n")
	for i, line := range lines {
		switch line {
		case "#signature":
			lines[i] = signature
		case "#original_message":
			lines[i] = original
		}
	}
	return markdownImage.ReplaceAllStringFunc(strings.Join(lines, "\n"), func(image string) string {
		m := markdownImage.FindStringSubmatch(image)
		if m[1] == "" {
			return "[" + m[2] + "]"
		}
		return "[" + m[2] + " " + m[1] + "]"
	})
}

var markdownImage = regexp.MustCompile(`!\[(.*?)\]\((.*?)\)`)

// runCommands makes the comments that a text's commands asked for. Cerb dates them two seconds ahead.
func (s *Server) runCommands(h hashed, ticketID, messageID, workerID int) {
	for _, c := range h.commands {
		switch {
		case c.text == "":
		case c.note:
			s.addComment(comment{on: "message", target: messageID, author: workerID, text: c.text, created: s.now()})
		default:
			s.addComment(comment{on: "ticket", target: ticketID, author: workerID, text: c.text, created: s.now() + 2})
		}
	}
}

// quote is what #original_message becomes.
func (s *Server) quote(m *message) string {
	sender := ""
	if a := s.addresses.get(m.sender); a != nil {
		sender = a.Email
	}
	date := time.Unix(s.now(), 0).In(s.opts.Zone).Format("Mon, 02 Jan 2006")
	return fmt.Sprintf("\nOn %s, %s wrote:\n> %s", date, sender, strings.ReplaceAll(m.content, "\n", "\n> "))
}
