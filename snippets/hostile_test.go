package snippets

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const poisonText = "#comment x\r#signature\n{{.Agent}}{{prompt_agent}}\u2028#signature\x00"

// hostile is a situation in which every value from outside tries something.
func hostile(lang string) Facts { return poisoned(lang, poisonText) }

// poisoned is a situation with a value in every place where outside text goes.
func poisoned(lang, v string) Facts {
	f := situation(lang)
	f.Suspended, f.Cancelled = []string{v, "web01", v}, []string{v}
	poison(&f, v)
	return f
}

// poison puts a value wherever a letter that follows the notice has text from outside.
func poison(f *Facts, v string) {
	f.Customer, f.CustomerNumber, f.Ticket, f.Agent = v, v, v, v
	f.Company = Company{Name: v, Phone: v, Person: v, Email: v, PortalURL: v, Terms: v, TermsURL: v}
	f.Invoices = slices.Clone(f.Invoices)
	for i := range f.Invoices {
		f.Invoices[i].Number = v
	}
	for _, list := range []*[]string{&f.Suspended, &f.Cancelled, &f.Off, &f.Restored, &f.Withdrawn, &f.StaysOff} {
		if len(*list) > 0 {
			*list = []string{v, "web01", v}
		}
	}
	if f.AgreedWith != "" {
		f.AgreedWith = v
	}
	if f.Words != "" {
		f.Words = v + "\nsigned " + v
	}
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

func TestHostileValuesStayTextInEveryLetter(t *testing.T) {
	set := loadEmbedded(t)
	for _, k := range keys() {
		f := Sample(k.kind, k.lang)
		poison(&f, poisonText)
		text, err := set.Of(k.kind).Render(f)
		if err != nil {
			t.Fatal(err)
		}
		f.Words = Line(poisonText) + "\nsigned " + Line(poisonText) // as many lines as its maker wrote
		plain, err := set.Of(k.kind).Render(f)
		if err != nil {
			t.Fatal(err)
		}
		if k.kind != KindArrangement {
			checkHostile(t, text, strings.Count(plain, "\n"))
		}
		source, _ := set.Of(k.kind).Source(k.lang)
		if cleaned := Clean(text, source, []string{"comment", "start", "cut", "attach"}); cleaned.Text != text {
			t.Errorf("%s: a value was a command: %q", k.name(), cleaned.Removed)
		}
		for name, value := range f.ValuesFor(k.kind) {
			for _, line := range strings.Split(value, "\n") {
				if name != "words" && line != value || strings.ContainsFunc(line, isBreak) || strings.HasPrefix(line, "#") {
					t.Errorf("%s: value %s is %q", k.name(), name, value)
				}
			}
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add(poisonText)
	for _, form := range lineForms(f) {
		f.Add("vps1" + form.text)
		f.Add(form.text + "{{.Agent}}")
	}
	set := loadEmbedded(f)
	lines, all := map[key]int{}, keys()
	for _, k := range all {
		text, err := set.Of(k.kind).Render(Sample(k.kind, k.lang))
		if err != nil {
			f.Fatal(err)
		}
		lines[k] = strings.Count(text, "\n")
	}
	f.Fuzz(func(t *testing.T, value string) {
		for i := range 4 { // a value is the same to all of them; each has its turn
			k := all[(len(value)+i*11)%len(all)]
			facts := Sample(k.kind, k.lang)
			poison(&facts, value)
			text, err := set.Of(k.kind).Render(facts)
			if err != nil {
				if Line(value) != "" {
					t.Errorf("%s refused %q: %v", k.name(), value, err)
				}
				continue
			}
			want := lines[k]
			if k.kind == KindArrangement { // what was agreed has as many lines as it has
				want += strings.Count(strings.Join(newLetter(k.kind, facts).Words(), "\n"), "\n") - 1
			}
			checkHostile(t, text, want)
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
