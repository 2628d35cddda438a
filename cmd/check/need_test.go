package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// machine is a computer on which only some programs are there; apt-get makes more of them appear.
type machine struct {
	programs []string
	bring    []string // what an installation brings
	env      map[string]string
	ran      []string
}

func (m *machine) host(root bool) host {
	return host{
		root:   root,
		getenv: func(name string) string { return m.env[name] },
		glob:   func(string) ([]string, error) { return nil, nil },
		look: func(name string) (string, error) {
			if slices.Contains(m.programs, name) {
				return "/usr/bin/" + name, nil
			}
			return "", errors.New("not found")
		},
		run: func(_ context.Context, name string, args ...string) error {
			m.ran = append(m.ran, strings.Join(append([]string{name}, args...), " "))
			if slices.Contains(args, "install") {
				m.programs = append(m.programs, m.bring...)
			}
			if name == "sudo" && !slices.Contains(m.programs, "sudo-right") {
				return errors.New("a password is required")
			}
			return nil
		},
	}
}

// someWorld is a repository in which one test asks for a browser.
func someWorld() *world {
	fsys := fstest.MapFS{"bot/a_test.go": {Data: []byte(`package bot // os.Getenv("AANMANER_TEST_CHROMIUM")`)}}
	return &world{out: &report{io.Discard}, files: tree{fsys: fsys, paths: []string{"bot/a_test.go"}}, install: true}
}

func TestNothingIsInstalledThatNoTestAsksFor(t *testing.T) {
	m := &machine{programs: []string{"gcc", "chromium", "apt-get"}}
	w := someWorld()
	if o := provideAll(t.Context(), w, m.host(true)); o.count != (counts{passed: 1}) {
		t.Errorf("%+v", o)
	}
	if want := []string{"AANMANER_TEST_CHROMIUM=/usr/bin/chromium"}; !slices.Equal(w.env, want) || len(m.ran) > 0 {
		t.Errorf("tests are told %q; ran %q", w.env, m.ran)
	}
}

func TestWhatTestsAskForIsInstalled(t *testing.T) {
	for name, root := range map[string]bool{"by root": true, "by sudo": false} {
		m := &machine{programs: []string{"gcc", "apt-get", "sudo", "sudo-right"}, bring: []string{"chromium"}}
		w := someWorld()
		if o := provideAll(t.Context(), w, m.host(root)); o.count != (counts{passed: 1}) || len(w.env) != 1 {
			t.Errorf("%s: %+v, tests are told %q", name, o, w.env)
		}
		if last := m.ran[len(m.ran)-1]; !strings.HasSuffix(last, "apt-get install -qq -y --no-install-recommends chromium") {
			t.Errorf("%s: ran %q", name, last)
		}
	}
}

func TestWhatCanNotBeHadIsSkippedWithAWayToGetIt(t *testing.T) {
	for name, w := range map[string]*world{"no right": someWorld(), "forbidden": someWorld()} {
		w.install = name != "forbidden"
		m := &machine{programs: []string{"gcc", "apt-get", "sudo"}, bring: []string{"chromium"}}
		o := provideAll(t.Context(), w, m.host(name == "forbidden"))
		text := strings.Join(o.details, "\n")
		if o.count != (counts{skipped: 1}) || !strings.Contains(text, "get it with: apt-get install chromium") {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestWhatCanNotBeHadFailsInCI(t *testing.T) {
	w := someWorld()
	w.ci = true
	m := &machine{programs: []string{"gcc"}}
	if o := provideAll(t.Context(), w, m.host(true)); o.count != (counts{failed: 1}) {
		t.Errorf("%+v", o)
	}
}

func TestAServerOfTheDevelopersOwnIsLeftAlone(t *testing.T) {
	w := someWorld()
	m := &machine{programs: []string{"gcc"}, env: map[string]string{"AANMANER_TEST_CHROMIUM": "/opt/chrome"}}
	if o := provideAll(t.Context(), w, m.host(true)); o.count != (counts{passed: 1}) || len(w.env) > 0 {
		t.Errorf("%+v, tests are told %q", o, w.env)
	}
}
