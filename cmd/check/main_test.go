package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The test binary is the command itself when this variable is set, so that it can be run as a process of its own.
const beTheCommand = "CHECK_TEST_BE_THE_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(beTheCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// repository makes a small repository under the project's name, with the files given as pairs of path and text.
func repository(t *testing.T, pathsAndTexts ...string) string {
	t.Helper()
	root := t.TempDir()
	pairs := append([]string{"go.mod", "module " + modulePath + "\n\ngo 1.26.0\n"}, pathsAndTexts...)
	for i := 0; i < len(pairs); i += 2 {
		path := filepath.Join(root, pairs[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(pairs[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("git", "init", "-q", root).CombinedOutput(); err != nil {
		t.Fatalf("git init: %v\n%s", err, out)
	}
	return root
}

// commandIn is the command as a process in that repository. Output comes by a pipe, as on a test machine.
func commandIn(t *testing.T, root string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), beTheCommand+"=1", "CI=true")
	return cmd
}

func TestTheLastLineIsTheSum(t *testing.T) {
	root := repository(t, "a/a_test.go", `package a

import "testing"

func TestPasses(t *testing.T) {}
func TestFails(t *testing.T)  { t.Error("so it does") }
func TestSkips(t *testing.T)  { t.Skip("not here") }
`, "b/b_test.go", "package b\n\nfunc f() { undefined() }\n")
	cmd := commandIn(t, root, "-fast", "-only", "gofmt,tests")
	out, err := cmd.Output()
	if cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("ended with %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if last, want := lines[len(lines)-1], "3 passed, 2 failed, 1 skipped"; last != want {
		t.Errorf("%s\nthe last line is not %q", out, want) // gofmt, prerequisites and a test; a test and a package; a test
	}
	for _, want := range []string{"so it does", "undefined: undefined", "a TestSkips: a_test.go:7: not here"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%s\ndoes not tell %q", out, want)
		}
	}
}

func TestAGreenRunEndsWithStatusNought(t *testing.T) {
	root := repository(t, "a/a.go", "package a\n", "a/a_test.go", "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {}\n")
	out, err := commandIn(t, root, "-fast", "-only", "gofmt,modules,vet,tests").Output()
	if err != nil || !strings.HasSuffix(string(out), "\n5 passed, 0 failed, 0 skipped\n") {
		t.Errorf("%s\n%v", out, err)
	}
}

func TestSlipsAreFound(t *testing.T) {
	for stage, files := range map[string][]string{
		"gofmt":   {"a/a.go", "package  a\n"},
		"vet":     {"a/a.go", "package a\n\nimport \"fmt\"\n\nfunc f() { fmt.Printf(\"%d\", \"x\") }\n"},
		"build":   {"cmd/aanmaner/main.go", "package main\n\nfunc main() { x() }\n"},
		"shape":   {"cmd/aanmaner/shape_test.go", "package main_test\n\nimport \"testing\"\n\nfunc TestShape(t *testing.T) { t.Error(\"crooked\") }\n"},
		"modules": {"go.mod", "module " + modulePath + "\n\ngo 1.26.0\n\nrequire golang.org/x/text v0.43.0\n"},
		"tests":   {"a/a.go", "package a\n"}, // none ran
	} {
		t.Run(stage, func(t *testing.T) {
			out, err := commandIn(t, repository(t, files...), "-fast", "-only", stage).Output()
			if err == nil || !regexp.MustCompile(`(?m)^`+stage+` +FAILED `).Match(out) {
				t.Errorf("%s\n%v", out, err)
			}
		})
	}
}
