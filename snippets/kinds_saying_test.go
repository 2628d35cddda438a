package snippets

import (
	"slices"
	"strings"
	"testing"
)

// claim is a sentence that a letter may only have when the facts have what it is about.
type claim struct {
	about string
	holds func(f Facts) bool
	words map[string]string // by language
}

// claims are those on services: nothing is said to be off, on, cancelled or not cancelled that isn't.
func claims() []claim {
	has := func(list func(f Facts) []string) func(Facts) bool {
		return func(f Facts) bool { return len(list(f)) > 0 }
	}
	return []claim{
		{"what is on again", has(func(f Facts) []string { return f.Restored }), map[string]string{
			"nl": "weer aan: |staan weer aan|weer aan te zetten", "en": "switched on again|on again:|on again ahead", "de": "wieder freigeschaltet|wieder freizuschalten", "fr": "sont rétablis|est rétabli|rétablir dès"}},
		{"what is off", has(func(f Facts) []string { return f.Off }), map[string]string{
			"nl": "zijn opgeschort: |is opgeschort: |opgeschort en bl", "en": "are suspended: |is suspended: |suspended and remain", "de": "sind gesperrt: |ist gesperrt: |gesperrt und bleib", "fr": "sont suspendus : |est suspendu : |et le reste"}},
		{"what is switched on when paid", has(func(f Facts) []string { return f.Off }), map[string]string{
			"nl": "zetten wij weer aan", "en": "we switch on again", "de": "schalten wir wieder frei", "fr": "nous rétablissons"}},
		{"what is no longer cancelled", has(func(f Facts) []string { return f.Withdrawn }), map[string]string{
			"nl": "ingetrokken", "en": "has been withdrawn", "de": "zurückgenommen", "fr": "est annulée"}},
		{"what stays off", has(func(f Facts) []string { return f.StaysOff }), map[string]string{
			"nl": "om een andere reden", "en": "for another reason", "de": "aus einem anderen Grund", "fr": "pour une autre raison"}},
		{"what will be suspended", has(func(f Facts) []string { return f.Suspended }), map[string]string{
			"nl": "schorten wij", "en": "we suspend ", "de": "sperren wir", "fr": "nous suspendons"}},
		{"what will be cancelled", has(func(f Facts) []string { return f.Cancelled }), map[string]string{
			"nl": "zeggen wij|De opzegging van deze dienst per|De opzegging van deze diensten per", "en": "we cancel|We then cancel|cancellation of this service as of|cancellation of these services as of",
			"de": "kündigen wir|Kündigung dieses Dienstes zum|Kündigung dieser Dienste zum", "fr": "nous résilions|résiliation de ce service au|résiliation de ces services au"}},
	}
}

// TestNoLetterSaysOfAServiceWhatIsNotSo goes through every mixture of lists that a letter may be given.
func TestNoLetterSaysOfAServiceWhatIsNotSo(t *testing.T) {
	set := loadEmbedded(t)
	for _, k := range keys() {
		if k.kind == KindNotice || k.kind == KindNeutral {
			continue
		}
		for _, f := range mixtures(Sample(k.kind, k.lang)) {
			if len(f.Restored) == 0 && (k.kind == KindOnProof || k.kind == KindApology) {
				continue
			}
			text, err := set.Of(k.kind).Render(f)
			if err != nil {
				t.Fatal(err)
			}
			checkClaims(t, k, f, text)
		}
	}
}

// mixtures are the facts with each list of services in it and left out.
func mixtures(f Facts) []Facts {
	all := []Facts{f}
	for _, without := range []func(*Facts){
		func(f *Facts) { f.Restored = nil }, func(f *Facts) { f.Off = nil }, func(f *Facts) { f.Withdrawn = nil },
		func(f *Facts) { f.StaysOff = nil }, func(f *Facts) { f.Suspended, f.SuspendOn = nil, "" },
		func(f *Facts) { f.Cancelled, f.CancelOn = nil, "" }, func(f *Facts) { f.OnProof = false },
	} {
		for _, g := range slices.Clone(all) {
			without(&g)
			all = append(all, g)
		}
	}
	return all
}

