package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestShapeOfTheBinary asks the go command what the binary is made of, other modules included.
func TestShapeOfTheBinary(t *testing.T) {
	list := goCommand(t, "CGO_ENABLED=1", "list", "-deps", "-json=ImportPath,Imports,Standard,CgoFiles", modulePath+"/cmd/aanmaner")
	packages, err := readLinked(strings.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range append(testCodeIn(packages), cgoIn(packages)...) {
		t.Error(finding)
	}
}

// TestShapeOfSQLite holds modernc.org/libc to the one version that modernc.org/sqlite was translated against; its authors
// warn that any other, even a newer one, may break it.
func TestShapeOfSQLite(t *testing.T) {
	ours := goCommand(t, "", "list", "-m", "-f", "{{.Version}}", "modernc.org/libc")
	file := goCommand(t, "", "list", "-m", "-f", "{{.GoMod}}", "modernc.org/sqlite")
	mod, err := os.ReadFile(strings.TrimSpace(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range otherLibc(strings.TrimSpace(ours), string(mod)) {
		t.Error(finding)
	}
}

func goCommand(t *testing.T, env string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), env)
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		t.Fatalf("%v: %v\n%s", cmd, err, failed.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// linked is what "go list" tells of a package in the binary.
type linked struct {
	ImportPath string
	Imports    []string
	Standard   bool
	CgoFiles   []string
}

// readLinked reads the JSON objects of "go list", one after the other without anything between them.
func readLinked(r io.Reader) ([]linked, error) {
	var packages []linked
	for decoder := json.NewDecoder(r); ; {
		var p linked
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

// testCodeIn says through whom test code came into the binary.
func testCodeIn(packages []linked) []string {
	var wrong []string
	for _, p := range packages {
		if !p.Standard && slices.ContainsFunc(p.Imports, func(i string) bool { return matches(i, "testing testing/*") }) {
			wrong = append(wrong, p.ImportPath+" brings testing into the binary")
		}
		if strings.HasPrefix(p.ImportPath, modulePath) && isSuite(p.ImportPath) {
			wrong = append(wrong, "the contract suite "+p.ImportPath+" is in the binary")
		}
	}
	return wrong
}

// cgoIn names the packages that need a C compiler. The standard library's few do without where there is none.
func cgoIn(packages []linked) []string {
	var wrong []string
	for _, p := range packages {
		if !p.Standard && len(p.CgoFiles) > 0 {
			wrong = append(wrong, p.ImportPath+" is bound to C")
		}
	}
	return wrong
}

// otherLibc compares our version of modernc.org/libc with the one in sqlite's own go.mod.
func otherLibc(ours, sqliteMod string) []string {
	wants := regexp.MustCompile(`(?m)^\s*(?:require\s+)?modernc\.org/libc (\S+)`).FindStringSubmatch(sqliteMod)
	if wants == nil {
		return []string{"the go.mod of modernc.org/sqlite no longer names modernc.org/libc"}
	}
	if wants[1] != ours {
		return []string{fmt.Sprintf("modernc.org/libc is at %s, modernc.org/sqlite wants exactly %s", ours, wants[1])}
	}
	return nil
}
