package main

import (
	"context"
	"fmt"
	"strings"
)

// linterChecks are all of staticcheck's, but:
//
//   - ST1000, ST1020, ST1021, ST1022 prescribe how a doc comment begins; the shape test asks that there is one, and a
//     plain sentence may begin as it likes;
//   - ST1003 wants initialisms in capitals, which some names of the field (Cerb's own fields) don't have.
const linterChecks = "all,-ST1000,-ST1003,-ST1020,-ST1021,-ST1022"

func vet(ctx context.Context, w *world) outcome {
	if _, err := w.withoutC("go", "vet", "./...").output(ctx); err != nil {
		return failed("go vet", said(err)...)
	}
	return passed("")
}

// staticcheck runs the linter that .tools/go.mod names. That it can't be downloaded or built is told apart from what it
// finds.
func staticcheck(ctx context.Context, w *world) outcome {
	tool := []string{"tool", "-modfile=.tools/go.mod", "staticcheck"}
	version, err := w.withoutC("go", append(tool, "-version")...).output(ctx)
	if err != nil {
		how := "get it with: go mod download -modfile=.tools/go.mod"
		return missing(w.ci, "staticcheck can't be had", append(said(err), how)...)
	}
	if _, err := w.withoutC("go", append(tool, "-checks", linterChecks, "./...")...).output(ctx); err != nil {
		found := said(err)
		return failed(fmt.Sprintf("%d lines", strings.Count(strings.Join(found, "\n"), "\n")), found...)
	}
	return passed(strings.TrimSpace(version))
}
