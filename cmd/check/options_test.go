package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestEveryStageRunsUnlessSomethingElseIsAsked(t *testing.T) {
	for line, want := range map[string]string{
		"":                         "gofmt shape modules build vet staticcheck prerequisites tests",
		"-fast":                    "gofmt shape modules build vet prerequisites tests",
		"-only tests":              "prerequisites tests",
		"-only shape,gofmt":        "gofmt shape",
		"-only vet -only gofmt":    "gofmt vet",
		"-fast -only staticcheck":  "staticcheck",
		"-only prerequisites,vet ": "vet prerequisites",
	} {
		opts, err := parseOptions(strings.Fields(line), new(bytes.Buffer))
		if err != nil {
			t.Fatal(err)
		}
		chosen, err := choose(stages(), opts)
		var names []string
		for _, s := range chosen {
			names = append(names, s.name)
		}
		if got := strings.Join(names, " "); got != want || err != nil {
			t.Errorf("%s: %s, %v; want %s", line, got, err, want)
		}
	}
}

func TestATypingMistakeIsNoGreenRun(t *testing.T) {
	for _, line := range []string{"-only test", "-only tests,", "-only=", "tests", "-quick"} {
		var out, errors bytes.Buffer
		if status := run(strings.Fields(line), &out, &errors); status != 2 || out.Len() > 0 || errors.Len() == 0 {
			t.Errorf("%s: exit %d, printed %q, said %q", line, status, &out, &errors)
		}
	}
}

func TestHelpNamesEveryStage(t *testing.T) {
	var out, help bytes.Buffer
	if status := run([]string{"-help"}, &out, &help); status != 0 {
		t.Errorf("exit %d", status)
	}
	for _, s := range stages() {
		if !slices.Contains(strings.Fields(help.String()), s.name) {
			t.Errorf("help does not name %s", s.name)
		}
	}
}
