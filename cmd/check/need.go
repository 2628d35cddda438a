package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// need is a program that some tests want.
type need struct {
	name   string   // as people call it
	debian []string // Debian packages that bring it
	env    string   // the variable that tells tests about it; "" when they need not know
	always bool     // wanted by every run of the tests; otherwise only when a test mentions env

	// find returns the program's path, or false.
	find func(host) (string, bool)
	// start runs it as an ordinary user and returns the variable's value. nil: the value is the program's path.
	start func(ctx context.Context, program string) (*service, error)
}

// needs is the table of all that tests may ask for. Nothing of it is installed or started before a test mentions its
// variable. A variable that is already set is left as it is: a developer may point the tests at a server of his own.
func needs() []need {
	return []need{
		{name: "C compiler", debian: []string{"gcc", "libc6-dev"}, always: true, find: inPath("gcc", "clang")},
		{
			name: "PostgreSQL", debian: []string{"postgresql"}, env: "AANMANER_TEST_POSTGRES",
			find: either(inPath("postgres"), inFolders("/usr/lib/postgresql/*/bin/postgres")), start: startPostgres,
		},
		{
			name: "Chromium", debian: []string{"chromium"}, env: "AANMANER_TEST_CHROMIUM",
			find: inPath("chromium", "chromium-browser", "google-chrome"),
		},
		{
			name: "debootstrap", debian: []string{"debootstrap"}, env: "AANMANER_TEST_DEBOOTSTRAP",
			find: either(inPath("debootstrap"), inFolders("/usr/sbin/debootstrap")),
		},
		{name: "systemd-analyze", debian: []string{"systemd"}, env: "AANMANER_TEST_SYSTEMD_ANALYZE", find: inPath("systemd-analyze")},
		{
			name: "Dovecot", debian: []string{"dovecot-imapd"}, env: "AANMANER_TEST_DOVECOT",
			find: either(inPath("dovecot"), inFolders("/usr/sbin/dovecot")), start: startDovecot,
		},
	}
}

// host is the machine as the table sees it; tests put another one in its place.
type host struct {
	root   bool
	look   func(name string) (string, error)
	glob   func(pattern string) ([]string, error)
	run    func(ctx context.Context, name string, args ...string) error
	getenv func(name string) string
}

func (w *world) host() host {
	return host{
		root: os.Geteuid() == 0, look: exec.LookPath, glob: filepath.Glob, getenv: os.Getenv,
		run: func(ctx context.Context, name string, args ...string) error {
			_, err := w.command(name, args...).output(ctx)
			return err
		},
	}
}

func inPath(names ...string) func(host) (string, bool) {
	return func(h host) (string, bool) {
		for _, name := range names {
			if path, err := h.look(name); err == nil {
				return path, true
			}
		}
		return "", false
	}
}

// inFolders takes the last match, which of /usr/lib/postgresql/{15,17} is the newest.
func inFolders(pattern string) func(host) (string, bool) {
	return func(h host) (string, bool) {
		found, err := h.glob(pattern)
		if err != nil || len(found) == 0 {
			return "", false
		}
		return found[len(found)-1], true
	}
}

func either(ways ...func(host) (string, bool)) func(host) (string, bool) {
	return func(h host) (string, bool) {
		for _, find := range ways {
			if path, ok := find(h); ok {
				return path, true
			}
		}
		return "", false
	}
}

// prerequisites sees to it that everything is there that the tests in the tree ask for.
func prerequisites(ctx context.Context, w *world) outcome { return provideAll(ctx, w, w.host()) }

func provideAll(ctx context.Context, w *world, h host) outcome {
	var have, lack, broken []string
	for _, n := range needs() {
		if !wanted(n, w, h) {
			continue
		}
		got, err := provide(ctx, n, w, h)
		var absent *absentError
		switch {
		case errors.As(err, &absent):
			lack = append(lack, absent.Error())
		case err != nil:
			broken = append(broken, fmt.Sprintf("%s: %s", n.name, strings.Join(said(err), "\n")))
		default:
			have = append(have, got)
		}
	}
	if len(broken) > 0 {
		return failed("something that tests need does not start", append(broken, lack...)...)
	}
	if len(lack) > 0 {
		return missing(w.ci, "something that tests need is not there", lack...)
	}
	return passed(strings.Join(have, ", "))
}

// wanted tells whether this run has to provide something: the race detector's compiler unless -fast, and whatever a test
// mentions and the caller has not set himself.
func wanted(n need, w *world, h host) bool {
	if n.always {
		return !w.fast
	}
	return h.getenv(n.env) == "" && w.files.mentions(n.env)
}

// provide finds, or else installs, the program and starts it. It says in a few words what there is now.
func provide(ctx context.Context, n need, w *world, h host) (string, error) {
	path, ok := n.find(h)
	if !ok {
		if err := w.installFor(ctx, n, h); err != nil {
			return "", err
		}
		if path, ok = n.find(h); !ok {
			return "", absent(n, "it is still not found after its package was installed")
		}
	}
	w.races = w.races || n.always
	if n.env == "" {
		return n.name, nil
	}
	value := path
	if n.start != nil {
		s, err := n.start(ctx, path)
		if err != nil {
			return "", err
		}
		w.stops = append(w.stops, s.stop)
		value = s.value
	}
	w.env = append(w.env, n.env+"="+value)
	return n.name + " as " + n.env, nil
}

// installFor installs the packages of a need, when that is allowed.
func (w *world) installFor(ctx context.Context, n need, h host) error {
	if !w.install {
		return absent(n, "and -install=false forbids to install it")
	}
	apt, err := aptCommand(ctx, h)
	if err != nil {
		return absent(n, err.Error())
	}
	w.out.line("installing %s (%s)", n.name, strings.Join(n.debian, " "))
	for _, args := range [][]string{
		{"update", "-qq"},
		append([]string{"install", "-qq", "-y", "--no-install-recommends"}, n.debian...),
	} {
		line := append(apt, args...)
		if err := h.run(ctx, line[0], line[1:]...); err != nil {
			return absent(n, "installing it failed: "+strings.Join(said(err), "\n"))
		}
	}
	return nil
}

// aptCommand is how this user may run apt-get: as root, or with a sudo that asks nothing.
func aptCommand(ctx context.Context, h host) ([]string, error) {
	quiet := []string{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get"}
	if _, err := h.look("apt-get"); err != nil {
		return nil, errors.New("this system has no apt-get to install it with")
	}
	if h.root {
		return quiet, nil
	}
	if _, err := h.look("sudo"); err != nil || h.run(ctx, "sudo", "-n", "true") != nil {
		return nil, errors.New("installing it needs root, or a sudo that asks no password")
	}
	return append([]string{"sudo", "-n"}, quiet...), nil
}

// absentError is a need that could not be met, with the way to meet it by hand.
type absentError struct {
	need need
	why  string
}

func absent(n need, why string) error { return &absentError{need: n, why: why} }

func (e *absentError) Error() string {
	text := fmt.Sprintf("%s is not there: %s\n  get it with: apt-get install %s",
		e.need.name, e.why, strings.Join(e.need.debian, " "))
	if e.need.env != "" {
		text += fmt.Sprintf("\n  or set %s", e.need.env)
	}
	return text
}
