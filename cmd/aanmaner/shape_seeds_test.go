package main_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// seed is a small repository that breaks a rule, and the beginning of what the rule has to say of it.
type seed struct {
	files files
	want  string
}

type files map[string]string // path to text

// TestShapeRulesSeeWhatBreaksThem keeps the rules themselves honest: one that can no longer see anything would be green
// forever.
func TestShapeRulesSeeWhatBreaksThem(t *testing.T) {
	all := seeds()
	for _, rule := range houseRules() {
		t.Run(rule.name, func(t *testing.T) {
			if len(all[rule.name]) == 0 {
				t.Fatal("no seed breaks this rule")
			}
			for _, s := range all[rule.name] {
				found := rule.find(smallRepo(t, s.files))
				if !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, s.want) }) {
					t.Errorf("found %q\nwant  %q", found, s.want)
				}
			}
		})
	}
}

// TestShapeRulesLetGoodCodeAlone tries each rule on code that comes close to breaking it.
func TestShapeRulesLetGoodCodeAlone(t *testing.T) {
	r := smallRepo(t, goodCode())
	for _, rule := range houseRules() {
		for _, finding := range rule.find(r) {
			t.Errorf("%s: %s", rule.name, finding)
		}
	}
}

func smallRepo(t *testing.T, f files) *repo {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range f {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	r, err := readRepo(fsys, slices.Sorted(maps.Keys(f)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// importing is a file of a package that imports others of ours.
func importing(name string, imported ...string) string {
	text := "package " + name + "\n"
	for _, i := range imported {
		text += fmt.Sprintf("import %q\n", strings.Replace(i, "@", modulePath, 1))
	}
	return text
}

// seeds lists for each rule what breaks it. Texts that no file of the repository may hold are put together here from
// parts.
func seeds() map[string][]seed {
	all := seedsOfStructure()
	maps.Copy(all, seedsOfCode())
	return all
}

// seedsOfStructure are of the rules on packages and what they import.
func seedsOfStructure() map[string][]seed {
	return map[string][]seed{
		"imports point one way": {
			{files{"helpdesk/a.go": importing("helpdesk", "@/bot")}, "helpdesk imports bot"},
			{files{"bot/a.go": importing("bot", "@/bot/store")}, "bot imports bot/store"},
			{files{"bot/slack/a.go": importing("slack", "@/bot/store")}, "bot/slack imports bot/store"},
			{files{"helpdesk/cerb/a.go": importing("cerb", "@/backoffice")}, "helpdesk/cerb imports backoffice"},
			{files{"bot/daemon/a.go": importing("daemon", "@/bot/sandbox")}, "bot/daemon imports bot/sandbox"},
			{files{"bot/stage/a.go": importing("stage")}, "bot/stage has no place"},
		},
		"clients and doubles do not know each other": {
			{files{"helpdesk/cerb/cerbfake/a.go": importing("cerbfake", "@/helpdesk/cerb")}, "the double helpdesk/cerb/cerbfake imports helpdesk/cerb"},
			{files{"helpdesk/cerb/a.go": importing("cerb", "@/helpdesk/cerb/cerbfake")}, "helpdesk/cerb imports the double"},
			{files{"bot/daemon/a.go": importing("daemon", "@/bot/slack/slackfake")}, "bot/daemon imports the double"},
		},
		"the domain does no input or output": {
			{files{"bot/a.go": importing("bot", "net/http")}, "bot/a.go imports net/http"},
			{files{"bot/a.go": importing("bot", "os")}, "bot/a.go imports os"},
			{files{"bot/a.go": importing("bot", "database/sql")}, "bot/a.go imports database/sql"},
			{files{"bot/a.go": importing("bot", "github.com/slack-go/slack")}, "bot/a.go imports github.com/slack-go/slack"},
		},
		"the vocabularies stand on the standard library alone": {
			{files{"backoffice/a.go": importing("backoffice", "github.com/bojanz/currency")}, "backoffice/a.go imports github.com/bojanz/currency"},
		},
		"no chain of imports is too long": {
			{files{
				"a/a.go": importing("a", "@/b"), "b/b.go": importing("b", "@/c"), "c/c.go": importing("c", "@/d"), "d/d.go": importing("d", "@/e"),
				"e/e.go": importing("e", "@/f"), "f/f.go": importing("f", "@/g"), "g/g.go": importing("g", "@/h"), "h/h.go": importing("h"),
			}, "7 imports deep: a → b → c"},
		},
		"only tests import testing": {
			{files{"bot/a.go": importing("bot", "testing")}, "bot/a.go imports testing"},
			{files{"bot/a.go": importing("bot", "testing/fstest")}, "bot/a.go imports testing/fstest"},
			{files{"bot/a.go": importing("bot", "@/helpdesk/helpdesktest")}, "bot/a.go imports " + modulePath},
		},
		"no file uses C": {{files{"bot/a_test.go": importing("bot", "C")}, "bot/a_test.go imports C"}},
		"the top level is fixed": {
			{files{"internal/a.go": importing("a")}, "internal does not belong"},
			{files{"NOTES.md": ""}, "NOTES.md does not belong"},
		},
	}
}

// seedsOfCode are of the rules on what stands in a file.
func seedsOfCode() map[string][]seed {
	return map[string][]seed{
		"functions are short": {
			{files{"bot/a.go": "package bot\n" + function("long", 81)}, "bot/a.go:2 long: this function has 81 lines"},
			{files{"bot/a.go": "package bot\n" + function("a", 13) + function("b", 13) + function("c", 2)}, "half of the functions"},
			{files{"bot/a.go": "package bot\n" + function("a", 51) + strings.Repeat(function("b", 2), 18)}, "one in twenty functions"},
		},
		"files are short": {
			{files{"bot/a.go": "package bot\n" + strings.Repeat("\n", 600)}, "bot/a.go: this file has 601 lines"},
			{files{"bot/a.go": "package bot\n" + strings.Repeat("\n", 450)}, "one in twenty files"},
		},
		"every package has a comment": {{files{"bot/a.go": importing("bot")}, "bot: the package has no comment"}},
		"everything exported has a comment": {
			{files{"bot/a.go": "package bot\nfunc Do() {}\n"}, "bot/a.go:2: Do has no comment"},
			{files{"bot/a.go": "package bot\n// Case is.\ntype Case struct{}\nfunc (c *Case) Do() {}\n"}, "bot/a.go:4: Case.Do has no comment"},
			{files{"bot/a.go": "package bot\n// Types are.\ntype (\n\tCase struct{}\n)\n"}, "bot/a.go:4: Case has no comment"},
			{files{"bot/a.go": "package bot\nconst (\n\tOpen = 1\n)\n"}, "bot/a.go:3: Open has no comment"},
			{files{"bot/a.go": "package bot\n// Port is.\ntype Port interface {\n\tDo()\n}\n"}, "bot/a.go:4: Port.Do has no comment"},
		},
		"no package has mutable variables": {
			{files{"bot/a.go": "package bot\nvar words = []string{}\n"}, "bot/a.go:2: the variable words"},
			{files{"bot/a.go": "package bot\nvar (\n\tn int\n)\n"}, "bot/a.go:3: the variable n"},
			{files{"bot/a.go": "package bot\nvar now = time.Now\n"}, "bot/a.go:2: the variable now"},
		},
		"no package has an init function": {{files{"bot/a.go": "package bot\nfunc init() {}\n"}, "bot/a.go:2: an init"}},
		"no package is a catch-all": {
			{files{"bot/shared/a.go": importing("shared")}, "bot/shared/a.go: the package's name shared"},
			{files{"bot/a_test.go": importing("testutil_test")}, "bot/a_test.go: the package's name testutil"},
		},
		"no struct keeps a context": {
			{files{"bot/a.go": "package bot\ntype a struct{ ctx context.Context }\n"}, "bot/a.go:2: a struct keeps"},
			{files{"bot/a.go": "package bot\nfunc f() { _ = struct{ context.Context }{} }\n"}, "bot/a.go:2: a struct keeps"},
		},
		"no test sleeps for luck": {{files{"bot/a_test.go": "package bot\nfunc f() { time.Sleep(1) }\n"}, "bot/a_test.go:2: sleeps"}},
		"no file holds what belongs elsewhere": {
			{files{"docs/a.md": "one\nTO" + "DO: two"}, "docs/a.md:2: unfinished work"},
			{files{"bot/a.go": "package bot // not " + "implemented"}, "bot/a.go:1: unfinished work"},
			{files{"docs/a.md": "see /wo" + "rk/main"}, "docs/a.md:1: a path of one machine"},
			{files{"docs/a.md": "`/home" + "/jan/aanmaner`"}, "docs/a.md:1: a path of one machine"},
			{files{"go.mod": "// proxy.gol" + "ang.org"}, "go.mod:1: a package registry's host"},
			{files{"bot/testdata/a.json": `{"token": "xox` + `b-123456789012-abcdefghijkl"}`}, "bot/testdata/a.json:1: a secret: xoxb-123…"},
			{files{"deploy/key.pem": "-----BEG" + "IN RSA PRIVATE KEY-----"}, "deploy/key.pem:1: a secret"},
			{files{"deploy/a.env": "A=AK" + "IAABCDEFGHIJKLMNOP"}, "deploy/a.env:1: a secret"},
			{files{"bot/testdata/a.txt": "Bearer ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0NTY3.c2lnbmF0dXJlc2lnbmF0"}, "bot/testdata/a.txt:1: a secret"},
			{files{"docs/a.md": "https://hooks.sl" + "ack.com/services/T01234567/B01234567/abcdefghijklmnopqrstuvwx"}, "docs/a.md:1: a secret"},
		},
	}
}

// function is the text of a function of so many lines.
func function(name string, lines int) string {
	return "func " + name + "() {\n" + strings.Repeat("\n", lines-2) + "}\n"
}

// goodCode comes close to breaking the rules, and keeps them.
func goodCode() files {
	return files{
		"README.md":              "Cerb answers \"Not implemented (/x)\". Unpack it in /tmp or ~/work; the socket is /run/x.sock.\n",
		".github/a":              "a name that begins with a dot",
		"go.sum":                 "sum xox" + "b-123456789012-abcdefghijkl\n",
		"bot/testdata/sample.go": "package util\nvar x = 1\n",
		"helpdesk/doc.go":        "// Package helpdesk is.\npackage helpdesk\nimport \"time\"\n",
		"bot/bot.go": `// Package bot is.
package bot

import (
	"embed"
	"io"
	"log/slog"
	"golang.org/x/sync/errgroup"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// The states of a case.
const (
	Open = 1
	Done = 2
)

const Late = 3 // said on the line

//go:embed a.txt
var text string

var (
	// ErrGone is a sentinel.
	ErrGone = errors.New("gone")
	pattern = regexp.MustCompile("x")
	_ Port = (*store)(nil)
)

// Port is asked.
type Port interface {
	// Do does.
	Do(ctx context.Context)
	Look() // looks
	io.Closer
}

type store struct{ call func(context.Context) }

func (s *store) Do() {}

func (s *store) init() {}
` + function("long", 50),
		"bot/bot_test.go": `package bot_test

import (
	"testing"
	"os"
	"github.com/aanmaner/aanmaner/helpdesk/cerb"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

var cases = []string{"a"}

func TestA(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { time.Sleep(1) })
	time.Sleep(1) // waits: for the clock to go on
	// waits: for the clock to go on
	time.Sleep(1)
}
` + function("long", 99),
		"helpdesk/helpdesktest/suite.go": "// Package helpdesktest is.\npackage helpdesktest\nimport \"testing\"\n",
	}
}

// TestShapeSeesTestCodeInTheBinary and the two below do for the rules about the binary what the seeds do for the others.
func TestShapeSeesTestCodeInTheBinary(t *testing.T) {
	packages := []linked{
		{ImportPath: "fmt", Standard: true, Imports: []string{"testing"}},
		{ImportPath: "example.org/assert", Imports: []string{"testing"}},
		{ImportPath: modulePath + "/helpdesk/helpdesktest"},
	}
	if found := testCodeIn(packages); len(found) != 2 {
		t.Errorf("found %q", found)
	}
}

func TestShapeSeesCInTheBinary(t *testing.T) {
	packages := []linked{
		{ImportPath: "net", Standard: true, CgoFiles: []string{"a.go"}},
		{ImportPath: "example.org/sqlite3", CgoFiles: []string{"a.go"}},
	}
	if found := cgoIn(packages); !slices.Equal(found, []string{"example.org/sqlite3 is bound to C"}) {
		t.Errorf("found %q", found)
	}
}

func TestShapeSeesAnotherLibc(t *testing.T) {
	const mod = "module modernc.org/sqlite\n\nrequire (\n\tmodernc.org/libc v1.2.3\n)\n"
	for ours, want := range map[string]int{"v1.2.3": 0, "v1.2.4": 1, "v1.2.30": 1} {
		if found := otherLibc(ours, mod); len(found) != want {
			t.Errorf("at %s found %q", ours, found)
		}
	}
	if len(otherLibc("v1.2.3", "module modernc.org/sqlite\n")) == 0 {
		t.Error("a go.mod that names no libc is taken for a match")
	}
}