func checkClaims(t *testing.T, k key, f Facts, text string) {
	t.Helper()
	checkCalm(t, k.name(), text)
	for _, c := range claims() {
		// What money will bring is only said where it is asked for.
		if c.about == "what is switched on when paid" && (k.kind == KindDispute || !k.kind.uses("off")) {
			continue
		}
		said := slices.ContainsFunc(strings.Split(c.words[k.lang], "|"), func(words string) bool { return strings.Contains(text, words) })
		if said != c.holds(f) {
			t.Errorf("%s: says %s: %v, but it is %v:\n%s", k.name(), c.about, said, c.holds(f), text)
		}
	}
	for _, list := range [][]string{f.Restored, f.Off, f.Withdrawn, f.StaysOff, f.Suspended, f.Cancelled} {
		for _, service := range list {
			if !strings.Contains(text, service) {
				t.Errorf("%s: %s isn't told of:\n%s", k.name(), service, text)
			}
		}
	}
}

// sayings is what a kind of letter says in so many words, whatever else is in it.
func sayings(lang string) map[Kind][]string {
	return map[string]map[Kind][]string{
		"nl": {
			KindRestored: {"niet meer open", "hoeft u niets meer te doen"}, KindOnProof: {"nog niet bij ons geboekt", "blijft", "openstaan", "beslist een medewerker"},
			KindPromise: {"uw toezegging", "uiterlijk op", "wachten wij met verdere stappen"}, KindExtension: {"uitstel van betaling", "uiterlijk op die dag", "wachten wij met verdere stappen"},
			KindArrangement: {"betalingsregeling afgesproken", "Wordt de regeling niet nagekomen, dan"}, KindDispute: {"uw bezwaar ontvangen", "Tot wij hebben beslist, ondernemen wij geen verdere stappen", "geen aanmaning"},
			KindMistake: {"ten onrechte", "excuses", "Aan uw facturen verandert hierdoor niets"},
			KindApology: {"had daarom niet mogen gebeuren", "excuses", "rechtgezet"}, KindReminder: {"Wij vragen u het hele bedrag", "Hebt u al betaald?", "Bent u het niet eens", "klantportaal"},
			KindNeutral: {"Om administratieve redenen", "uw leverancier"},
		},
		"en": {
			KindRestored: {"no longer outstanding", "do not have to do anything more"}, KindOnProof: {"has not been booked", "remains outstanding", "member of our staff decides"},
			KindPromise: {"your promise", "at the latest", "we take no further steps"}, KindExtension: {"more time to pay", "at the latest", "we take no further steps"},
			KindArrangement: {"payment arrangement", "If the arrangement is not kept, "}, KindDispute: {"received your objection", "Until then we take no further steps", "not a demand for payment"},
			KindMistake: {"by mistake", "apologise", "Nothing changes about your invoices"},
			KindApology: {"should therefore not have happened", "apologise", "put it right"}, KindReminder: {"We ask you to pay the full amount", "Have you already paid?", "Do you disagree", "customer portal"},
			KindNeutral: {"For administrative reasons", "your provider"},
		},
		"de": {
			KindRestored: {"nicht mehr offen", "brauchen Sie nichts weiter zu tun"}, KindOnProof: {"noch nicht bei uns gebucht", "offen", "entscheidet jemand aus unserem Team"},
			KindPromise: {"Ihre Zusage", "spätestens am", "unternehmen wir keine weiteren Schritte"}, KindExtension: {"Zahlungsaufschub", "spätestens an diesem Tag", "unternehmen wir keine weiteren Schritte"},
			KindArrangement: {"Zahlungsvereinbarung", "Wird die Vereinbarung nicht eingehalten, "}, KindDispute: {"Ihr Einwand", "Bis dahin unternehmen wir keine weiteren Schritte", "keine Mahnung"},
			KindMistake: {"irrtümlich", "Entschuldigung", "An Ihren Rechnungen ändert sich dadurch nichts"},
			KindApology: {"hätte deshalb nicht erfolgen dürfen", "Entschuldigung", "in Ordnung gebracht"}, KindReminder: {"Wir bitten Sie, den gesamten Betrag", "Haben Sie bereits bezahlt?", "nicht einverstanden", "Kundenportal"},
			KindNeutral: {"Aus administrativen Gründen", "Ihren Anbieter"},
		},
		"fr": {
			KindRestored: {"soldée", "plus rien à faire"}, KindOnProof: {"n'est pas comptabilisé", "restent dus", "un membre de notre équipe décide"},
			KindPromise: {"votre engagement", "au plus tard", "nous ne prenons aucune autre mesure"}, KindExtension: {"délai de paiement", "au plus tard", "nous ne prenons aucune autre mesure"},
			KindArrangement: {"arrangement de paiement", "Si l'arrangement n'est pas respecté, "}, KindDispute: {"reçu votre contestation", "nous ne prenons aucune autre mesure", "pas une demande de paiement"},
			KindMistake: {"par erreur", "excuses", "Rien ne change pour vos factures"},
			KindApology: {"n'aurait donc pas dû avoir lieu", "excuses", "rectifié"}, KindReminder: {"Nous vous demandons de payer le montant total", "Vous avez déjà payé ?", "Vous contestez", "espace client"},
			KindNeutral: {"Pour des raisons administratives", "votre prestataire"},
		},
	}[lang]
}

