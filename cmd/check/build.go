package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	modulePath = "github.com/aanmaner/aanmaner"
	sandbox    = modulePath + "/bot/sandbox"
)

// build makes the binary as users do, without cgo, tells its size, and looks at what it is made of.
func build(ctx context.Context, w *world) outcome {
	dir, err := os.MkdirTemp("", "aanmaner-build-")
	if err != nil {
		return failed(err.Error())
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "aanmaner")
	make := w.command("go", "build", "-o", binary, "./cmd/aanmaner")
	make.env = []string{"CGO_ENABLED=0"}
	if _, err := make.output(ctx); err != nil {
		return failed("the binary does not build", said(err)...)
	}
	info, err := os.Stat(binary)
	if err != nil {
		return failed(err.Error())
	}
	packages, err := linked(ctx, w)
	if err != nil {
		return failed("go list", said(err)...)
	}
	if wrong := testCodeIn(packages); len(wrong) > 0 {
		return failed("there is test code in the binary", wrong...)
	}
	return passed(fmt.Sprintf("%.1f MB, %d packages", float64(info.Size())/1e6, len(packages)))
}

// linkedPackage is what "go list" tells of a package in the binary.
type linkedPackage struct {
	ImportPath string
	Imports    []string
}

func linked(ctx context.Context, w *world) ([]linkedPackage, error) {
	list := w.command("go", "list", "-deps", "-json=ImportPath,Imports", "./cmd/aanmaner")
	list.env = []string{"CGO_ENABLED=0"}
	text, err := list.output(ctx)
	if err != nil {
		return nil, err
	}
	return readPackages(strings.NewReader(text))
}

// readPackages reads the JSON objects of "go list", one after the other without anything between them.
func readPackages(r io.Reader) ([]linkedPackage, error) {
	var packages []linkedPackage
	for decoder := json.NewDecoder(r); ; {
		var p linkedPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages, nil
		}
		if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
}

// testCodeIn names the imports that bring test code into the binary. The doubles may be there, as the demo runs on them,
// but only bot/sandbox may reach for them: no other part of the product can then come to depend on one.
func testCodeIn(packages []linkedPackage) []string {
	var wrong []string
	for _, p := range packages {
		if !strings.HasPrefix(p.ImportPath, modulePath) {
			continue
		}
		for _, imported := range p.Imports {
			switch {
			case imported == "testing" || strings.HasPrefix(imported, "testing/"):
				wrong = append(wrong, p.ImportPath+" imports "+imported)
			case isDouble(imported) && !isDouble(p.ImportPath) && p.ImportPath != sandbox:
				wrong = append(wrong, p.ImportPath+" imports the double "+imported+"; only bot/sandbox may")
			}
		}
	}
	if len(wrong) == 0 && slices.ContainsFunc(packages, func(p linkedPackage) bool { return p.ImportPath == "testing" }) {
		wrong = append(wrong, "testing, through "+strings.Join(importersOf("testing", packages), ", "))
	}
	return wrong
}

func importersOf(name string, packages []linkedPackage) []string {
	var importers []string
	for _, p := range packages {
		if slices.Contains(p.Imports, name) {
			importers = append(importers, p.ImportPath)
		}
	}
	return importers
}

// isDouble tells whether a package of ours, or a folder above it, is a double: its name ends in "fake".
func isDouble(importPath string) bool {
	rest, ours := strings.CutPrefix(importPath, modulePath+"/")
	return ours && slices.ContainsFunc(strings.Split(rest, "/"), func(part string) bool { return strings.HasSuffix(part, "fake") })
}
