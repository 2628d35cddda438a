package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A clock that can be moved, and everything that moves it, is the demo's: the program as people run it has the machine's clock, and
// nothing else in it gives it another one.
func TestNoClockIsMovedOutsideTheDemo(t *testing.T) {
	root := filepath.Join("..", "..")
	must(t, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		name := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		if err != nil || e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "bot/sandbox/") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, what := range clockMovers(file) {
			if !slices.Contains([]string{"cmd/aanmaner/demo.go", "cmd/aanmaner/demo_later.go"}, name) {
				t.Errorf("%s uses %s", name, what)
			}
		}
		return nil
	}))
}

// clockMovers lists what of a file could move the bot's clock: the practice world, a bot that waits for a clock that jumps, and a bot
// that is given a clock.
func clockMovers(file *ast.File) (found []string) {
	for _, i := range file.Imports {
		if strings.HasSuffix(strings.Trim(i.Path.Value, `"`), "/bot/sandbox") || strings.Contains(i.Path.Value, "/bot/sandbox/") {
			found = append(found, i.Path.Value)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if n.Sel.Name == "CatchUp" || n.Sel.Name == "MoveTo" {
				found = append(found, n.Sel.Name)
			}
		case *ast.CompositeLit:
			if of, ok := n.Type.(*ast.Ident); ok && of.Name == "app" {
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok && kv.Key.(*ast.Ident).Name == "now" {
						found = append(found, "app.now")
					}
				}
			}
		}
		return true
	})
	return found
}
