package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// tree is the repository's files: what git follows and what it would follow, without what it ignores.
type tree struct {
	fsys  fs.FS
	paths []string // slash-separated, relative to the root, sorted
}

// listFiles asks git, so that a build result or a log lying about is never taken for part of the project.
func listFiles(ctx context.Context, root string) (tree, error) {
	var list bytes.Buffer
	git := command{
		dir: root, name: "git", stdout: &list,
		args: []string{"-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"},
	}
	if _, err := git.output(ctx); err != nil {
		return tree{}, err
	}
	var paths []string
	for name := range strings.SplitSeq(list.String(), "\x00") {
		info, err := os.Lstat(filepath.Join(root, filepath.FromSlash(name)))
		if name != "" && err == nil && info.Mode().IsRegular() { // a deleted file is still listed until it is committed
			paths = append(paths, name)
		}
	}
	slices.Sort(paths)
	return tree{fsys: os.DirFS(root), paths: slices.Compact(paths)}, nil
}

// goFiles are the Go files that are part of the program or its tests, without samples in testdata folders.
func (t tree) goFiles() []string {
	var files []string
	for _, name := range t.paths {
		if strings.HasSuffix(name, ".go") && !slices.Contains(strings.Split(path.Dir(name), "/"), "testdata") {
			files = append(files, name)
		}
	}
	return files
}

// mentions tells whether a Go test outside this command contains the text.
func (t tree) mentions(text string) bool {
	for _, name := range t.goFiles() {
		if !strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "cmd/check/") {
			continue
		}
		if src, err := fs.ReadFile(t.fsys, name); err == nil && strings.Contains(string(src), text) {
			return true
		}
	}
	return false
}
