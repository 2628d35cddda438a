package snippets

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// following lists the kinds of letters that follow the notice.
func following() []Kind { return Kinds()[1:] }

// followUp is the usual case of a kind: two services that were switched off and cancelled, or are no longer.
func followUp(kind Kind, lang string) Facts {
	f := situation(lang)
	sample := Sample(kind, lang)
	f.Suspended, f.SuspendOn = nil, ""
	f.Off, f.Restored, f.Withdrawn = f.Cancelled, f.Cancelled, f.Cancelled
	switch kind {
	case KindRestored, KindApology, KindOnProof, KindMistake:
		f.Cancelled, f.CancelOn, f.Off = nil, "", nil
	default:
		f.Restored, f.Withdrawn = nil, nil
	}
	f.Until, f.PromisedOn, f.Received = sample.Until, sample.PromisedOn, sample.Received
	f.AgreedWith, f.SuspendedOn, f.ValueOn, f.OnProof = sample.AgreedWith, sample.SuspendedOn, sample.ValueOn, sample.OnProof
	f.Words = map[string]string{
		"nl": "€ 120,00 op 27 november 2026\nde rest op 11 december 2026", "en": "€120.00 on 27 November 2026\nthe rest on 11 December 2026",
		"de": "120,00 € am 27. November 2026\nden Rest am 11. Dezember 2026", "fr": "120,00 € le 27 novembre 2026\nle reste le 11 décembre 2026",
	}[lang]
	if kind == KindArrangement {
		f.Until = "2026-12-11"
	}
	f.only(kind)
	return f
}

// followUps are the cases of a kind that its golden file shows.
func followUps(kind Kind, lang string) map[string]Facts {
	specimen := specimens(key{kind, lang})
	usual := followUp(kind, lang)
	single := usual
	single.Consumer, single.Customer, single.Invoices = true, "Noor el Amrani", usual.Invoices[1:]
	if kind.uses("amount") {
		single.Outstanding = usual.Invoices[1].Open
	}
	for _, list := range []*[]string{&single.Off, &single.Restored, &single.Withdrawn, &single.Cancelled} {
		*list = slices.Clone((*list)[:min(1, len(*list))])
	}
	return map[string]Facts{"1 usual": usual, "2 a consumer with one of each": single, "3 all that it can say": specimen[0], "4 as little as it can say": specimen[1]}
}

func TestLettersReadAsTheirGoldenFiles(t *testing.T) {
	set := loadEmbedded(t)
	for _, k := range keys() {
		if k.kind == KindNotice {
			continue
		}
		var all strings.Builder
		cases := followUps(k.kind, k.lang)
		for _, name := range sortedKeys(cases) {
			text, err := set.Of(k.kind).Render(cases[name])
			if err != nil {
				t.Fatal(err)
			}
			checkCalm(t, k.name()+" "+name, text)
			all.WriteString("===== " + name + "\n" + text)
		}
		all.WriteString("===== 5 in the helpdesk\n" + set.Of(k.kind).HelpdeskSource(k.lang))
		golden(t, "letters/"+strings.Replace(k.name(), ".txt", ".golden", 1), all.String())
	}
}

func sortedKeys[V any](m map[string]V) []string {
	var all []string
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

func TestNoLettersGoldenIsLeftOver(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("testdata", "letters"))
	if err != nil {
		t.Fatal(err)
	}
	if want := len(following()) * len(Languages()); len(entries) != want {
		t.Errorf("%d files for %d letters", len(entries), want)
	}
}

// A helpdesk's snippet says what our own letter says: only paragraphs become lines, and a list one line.
func TestHelpdeskSaysWhatOurLetterSays(t *testing.T) {
	set := loadEmbedded(t)
	words := func(text string) string {
		text = strings.NewReplacer("\n- ", "\n", ";", "", "{% if prompt_agent %}", "", "{% endif %}", "").Replace(text)
		return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' }), " ")
	}
	for _, k := range keys() {
		source := set.Of(k.kind).HelpdeskSource(k.lang)
		if !strings.HasSuffix(source, "\n#signature\n") || strings.Contains(source, "\n\n\n") {
			t.Errorf("%s: the helpdesk's snippet is %q", k.name(), source)
		}
		for i, f := range specimens(k) {
			text, err := set.Of(k.kind).Render(f)
			if err != nil {
				t.Fatal(err)
			}
			filled := source
			for name, value := range f.ValuesFor(k.kind) {
				filled = strings.ReplaceAll(filled, "{{prompt_"+name+"}}", value)
			}
			if got, want := words(Clean(filled, source, nil).Text), words(text); got != want {
				t.Errorf("%s %d: the helpdesk says\n%s\nwe say\n%s", k.name(), i, got, want)
			}
		}
	}
}

