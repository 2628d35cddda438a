package main

import (
	"bytes"
	"context"
	"fmt"
	"go/format"
	"io/fs"
)

// formatted says which Go files gofmt would change, or can't read. It uses gofmt's library, so that no other program has
// to be there.
func formatted(_ context.Context, w *world) outcome {
	files := w.files.goFiles()
	var wrong []string
	for _, name := range files {
		if problem := unformatted(w.files.fsys, name); problem != "" {
			wrong = append(wrong, problem)
		}
	}
	if len(wrong) > 0 {
		return failed(fmt.Sprintf("%d files differ; gofmt -w mends them", len(wrong)), wrong...)
	}
	return passed(fmt.Sprintf("%d files", len(files)))
}

func unformatted(fsys fs.FS, name string) string {
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err.Error()
	}
	want, err := format.Source(src)
	if err != nil {
		return fmt.Sprintf("%s: %v", name, err)
	}
	if !bytes.Equal(src, want) {
		return name
	}
	return ""
}
