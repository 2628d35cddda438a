package wording

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/aanmaner/aanmaner/snippets"
)

// load reads the catalogue for a company in Amsterdam.
func load(t *testing.T) *Catalogue {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load(loc)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// texts lists every text of a key: both languages, one and other.
func texts(c *Catalogue, key string) map[string]string {
	out := map[string]string{}
	for lang, p := range c.phrases[key] {
		out[string(lang)+" one"], out[string(lang)+" other"] = p.One, p.Other
	}
	return out
}

// values lists what a text asks for, each with the way it is written: "amount:money".
func values(text string) (out []string) {
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1]+":"+m[2])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestEveryTextHasItsTwin(t *testing.T) {
	c := load(t)
	for _, key := range c.Keys() {
		if len(c.phrases[key]) != 2 || c.phrases[key][NL].Other == "" || c.phrases[key][EN].Other == "" {
			t.Errorf("%s: %v", key, c.phrases[key])
		}
		for which, text := range texts(c, key) {
			if strings.TrimSpace(text) != text || text == "" {
				t.Errorf("%s, %s: %q", key, which, text)
			}
		}
	}
}

func TestTwinsUseTheSameValues(t *testing.T) {
	c := load(t)
	for _, key := range c.Keys() {
		if nl, en := values(c.phrases[key][NL].Other), values(c.phrases[key][EN].Other); !slices.Equal(nl, en) {
			t.Errorf("%s: %v in Dutch, %v in English", key, nl, en)
		}
	}
}

func TestEveryValueIsWrittenInAWayThatIsKnown(t *testing.T) {
	c := load(t)
	known := []string{"", "money", "date", "short", "time", "day", "say", "language"}
	for _, key := range c.Keys() {
		for which, text := range texts(c, key) {
			for _, v := range values(text) {
				_, how, _ := strings.Cut(v, ":")
				if !slices.Contains(known, how) && !c.Has("count."+how) {
					t.Errorf("%s, %s: {%s}", key, which, v)
				}
			}
			if left := placeholder.ReplaceAllString(text, ""); strings.ContainsAny(left, "{}") {
				t.Errorf("%s, %s: a brace that nothing fills in: %q", key, which, text)
			}
		}
	}
}

// A count is written out with its noun in the right number, never "dienst(en)".
func TestCountsHaveAPlural(t *testing.T) {
	c := load(t)
	for _, key := range c.Keys() {
		counts := strings.HasPrefix(key, "count.")
		for lang, p := range c.phrases[key] {
			if counts != (p.One != p.Other) {
				t.Errorf("%s in %s: %q, %q", key, lang, p.One, p.Other)
			}
			if counts && (!strings.HasPrefix(p.One, "1 ") || !strings.HasPrefix(p.Other, "{n} ")) {
				t.Errorf("%s in %s: %q, %q", key, lang, p.One, p.Other)
			}
			if regexp.MustCompile(`\pL\(\pL+\)`).MatchString(p.Other) {
				t.Errorf("%s in %s: %q", key, lang, p.Other)
			}
		}
	}
}

// The catalogue's own form: each entry has the two languages and nothing else, each count one and other and nothing else.
func TestTheFileHoldsNothingThatIsNeverRead(t *testing.T) {
	all := map[string]map[string]yaml.Node{}
	files, err := fs.Glob(catalogueFiles, "catalogue/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := catalogueFiles.ReadFile(name)
		if err == nil {
			err = yaml.Unmarshal(text, &all)
		}
		if err != nil {
			t.Fatal(name, err)
		}
	}
	for key, twins := range all {
		for lang, node := range twins {
			if lang != "nl" && lang != "en" {
				t.Errorf("%s has a text in %q", key, lang)
			}
			if node.Kind == yaml.ScalarNode {
				continue
			}
			var forms map[string]string
			if err := node.Decode(&forms); err != nil || len(forms) != 2 || forms["one"] == "" || forms["other"] == "" {
				t.Errorf("%s in %s: %v, %v", key, lang, forms, err)
			}
		}
	}
}

