package show_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func texts(t *testing.T) map[string]map[string]string {
	t.Helper()
	var w map[string]map[string]string
	if err := yaml.Unmarshal([]byte(file(t, "words.yaml")), &w); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestEveryTextIsThereInBothLanguages(t *testing.T) {
	slots := regexp.MustCompile(`\{[a-z]+\}`)
	wrong := regexp.MustCompile(`(?i)\b(sorry|helaas|oeps|oops|alstublieft|please)\b|!|\b(intent|webhook|job|null)\b`)
	for key, text := range texts(t) {
		if len(text) != 2 || text["nl"] == "" || text["en"] == "" {
			t.Errorf("%s has %q, want nl and en", key, text)
		}
		nl, en := slots.FindAllString(text["nl"], -1), slots.FindAllString(text["en"], -1)
		slices.Sort(nl)
		slices.Sort(en)
		if !slices.Equal(nl, en) {
			t.Errorf("%s has other slots in Dutch than in English: %q, %q", key, nl, en)
		}
		for lang, s := range text {
			if m := wrong.FindString(s); m != "" {
				t.Errorf("%s (%s) says %q", key, lang, m)
			}
		}
	}
}

// A text that is asked for and isn't there would show its key to the visitor; one that nobody asks for is dead.
func TestTextsAreThereWhereverTheyAreAskedFor(t *testing.T) {
	source := ""
	for _, name := range []string{"page.html", "rows.html", "panes.go", "feed.go", "story.go", "show.go", "live.go", "days.go"} {
		source += file(t, name)
	}
	all := texts(t)
	for _, m := range regexp.MustCompile(`(?:call \$?\.T|d\.t\() ?"([a-z._]+)"`).FindAllStringSubmatch(source, -1) {
		if _, ok := all[m[1]]; !ok && !strings.HasSuffix(m[1], ".") { // one that ends in a point is the beginning of a key
			t.Errorf("there is no text %q", m[1])
		}
	}
	for key := range all {
		if !asked(source, key) {
			t.Errorf("nobody asks for %q", key)
		}
	}
}

// asked says whether a key, or its beginning or end with the rest made up as it goes, stands in the source.
func asked(source, key string) bool {
	group, last, _ := strings.Cut(key, ".")
	return strings.Contains(source, `"`+key+`"`) || strings.Contains(source, `"`+group+`."`) ||
		slices.Contains([]string{"one", "other", "next"}, last) && strings.Contains(source, `"`+group+`"`)
}
