package snippets

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
)

//go:embed notice.*.txt
var embedded embed.FS

// Languages lists the languages that there are notices in.
func Languages() []string { return []string{"nl", "en", "de", "fr"} }

// maxNotice is the most that a rendered notice may hold, in bytes: ten times a long one. Past it, a template has gone wrong.
const maxNotice = 256 << 10

// Set is one notice a language, ready to be rendered. It never changes and may be shared.
type Set struct {
	notices map[string]notice
}

// notice is a template with its own text.
type notice struct {
	source string
	parsed *template.Template
}

// parseNotice reads a template. Line endings are brought to LF.
func parseNotice(lang, source string) (notice, error) {
	source = unixLines(source)
	parsed, err := template.New(noticeName(lang)).Option("missingkey=error").Funcs(template.FuncMap{
		"plural": func(n int, one, other string) string { return plural(lang, n, one, other) },
		"list":   func(labels []string) string { return joinList(lang, labels) },
	}).Parse(source)
	if err != nil {
		return notice{}, err
	}
	return notice{source: source, parsed: parsed}, nil
}

// noticeName is the name of a language's file, embedded or in a folder.
func noticeName(lang string) string { return "notice." + lang + ".txt" }

// embeddedNotice is the notice that comes with the program. The tests prove that every one of them parses.
func embeddedNotice(lang string) (notice, error) {
	source, err := fs.ReadFile(embedded, noticeName(lang))
	if err != nil {
		return notice{}, fmt.Errorf("there is no notice in language %q", lang)
	}
	return parseNotice(lang, string(source))
}

// Render fills in the notice of the facts' language. It is strict: every fact that the template asks for and that is
// lacking or malformed is named in the error, all at once, and so is a name that doesn't exist. The text ends with a line
// feed and has no other line endings. It may still hold the template's own hash commands: Clean is the next step.
func (s *Set) Render(f Facts) (string, error) {
	n, ok := s.notices[f.Language]
	if !ok {
		return "", fmt.Errorf("there is no notice in language %q (there are: %s)", f.Language, strings.Join(Languages(), ", "))
	}
	l := newLetter(f)
	text, err := n.fill(l)
	if err != nil {
		return "", fmt.Errorf("notice in %s: %w", f.Language, err)
	}
	if len(l.lacking) > 0 {
		return "", fmt.Errorf("notice in %s: %s", f.Language, strings.Join(l.lacking, ", "))
	}
	return text, nil
}

// fill executes the template.
func (n notice) fill(data any) (string, error) {
	out := limited{left: maxNotice}
	if err := n.parsed.Execute(&out, data); err != nil {
		return "", err
	}
	text := strings.TrimRight(unixLines(out.String()), "\n")
	if strings.TrimSpace(text) == "" {
		return "", errors.New("the template gives no text")
	}
	return text + "\n", nil
}

// Source is the template's own text in a language, as it is rendered: the folder's where there is one.
func (s *Set) Source(lang string) (string, error) {
	n, ok := s.notices[lang]
	if !ok {
		return "", fmt.Errorf("there is no notice in language %q", lang)
	}
	return n.source, nil
}

// limited is a buffer that refuses more than it is meant for.
type limited struct {
	bytes.Buffer
	left int
}

// Write takes p, or fails when the limit is passed.
func (w *limited) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, fmt.Errorf("the text is longer than %d bytes", maxNotice)
	}
	return w.Buffer.Write(p)
}

// unixLines turns CRLF and a lone CR into LF.
func unixLines(text string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
}

// block executes one of the embedded notice's named parts; empty when a fact is lacking or the language isn't known.
func (l *letter) block(name string) string {
	n, err := embeddedNotice(l.facts.Language)
	if err != nil {
		return ""
	}
	out := limited{left: maxNotice}
	if err := n.parsed.ExecuteTemplate(&out, name, l); err != nil {
		return ""
	}
	return out.String()
}

// paragraph is a named part on one line.
func (l *letter) paragraph(name string) string { return Line(l.block(name)) }
