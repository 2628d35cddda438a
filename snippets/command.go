package snippets

import (
	"regexp"
	"strings"
)

// commandLine is how Cerb tells a command from text (parseReplyHashCommands, 10.4.10): # in the first column, a name in
// ASCII, anything behind it. The name's case matters.
var commandLine = regexp.MustCompile(`(?s)^#([A-Za-z0-9_]+)(.*)$`)

// command is what a line is to Cerb, or was meant to be.
type command struct {
	name string // empty for text
	runs bool   // Cerb takes it for the command; otherwise it mails the line as it stands
}

// parseCommand reads a line. Signature lines are not its business. An unknown name is text to Cerb, which mails it.
//
// Cerb also mails a comment that it doesn't recognise because of a blank in front or a capital. Such a line was a remark
// for colleagues, so it counts as a command that doesn't run. Other commands carry nothing private and are left as text.
func parseCommand(line string) command {
	if m := commandLine.FindStringSubmatch(line); m != nil {
		// What PHP's ltrim takes off; a blank behind the argument stays, and counts.
		switch name, args := m[1], strings.TrimLeft(m[2], " \t\x00\v"); name {
		case "attach", "comment", "cut", "unwatch", "watch":
			return command{name, true}
		case "original_message":
			return command{name, m[2] == ""}
		case "start":
			if args == "comment" || args == "note" {
				return command{name, true}
			}
		}
	}
	return meantAs(strings.ToLower(strings.TrimFunc(strings.Map(visible, line), isBlank)))
}

// meantAs recognises a colleague's remark in a line that Cerb takes for text, brought to lower case and trimmed.
func meantAs(line string) command {
	rest, ok := strings.CutPrefix(line, "#")
	if !ok {
		return command{}
	}
	words := strings.FieldsFunc(rest, isBlank)
	end := strings.IndexFunc(rest+" ", func(r rune) bool { return !isWord(r) })
	switch {
	case rest[:end] == "comment":
		return command{name: "comment"}
	case len(words) == 2 && words[0] == "start" && (words[1] == "comment" || words[1] == "note"):
		return command{name: "start"}
	case rest == "end":
		return command{name: "end"}
	}
	return command{}
}

// endsBlock says whether Cerb ends a comment at this line: it looks at the first four characters only.
func endsBlock(line string) bool { return strings.HasPrefix(line, "#end") }
