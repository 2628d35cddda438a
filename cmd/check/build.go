package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// build compiles everything, and makes the binary as users do, without cgo; it tells the binary's size.
func build(ctx context.Context, w *world) outcome {
	dir, err := os.MkdirTemp("", "aanmaner-build-")
	if err != nil {
		return failed(err.Error())
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "aanmaner")
	for _, args := range [][]string{{"build", "./..."}, {"build", "-o", binary, "./cmd/aanmaner"}} {
		compile := w.withoutC("go", args...)
		if _, err := compile.output(ctx); err != nil {
			return failed(compile.String(), said(err)...)
		}
	}
	info, err := os.Stat(binary)
	if err != nil {
		return failed(err.Error())
	}
	return passed(fmt.Sprintf("a binary of %.1f MB", float64(info.Size())/1e6))
}
