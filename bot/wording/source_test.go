package wording

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/snippets"
)

// use is one place in the program that names a text: Because("excluded", "why", …) or say("slack.more", "n", …).
type use struct {
	where  string
	key    string   // the text's key; with prefix set, only how it begins
	prefix bool     // the rest of the key is put together at run time
	gives  []string // the names of the values given
	all    bool     // the values given are all written down there
}

// source is what the program's own code says about texts.
type source struct {
	files    *token.FileSet
	wrappers map[string]int // functions that pass a key on to Because or Say, by folder, and which argument it is
	uses     []use
	literals map[string]bool // every text in quotes, for keys that are chosen elsewhere than they are said
	steps    []string        // the names of the procedure's steps
}

// readSource parses the program without its tests.
func readSource(t *testing.T) *source {
	t.Helper()
	s := &source{files: token.NewFileSet(), wrappers: map[string]int{}, literals: map[string]bool{}}
	var files []*ast.File
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && len(d.Name()) > 2 && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || filepath.Dir(path) == ".":
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(s.files, path, raw, parser.SkipObjectResolution)
		files = append(files, f)
		return err
	})
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, f := range files {
		s.findWrappers(f)
	}
	for _, f := range files {
		ast.Inspect(f, s.look)
	}
	return s
}

// findWrappers notes functions that hand one of their own parameters on as a key.
func (s *source) findWrappers(f *ast.File) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		params := []string{}
		for _, field := range fn.Type.Params.List {
			for _, name := range field.Names {
				params = append(params, name.Name)
			}
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := called(call)
			for at, key := range map[string]int{"Because": 0, "Say": 1} {
				if name != at || len(call.Args) <= key {
					continue
				}
				if id, ok := call.Args[key].(*ast.Ident); ok && slices.Contains(params, id.Name) && fn.Name.Name != "Say" {
					s.wrappers[s.folder(fn)+"/"+fn.Name.Name] = slices.Index(params, id.Name)
				}
			}
			return true
		})
	}
}

// folder is the package's folder that a piece of the program stands in.
func (s *source) folder(n ast.Node) string {
	return filepath.Base(filepath.Dir(s.files.Position(n.Pos()).Filename))
}

// called is the name of the function that is called, without what stands before the dot.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// look takes in one node of the program.
func (s *source) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.BasicLit:
		if text, ok := literal(n); ok {
			s.literals[text] = true
		}
	case *ast.ValueSpec:
		if id, ok := n.Type.(*ast.Ident); ok && id.Name == "StepName" {
			for _, v := range n.Values {
				if text, ok := literal(v); ok {
					s.steps = append(s.steps, text)
				}
			}
		}
	case *ast.CallExpr:
		s.lookAtCall(n)
	}
	return true
}

func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// lookAtCall notes a call that says something by key.
func (s *source) lookAtCall(call *ast.CallExpr) {
	at, ok := s.wrappers[s.folder(call)+"/"+called(call)]
	switch called(call) {
	case "Because":
		at, ok = 0, true
	case "Say":
		at, ok = 1, true
	}
	if !ok || len(call.Args) <= at {
		return
	}
	u := use{where: s.files.Position(call.Pos()).String(), all: call.Ellipsis == token.NoPos}
	arg := call.Args[at]
	if sum, ok := arg.(*ast.BinaryExpr); ok {
		arg, u.prefix = sum.X, true
	}
	if u.key, ok = literal(arg); !ok {
		return
	}
	if called(call) != "Say" && !strings.Contains(u.key, ".") && u.key != "dry_run" {
		u.key = "reason." + u.key
	}
	for n := at + 1; n < len(call.Args); n += 2 {
		if name, ok := literal(call.Args[n]); ok {
			u.gives = append(u.gives, name)
		} else {
			u.all = false
		}
	}
	s.uses = append(s.uses, u)
}

func TestEveryTextThatTheProgramSaysIsThere(t *testing.T) {
	c, s := load(t), readSource(t)
	if len(s.uses) < 100 || len(s.steps) != 15 {
		t.Fatalf("found only %d uses, steps %q", len(s.uses), s.steps)
	}
	for _, name := range []string{"bot/block", "bot/warning", "bot/unclear", "slack/say"} {
		if at, ok := s.wrappers[name]; !ok || at != 0 {
			t.Errorf("%s is not seen to pass a key on: %v", name, s.wrappers)
		}
	}
	for _, u := range s.uses {
		known := c.Has(u.key)
		if u.prefix {
			known = slices.ContainsFunc(c.Keys(), func(k string) bool { return strings.HasPrefix(k, u.key) })
		}
		if !known {
			t.Errorf("%s: %q is not in the catalogue", u.where, u.key)
		}
	}
	for _, name := range s.steps {
		if !c.Has("step."+name) || !c.Has("doing."+name) {
			t.Errorf("step %q has no name", name)
		}
	}
}

func TestEveryValueThatATextAsksForIsGiven(t *testing.T) {
	c, s := load(t), readSource(t)
	checked := 0
	for _, u := range s.uses {
		if u.prefix || !u.all || !c.Has(u.key) {
			continue
		}
		checked++
		for _, v := range values(c.phrases[u.key][NL].Other) {
			if name, _, _ := strings.Cut(v, ":"); !slices.Contains(u.gives, name) {
				t.Errorf("%s: %q asks for {%s}, given are %v", u.where, u.key, name, u.gives)
			}
		}
	}
	if checked < 80 {
		t.Errorf("only %d uses were looked at", checked)
	}
}

// Texts that stand in another text, such as the name of a step, come without values of their own.
func TestATextWithinATextAsksForNothing(t *testing.T) {
	c := load(t)
	for _, key := range c.Keys() {
		want := []string{}
		switch group, _, _ := strings.Cut(key, "."); group {
		case "step", "language", "pause", "letter":
		case "count":
			want = []string{"n:"}
		default:
			continue
		}
		if got := values(c.phrases[key][NL].Other); len(got) != len(want) || len(want) > 0 && got[0] != want[0] {
			t.Errorf("%s asks for %v", key, got)
		}
	}
}

func TestEveryTextOfTheCatalogueIsSaidSomewhere(t *testing.T) {
	c, s := load(t), readSource(t)
	said := map[string]bool{}
	var prefixes []string
	for _, u := range s.uses {
		said[u.key] = true
		if u.prefix {
			prefixes = append(prefixes, u.key)
		}
	}
	for _, name := range s.steps {
		said["step."+name], said["doing."+name] = true, true
	}
	for _, lang := range snippets.Languages() {
		said["language."+lang] = true
	}
	for _, key := range c.Keys() {
		for _, v := range values(c.phrases[key][NL].Other) {
			_, how, _ := strings.Cut(v, ":")
			said["count."+how] = true
		}
	}
	for _, key := range c.Keys() {
		code := strings.TrimPrefix(key, "reason.")
		byPrefix := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if !said[key] && !byPrefix && !s.literals[key] && !s.literals[code] {
			t.Errorf("%s is never said", key)
		}
	}
}

// A reason's code is stored with cases for months: letters and underscores, nothing else.
func TestKeysAreWrittenAlike(t *testing.T) {
	shape := regexp.MustCompile(`^((reason|count|slack|language|colleagues)\.[a-z_]+|(step|doing|pause)\.[a-z ]+|letter\.[a-z-]+|dossier\.[a-z_ -]+|dry_run)$`)
	for _, key := range load(t).Keys() {
		if !shape.MatchString(key) {
			t.Errorf("%q", key)
		}
	}
}