func TestFactThatALetterCannotDoWithoutIsNamed(t *testing.T) {
	set := loadEmbedded(t)
	for _, row := range []struct {
		kind  Kind
		spoil func(f *Facts)
		want  string
	}{
		{KindRestored, func(f *Facts) { f.Invoices = nil }, "invoices are missing"},
		{KindRestored, func(f *Facts) { f.Received = Amount{-1, "EUR"} }, "amount received is nothing"},
		{KindOnProof, func(f *Facts) { f.Restored = nil }, "restored services are missing"},
		{KindOnProof, func(f *Facts) { f.Until = "" }, "until date is missing"},
		{KindPromise, func(f *Facts) { f.Until = "2026-11-22" }, "until date lies before today"},
		{KindPromise, func(f *Facts) { f.Outstanding = Amount{} }, "outstanding amount has no currency"},
		{KindPromise, func(f *Facts) { f.CancelOn = f.Until }, "cancel date doesn't lie behind the until date"},
		{KindExtension, func(f *Facts) { f.SuspendOn = "2026-11-25" }, "suspend date doesn't lie behind the until date"},
		{KindPromise, func(f *Facts) { f.PromisedOn = "2026-11-28" }, "promised date lies behind the until date"},
		{KindExtension, func(f *Facts) { f.Until = "soon" }, "until date is not a date"},
		{KindArrangement, func(f *Facts) { f.Words = " \n#\n" }, "words of the arrangement are missing"},
		{KindDispute, func(f *Facts) { f.CancelOn = "" }, "cancel date is missing"},
		{KindApology, func(f *Facts) { f.Restored = []string{" "} }, "restored services are missing"},
		{KindApology, func(f *Facts) { f.ValueOn = "2026-11-21" }, "value date lies behind the suspended date"},
		{KindReminder, func(f *Facts) { f.CancelOn = "2026-11-22" }, "cancel date lies before today"},
		{KindNeutral, func(f *Facts) { f.Company.Name = "" }, "company name is missing"},
	} {
		f := Sample(row.kind, "nl")
		if row.kind == KindOnProof || row.kind == KindArrangement {
			f = followUp(row.kind, "nl")
		}
		row.spoil(&f)
		if _, err := set.Of(row.kind).Render(f); err == nil || !strings.Contains(err.Error(), row.want) || !strings.HasPrefix(err.Error(), row.kind.Words()+" in nl: ") {
			t.Errorf("%s: %v, want %s", row.kind, err, row.want)
		}
	}
	if _, err := set.Of("sermon").Render(situation("nl")); err == nil {
		t.Error("a letter of a kind that isn't known")
	}
}

func TestFolderReplacesAnyKindOfLetter(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "restored-on-proof.nl.txt", "Beste {{.Customer}}, {{list .Restored}} staat aan tot {{.UntilDate}}.\n{{template \"reference\" .}}\n")
	set, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := set.Of(KindOnProof).Render(followUp(KindOnProof, "nl"))
	if want := "Beste Jansen Bouw B.V., web01 en db02 staat aan tot 27 november 2026.\nKlantnummer: 10234, ticket: GKF-27674-451\n"; err != nil || text != want {
		t.Errorf("%q, %v", text, err)
	}
	if source, err := set.Of(KindOnProof).Source("nl"); err != nil || !strings.HasPrefix(source, "Beste {{.Customer}}, {{list") {
		t.Errorf("%q, %v", source, err)
	}
}

func TestNameThatALetterHasNotIsRefusedAtLoad(t *testing.T) {
	for file, source := range map[string]string{
		"restored.nl.txt":       "Beste {{.Klant}}",
		"restored.de.txt":       "{{.UntilDate}}",
		"promise.en.txt":        "{{if .Off}}{{.ValueDate}}{{end}}Dear",
		"neutral-answer.fr.txt": "{{.Company}} {{.Customer}}",
		"neutral-answer.nl.txt": "{{.Amount}}",
		"parts.nl.txt":          "{{define \"on\"}}aan{{end}}",
		"neutral.nl.txt":        "Beste lezer",
	} {
		dir := t.TempDir()
		write(t, dir, file, source)
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestKindIsReadAsPeopleWriteIt(t *testing.T) {
	for _, kind := range Kinds() {
		for _, text := range []string{string(kind), kind.Words(), " " + strings.ToUpper(kind.Words()) + " "} {
			if got, err := ParseKind(text); err != nil || got != kind {
				t.Errorf("%q: %q, %v", text, got, err)
			}
		}
	}
	if _, err := ParseKind("sermon"); err == nil || !strings.Contains(err.Error(), "restored-on-proof") {
		t.Errorf("%v", err)
	}
}
