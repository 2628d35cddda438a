package bot

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

func TestALetterThatTheHelpdeskLacksComesFromOurOwnSet(t *testing.T) {
	missing := &helpdesk.Error{Kind: helpdesk.ErrNotFound, Op: "render", Sentence: "There is none."}
	for _, kind := range snippets.Kinds() {
		desk := &snippetDesk{err: missing}
		w, _ := noticeWorld(t, desk)
		text, err := w.letterFor(t.Context(), kind, snippets.Sample(kind, "de"), "451")
		if kind == snippets.KindNotice {
			if !errors.Is(err, helpdesk.ErrNotFound) {
				t.Errorf("a notice that nobody wrote: %v, %q", err, text)
			}
			continue
		}
		if err != nil || !strings.Contains(text, "Mit freundlichen Grüßen") || strings.Contains(text, "#") {
			t.Errorf("%s: %v %q", kind, err, text)
		}
		if want := []string{"Account Termination: " + kind.Words() + " (de)"}; !reflect.DeepEqual(desk.asked.Titles, want) || desk.asked.TicketID != "451" {
			t.Errorf("asked for %v for ticket %s", desk.asked.Titles, desk.asked.TicketID)
		}
		for _, name := range kind.ValueNames() {
			if _, ok := desk.asked.Values[name]; !ok || len(desk.asked.Values) != len(kind.ValueNames()) {
				t.Errorf("%s: the value %q isn't given, or too much is: %v", kind, name, desk.asked.Values)
			}
		}
	}
}

func TestALetterOfTheHelpdesksComesFirst(t *testing.T) {
	desk := &snippetDesk{gives: helpdesk.Rendered{Text: "Alles staat weer aan.\n#signature\n", Template: "Alles staat weer aan.\n#signature\n"}}
	w, _ := noticeWorld(t, desk)
	f := snippets.Sample(snippets.KindRestored, "nl")
	if text, err := w.letterFor(t.Context(), snippets.KindRestored, f, ""); err != nil || strings.TrimSpace(text) != "Alles staat weer aan." {
		t.Errorf("%v %q", err, text)
	}
	w.Policy.NoticeFrom = "own"
	desk.asked = helpdesk.Render{}
	if text, err := w.letterFor(t.Context(), snippets.KindRestored, f, ""); err != nil || !strings.Contains(text, "web01 en db02") || desk.asked.Titles != nil {
		t.Errorf("%v %q, asked for %v", err, text, desk.asked.Titles)
	}
}

func TestABrokenLetterOfTheHelpdesksIsNotPassedOver(t *testing.T) {
	desk := &snippetDesk{err: &helpdesk.Error{Kind: helpdesk.ErrTemplate, Op: "render", Sentence: "Unknown name: klant."}}
	w, _ := noticeWorld(t, desk)
	if text, err := w.letterFor(t.Context(), snippets.KindPromise, snippets.Sample(snippets.KindPromise, "nl"), ""); !errors.Is(err, helpdesk.ErrTemplate) {
		t.Errorf("%v %q", err, text)
	}
	desk.err, desk.gives = nil, helpdesk.Rendered{Text: "#signature\n", Template: "#signature\n"}
	if text, err := w.letterFor(t.Context(), snippets.KindPromise, snippets.Sample(snippets.KindPromise, "nl"), ""); !errors.Is(err, errEmptyNotice) {
		t.Errorf("%v %q", err, text)
	}
	if _, err := w.SampleLetter(t.Context(), snippets.KindPromise, "nl"); !errors.Is(err, helpdesk.ErrTemplate) {
		t.Errorf("%v", err)
	}
}

// The helpdesk would leave a hole where a fact is lacking.
func TestAFactThatALetterLacksIsNamedWhoeverFillsItIn(t *testing.T) {
	w, _ := noticeWorld(t, &snippetDesk{gives: helpdesk.Rendered{Text: "Betaal voor .", Template: "Betaal voor {{prompt_until_date}}."}})
	f := snippets.Sample(snippets.KindPromise, "nl")
	f.Until = ""
	if text, err := w.letterFor(t.Context(), snippets.KindPromise, f, ""); err == nil || !strings.Contains(err.Error(), "until date is missing") {
		t.Errorf("%v %q", err, text)
	}
}

func TestASampleOfEveryLetterCanBeMade(t *testing.T) {
	w, _ := noticeWorld(t, &snippetDesk{err: &helpdesk.Error{Kind: helpdesk.ErrNotFound, Op: "render"}})
	for _, kind := range snippets.Kinds()[1:] {
		for _, lang := range snippets.Languages() {
			got, err := w.SampleLetter(t.Context(), kind, lang)
			if err != nil || !got.Own || !strings.Contains(got.Text, "Voorbeeld Hosting B.V.") {
				t.Errorf("%s in %s: %v %+v", kind, lang, err, got)
			}
		}
	}
	if got := LetterTitle(snippets.KindOnProof, "nl"); got != "Account Termination: restored on proof (nl)" {
		t.Errorf("titled %q", got)
	}
	if got := LetterTitle(snippets.KindNotice, "nl"); got != "Account Termination (nl)" {
		t.Errorf("titled %q", got)
	}
}
