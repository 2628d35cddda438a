package main_test

import (
	"go/ast"
	"go/token"
	"path"
	"strings"
)

// mutableVariables finds package-level variables. Fine are only those that nobody changes: embedded files, sentinel
// errors, compiled patterns, templates and replacers, and the blank name that proves that a type has a port's methods.
func mutableVariables(r *repo) []string {
	var wrong []string
	for _, f := range r.product() {
		for _, d := range f.ast.Decls {
			vars, ok := d.(*ast.GenDecl)
			if !ok || vars.Tok != token.VAR {
				continue
			}
			for _, spec := range vars.Specs {
				s := spec.(*ast.ValueSpec)
				for i, name := range s.Names {
					if name.Name != "_" && !isEmbedded(vars, s) && !(i < len(s.Values) && isFixed(s.Values[i])) {
						wrong = append(wrong, r.at(name)+": the variable "+name.Name+" can be changed")
					}
				}
			}
		}
	}
	return wrong
}

func isEmbedded(d *ast.GenDecl, s *ast.ValueSpec) bool {
	for _, group := range []*ast.CommentGroup{d.Doc, s.Doc} {
		if group == nil {
			continue
		}
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//go:embed ") {
				return true
			}
		}
	}
	return false
}

// isFixed knows by their calls the values that are made once and never change.
func isFixed(e ast.Expr) bool {
	return isCall(e, "errors", "New") || isCall(e, "fmt", "Errorf") || isCall(e, "regexp", "MustCompile") || isCall(e, "template", "Must") ||
		isCall(e, "strings", "NewReplacer") || isSentinelOf(e)
}

// isSentinelOf knows another package's sentinel error, given on under the same name.
func isSentinelOf(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && strings.HasPrefix(s.Sel.Name, "Err")
}

// initFunctions finds functions that run by being imported.
func initFunctions(r *repo) []string {
	var wrong []string
	for _, f := range r.product() {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				wrong = append(wrong, r.at(fn)+": an init function")
			}
		}
	}
	return wrong
}

// catchAllPackages finds packages that are named after nothing: whatever fits nowhere ends up in them.
func catchAllPackages(r *repo) []string {
	var wrong []string
	for _, f := range r.files {
		for _, name := range []string{path.Base(f.pkg), strings.TrimSuffix(f.ast.Name.Name, "_test")} {
			if matches(name, "*util *utils common shared helper helpers misc") {
				wrong = append(wrong, f.path+": the package's name "+name+" says nothing")
			}
		}
	}
	return wrong
}

// keptContexts finds structs with a context in them: it belongs to one call and is handed from function to function.
func keptContexts(r *repo) []string {
	var wrong []string
	for _, f := range r.product() {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			s, ok := n.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range s.Fields.List {
				if isName(field.Type, "context", "Context") {
					wrong = append(wrong, r.at(field)+": a struct keeps a context")
				}
			}
			return true
		})
	}
	return wrong
}
