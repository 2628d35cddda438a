package main

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Whoever has only the package has the whole guide: what its pages point at is in the package as well.
func TestThePackagedGuidePointsAtWhatIsPackaged(t *testing.T) {
	program, err := exec.LookPath("dpkg-deb")
	if err != nil {
		t.Skip("this system has no dpkg-deb to look into the package with")
	}
	root := t.TempDir()
	if said, err := exec.CommandContext(t.Context(), program, "-x", made(t, releaseIn(t, t.TempDir()).deb), root).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	docs := filepath.Join(root, "usr/share/doc/aanmaner")
	pages, err := filepath.Glob(docs + "/docs/*.md")
	must(t, err)
	if len(pages) < 9 {
		t.Fatalf("only %d pages", len(pages))
	}
	for _, page := range append(pages, docs+"/README.md") {
		raw, err := os.ReadFile(page)
		must(t, err)
		for _, m := range regexp.MustCompile(`\]\(([^)\s#]+)`).FindAllStringSubmatch(string(raw), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "bot/") {
				continue
			}
			if _, err := os.Stat(path.Join(filepath.ToSlash(filepath.Dir(page)), m[1])); err != nil {
				t.Errorf("%s points at %s, which is not in the package", filepath.Base(page), m[1])
			}
		}
	}
}
