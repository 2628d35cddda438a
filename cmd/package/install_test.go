package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot/sandbox"
)

// debian is a small Debian in a folder.
type debian struct {
	t    *testing.T
	root string
}

// newDebian makes one by debootstrap, whose path the environment names.
func newDebian(t *testing.T) *debian {
	t.Helper()
	program := os.Getenv("AANMANER_TEST_DEBOOTSTRAP")
	if program == "" {
		t.Skip("AANMANER_TEST_DEBOOTSTRAP names no debootstrap; `go run ./cmd/check` provides one")
	}
	if os.Geteuid() != 0 {
		t.Skip("the package is installed in a root of its own, which needs root")
	}
	d := &debian{t: t, root: filepath.Join(t.TempDir(), "debian")}
	if said, err := exec.CommandContext(t.Context(), program, "--variant=minbase", "--include=adduser", "bookworm", d.root).CombinedOutput(); err != nil {
		t.Fatalf("debootstrap: %v\n%s", err, said)
	}
	return d
}

// run runs a command in it.
func (d *debian) run(args ...string) string {
	d.t.Helper()
	cmd := exec.CommandContext(d.t.Context(), "chroot", append([]string{d.root}, args...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"}
	said, err := cmd.CombinedOutput()
	if err != nil {
		d.t.Fatalf("%q: %v\n%s", args, err, said)
	}
	return string(said)
}

func (d *debian) path(p string) string { return filepath.Join(d.root, p) }

// The package's life on a machine: installed and not started, configured, started as its own user, stopped, upgraded with the
// settings kept, removed, purged. The cases outlive it.
func TestThePackageIsInstalledStartedUpgradedAndRemoved(t *testing.T) {
	d := newDebian(t)
	pkg := made(t, releaseIn(t, t.TempDir()).deb)
	raw, err := os.ReadFile(pkg)
	must(t, err)
	must(t, os.WriteFile(d.path("/opt/aanmaner.deb"), raw, 0o600))
	if said := d.run("dpkg", "-i", "/opt/aanmaner.deb"); !strings.Contains(said, "installed and not started") {
		t.Errorf("installing says %s", said)
	}
	d.owned("/etc/aanmaner/aanmaner.yaml", 0o640, "root:aanmaner")
	d.owned("/var/lib/aanmaner", 0o700, "aanmaner:aanmaner")

	world, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir()})
	must(t, err)
	defer world.Close() //nolint:errcheck // the end of the test
	written, err := world.WriteConfig()
	must(t, err)
	config, err := os.ReadFile(written)
	must(t, err)
	config = regexp.MustCompile(`(?m)^database: .*$`).ReplaceAll(config, []byte("database: /var/lib/aanmaner/aanmaner.db"))
	must(t, os.WriteFile(d.path("/etc/aanmaner/aanmaner.yaml"), config, 0o640))
	d.serves()

	d.run("dpkg", "-i", "/opt/aanmaner.deb")
	if kept, err := os.ReadFile(d.path("/etc/aanmaner/aanmaner.yaml")); err != nil || string(kept) != string(config) {
		t.Errorf("an upgrade changed the settings (%v)", err)
	}
	d.serves()
	d.run("dpkg", "-r", "aanmaner")
	if _, err := os.Stat(d.path("/usr/bin/aanmaner")); err == nil {
		t.Error("the program is still there")
	}
	if said := d.run("dpkg", "-P", "aanmaner"); !strings.Contains(said, "the cases stay in /var/lib/aanmaner") {
		t.Errorf("purging says %s", said)
	}
	if _, err := os.Stat(d.path("/etc/aanmaner")); err == nil {
		t.Error("the settings are still there")
	}
	if _, err := os.Stat(d.path("/var/lib/aanmaner/aanmaner.db")); err != nil {
		t.Errorf("the cases went with the package: %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// owned checks a file's mode and whose it is.
func (d *debian) owned(path string, mode os.FileMode, who string) {
	d.t.Helper()
	if got := strings.TrimSpace(d.run("stat", "-c", "%a %U:%G", path)); got != strconv.FormatUint(uint64(mode), 8)+" "+who {
		d.t.Errorf("%s is %s", path, got)
	}
}

// serves runs what the unit runs, as the unit's user, asks whether it is alive, and stops it as the unit would.
func (d *debian) serves() {
	d.t.Helper()
	unit, err := os.ReadFile(d.path("/usr/lib/systemd/system/aanmaner.service"))
	must(d.t, err)
	for _, key := range []string{"ExecStartPre", "ExecStart"} {
		line := regexp.MustCompile(`(?m)^` + key + `=(.*)$`).FindSubmatch(unit)
		if line == nil {
			d.t.Fatalf("the unit has no %s", key)
		}
		cmd := exec.CommandContext(d.t.Context(), "chroot", append([]string{"--userspec=aanmaner:aanmaner", d.root}, strings.Fields(string(line[1]))...)...)
		if key == "ExecStart" {
			d.alive(cmd)
		} else if said, err := cmd.CombinedOutput(); err != nil {
			d.t.Fatalf("%s: %v\n%s", key, err, said)
		}
	}
}

func (d *debian) alive(cmd *exec.Cmd) {
	d.t.Helper()
	lines, err := cmd.StderrPipe()
	must(d.t, err)
	must(d.t, cmd.Start())
	address := make(chan string, 1)
	go func() {
		defer close(address)
		for s := bufio.NewScanner(lines); s.Scan(); {
			if rest, ok := strings.CutPrefix(s.Text(), "Listening on "); ok {
				at, _, _ := strings.Cut(rest, ",")
				address <- at
			}
		}
	}()
	select {
	case at, ok := <-address:
		if !ok {
			d.t.Fatalf("the service ended: %v", cmd.Wait())
		}
		resp, err := http.Get("http://" + at + "/healthz")
		must(d.t, err)
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			d.t.Errorf("alive: %s", resp.Status)
		}
	case <-time.After(time.Minute):
		d.t.Error("the service doesn't listen")
	}
	must(d.t, cmd.Process.Signal(syscall.SIGTERM))
	for range address { // until its last line
	}
	if err := cmd.Wait(); err != nil {
		d.t.Errorf("stopped: %v", err)
	}
}

// What systemd itself says of the unit: nothing in it is misspelt, and little is open.
func TestTheUnitIsRightAndTight(t *testing.T) {
	program := os.Getenv("AANMANER_TEST_SYSTEMD_ANALYZE")
	if program == "" {
		t.Skip("AANMANER_TEST_SYSTEMD_ANALYZE names no systemd-analyze; `go run ./cmd/check` provides one")
	}
	unit, err := filepath.Abs("../../deploy/systemd/aanmaner.service")
	must(t, err)
	raw, err := os.ReadFile(unit)
	must(t, err)
	// The program isn't installed where the unit looks for it; any that is there does for reading the unit.
	copied := filepath.Join(t.TempDir(), "aanmaner.service")
	must(t, os.WriteFile(copied, []byte(strings.ReplaceAll(string(raw), "/usr/bin/aanmaner", "/bin/true")), 0o644))
	if said, err := exec.CommandContext(t.Context(), program, "verify", "--man=no", copied).CombinedOutput(); err != nil || strings.Contains(string(said), "aanmaner.service:") {
		t.Errorf("verify: %v\n%s", err, said)
	}
	said, err := exec.CommandContext(t.Context(), program, "security", "--offline=true", "--threshold=20", copied).CombinedOutput()
	if err != nil {
		t.Errorf("exposed more than 2.0: %v\n%s", err, said)
	}
}
