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

//go:embed letters/*.txt
var embedded embed.FS

// Languages lists the languages that there are letters in.
func Languages() []string { return []string{"nl", "en", "de", "fr"} }

// maxNotice is the most that a rendered letter may hold, in bytes: ten times a long one. Past it, a template has gone wrong.
const maxNotice = 256 << 10

// Set is every kind of letter in every language, ready to be rendered, with one kind chosen: the notice, until Of chooses
// another. It never changes and may be shared.
type Set struct {
	kind    Kind
	letters map[key]notice
}

// key names one letter.
type key struct {
	kind Kind
	lang string
}

// name is the name of the letter's file, embedded or in a folder.
func (k key) name() string { return string(k.kind) + "." + k.lang + ".txt" }

// keys lists all letters.
func keys() []key {
	var all []key
	for _, kind := range Kinds() {
		for _, lang := range Languages() {
			all = append(all, key{kind, lang})
		}
	}
	return all
}

// Of is the same set with another kind chosen: its Render, Source and HelpdeskSource are those of that kind.
func (s *Set) Of(kind Kind) *Set { return &Set{kind: kind, letters: s.letters} }

// notice is a template with its own text.
type notice struct {
	source string
	parsed *template.Template
}

// parseNotice reads a template, with the parts of its language at hand. Line endings are brought to LF.
func parseNotice(k key, source string) (notice, error) {
	parts, err := fs.ReadFile(embedded, "letters/parts."+k.lang+".txt")
	if err != nil {
		return notice{}, err
	}
	shared, err := template.New("parts").Option("missingkey=error").Funcs(template.FuncMap{
		"plural": func(n int, one, other string) string { return plural(k.lang, n, one, other) },
		"list":   func(labels []string) string { return joinList(k.lang, labels) },
	}).Parse(string(parts))
	if err != nil {
		return notice{}, err
	}
	source = unixLines(source)
	parsed, err := shared.New(k.name()).Parse(source)
	if err != nil {
		return notice{}, err
	}
	return notice{source: source, parsed: parsed}, nil
}

// embeddedNotice is the letter that comes with the program. The tests prove that every one of them parses.
func embeddedNotice(k key) (notice, error) {
	source, err := fs.ReadFile(embedded, "letters/"+k.name())
	if err != nil {
		return notice{}, k.unknown()
	}
	return parseNotice(k, string(source))
}

func (k key) unknown() error {
	return fmt.Errorf("there is no %s in language %q (there are: %s)", k.kind.Words(), k.lang, strings.Join(Languages(), ", "))
}

// Render fills in the letter of the facts' language. It is strict: every fact that the template asks for and that is
// lacking or malformed is named in the error, all at once, and so is a name that doesn't exist. The text ends with a line
// feed and has no other line endings. It may still hold the template's own hash commands: Clean is the next step.
func (s *Set) Render(f Facts) (string, error) {
	k := key{s.kind, f.Language}
	n, ok := s.letters[k]
	if !ok {
		return "", k.unknown()
	}
	l := newLetter(s.kind, f)
	text, err := n.fill(l.view())
	if err != nil {
		return "", fmt.Errorf("%s in %s: %w", s.kind.Words(), f.Language, err)
	}
	if len(l.lacking) > 0 {
		return "", fmt.Errorf("%s in %s: %s", s.kind.Words(), f.Language, strings.Join(l.lacking, ", "))
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
	k := key{s.kind, lang}
	n, ok := s.letters[k]
	if !ok {
		return "", k.unknown()
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

// block executes one of the embedded letter's named parts; empty when a fact is lacking or the language isn't known.
func (l *letter) block(name string) string {
	n, err := embeddedNotice(key{l.kind, l.facts.Language})
	if err != nil {
		return ""
	}
	out := limited{left: maxNotice}
	if err := n.parsed.ExecuteTemplate(&out, name, l.view()); err != nil {
		return ""
	}
	return out.String()
}

// paragraph is a named part on one line.
func (l *letter) paragraph(name string) string { return Line(l.block(name)) }