// TestEveryLettersGoldenSaysWhatItIsFor reads the golden files themselves, as the notices' test does.
func TestEveryLettersGoldenSaysWhatItIsFor(t *testing.T) {
	for _, lang := range Languages() {
		for _, kind := range following() {
			golden := readGolden(t, "letters/"+string(kind)+"."+lang+".golden")
			shown, _, _ := strings.Cut(golden, "===== 5 ")
			cases := followUps(kind, lang)
			for i, text := range strings.Split(shown, "===== ")[1:] {
				f := cases[sortedKeys(cases)[i]]
				says := func(must ...string) {
					for _, m := range must {
						if !strings.Contains(text, m) {
							t.Errorf("%s %s %d: %q is missing", kind, lang, i, m)
						}
					}
				}
				says(sayings(lang)[kind]...)
				if kind == KindMistake { // it says nothing of what is open
					f.Invoices = nil
				}
				says(f.Agent, f.Company.Name)
				if kind != KindNeutral {
					says(f.Customer, f.CustomerNumber, f.Ticket, f.Company.Person, f.Company.Phone, f.Company.Email)
					saysMoneyAndDates(f, says)
				}
				if f.Consumer && kind == KindReminder {
					says(saying(lang)["no costs"])
				}
			}
		}
	}
}

// saysMoneyAndDates holds that every amount and day of the facts is in the letter, and every invoice.
func saysMoneyAndDates(f Facts, says func(must ...string)) {
	for _, a := range []Amount{f.Outstanding, f.Received} {
		if a != (Amount{}) {
			says(Money(f.Language, a.Minor, a.Currency))
		}
	}
	for _, day := range []string{f.Until, f.PromisedOn, f.CancelOn, f.SuspendOn, f.SuspendedOn, f.ValueOn} {
		says(LongDate(f.Language, day))
	}
	for _, i := range f.Invoices {
		says(i.Number)
		if i.Open.Minor > 0 {
			says(Money(f.Language, i.Open.Minor, i.Open.Currency), LongDate(f.Language, i.Due))
		}
	}
	says(textLines(f.Words)...)
}

// TestNeutralAnswerTellsNothingOfOurCustomer: whoever asks is somebody else's customer.
func TestNeutralAnswerTellsNothingOfOurCustomer(t *testing.T) {
	set := loadEmbedded(t).Of(KindNeutral)
	never := map[string]string{
		"nl": "factu|betal|betaald|schuld|bedrag|achterstand|aanman|opgeschort|opgezegd|incasso|wanbetal", "en": "invoice|pay|debt|amount|arrears|overdue|suspend|cancel|collect",
		"de": "rechnung|zahl|schuld|betrag|rückstand|mahn|gesperrt|sperr|kündig|inkasso", "fr": "factur|pai|pay|dette|montant|impayé|relance|suspend|résili|recouvrement",
	}
	for _, lang := range Languages() {
		f := situation(lang) // all of it, whatever the letter may use
		text, err := set.Render(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{f.Customer, f.CustomerNumber, f.Ticket, "340", "2026", "web01", "db02", f.Company.Person, f.Company.Phone,
			f.Company.Email, f.Company.PortalURL, f.Company.Terms} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %q is in it:\n%s", lang, secret, text)
			}
		}
		for _, word := range strings.Split(never[lang], "|") {
			if strings.Contains(strings.ToLower(text), word) {
				t.Errorf("%s: %q is in it:\n%s", lang, word, text)
			}
		}
		if values := f.ValuesFor(KindNeutral); len(values) != 2 {
			t.Errorf("%s: the helpdesk is given %v", lang, values)
		}
	}
}

// Words that our letters never have: they aren't what a company says to a customer.
func TestLettersAreFactual(t *testing.T) {
	set := loadEmbedded(t)
	for _, k := range keys() {
		for _, f := range specimens(k) {
			text, err := set.Of(k.kind).Render(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range []string{"sorry", "helaas", "oeps", "leider", "unfortunately", "malheureusement", "regret", "hélas", " je ", " jij", " du ", " tu "} {
				if strings.Contains(strings.ToLower(text), word) {
					t.Errorf("%s has %q:\n%s", k.name(), word, text)
				}
			}
		}
	}
}
