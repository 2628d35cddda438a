package snippets

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestMoneyIsWrittenAsTheLanguageDoes(t *testing.T) {
	for _, tt := range []struct {
		lang, currency string
		minor          int64
		want           string
	}{
		{"nl", "EUR", 123456, "€_1.234,56"},
		{"en", "EUR", 123456, "€1,234.56"},
		{"de", "EUR", 123456, "1.234,56_€"},
		{"fr", "EUR", 123456789, "1_234_567,89_€"},
		{"nl", "EUR", 5, "€_0,05"},
		{"nl", "EUR", 0, "€_0,00"},
		{"nl", "EUR", -100, "€_-1,00"},
		{"de", "CHF", 123450, "1.234,50_CHF"},
		{"en", "JPY", 1234, "¥1,234"},
		{"nl", "XXQ", 1234, "12.34_XXQ"},
		{"nl", "", -7, "-0.07"},
		{"nl", "#comment\nx", math.MinInt64, "-92233720368547758.08_comment x"},
	} {
		if got := strings.ReplaceAll(Money(tt.lang, tt.minor, tt.currency), "\u00a0", "_"); got != tt.want {
			t.Errorf("Money(%s, %d, %s) = %q, want %q", tt.lang, tt.minor, tt.currency, got, tt.want)
		}
	}
}

func TestDatesAreWrittenAsTheLanguageDoes(t *testing.T) {
	for _, tt := range []struct{ lang, day, long, short string }{
		{"nl", "2026-12-21", "21 december 2026", "ma 21 dec."},
		{"en", "2026-12-21", "21 December 2026", "Mon 21 Dec"},
		{"de", "2026-12-21", "21. Dezember 2026", "Mo. 21. Dez."},
		{"fr", "2026-12-21", "21 décembre 2026", "lun. 21 déc."},
		{"fr", "2027-01-01", "1er janvier 2027", "ven. 1 janv."},
		{"nl", "2026-03-01", "1 maart 2026", "zo 1 mrt."},
		{"de", "2026-03-07", "7. März 2026", "Sa. 7. März"},
		{"es", "2026-12-21", "21 December 2026", "Mon 21 Dec"},
		{"nl", "", "", ""},
		{"nl", "#gauw\n", "gauw", "gauw"},
		{"nl", "2026-02-30", "2026-02-30", "2026-02-30"},
	} {
		if got := LongDate(tt.lang, tt.day); got != tt.long {
			t.Errorf("LongDate(%s, %s) = %q, want %q", tt.lang, tt.day, got, tt.long)
		}
		if got := ShortDate(tt.lang, tt.day); got != tt.short {
			t.Errorf("ShortDate(%s, %s) = %q, want %q", tt.lang, tt.day, got, tt.short)
		}
	}
	for _, lang := range Languages() {
		if len(strings.Fields(monthNames(lang))) != 12 || len(strings.Fields(shortMonthNames(lang))) != 12 || len(strings.Fields(weekdayNames(lang))) != 7 {
			t.Errorf("%s: the calendar is not complete", lang)
		}
	}
}

func TestLineLeavesOrdinaryNamesAlone(t *testing.T) {
	for _, name := range []string{"", "Jansen Bouw B.V.", "Café de l'Étoile & Zn.", "€\u00a0340,00", "C# Consultancy", "O'Neill <o@x.example>", "株式会社", "{{x}}", "a|b*c_d"} {
		if got := Line(name); got != name {
			t.Errorf("Line(%q) = %q", name, got)
		}
	}
	for in, want := range map[string]string{
		"vps1\n#comment x": "vps1 #comment x", "#comment x": "comment x", " \t## #signature": "signature", "a\r\nb\tc  d": "a b c d",
		"\u200b#x": "x", "a\u202eb": "ab", "a\xffb": "ab", "\uff03x": "x", "a\u2028b": "a b", "a \u00a0": "a",
	} {
		if got := Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestListsAreWrittenAsTheLanguageDoes(t *testing.T) {
	for lang, want := range map[string]string{"nl": "a, b en c", "en": "a, b and c", "de": "a, b und c", "fr": "a, b et c"} {
		if got := joinList(lang, []string{"a", "b", "c"}); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
	if joinList("nl", nil) != "" || joinList("nl", []string{"a"}) != "a" || joinList("nl", []string{"a", "b"}) != "a en b" {
		t.Error("short lists")
	}
}

func TestValuesAreFormattedAndNamed(t *testing.T) {
	f := situation("nl")
	f.Cancelled = []string{"web01", "vps-104"}
	got := f.Values()
	for name, want := range map[string]string{
		"customer": "Jansen Bouw B.V.", "customer_number": "10234", "amount": "€\u00a0340,00", "services": "web01, db02 en vps-104",
		"suspended": "web01 en db02", "cancelled": "web01 en vps-104", "suspend_date": "23 november 2026", "cancel_date": "21 december 2026",
		"invoice_count": "2", "oldest_due": "12 oktober 2026", "reminders": "4", "last_reminder": "10 november 2026", "ticket": "GKF-27674-451",
		"invoices":  "2026-0311: €\u00a0120,00, vervaldatum 12 oktober 2026, 3 herinneringen; 2026-0340: €\u00a0220,00, vervaldatum 26 oktober 2026, 1 herinnering",
		"clause":    "artikel 7.3 van onze algemene voorwaarden (https://hoster.example/voorwaarden)",
		"reference": "Klantnummer: 10234, ticket: GKF-27674-451",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if len(got) != len(ValueNames()) {
		t.Errorf("%d values, %d names", len(got), len(ValueNames()))
	}
	for _, name := range ValueNames() {
		if got[name] == "" || strings.ContainsAny(got[name], "\r\n") {
			t.Errorf("%s is %q", name, got[name])
		}
	}
	empty := Facts{Language: "nl"}.Values()
	if empty["customer"] != "" || empty["cancel_date"] != "" || empty["amount"] != "" {
		t.Errorf("what is lacking should be empty: %q", empty)
	}
	if strange := (Facts{Language: "es", Customer: "a"}).Values(); strange["customer"] != "a" || strange["claim"] != "" {
		t.Errorf("an unknown language: %q", strange)
	}
}

func TestHelpdeskNoticeSaysWhatTheNoticeSays(t *testing.T) {
	set := loadEmbedded(t)
	for _, lang := range Languages() {
		f := situation(lang)
		source := set.HelpdeskSource(lang)
		if !strings.HasSuffix(source, "\n\n#signature\n") {
			t.Errorf("%s: the last line is not #signature", lang)
		}
		filled := source
		for name, value := range f.Values() {
			filled = strings.ReplaceAll(filled, "{{prompt_"+name+"}}", value)
		}
		if strings.Contains(filled, "{{") {
			t.Errorf("%s: a placeholder that no value fills:\n%s", lang, filled)
		}
		text, err := set.Render(f)
		if err != nil {
			t.Fatal(err)
		}
		// The helpdesk's has one line where the notice has a list or several paragraphs: the words are the same.
		got := words(strings.TrimSuffix(filled, "#signature\n"))
		if want := words(text); !slices.Equal(got, want) {
			t.Errorf("%s: the helpdesk's notice says\n%q, ours\n%q", lang, got, want)
		}
	}
	if set.HelpdeskSource("es") != "" {
		t.Error("a notice in Spanish")
	}
}

func words(text string) []string {
	var all []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' }) {
		if w = strings.Trim(w, ";-"); w != "" {
			all = append(all, w)
		}
	}
	return all
}
