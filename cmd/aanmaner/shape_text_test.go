package main_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// strayAtTop finds what may not lie at the root of the repository: a newcomer sees the parts of the program there, and
// nothing else.
func strayAtTop(r *repo) []string {
	top := regexp.MustCompile(`^(cmd|helpdesk|backoffice|snippets|bot|docs|deploy)/|^(go\.mod|go\.sum|README\.md|LICENSE|CHANGELOG\.md)$|^\.`)
	var wrong []string
	for _, name := range r.paths {
		if !top.MatchString(name) {
			first, _, _ := strings.Cut(name, "/")
			wrong = append(wrong, first+" does not belong at the top level")
		}
	}
	return slices.Compact(wrong)
}

// forbidden is what no file may hold, and why. Each pattern begins with fixed letters, as one is then found fast, and is
// written so that it does not match itself. A remote system's own sentence may be quoted (Cerb answers "Not implemented"
// to an unknown path).
func forbidden() map[string][]string {
	return map[string][]string{
		"unfinished work": {
			`TOD[O]\b`, `FIXM[E]\b`, `XX[X]\b`, `not imple[m]ented\b`, `not yet imple[m]ented\b`, `// Not imple[m]ented`, `// Not yet imple[m]ented`,
		},
		"a path of one machine": {`/wor[k]/`, `/roo[t]/`, `/tm[p]/`, `/hom[e]/[a-z]\w*/`},
		"a package registry's host": {
			`proxy\.golan[g]\.org`, `sum\.golan[g]\.org`, `registry\.npmj[s]\.org`, `deb\.debia[n]\.org`, `security\.debia[n]\.org`, `pypi\.or[g]\b`,
		},
		"a secret": {
			`-----BEGIN [A-Z ]*PRIVATE KE[Y]`, `xox[abeoprs]-[0-9]{9,}-[0-9A-Za-z-]{10,}`, `xapp-1-A[0-9A-Z]{8,}-[0-9]{9,}-[0-9a-f]{32,}`,
			`hooks\.slack\.com/services/T[0-9A-Z]{8,}/B[0-9A-Z]{8,}/[0-9A-Za-z]{20,}`,
			`AKIA[0-9A-Z]{16}\b`, `gh[pousr]_[0-9A-Za-z]{36,}`, `glpat-[0-9A-Za-z_-]{20,}`, `AIza[0-9A-Za-z_-]{35}`, `sk_live_[0-9A-Za-z]{20,}`,
			`eyJ[0-9A-Za-z_-]{16,}\.eyJ[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}`, // a JSON web token
		},
	}
}

// wrongText looks through every file, fixtures and documents included. Files that are not text are passed over, and so are
// the check sums of modules, which may look like anything.
func wrongText(r *repo) []string {
	var wrong []string
	for why, patterns := range forbidden() {
		for _, pattern := range patterns {
			p := regexp.MustCompile(pattern)
			for _, name := range r.paths {
				wrong = append(wrong, r.matchesOf(p, name, why)...)
			}
		}
	}
	slices.Sort(wrong)
	return wrong
}

func (r *repo) matchesOf(p *regexp.Regexp, name, why string) []string {
	text, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		return []string{err.Error()}
	}
	if bytes.IndexByte(text, 0) >= 0 || path.Base(name) == "go.sum" {
		return nil
	}
	var wrong []string
	for _, at := range p.FindAllIndex(text, -1) {
		if begins(text, at[0]) {
			line := bytes.Count(text[:at[0]], []byte("\n")) + 1
			wrong = append(wrong, fmt.Sprintf("%s:%d: %s: %s", name, line, why, shown(why, text[at[0]:at[1]])))
		}
	}
	return wrong
}

// begins tells whether a word, or a path from the root, begins at that place.
func begins(text []byte, i int) bool {
	return i == 0 || !regexp.MustCompile(`[\w.~})*]`).Match(text[i-1:i])
}

// shown is what is printed of a match. Of a secret it is only the beginning: the log of a test run is read by many.
func shown(why string, found []byte) string {
	if why == "a secret" {
		return string(found[:min(len(found), 8)]) + "…"
	}
	return string(found)
}

// sleepingTests finds tests that sleep in the hope that something has happened by then. Inside synctest the clock is not
// the real one and sleeping is exact. A test that really has to let time pass says what for, in a comment "// waits: …" on
// the line of the call or the one above.
func sleepingTests(r *repo) []string {
	var wrong []string
	for _, f := range r.files {
		if !f.test && !isSuite(f.pkg) {
			continue
		}
		excused := r.waitLines(f)
		ast.Inspect(f.ast, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			if isCall(e, "time", "Sleep") && !excused[r.fset.Position(e.Pos()).Line] {
				wrong = append(wrong, r.at(e)+`: sleeps without a comment "// waits: …"`)
			}
			return !isCall(e, "synctest", "Test")
		})
	}
	return wrong
}

// waitLines are the lines that a comment "waits: …" speaks for.
func (r *repo) waitLines(f *goFile) map[int]bool {
	lines := map[int]bool{}
	for _, group := range f.ast.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "// waits: ") {
				line := r.fset.Position(c.Pos()).Line
				lines[line], lines[line+1] = true, true
			}
		}
	}
	return lines
}
