package wording

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/aanmaner/aanmaner/backoffice"
)

// with is a catalogue of one text, the same in both languages, and the real nouns.
func with(t *testing.T, text string) *Catalogue {
	c := load(t)
	c.phrases["it"] = map[Lang]phrase{NL: {text, text}, EN: {text, text}}
	return c
}

// How values are written, by the rules for every surface.
func TestHowValuesAreWritten(t *testing.T) {
	for _, row := range []struct{ text, value, nl, en string }{
		{"{v}", "web01", "web01", "web01"},
		{"{v:money}", "123456 EUR", "€\u00a01.234,56", "€1,234.56"},
		{"{v:money}", "34000 EUR", "€\u00a0340,00", "€340.00"},
		{"{v:money}", "100 GBP", "£\u00a01,00", "£1.00"},
		{"{v:date}", "2026-12-21", "21 december 2026", "21 December 2026"},
		{"{v:short}", "2026-12-21", "ma 21 dec.", "Mon 21 Dec"},
		{"{v:time}", "2026-11-23T13:03:59Z", "14:03", "14:03"},
		{"{v:time}", "2026-07-01T12:03:00Z", "14:03", "14:03"},
		{"{v:day}", "2026-11-23T13:03:59Z", "23 november 2026", "23 November 2026"},
		{"{v:day}", "2026-11-23T23:30:00Z", "24 november 2026", "24 November 2026"},
		{"{v:services}", "1", "1 dienst", "1 service"},
		{"{v:services}", "3", "3 diensten", "3 services"},
		{"{v:services}", "0", "0 diensten", "0 services"},
		{"{v:days}", "42", "42 dagen", "42 days"},
		{"{v:days}", "1", "1 dag", "1 day"},
		{"{v:domains}", "104", "104 domeinen", "104 domains"},
		{"{v:end_customers}", "1", "1 eindklant", "1 end customer"},
		{"{v:say}", "step.suspend", "opschorten", "suspend"},
		{"{v:say}", "step.open ticket", "ticket aanmaken", "open ticket"},
		{"{v:language}", "fr", "het Frans", "French"},
		// What isn't written as it should be stays readable, and breaks nothing.
		{"{v:date}", "soon", "soon", "soon"},
		{"{v:time}", "soon", "soon", "soon"},
		{"{v:say}", "step.unheard of", "step.unheard of", "step.unheard of"},
		{"{v:language}", "xx", "language.xx", "language.xx"},
		{"{v}", "", "", ""},
	} {
		c := with(t, row.text)
		if nl, en := c.Say(NL, "it", "v", row.value), c.Say(EN, "it", "v", row.value); nl != row.nl || en != row.en {
			t.Errorf("%s of %q: %q and %q, want %q and %q", row.text, row.value, nl, en, row.nl, row.en)
		}
	}
}

// A customer may be called {amount:money}: what a value holds is text, never filled in again.
func TestAValueIsNeverFilledInAgain(t *testing.T) {
	c := with(t, "{who}: {amount:money}")
	if got := c.Say(EN, "it", "who", "{amount:money} {who}", "amount", "100 EUR"); got != "{amount:money} {who}: €1.00" {
		t.Error(got)
	}
}

func TestAnUnknownKeyIsSaidAsItIs(t *testing.T) {
	c := load(t)
	if got := c.Say(NL, "slack.no such text"); got != "slack.no such text" {
		t.Error(got)
	}
	if got := c.Reason(EN, Because("from_another_release", "why", "x")); got != "reason.from_another_release" {
		t.Error(got)
	}
	if got := c.Say("de", "dry_run"); got != "dry_run" {
		t.Error(got)
	}
	if got := c.Reason(EN, Reason{}); got != "" {
		t.Error(got)
	}
}

func TestAReasonIsReadInEitherLanguage(t *testing.T) {
	c := load(t)
	r := Because("typed_comment", "who", "Bram Smit", "at", Instant(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)))
	if got := c.Reason(NL, r); got != "Al in behandeling: opmerking “betalingsachterstand” van Bram Smit, 2 november 2026. Niet meer juist? Vraag debiteurenbeheer." {
		t.Error(got)
	}
	if got := c.Reason(EN, r); got != "Already in treatment: comment “betalingsachterstand” by Bram Smit, 2 November 2026. No longer right? Ask credit control." {
		t.Error(got)
	}
}

// Reasons lie in the database for months.
func TestAReasonComesBackAsItWasKept(t *testing.T) {
	for _, r := range []Reason{{}, Because("no_address"), Because("stopped", "who", "Jacqueline", "why", `zei "nee" & {who}`)} {
		raw, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var got Reason
		if err := json.Unmarshal(raw, &got); err != nil || got.Code != r.Code || fmt.Sprint(got.Args) != fmt.Sprint(r.Args) {
			t.Errorf("%s came back as %+v, %v", raw, got, err)
		}
		if got.IsZero() != (r.Code == "") {
			t.Errorf("%+v: zero %v", got, got.IsZero())
		}
	}
}

func TestAnOddPairIsNoValue(t *testing.T) {
	if r := Because("excluded", "why"); len(r.Args) != 0 {
		t.Errorf("%v", r)
	}
}

func TestAmountsComeBackAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := backoffice.Money{
			Minor:    rapid.Int64Range(math.MinInt64, math.MaxInt64).Draw(t, "minor"),
			Currency: rapid.SampledFrom([]string{"EUR", "USD", "CHF"}).Draw(t, "currency"),
		}
		if got := ParseMoney(Money(m)); got != m {
			t.Fatalf("%v came back as %v", m, got)
		}
	})
	for _, s := range []string{"", "EUR", "x EUR", "100", "10.5 EUR"} {
		if got := ParseMoney(s); got != (backoffice.Money{}) {
			t.Errorf("%q was read as %v", s, got)
		}
	}
}

func TestWhichLanguageAReaderGets(t *testing.T) {
	for locale, want := range map[string]Lang{
		"nl": NL, "nl-NL": NL, "nl_BE": NL, "NL-nl": NL, "en-US": EN, "de-DE": EN, "fr": EN, "": EN,
	} {
		if got := LangOf(locale); got != want {
			t.Errorf("%q: %s, want %s", locale, got, want)
		}
	}
}
