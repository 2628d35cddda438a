package main_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// repo is the repository as the rules look at it.
type repo struct {
	fsys  fs.FS
	paths []string // slash-separated, relative to the root, sorted
	fset  *token.FileSet
	files []*goFile
}

// goFile is a Go file of the program or its tests; samples in testdata folders are none.
type goFile struct {
	path    string
	pkg     string // its folder
	test    bool   // a _test.go file
	ast     *ast.File
	lines   int
	imports []string // in full, as written
}

// readRepo reads and parses the files at the paths. A path that is empty, gone (git lists a deleted file until the commit)
// or no ordinary file is passed over.
func readRepo(fsys fs.FS, paths []string) (*repo, error) {
	r := &repo{fsys: fsys, fset: token.NewFileSet()}
	for _, name := range paths {
		info, err := fs.Stat(fsys, name)
		if name == "" || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			r.paths = append(r.paths, name)
		}
	}
	slices.Sort(r.paths)
	r.paths = slices.Compact(r.paths)
	return r, r.parse()
}

func (r *repo) parse() error {
	for _, name := range r.paths {
		pkg := path.Dir(name)
		if !strings.HasSuffix(name, ".go") || slices.Contains(strings.Split(pkg, "/"), "testdata") {
			continue
		}
		src, err := fs.ReadFile(r.fsys, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(r.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		f := &goFile{path: name, pkg: pkg, test: strings.HasSuffix(name, "_test.go"), ast: file}
		f.lines = r.fset.File(file.FileStart).LineCount()
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, imported)
		}
		r.files = append(r.files, f)
	}
	return nil
}

// product is the files without the tests. The doubles and the sandbox belong to it, as the demo runs on them.
func (r *repo) product() []*goFile {
	return slices.DeleteFunc(slices.Clone(r.files), func(f *goFile) bool { return f.test })
}

// packages lists the folders of the product in order.
func (r *repo) packages() []string {
	var all []string
	for _, f := range r.product() {
		all = append(all, f.pkg)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// ownImports lists the packages of ours that the product's files of a package import, as folders.
func (r *repo) ownImports(pkg string) []string {
	var own []string
	for _, f := range r.product() {
		for _, imported := range f.imports {
			if folder, ours := strings.CutPrefix(imported, modulePath+"/"); ours && f.pkg == pkg {
				own = append(own, folder)
			}
		}
	}
	slices.Sort(own)
	return slices.Compact(own)
}

// at is a place in a file, as editors understand it.
func (r *repo) at(n ast.Node) string {
	p := r.fset.Position(n.Pos())
	return p.Filename + ":" + strconv.Itoa(p.Line)
}

// lineCount is how many lines a node spans.
func (r *repo) lineCount(n ast.Node) int {
	return r.fset.Position(n.End()).Line - r.fset.Position(n.Pos()).Line + 1
}

// funcName is a function's name with its receiver's type before it.
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	return receiver(d) + "." + d.Name.Name
}

// receiver is the name of the type that a method belongs to, without star and type parameters.
func receiver(d *ast.FuncDecl) string {
	expr := d.Recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

// isCall tells whether an expression calls the function of a package, written as such.
func isCall(e ast.Expr, pkg string, names ...string) bool {
	call, ok := e.(*ast.CallExpr)
	return ok && isName(call.Fun, pkg, names...)
}

// isName tells whether an expression is a name of a package, written as such: no file here renames these imports.
func isName(e ast.Expr, pkg string, names ...string) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok || !slices.Contains(names, sel.Sel.Name) {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == pkg
}
