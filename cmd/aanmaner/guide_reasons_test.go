package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// reasonTexts reads what the catalogue says for each reason, English first.
func reasonTexts(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../bot/wording/catalogue/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]struct{ NL, EN any }
		if err := yaml.Unmarshal(raw, &all); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for key, said := range all {
			code, ok := strings.CutPrefix(key, "reason.")
			en, plain := said.EN.(string)
			nl, _ := said.NL.(string)
			if ok && plain {
				out[code] = blanks(en) + "<br>*" + blanks(nl) + "*"
			}
		}
	}
	if len(out) < 60 {
		t.Fatalf("the catalogue has only %d reasons", len(out))
	}
	return out
}

// blanks shows what varies in a text as dots.
func blanks(text string) string {
	return cell(regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(text, "…"))
}

// Each reason that the bot may give has a line on its page: in the words that people see, and with what to do about it.
func TestTheGuideSaysWhatToDoAboutEachReason(t *testing.T) {
	const page = "docs/reasons.md"
	texts, text := reasonTexts(t), readGuide(t)[page]
	row := regexp.MustCompile("(?m)^\\| <a id=\"([a-z_]+)\"></a>`([a-z_]+)` \\| ?(.*?) ?\\| (.*) \\|$")
	told := map[string]bool{}
	now := row.ReplaceAllStringFunc(text, func(line string) string {
		m := row.FindStringSubmatch(line)
		if m[1] != m[2] || told[m[2]] || texts[m[2]] == "" || len(m[4]) < 8 {
			t.Errorf("%s: the line of %s is wrong, there twice, about no reason, or doesn't say what to do", page, m[2])
		}
		told[m[2]] = true
		return "| <a id=\"" + m[1] + "\"></a>`" + m[2] + "` | " + texts[m[2]] + " | " + m[4] + " |"
	})
	for code := range texts {
		if !told[code] {
			t.Errorf("%s has no line for %s: %s", page, code, texts[code])
		}
	}
	if now == text {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Errorf("%s: its words are not the catalogue's. Write them anew with: UPDATE=1 go test ./cmd/aanmaner -run EachReason", page)
		return
	}
	if err := os.WriteFile(filepath.Join("../..", page), []byte(now), 0o644); err != nil {
		t.Fatal(err)
	}
}
