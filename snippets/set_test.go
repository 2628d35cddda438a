package snippets

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func loadEmbedded(t testing.TB) *Set {
	t.Helper()
	set, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// termsIn is the clause as a company would write it in a language.
func termsIn(lang string) string {
	return map[string]string{
		"nl": "artikel 7.3 van onze algemene voorwaarden",
		"en": "article 7.3 of our general terms and conditions",
		"de": "Ziffer 7.3 unserer Allgemeinen Geschäftsbedingungen",
		"fr": "l'article 7.3 de nos conditions générales",
	}[lang]
}

// situation is a business with two invoices, reminded, and two services that go off today.
func situation(lang string) Facts {
	return Facts{
		Language: lang, Customer: "Jansen Bouw B.V.", CustomerNumber: "10234", Agent: "Sanne Visser", Ticket: "GKF-27674-451",
		Company: Company{Name: "Voorbeeldhosting", Phone: "+31 30 123 45 67", Person: "Jacqueline de Vries", Email: "debiteuren@hoster.example",
			PortalURL: "https://portal.hoster.example", Terms: termsIn(lang), TermsURL: "https://hoster.example/voorwaarden"},
		Outstanding: Amount{34000, "EUR"},
		Invoices: []Invoice{
			{Number: "2026-0311", Due: "2026-10-12", Open: Amount{12000, "EUR"}, Reminders: 3, LastReminder: "2026-11-10"},
			{Number: "2026-0340", Due: "2026-10-26", Open: Amount{22000, "EUR"}, Reminders: 1, LastReminder: "2026-11-03"},
		},
		Suspended: []string{"web01", "db02"}, Cancelled: []string{"web01", "db02"},
		Today: "2026-11-23", SuspendOn: "2026-11-23", CancelOn: "2026-12-21",
	}
}

// situations are the cases that have a golden file a language.
func situations(lang string) map[string]Facts {
	business := situation(lang)

	one := situation(lang)
	one.Invoices = []Invoice{{Number: "2026-0311", Due: "2026-10-12", Open: Amount{123456, "EUR"}}}
	one.Outstanding, one.Suspended, one.Cancelled = Amount{123456, "EUR"}, []string{"web01"}, []string{"web01"}

	consumer := situation(lang)
	consumer.Customer, consumer.Consumer, consumer.SuspendOn = "Noor el Amrani", true, "2026-11-30"
	consumer.Invoices, consumer.Outstanding = consumer.Invoices[1:], Amount{22000, "EUR"}

	bare := situation(lang)
	bare.Suspended, bare.Cancelled, bare.SuspendOn, bare.CancelOn = nil, nil, "", ""
	bare.Ticket, bare.Company.Email, bare.Company.TermsURL = "", "", ""

	onlySuspended := situation(lang)
	onlySuspended.Cancelled, onlySuspended.CancelOn = nil, ""

	onlyCancelled := situation(lang)
	onlyCancelled.Suspended, onlyCancelled.SuspendOn, onlyCancelled.Cancelled = nil, "", []string{"web01"}

	many := situation(lang)
	many.Invoices, many.Outstanding = nil, Amount{0, "EUR"}
	for i, number := range []string{"2026-0201", "2026-0233", "2026-0267", "2026-0290", "2026-0311"} {
		many.Invoices = append(many.Invoices, Invoice{Number: number, Due: "2026-0" + string(rune('5'+i)) + "-01", Open: Amount{99950, "EUR"}, Reminders: 2})
		many.Outstanding.Minor += 99950
	}
	many.Suspended = []string{"web01", "db02", "mail03", "vps-104"}

	return map[string]Facts{"business": business, "one-invoice": one, "consumer": consumer, "no-services": bare,
		"only-suspended": onlySuspended, "only-cancelled": onlyCancelled, "many": many}
}

func TestNoticesReadAsTheirGoldenFiles(t *testing.T) {
	set := loadEmbedded(t)
	for _, lang := range Languages() {
		for name, f := range situations(lang) {
			text, err := set.Render(f)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "notices/"+name+"."+lang+".golden", text)
		}
		golden(t, "notices/helpdesk."+lang+".golden", set.HelpdeskSource(lang))
	}
}

// golden holds a text against its file, or rewrites it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (rewrite with -update):\n%s", name, got)
	}
}

func TestEveryNoticeIsCalm(t *testing.T) {
	set := loadEmbedded(t)
	for _, lang := range Languages() {
		for name, f := range situations(lang) {
			text, err := set.Render(f)
			if err != nil {
				t.Fatal(err)
			}
			checkCalm(t, lang+" "+name, text)
		}
	}
}

// checkCalm holds that a text is set as a letter: paragraphs and lines in order, no exclamation marks, nothing to clean.
func checkCalm(t *testing.T, what, text string) {
	t.Helper()
	if strings.ContainsAny(text, "!\t\r") || strings.Contains(text, "\n\n\n") || strings.Contains(text, "  ") || !strings.HasSuffix(text, "\n") {
		t.Errorf("%s is not set as a letter:\n%q", what, text)
	}
	for line := range strings.Lines(text) {
		if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") || strings.HasPrefix(line, "#") {
			t.Errorf("%s: line %q", what, line)
		}
	}
	if cleaned := Clean(text, "", nil); cleaned.Text != text {
		t.Errorf("%s: Clean took out %q", what, cleaned.Removed)
	}
}

