package snippets

import "strings"

// Cleaned is a text that may be sent, and what was taken out of it, line by line, for the journal.
type Cleaned struct {
	Text    string
	Removed []string
}

// Clean makes a rendered text safe to send through Cerb. template is the text that it was rendered from, keep names the
// commands that a template may use ("comment", "attach", …). What goes, by what Cerb 10.4.10 does (testdata/lineforms.txt):
//
//   - Every form of signature line: those that Cerb acts on, and those that it mails as they stand because of a blank, an
//     invisible character, another case or text behind it. Mail programs also end a line at characters that Cerb takes for
//     text (U+2028 and others); a signature behind one of those goes as well. keep does not save it: the procedure's
//     notice has none. "#signature" inside a sentence or a word is text to Cerb, and stays.
//   - Every other line that Cerb takes for a command, unless the template has that very line and keep allows the command.
//     A line that a value completed is not that very line. A block is allowed by "start", and only when the template ends
//     it and has something in it: Cerb would swallow the rest of the mail, or mail the command.
//   - A comment for colleagues that Cerb would mail, because it is written with a blank in front or a capital.
//   - What a template put between "#start comment" and "#end", or below "#cut", goes with its command: Cerb would not mail
//     it either. Where such a command isn't the template's own, only its line goes, so that a value can't hide the rest.
//
// All else stays byte for byte; CRLF and a lone CR, which end a line for Cerb too, become LF. Cleaning a cleaned text
// changes nothing.
func Clean(text, template string, keep []string) Cleaned {
	c := cleaner{own: map[string]bool{}, keep: map[string]bool{}}
	for _, line := range strings.Split(unixLines(template), "\n") {
		c.own[line] = true
	}
	for _, name := range keep {
		c.keep[strings.TrimPrefix(name, "#")] = true
	}
	rest := strings.Split(unixLines(text), "\n")
	for len(rest) > 0 {
		rest = c.next(rest)
	}
	return Cleaned{Text: strings.Join(c.out, "\n"), Removed: c.removed}
}

// cleaner goes through a text once, top to bottom.
type cleaner struct {
	own     map[string]bool // the template's lines
	keep    map[string]bool // allowed commands
	out     []string
	removed []string
}

// next deals with the first line, and its block if it opens one, and returns what is left to do.
func (c *cleaner) next(rest []string) []string {
	line, gone := c.unsigned(rest[0])
	cmd := parseCommand(line)
	switch {
	case gone:
	case cmd.name == "":
		c.out = append(c.out, line)
	case !c.own[line]:
		c.removed = append(c.removed, line)
	case cmd.name == "start":
		return c.block(rest, cmd)
	case cmd.runs && c.keep[cmd.name]:
		c.out = append(c.out, line)
	case cmd.name == "cut":
		c.removed = append(c.removed, rest...)
		return nil
	default:
		c.removed = append(c.removed, line)
	}
	return rest[1:]
}

// unsigned takes the signature forms out of a line. gone says that nothing of it is left.
func (c *cleaner) unsigned(line string) (left string, gone bool) {
	left, pieces := withoutSignatures(line)
	c.removed = append(c.removed, pieces...)
	return left, left == "" && len(pieces) > 0
}

// block deals with a "#start" of the template's own, up to the template's own "#end".
func (c *cleaner) block(rest []string, start command) []string {
	end := 1
	for end < len(rest) && !c.ends(rest[end], start) {
		end++
	}
	ended := end < len(rest)
	if start.runs && ended && c.keep["start"] {
		before := len(c.removed)
		if body := c.remark(rest[1:end]); len(body) > 0 {
			c.out = append(append(append(c.out, rest[0]), body...), rest[end])
			return rest[end+1:]
		}
		c.removed = c.removed[:before] // an empty comment, which Cerb would mail: all of it goes, below
	}
	switch {
	case ended:
		end++
	case !start.runs:
		end = 1 // neither Cerb nor we can tell how far it was to go
	}
	c.removed = append(c.removed, rest[:end]...)
	return rest[end:]
}

// ends says whether a block of the template's own ends at a line.
func (c *cleaner) ends(line string, start command) bool {
	if !c.own[line] {
		return false
	}
	return endsBlock(line) || !start.runs && parseCommand(line).name == "end"
}

// remark is a comment's text, without what would end it before its time.
func (c *cleaner) remark(lines []string) []string {
	var body []string
	for _, raw := range lines {
		line, gone := c.unsigned(raw)
		switch {
		case gone:
		case parseCommand(line).name != "" || endsBlock(line):
			c.removed = append(c.removed, line)
		default:
			body = append(body, line)
		}
	}
	return body
}
