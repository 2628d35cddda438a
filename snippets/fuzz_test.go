package snippets

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func FuzzClean(f *testing.F) {
	for _, form := range lineForms(f) {
		f.Add("Beste klant,\n"+form.text+"\n#end\ngroet\n", form.text, "comment start")
		f.Add(form.text+"\u2028"+form.text+"\r"+form.text, "a", "")
	}
	forms := lineForms(f)
	f.Fuzz(func(t *testing.T, text, template, keep string) {
		allowed := strings.Fields(keep)
		got := Clean(text, template, allowed)
		if again := Clean(got.Text, template, allowed); again.Text != got.Text {
			t.Errorf("cleaned once %q, twice %q", got.Text, again.Text)
		}
		if strings.Contains(got.Text, "\r") {
			t.Errorf("a CR is left: %q", got.Text)
		}
		own := cerbLines(template)
		for _, line := range cerbLines(got.Text) {
			checkLine(t, line, own, allowed, forms)
		}
		if !strings.ContainsFunc(text, isHash) && (got.Text != unixLines(text) || len(got.Removed) > 0) {
			t.Errorf("text without a number sign was changed: %q became %q", text, got.Text)
		}
	})
}

// checkLine holds a line of a cleaned text against Cerb's own rule and against the list.
func checkLine(t *testing.T, line string, own, allowed []string, forms []lineForm) {
	t.Helper()
	for _, piece := range strings.FieldsFunc(line, isBreak) {
		if looksSigned(piece) {
			t.Errorf("a signature line is left: %q", piece)
		}
	}
	for _, form := range forms {
		if form.text != line || !form.goes {
			continue
		}
		if strings.Contains(strings.ToLower(line), "sig") || !contains(own, line) || len(allowed) == 0 {
			t.Errorf("a form of the list is left: %q", line)
		}
	}
	if cmd := parseCommand(line); cmd.runs && (!contains(own, line) || !contains(trimHash(allowed), cmd.name)) {
		t.Errorf("a command is left that the template didn't write or that isn't allowed: %q", line)
	}
}

// looksSigned is what a reader would call a signature line, put differently from the product: nothing but the marker in
// what can be seen, or what Cerb's own pattern finds.
func looksSigned(piece string) bool {
	seen := strings.Map(func(r rune) rune {
		if !unicode.IsSpace(r) && unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, piece)
	seen = strings.TrimSpace(seen)
	if rest, ok := strings.CutPrefix(seen, "#"); ok {
		seen = "#" + strings.TrimSpace(rest)
	}
	return seen == "#signature" || seen == "#sig" || regexp.MustCompile(`^#(sig|signature)([^A-Za-z0-9_]|$)`).MatchString(piece)
}

func trimHash(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, strings.TrimPrefix(name, "#"))
	}
	return all
}

func contains(lines []string, line string) bool {
	for _, l := range lines {
		if l == line {
			return true
		}
	}
	return false
}

func FuzzLine(f *testing.F) {
	for _, form := range lineForms(f) {
		f.Add(form.text)
		f.Add("vps1" + form.text + "\n#comment x")
	}
	f.Fuzz(func(t *testing.T, value string) {
		got := Line(value)
		if Line(got) != got {
			t.Errorf("Line(%q) = %q, and again %q", value, got, Line(got))
		}
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || isBreak(r) || isInvisible(r) }) {
			t.Errorf("Line(%q) = %q has more than text on one line", value, got)
		}
		if r, _ := utf8.DecodeRuneInString(got); isHash(r) {
			t.Errorf("Line(%q) = %q starts with a number sign", value, got)
		}
		if cleaned := Clean(got+"\n", "", nil); len(cleaned.Removed) > 0 && !strings.ContainsFunc(got, isHash) {
			t.Errorf("Line(%q) = %q is a command", value, got)
		}
	})
}
