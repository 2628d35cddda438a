package snippets

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// saying is what a notice must say in so many words, by language, beside its amounts, dates and names.
func saying(lang string) map[string]string {
	return map[string]map[string]string{
		"nl": {
			"how to pay": "Betalen kan in het klantportaal.", "the portal stays open": "Het portaal blijft toegankelijk, ook als diensten zijn opgeschort",
			"already paid": "Hebt u al betaald? Beantwoord deze mail dan met het betaalbewijs.", "how to object": "Bent u het niet eens met een factuur of met deze stappen? Laat het ons weten door deze mail te beantwoorden",
			"a person's number": "Jacqueline de Vries is bereikbaar op +31 30 123 45 67", "suspends": "schorten wij", "cancels": "zeggen wij", "lapses": "vervalt de opzegging",
			"switched on again": "zetten wij weer aan", "the clause": "op grond van", "leaves services alone": "Wij schorten of zeggen hierom geen diensten op.", "no costs": "geen kosten",
		},
		"en": {
			"how to pay": "You can pay in the customer portal.", "the portal stays open": "It stays open to you, also while services are suspended",
			"already paid": "Have you already paid? Please answer this mail with the proof of payment.", "how to object": "Do you disagree with an invoice or with these steps? Let us know by answering this mail",
			"a person's number": "You can reach Jacqueline de Vries on +31 30 123 45 67", "suspends": "we suspend", "cancels": "we cancel", "lapses": "the cancellation lapses",
			"switched on again": "we switch on again", "the clause": "on the basis of", "leaves services alone": "We do not suspend or cancel any services for this.", "no costs": "do not charge you",
		},
		"de": {
			"how to pay": "Bezahlen können Sie im Kundenportal.", "the portal stays open": "Es bleibt zugänglich, auch während Dienste gesperrt sind",
			"already paid": "Haben Sie bereits bezahlt? Dann antworten Sie bitte auf diese E-Mail mit dem Zahlungsnachweis.", "how to object": "Sind Sie mit einer Rechnung oder mit diesen Schritten nicht einverstanden? Teilen Sie uns das als Antwort auf diese E-Mail mit",
			"a person's number": "Sie erreichen Jacqueline de Vries unter +31 30 123 45 67", "suspends": "sperren wir", "cancels": "kündigen wir", "lapses": "entfällt die Kündigung",
			"switched on again": "schalten wir wieder frei", "the clause": "Grundlage dafür ist", "leaves services alone": "Wir sperren oder kündigen deswegen keine Dienste.", "no costs": "keine Kosten",
		},
		"fr": {
			"how to pay": "Vous pouvez payer dans l'espace client.", "the portal stays open": "Il reste accessible, même quand des services sont suspendus",
			"already paid": "Vous avez déjà payé ? Répondez à ce message en joignant la preuve de paiement.", "how to object": "Vous contestez une facture ou ces mesures ? Répondez à ce message en indiquant pourquoi.",
			"a person's number": "Jacqueline de Vries vous répond au +31 30 123 45 67", "suspends": "nous suspendons", "cancels": "nous résilions", "lapses": "la résiliation n'a pas lieu",
			"switched on again": "nous rétablissons", "the clause": "reposent sur", "leaves services alone": "Nous ne suspendons ni ne résilions aucun service", "no costs": "pas facturé",
		},
	}[lang]
}

// TestEveryGoldenSaysWhatTheLawAndTheTeamAskFor reads the golden files themselves, the helpdesk's snippet filled in: whoever
// rewrites them with -update can't lose a sentence by the way.
func TestEveryGoldenSaysWhatTheLawAndTheTeamAskFor(t *testing.T) {
	for _, lang := range Languages() {
		words := saying(lang)
		for name, f := range situations(lang) {
			text := readGolden(t, "notices/"+name+"."+lang+".golden")
			says := func(what, must string) {
				if !strings.Contains(text, must) {
					t.Errorf("%s %s: %s is missing (%q)", lang, name, what, must)
				}
			}
			for _, what := range []string{"how to pay", "the portal stays open", "already paid", "how to object", "a person's number"} {
				says(what, words[what])
			}
			saysFigures(f, lang, says)
			saysWhatHappens(f, lang, words, says)
		}
		helpdesk := readGolden(t, "notices/helpdesk."+lang+".golden")
		for placeholder, value := range situation(lang).Values() {
			helpdesk = strings.ReplaceAll(helpdesk, "{{prompt_"+placeholder+"}}", value)
		}
		for what, must := range words {
			if what != "no costs" && what != "leaves services alone" && !strings.Contains(helpdesk, must) {
				t.Errorf("%s helpdesk: %s is missing (%q)", lang, what, must)
			}
		}
	}
}

// saysFigures holds the amount, each invoice with what is open on it, and how many reminders were sent.
func saysFigures(f Facts, lang string, says func(what, must string)) {
	says("the amount", Money(lang, f.Outstanding.Minor, f.Outstanding.Currency))
	says("the portal", f.Company.PortalURL)
	says("the clause", f.Company.Terms)
	reminders := 0
	for _, i := range f.Invoices {
		says("invoice "+i.Number, i.Number)
		says("what is open on "+i.Number, Money(lang, i.Open.Minor, i.Open.Currency))
		says("when "+i.Number+" was due", LongDate(lang, i.Due))
		reminders += i.Reminders
	}
	word := map[string]string{"nl": "herinnering", "en": "reminder", "de": "Erinnerung", "fr": "rappel"}[lang]
	if reminders > 0 {
		says("the reminders", " "+strconv.Itoa(reminders)+" "+word)
	}
}

// saysWhatHappens holds the services, the dates, and what happens then and when it is paid.
func saysWhatHappens(f Facts, lang string, words map[string]string, says func(what, must string)) {
	for _, service := range append(slices.Clone(f.Suspended), f.Cancelled...) {
		says("service "+service, service)
	}
	if len(f.Suspended) > 0 {
		says("when it is suspended", LongDate(lang, f.SuspendOn))
		says("what is suspended", words["suspends"])
		says("when it is switched on", words["switched on again"])
	}
	if len(f.Cancelled) > 0 {
		says("when it is cancelled", LongDate(lang, f.CancelOn))
		says("what is cancelled", words["cancels"])
		says("when that lapses", words["lapses"])
	}
	switch {
	case len(f.Suspended)+len(f.Cancelled) == 0:
		says("that services are left alone", words["leaves services alone"])
	default:
		says("the clause it is based on", words["the clause"])
	}
	if f.Consumer {
		says("that it costs nothing", words["no costs"])
	}
}

func readGolden(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestNoGoldenIsLeftOver(t *testing.T) {
	var want []string
	for _, lang := range Languages() {
		want = append(want, "helpdesk."+lang+".golden")
		for name := range situations(lang) {
			want = append(want, name+"."+lang+".golden")
		}
	}
	slices.Sort(want)
	entries, err := os.ReadDir(filepath.Join("testdata", "notices"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("there are %q\nused are  %q", got, want)
	}
}
