// The house rules as a test: which package may import which, how large things may grow, what has to be documented, what
// may not lie in a file. The command's check runs these files by themselves, so that a broken rule shows even while the
// program does not compile; so nothing here may use the program.
//
// A rule is a function from the repository to findings. It is tried on small repositories in memory that break it
// (shape_seeds_test.go) before it is believed on the real one.
package main_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

const modulePath = "github.com/aanmaner/aanmaner"

// houseRule is one rule that the repository keeps.
type houseRule struct {
	name string // what holds
	find func(*repo) []string
}

// houseRules is the table of all rules that need only the repository's files. Those about the binary, which need the go
// command, are in shape_binary_test.go.
func houseRules() []houseRule {
	return []houseRule{
		{"imports point one way", wrongImports},
		{"clients and doubles do not know each other", clientsAndDoublesMixed},
		{"the domain does no input or output", domainDoingIO},
		{"the vocabularies stand on the standard library alone", vocabularyOnOthers},
		{"no chain of imports is too long", chainTooLong},
		{"only tests import testing", testingInProduct},
		{"no file uses C", cgoFiles},
		{"the top level is fixed", strayAtTop},
		{"functions are short", longFunctions},
		{"files are short", longFiles},
		{"every package has a comment", packagesWithoutDoc},
		{"everything exported has a comment", exportedWithoutDoc},
		{"no package has mutable variables", mutableVariables},
		{"no package has an init function", initFunctions},
		{"no package is a catch-all", catchAllPackages},
		{"no struct keeps a context", keptContexts},
		{"no test sleeps for luck", sleepingTests},
		{"no file holds what belongs elsewhere", wrongText},
	}
}

func TestShape(t *testing.T) {
	r := realRepo(t)
	for _, rule := range houseRules() {
		t.Run(rule.name, func(t *testing.T) {
			if found := rule.find(r); len(found) > 0 {
				t.Errorf("%d findings\n%s", len(found), strings.Join(found, "\n"))
			}
		})
	}
}

// TestShapeInFigures only tells: how much is commented and tested is for people to judge.
func TestShapeInFigures(t *testing.T) {
	for _, line := range figures(realRepo(t)) {
		t.Log(line)
	}
}

// realRepo reads what git follows and what it would follow. Without git (a release's archive) there is nothing to hold to
// the rules.
func realRepo(t *testing.T) *repo {
	t.Helper()
	const root = "../.."
	git := exec.Command("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	git.Dir = root
	list, err := git.Output()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("git can't list the repository's files: %v", err)
		}
		t.Skipf("the house rules are about a git clone, with the git command there (apt-get install git): %v", err)
	}
	r, err := readRepo(os.DirFS(root), strings.Split(string(list), "\x00"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