func TestNoticeSaysAllThatItMust(t *testing.T) {
	set := loadEmbedded(t)
	for _, lang := range Languages() {
		f := situation(lang)
		text, err := set.Render(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, must := range []string{Money(lang, 34000, "EUR"), Money(lang, 12000, "EUR"), "2026-0311", LongDate(lang, "2026-10-12"),
			LongDate(lang, "2026-11-10"), "web01", "db02", LongDate(lang, "2026-11-23"), LongDate(lang, "2026-12-21"), f.Company.Terms,
			f.Company.TermsURL, f.Company.PortalURL, f.Company.Phone, f.Company.Person, f.Company.Email, f.Agent, f.Ticket, f.CustomerNumber} {
			if !strings.Contains(text, must) {
				t.Errorf("%s: the notice doesn't say %q:\n%s", lang, must, text)
			}
		}
	}
}

func TestMissingFactsAreNamedAllAtOnce(t *testing.T) {
	set := loadEmbedded(t)
	f := situation("nl")
	f.Customer, f.Company.Phone, f.CancelOn, f.Invoices[1].Due, f.Outstanding.Currency = " \n", "", "", "26 oktober", "XXQ"
	_, err := set.Render(f)
	if err == nil {
		t.Fatal("rendered without a name")
	}
	for _, name := range []string{"customer is missing", "company phone is missing", "cancel date is missing", "invoice 2026-0340 due date is not a date",
		"outstanding amount is in an unknown currency"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q is not named in: %v", name, err)
		}
	}
	f = situation("nl")
	f.SuspendOn, f.CancelOn, f.Invoices[0].Open.Minor = "2026-11-22", "2026-11-01", 0
	if _, err := set.Render(f); err == nil || !strings.Contains(err.Error(), "suspend date lies before today") ||
		!strings.Contains(err.Error(), "cancel date lies before today") || !strings.Contains(err.Error(), "invoice 2026-0311 amount is nothing") {
		t.Errorf("announces what is over: %v", err)
	}
	f = situation("nl")
	f.Invoices = nil
	if _, err := set.Render(f); err == nil || !strings.Contains(err.Error(), "invoices are missing") {
		t.Errorf("no invoices: %v", err)
	}
	f = situation("es")
	if _, err := set.Render(f); err == nil || !strings.Contains(err.Error(), `"es"`) {
		t.Errorf("unknown language: %v", err)
	}
}

func TestFactThatTheTemplateDoesNotUseMayBeMissing(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "notice.nl.txt", "Beste {{.Customer}}, u betaalt nog {{.Amount}}.\n")
	set, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := set.Render(Facts{Language: "nl", Customer: "Jansen", Outstanding: Amount{100, "EUR"}})
	if err != nil || text != "Beste Jansen, u betaalt nog €\u00a01,00.\n" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestFolderReplacesFileByFile(t *testing.T) {
	dir := t.TempDir()
	own := "\ufeffBeste {{.Customer}},\r\n#comment gemaild\r\n{{list .Services}}\r\n"
	write(t, dir, "notice.nl.txt", own)
	write(t, dir, "README.md", "none of our business {{")
	set, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := set.Render(situation("nl"))
	if want := "Beste Jansen Bouw B.V.,\n#comment gemaild\nweb01 en db02\n"; err != nil || text != want {
		t.Errorf("%q, %v", text, err)
	}
	source, err := set.Source("nl")
	if err != nil || source != "Beste {{.Customer}},\n#comment gemaild\n{{list .Services}}\n" {
		t.Errorf("source %q, %v", source, err)
	}
	if got := Clean(text, source, []string{"comment"}).Text; got != text {
		t.Errorf("the template's own comment went: %q", got)
	}
	if embedded, err := set.Source("de"); err != nil || !strings.HasPrefix(embedded, "{{- /* Ändert") {
		t.Errorf("the German notice should be the embedded one: %v", err)
	}
	if _, err := set.Source("es"); err == nil {
		t.Error("a notice in Spanish")
	}
}

func TestEveryFaultOfTheFolderIsNamedAtOnce(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "notice.nl.txt", "Beste {{.Klant}},\n")
	write(t, dir, "notice.en.txt", "Dear {{.Customer},\n")
	write(t, dir, "notice.de.txt", "{{if .Consumer}}{{.Gebuehr}}{{end}}Guten Tag\n")
	write(t, dir, "notice.fr.txt", " \n{{/* vide */}}\n")
	write(t, dir, "notice.es.txt", "Hola\n")
	_, err := Load(dir)
	if err == nil {
		t.Fatal("loaded")
	}
	for _, must := range []string{"notice.nl.txt", "Klant", "notice.en.txt", "notice.de.txt", "Gebuehr", "notice.fr.txt", "no text", "notice.es.txt", "no letter has this name"} {
		if !strings.Contains(err.Error(), must) {
			t.Errorf("%q is not named in: %v", must, err)
		}
	}
	if _, err := Load(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a folder that doesn't exist")
	}
}

func TestTemplateThatGoesWrongIsRefused(t *testing.T) {
	for name, source := range map[string]string{
		"endless":     "{{range 100000000}}a{{end}}",
		"not text":    "Beste\xff",
		"too long":    strings.Repeat("a", maxSource+1),
		"calls self":  `{{define "a"}}{{template "a"}}{{end}}{{template "a"}}`,
		"no template": `{{template "nosuch"}}`,
	} {
		dir := t.TempDir()
		write(t, dir, "notice.nl.txt", source)
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "notice.nl.txt") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEveryKindHasAFileInEveryLanguage(t *testing.T) {
	entries, err := embedded.ReadDir("letters")
	if err != nil {
		t.Fatal(err)
	}
	var names, want []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	for _, k := range keys() {
		want = append(want, k.name())
	}
	for _, lang := range Languages() {
		want = append(want, "parts."+lang+".txt")
	}
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("embedded %q\nlanguages and kinds %q", names, want)
	}
}
