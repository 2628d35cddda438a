package snippets

import (
	"strings"
	"testing"
	"unicode/utf8"
)

const poison = "#comment x\r#signature\n{{.Agent}}{{prompt_agent}}\u2028#signature\x00"

// hostile is a situation in which every value from outside tries something.
func hostile(lang string) Facts { return poisoned(lang, poison) }

// poisoned is a situation with a value in every place where outside text goes.
func poisoned(lang, v string) Facts {
	f := situation(lang)
	f.Customer, f.CustomerNumber, f.Ticket, f.Agent = v, v, v, v
	f.Company = Company{Name: v, Phone: v, Person: v, Email: v, PortalURL: v, Terms: v, TermsURL: v}
	f.Suspended, f.Cancelled = []string{v, "web01", v}, []string{v}
	for i := range f.Invoices {
		f.Invoices[i].Number = v
	}
	return f
}

func TestHostileValuesStayText(t *testing.T) {
	set := loadEmbedded(t)
	for _, lang := range Languages() {
		plain, err := set.Render(situation(lang))
		if err != nil {
			t.Fatal(err)
		}
		text, err := set.Render(hostile(lang))
		if err != nil {
			t.Fatal(err)
		}
		checkHostile(t, text, strings.Count(plain, "\n"))
		if !strings.Contains(text, "{{.Agent}}") {
			t.Errorf("%s: a template inside a value was executed", lang)
		}
		for name, value := range hostile(lang).Values() {
			if strings.ContainsFunc(value, isBreak) || strings.HasPrefix(value, "#") {
				t.Errorf("%s: value %s is %q", lang, name, value)
			}
		}
	}
}

// checkHostile holds that values brought no line, no command and nothing to clean.
func checkHostile(t *testing.T, text string, lines int) {
	t.Helper()
	if got := strings.Count(text, "\n"); got != lines {
		t.Errorf("%d lines instead of %d:\n%q", got, lines, text)
	}
	for line := range strings.Lines(text) {
		if r, _ := utf8.DecodeRuneInString(line); isHash(r) {
			t.Errorf("a value starts a line: %q", line)
		}
	}
	for _, r := range text {
		if isBreak(r) && r != '\n' {
			t.Errorf("a break is left: %q", text)
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add(poison)
	for _, form := range lineForms(f) {
		f.Add("vps1" + form.text)
		f.Add(form.text + "{{.Agent}}")
	}
	set := loadEmbedded(f)
	lines := map[string]int{}
	for _, lang := range Languages() {
		text, err := set.Render(situation(lang))
		if err != nil {
			f.Fatal(err)
		}
		lines[lang] = strings.Count(text, "\n")
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, lang := range Languages() {
			text, err := set.Render(poisoned(lang, value))
			if err != nil {
				if Line(value) != "" {
					t.Errorf("refused %q: %v", value, err)
				}
				continue
			}
			checkHostile(t, text, lines[lang])
			if want := strings.Count(Line(value), "{{"); strings.Count(text, "{{") < want {
				t.Errorf("a template in %q was executed:\n%s", value, text)
			}
			for _, line := range cerbLines(Clean(text, "", nil).Text) {
				if parseCommand(line).runs || looksSigned(line) {
					t.Errorf("%q became a command: %q", value, line)
				}
			}
		}
	})
}

func TestCommandCompletedByAValueIsNotTheTemplatesOwn(t *testing.T) {
	dir := t.TempDir()
	source := "Beste klant,\n#{{.Customer}}\n"
	write(t, dir, "notice.nl.txt", source)
	set, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	f := situation("nl")
	f.Customer = "comment ingevoegd"
	text, err := set.Render(f)
	if err != nil {
		t.Fatal(err)
	}
	if got := Clean(text, source, []string{"comment"}).Text; got != "Beste klant,\n" {
		t.Errorf("got %q", got)
	}
}
