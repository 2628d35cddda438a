package main

import (
	"context"
	"strings"
)

// modules says whether go.mod and go.sum name exactly what the code imports.
func modules(ctx context.Context, w *world) outcome {
	tidy := w.command("go", "mod", "tidy", "-diff")
	text, err := tidy.output(ctx)
	if err == nil {
		return passed("tidy")
	}
	if mod, _, differs := strings.Cut(text, "diff current/go.sum"); differs || strings.Contains(text, "+++ tidy/") {
		return failed("not tidy; go mod tidy mends it", changes(mod)...) // check sums tell a person nothing
	}
	return failed(tidy.String(), said(err)...)
}

// changes are the lines of a diff that come and go.
func changes(diff string) []string {
	var lines []string
	for line := range strings.Lines(diff) {
		if strings.HasPrefix(line, "+") || strings.HasPrefix(line, "-") {
			lines = append(lines, line)
		}
	}
	return lines
}
