package slack

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aanmaner/aanmaner/bot/wording"
)

var wordKey = regexp.MustCompile(`"(slack\.[a-z_]+)"`)

// keysInCode lists the catalogue's keys that this package names.
func keysInCode(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	must(t, err)
	used := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(f)
		must(t, err)
		for _, m := range wordKey.FindAllStringSubmatch(string(raw), -1) {
			used[m[1]] = true
		}
	}
	return used
}

func TestEveryTextThatIsSaidIsInTheCatalogueAndTheOtherWayRound(t *testing.T) {
	t.Parallel()
	words, err := wording.Load(time.UTC)
	must(t, err)
	used := keysInCode(t)
	for key := range used {
		if !words.Has(key) {
			t.Errorf("%s is not in the catalogue", key)
		}
	}
	for _, key := range words.Keys() {
		if strings.HasPrefix(key, "slack.") && !used[key] {
			t.Errorf("%s is never said", key)
		}
	}
}

func TestTitlesAndButtonsFit(t *testing.T) {
	t.Parallel()
	words, err := wording.Load(time.UTC)
	must(t, err)
	for _, key := range words.Keys() {
		limit := 0
		switch {
		case strings.HasPrefix(key, "slack.title"), strings.HasPrefix(key, "slack.submit"),
			key == "slack.close", key == "slack.back", key == "slack.do_nothing", key == "slack.continue":
			limit = 24
		case strings.HasPrefix(key, "slack.button"):
			limit = 30 // also stands in a confirmation
		}
		for _, lang := range []wording.Lang{wording.NL, wording.EN} {
			if n := utf8.RuneCountInString(words.Say(lang, key)); limit > 0 && n > limit {
				t.Errorf("%s in %s has %d characters, more than %d", key, lang, n, limit)
			}
		}
	}
}
