package main

import (
	"context"
	"strings"
)

// modules says whether go.mod and go.sum name exactly what the code imports, and whether the downloads on this machine
// are the ones that go.sum knows.
func modules(ctx context.Context, w *world) outcome {
	if text, err := w.command("go", "mod", "tidy", "-diff").output(ctx); err != nil {
		return failed("go.mod is not tidy; go mod tidy mends it", orElse(text, err)...)
	}
	text, err := w.command("go", "mod", "verify").output(ctx)
	if err != nil {
		return failed("a downloaded module is not what it was", said(err)...)
	}
	return passed(strings.TrimSpace(text))
}

// orElse is what a program printed, or, when it printed nothing, why it failed.
func orElse(text string, err error) []string {
	if strings.TrimSpace(text) == "" {
		return said(err)
	}
	return []string{text}
}
