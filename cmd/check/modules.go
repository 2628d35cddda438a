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
	if _, diff, differs := strings.Cut(text, "diff current/"); differs {
		mod, _, _ := strings.Cut(diff, "diff current/go.sum") // its check sums tell a person nothing
		return failed("not tidy; go mod tidy mends it", mod)
	}
	return failed(tidy.String(), said(err)...)
}
