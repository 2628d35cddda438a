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

// textRule is something that no line of a file may hold.
type textRule struct {
	why     string
	pattern *regexp.Regexp
}

// textRules are written so that they don't match themselves, and so that a remote system's own sentence (Cerb answers so
// to an unknown path) may be quoted.
func textRules() []textRule {
	return []textRule{
		{"unfinished work", regexp.MustCompile(`\b(TOD[O]|FIX[M]E|X{3})\b|\bnot (yet )?imple[m]ented\b|// *Not (yet )?imple[m]ented\b`)},
		{"a path of one machine", regexp.MustCompile("(^|[\\s\"'`(=:])/(work|root|tm[p]|home/[a-z]\\w*)/")},
		{"a package registry's host", regexp.MustCompile(`\b(proxy|sum)\.golan[g]\.org\b|\bregistry\.npmj[s]\.(org|com)\b|\b(deb|security)\.debia[n]\.org\b|\bpyp[i]\.org\b`)},
		{"a secret", regexp.MustCompile(`-----BEGI[N] [A-Z ]*PRIVATE KEY`)},
		{"a secret", regexp.MustCompile(`\bxox[abeoprs]-[0-9]{9,}-[0-9A-Za-z-]{10,}|\bxapp-1-A[0-9A-Z]{8,}-[0-9]{9,}-[0-9a-f]{32,}`)},
		{"a secret", regexp.MustCompile(`\bhooks\.slack\.com/services/T[0-9A-Z]{8,}/B[0-9A-Z]{8,}/[0-9A-Za-z]{20,}`)},
		{"a secret", regexp.MustCompile(`\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[0-9A-Za-z]{36,}|\bglpat-[0-9A-Za-z_-]{20,}|\bAIza[0-9A-Za-z_-]{35}|\bsk_live_[0-9A-Za-z]{20,}`)},
		{"a secret", regexp.MustCompile(`\beyJ[0-9A-Za-z_-]{16,}\.eyJ[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}`)},
	}
}

// wrongText looks at every line of every file, fixtures and documents included. Files that are not text are passed over,
// and so are the check sums of modules, which may look like anything.
func wrongText(r *repo) []string {
	var wrong []string
	for _, name := range r.paths {
		text, err := fs.ReadFile(r.fsys, name)
		if err != nil {
			wrong = append(wrong, err.Error())
		}
		if bytes.IndexByte(text, 0) >= 0 || path.Base(name) == "go.sum" {
			continue
		}
		for _, rule := range textRules() {
			for i, line := range bytes.Split(text, []byte("\n")) {
				if found := rule.pattern.Find(line); found != nil {
					wrong = append(wrong, fmt.Sprintf("%s:%d: %s: %s", name, i+1, rule.why, shown(rule, string(found))))
				}
			}
		}
	}
	return wrong
}

// shown is what is printed of a match. Of a secret it is only the beginning: the log of a test run is read by many.
func shown(rule textRule, found string) string {
	if rule.why == "a secret" {
		return found[:min(len(found), 8)] + "…"
	}
	return strings.TrimSpace(found)
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
