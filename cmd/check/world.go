package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const modulePath = "github.com/aanmaner/aanmaner"

// world is what all stages of a run know: where the repository is, and what was started for the tests.
type world struct {
	root    string // of the repository, absolute
	files   tree
	out     *report
	ci      bool
	fast    bool
	install bool
	races   bool     // a C compiler is there, so that the race detector can be used
	env     []string // NAME=value, for the tests on top of our own environment
	stops   []func() // of the services that were started
}

func newWorld(ctx context.Context, opts options, out *report) (*world, error) {
	root, err := findRoot()
	if err != nil {
		return nil, err
	}
	files, err := listFiles(ctx, root)
	if err != nil {
		return nil, err
	}
	return &world{
		root: root, files: files, out: out,
		ci: os.Getenv("CI") == "true", fast: opts.fast, install: opts.install,
	}, nil
}

// findRoot goes up from the current folder to the one that holds this module's go.mod.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module "+modulePath+"\n") {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("the repository of aanmaner is not here: run this from inside it")
		}
		dir = parent
	}
}

// command is a program to be run at the root of the repository.
func (w *world) command(name string, args ...string) command {
	return command{dir: w.root, name: name, args: args}
}

// withoutC is the same, building as users do, without cgo. All stages but the race detector's do so: what one of them has
// compiled is then there for the next.
func (w *world) withoutC(name string, args ...string) command {
	c := w.command(name, args...)
	c.env = []string{"CGO_ENABLED=0"}
	return c
}

// stopServices stops what was started, the last one first.
func (w *world) stopServices() {
	for i := len(w.stops) - 1; i >= 0; i-- {
		w.stops[i]()
	}
	w.stops = nil
}
