package snippets

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const lineFormsFile = "testdata/lineforms.txt"

// lineForm is one entry of the list of line forms.
type lineForm struct {
	verdict string // Cerb's: signature, original, acted, mailed
	goes    bool   // Clean's
	text    string
}

func lineForms(t testing.TB) []lineForm {
	t.Helper()
	raw, err := os.ReadFile(lineFormsFile)
	if err != nil {
		t.Fatal(err)
	}
	var forms []lineForm
	for entry := range strings.Lines(string(raw)) {
		entry = strings.TrimSpace(entry)
		if entry == "" || strings.HasPrefix(entry, "#") {
			continue
		}
		words := strings.SplitN(entry, " ", 2)
		ours, quoted, _ := strings.Cut(strings.TrimSpace(words[1]), " ")
		text, err := strconv.Unquote(strings.TrimSpace(quoted))
		if err != nil {
			t.Fatalf("%s: %v", entry, err)
		}
		forms = append(forms, lineForm{words[0], ours == "goes", text})
	}
	if len(forms) < 100 {
		t.Fatalf("the list of line forms holds %d only", len(forms))
	}
	return forms
}

// TestListHoldsWhatWasSeenOnARunningCerb: the forms that were observed by hand, and each of Cerb's commands, with the verdict
// of that day.
func TestListHoldsWhatWasSeenOnARunningCerb(t *testing.T) {
	listed := map[string]lineForm{}
	for _, f := range lineForms(t) {
		if _, twice := listed[f.text]; twice {
			t.Errorf("%q is listed twice", f.text)
		}
		listed[f.text] = f
		switch f.verdict {
		case "signature", "original", "acted":
			if !f.goes {
				t.Errorf("%q: Cerb acts on it, and it stays", f.text)
			}
		case "mailed":
		default:
			t.Errorf("%q: verdict %q is none", f.text, f.verdict)
		}
	}
	for text, verdict := range map[string]string{
		"#signature": "signature", "#signature ": "mailed", " #signature": "mailed", "#sig": "mailed", "#signature trailing": "mailed",
		"text\r#signature": "signature", "text\r#comment eleven": "acted", "#comment one": "acted", "#start comment\ninside one\n#end": "acted",
		"#cut": "acted", "#attach": "acted", "#watch": "acted", "#unwatch": "acted", "#original_message": "original",
	} {
		if f, there := listed[text]; !there || f.verdict != verdict || !f.goes {
			t.Errorf("%q: listed as %+v, was seen as %s", text, f, verdict)
		}
	}
}

func TestCleanTakesOutWhatTheListSaysGoes(t *testing.T) {
	for _, f := range lineForms(t) {
		got := Clean(f.text, "", nil)
		switch {
		case f.goes && len(got.Removed) == 0:
			t.Errorf("%q (Cerb: %s) should go, stayed", f.text, f.verdict)
		case !f.goes && (got.Text != unixLines(f.text) || len(got.Removed) > 0):
			t.Errorf("%q (Cerb: %s) should stay, became %q", f.text, f.verdict, got.Text)
		case !f.goes && f.verdict != "mailed":
			t.Errorf("%q stays, though Cerb acts on it", f.text)
		}
	}
}

func TestCleanKeepsTheLinesAroundAForm(t *testing.T) {
	for _, f := range lineForms(t) {
		got := Clean("Beste klant,\n"+f.text+"\nMet vriendelijke groet,\n", "", nil).Text
		if !strings.HasPrefix(got, "Beste klant,\n") || !strings.HasSuffix(got, "\nMet vriendelijke groet,\n") {
			t.Errorf("%q took text along that wasn't its own: %q", f.text, got)
		}
	}
}

func TestNoSignatureFormIsEverKept(t *testing.T) {
	for _, f := range lineForms(t) {
		if !strings.Contains(strings.ToLower(f.text), "sig") || !f.goes {
			continue
		}
		got := Clean(f.text, f.text, []string{"signature", "sig", "comment", "start"})
		for _, line := range cerbLines(got.Text) {
			if looksSigned(line) || strings.Contains(line, "#sig") {
				t.Errorf("%q left a signature line: %q", f.text, got.Text)
			}
		}
	}
}

// cerbLines splits a text where Cerb does.
func cerbLines(text string) []string {
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
}