func TestTheProceduresOwnWordsAreNeverTranslated(t *testing.T) {
	c := load(t)
	for _, key := range c.Keys() {
		for _, word := range []string{"Account Termination", "betalingsachterstand", "Client defaults on payment"} {
			if strings.Contains(c.phrases[key][NL].Other, word) != strings.Contains(c.phrases[key][EN].Other, word) {
				t.Errorf("%s: %q in one language only", key, word)
			}
		}
		for _, translation := range []string{"payment arrears", "Klant betaalt niet", "Account beëindigd"} {
			if strings.Contains(c.phrases[key][NL].Other+c.phrases[key][EN].Other, translation) {
				t.Errorf("%s says %q", key, translation)
			}
		}
	}
}

// How the team is spoken to: calmly, to the point, colleagues as "je".
func TestTheTone(t *testing.T) {
	c := load(t)
	never := regexp.MustCompile(`(?i)\b(sorry|helaas|alstublieft|oeps|oops|please|unfortunately|het systeem|the system|intent|webhook|null|u|uw)\b|!`)
	for _, key := range c.Keys() {
		for which, text := range texts(c, key) {
			if said := never.FindString(placeholder.ReplaceAllString(text, "")); said != "" {
				t.Errorf("%s, %s says %q: %q", key, which, said, text)
			}
			if strings.ContainsFunc(text, isOddRune) {
				t.Errorf("%s, %s: an odd character in %q", key, which, text)
			}
		}
	}
	for _, text := range texts(c, "slack.close") {
		if strings.HasPrefix(text, "Annul") || strings.HasPrefix(text, "Cancel") {
			t.Errorf("a closing button says %q: cancelling is what we do to orders", text)
		}
	}
}

// isOddRune finds what an editor can put into a text unseen, typewriter quotes, and emoji, which are written as :names:.
func isOddRune(r rune) bool {
	return r == '\'' || r == '"' || r == '\u00a0' || r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.So, r) || r == utf8.RuneError
}

func TestOnlySixEmojiOneATextAndInFront(t *testing.T) {
	c := load(t)
	emoji := regexp.MustCompile(`:[a-z_]{3,}:`)
	six := []string{":raised_hand:", ":hourglass_flowing_sand:", ":warning:", ":double_vertical_bar:", ":white_check_mark:", ":no_entry:"}
	for _, key := range c.Keys() {
		for which, text := range texts(c, key) {
			found := emoji.FindAllString(placeholder.ReplaceAllString(text, ""), -1)
			if len(found) > 1 || len(found) == 1 && (!slices.Contains(six, found[0]) || !strings.HasPrefix(text, found[0])) {
				t.Errorf("%s, %s: %q", key, which, text)
			}
		}
	}
}

// With a value of the longest kind in each place, a text still fits where Slack shows it: a section has room for 3000
// characters, a reason may stand beside others.
func TestEveryTextFits(t *testing.T) {
	c := load(t)
	for _, key := range c.Keys() {
		limit := 2000
		if strings.HasPrefix(key, "reason.") {
			limit = 700
		}
		for which, text := range texts(c, key) {
			if n := utf8.RuneCountInString(placeholder.ReplaceAllString(text, strings.Repeat("x", 150))); n > limit {
				t.Errorf("%s, %s: %d characters", key, which, n)
			}
		}
	}
}

func TestEveryLanguageOfAMailHasAName(t *testing.T) {
	c := load(t)
	for _, lang := range snippets.Languages() {
		if !c.Has("language." + lang) {
			t.Errorf("language.%s", lang)
		}
	}
	if got := c.Say(NL, "language.de") + ", " + c.Say(EN, "language.de"); got != "het Duits, German" {
		t.Error(got)
	}
}
