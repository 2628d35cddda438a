package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// topLevel is all that may lie at the root of the repository, besides names that begin with a dot: a newcomer sees the
// parts of the program, and nothing else.
var topLevel = regexp.MustCompile(`^(cmd|helpdesk|backoffice|snippets|bot|docs|deploy)/|^(go\.mod|go\.sum|README\.md|LICENSE|CHANGELOG\.md)$|^\.`)

// textRule is something that no line of a file may hold. The patterns are written so that they don't match themselves,
// and so that a remote system's own sentence (Cerb answers so to an unknown path) may be quoted.
type textRule struct {
	why     string
	pattern *regexp.Regexp
	not     func(path string) bool // files that may; nil: none
}

func textRules() []textRule {
	sums := func(name string) bool { return path.Base(name) == "go.sum" }
	return []textRule{
		{"unfinished work", regexp.MustCompile(`\b(TOD[O]|FIX[M]E|X{3})\b|\bnot (yet )?imple[m]ented\b|// *Not (yet )?imple[m]ented\b`), nil},
		{"a path of one machine", regexp.MustCompile("(^|[\\s\"'`(=:])/(work|root|tm[p]|home/[a-z]\\w*)/"), nil},
		{"a package registry's host", regexp.MustCompile(`\b(proxy|sum)\.golan[g]\.org\b|\bregistry\.npmj[s]\.org\b|\b(deb|security)\.debia[n]\.org\b|\bpyp[i]\.org\b`), sums},
		{"a secret", regexp.MustCompile(`-----BEGI[N] [A-Z ]*PRIVATE KEY-----`), nil},
		{"a secret", regexp.MustCompile(`\bxox[abeoprs]-[0-9]{9,}-[0-9A-Za-z-]{10,}|\bxapp-1-A[0-9A-Z]{8,}-[0-9]{9,}-[0-9a-f]{32,}`), nil},
		{"a secret", regexp.MustCompile(`\bhooks\.slack\.com/services/T[0-9A-Z]{8,}/B[0-9A-Z]{8,}/[0-9A-Za-z]{20,}`), nil},
		{"a secret", regexp.MustCompile(`\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[0-9A-Za-z]{36,}|\bglpat-[0-9A-Za-z_-]{20,}|\bAIza[0-9A-Za-z_-]{35}|\bsk_live_[0-9A-Za-z]{20,}`), nil},
	}
}

// rules looks at all files of the repository, not only at Go code.
func rules(_ context.Context, w *world) outcome {
	wrong := strayAtTop(w.files.paths)
	for _, name := range w.files.paths {
		text, err := fs.ReadFile(w.files.fsys, name)
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		wrong = append(wrong, checkText(name, text)...)
	}
	if len(wrong) > 0 {
		return failed(fmt.Sprintf("%d findings", len(wrong)), wrong...)
	}
	return passed(fmt.Sprintf("%d files", len(w.files.paths)))
}

func strayAtTop(paths []string) []string {
	var wrong []string
	for _, name := range paths {
		if !topLevel.MatchString(name) {
			top, _, _ := strings.Cut(name, "/")
			wrong = append(wrong, top+": does not belong at the top level")
		}
	}
	return slices.Compact(wrong)
}

// checkText applies the rules about lines to one file. Files that are not text are left alone.
func checkText(name string, text []byte) []string {
	if bytes.IndexByte(text, 0) >= 0 {
		return nil
	}
	lines := strings.Split(string(text), "\n")
	wrong := sleepsWithoutReason(name, lines)
	for _, rule := range textRules() {
		if rule.not != nil && rule.not(name) {
			continue
		}
		for i, line := range lines {
			if found := rule.pattern.FindString(line); found != "" {
				wrong = append(wrong, fmt.Sprintf("%s:%d: %s: %s", name, i+1, rule.why, shown(rule, found)))
			}
		}
	}
	return wrong
}

// shown is what is printed of a match. Of a secret it is only the beginning: the log of a check is read by many.
func shown(rule textRule, found string) string {
	if rule.why == "a secret" && len(found) > 12 {
		return found[:12] + "…"
	}
	return strings.TrimSpace(found)
}

// sleepsWithoutReason finds tests that sleep in the hope that something has happened by then. One that really has to let
// time pass says what for, in a comment "// waits: …" on that line or the one above.
func sleepsWithoutReason(name string, lines []string) []string {
	if !strings.HasSuffix(name, "_test.go") {
		return nil
	}
	var wrong []string
	for i, line := range lines {
		code, comment, _ := strings.Cut(line, "//")
		if !strings.Contains(code, "time.Slee"+"p(") || strings.HasPrefix(strings.TrimSpace(comment), "waits: ") {
			continue
		}
		if i > 0 && strings.HasPrefix(strings.TrimSpace(lines[i-1]), "// waits: ") {
			continue
		}
		wrong = append(wrong, fmt.Sprintf("%s:%d: sleeps without a comment \"// waits: …\"", name, i+1))
	}
	return wrong
}
