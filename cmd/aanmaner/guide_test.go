package main

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// guide is the operator's guide: the pages in docs/ and the README, by their path from the repository's root.
type guide map[string]string

// readGuide reads all pages.
func readGuide(t *testing.T) guide {
	t.Helper()
	g := guide{}
	for _, pattern := range []string{"README.md", "docs/*.md"} {
		found, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			g[strings.TrimPrefix(filepath.ToSlash(name), "../../")] = string(raw)
		}
	}
	if len(g) < 9 {
		t.Fatalf("the guide has only %d pages", len(g))
	}
	return g
}

// fence is a block of code with its language.
type fence struct {
	page, lang, text string
}

// fences lists the blocks of code in a language, in all pages.
func (g guide) fences(lang string) (out []fence) {
	form := regexp.MustCompile("(?ms)^ *```(\\w*)[^\n]*\n(.*?)^ *```\\s*$")
	for page, text := range g {
		for _, m := range form.FindAllStringSubmatch(text, -1) {
			if m[1] == lang {
				out = append(out, fence{page, m[1], m[2]})
			}
		}
	}
	return out
}

// prose is a page without its blocks of code.
func prose(text string) string {
	return regexp.MustCompile("(?ms)^ *```.*?^ *```\\s*$").ReplaceAllString(text, "")
}

// spoken lists what stands between back quotes in a page's prose.
func spoken(text string) (out []string) {
	for _, m := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(prose(text), -1) {
		out = append(out, m[1])
	}
	return out
}

// anchors lists the places of a page that a link can lead to: headings as GitHub names them, and named places.
func anchors(text string) map[string]bool {
	out := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(prose(text), -1) {
		out[slug(m[1])] = true
	}
	for _, m := range regexp.MustCompile(`<a id="([^"]+)">`).FindAllStringSubmatch(text, -1) {
		out[m[1]] = true
	}
	return out
}

// slug is a heading as a link names it.
func slug(heading string) string {
	heading = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading), "")
	return strings.ReplaceAll(strings.TrimSpace(heading), " ", "-")
}

func TestTheGuidesLinksLeadSomewhere(t *testing.T) {
	g, count := readGuide(t), 0
	form := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for page, text := range g {
		for _, m := range form.FindAllStringSubmatch(prose(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			count++
			file, anchor, _ := strings.Cut(m[1], "#")
			target := page
			if file != "" {
				target = path.Join(path.Dir(page), file)
			}
			if _, err := os.Stat(filepath.Join("../..", target)); err != nil {
				t.Errorf("%s: %s leads nowhere", page, m[1])
			}
			if there, known := g[target]; anchor != "" && known && !anchors(there)[anchor] {
				t.Errorf("%s: %s: that page has no such place", page, m[1])
			}
		}
	}
	if count < 20 {
		t.Errorf("only %d links were looked at", count)
	}
}

// Each page of the guide is found from its first one.
func TestTheGuidesFirstPageNamesAllOthers(t *testing.T) {
	g := readGuide(t)
	for page := range g {
		if name := path.Base(page); path.Dir(page) == "docs" && name != "README.md" && !strings.Contains(g["docs/README.md"], "("+name) {
			t.Errorf("docs/README.md doesn't name %s", name)
		}
	}
}

// A part of a page that is written by the program stands between two marks; this test rewrites it when UPDATE is set, and
// otherwise wants it to be what the program would write.
func TestTheGeneratedPartsOfTheGuideAreUpToDate(t *testing.T) {
	g := readGuide(t)
	for _, part := range []struct {
		page, name string
		text       func(*testing.T) string
	}{
		{"docs/settings.md", "settings", settingsPart},
		{"docs/commands.md", "commands", commandsPart},
		{"docs/contract.md", "contract", contractPart},
		{"docs/slack.md", "manifest", manifestPart},
	} {
		begin, end := "<!-- "+part.name+": written by the program -->\n", "<!-- end of "+part.name+" -->\n"
		before, rest, ok := strings.Cut(g[part.page], begin)
		now, after, ended := strings.Cut(rest, end)
		if !ok || !ended {
			t.Errorf("%s has no place for %s", part.page, part.name)
			continue
		}
		want := part.text(t)
		if now == want {
			continue
		}
		if os.Getenv("UPDATE") == "" {
			t.Errorf("%s: the part %s is out of date. Write it anew with: UPDATE=1 go test ./cmd/aanmaner -run GeneratedParts", part.page, part.name)
			continue
		}
		g[part.page] = before + begin + want + end + after
		if err := os.WriteFile(filepath.Join("../..", part.page), []byte(g[part.page]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
