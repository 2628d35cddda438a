// Command package makes what is handed out of Aanmaner: a static binary, a Debian package and an OCI image.
//
//	go run ./cmd/package            all of it, into dist/
//	go run ./cmd/package deb        one of: binary, deb, image
//
// The same commit gives the same bytes, wherever it is built: paths are left out of the binary, and every time in it is the
// commit's (or SOURCE_DATE_EPOCH's).
//
// Dependencies of this command alone: github.com/goreleaser/nfpm/v2 (MIT) writes the Debian package without dpkg, and
// github.com/google/go-containerregistry (Apache-2.0) the image without a daemon. They are large; nothing of them is in the
// product's binary, which a test sees to.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "package:", err)
		stop()
		os.Exit(1)
	}
}

// release is what is being made.
type release struct {
	root    string // of the repository
	out     string // the folder that the results go to
	version string
	arch    string // as Go names it
	at      time.Time
}

func run(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("package", flag.ContinueOnError)
	out := f.String("o", "dist", "the folder that the results go to")
	arch := f.String("arch", "amd64", "the machine it is for, as Go names it")
	if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	r, err := newRelease(ctx, *out, *arch)
	if err != nil {
		return err
	}
	wanted := f.Args()
	if len(wanted) == 0 {
		wanted = []string{"binary", "deb", "image"}
	}
	makers := map[string]func(context.Context) (string, error){"binary": r.binary, "deb": r.deb, "image": r.image}
	for _, what := range wanted {
		maker, ok := makers[what]
		if !ok {
			return fmt.Errorf("%q can't be made; it is one of binary, deb and image", what)
		}
		path, err := maker(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		fmt.Println(path)
	}
	return nil
}

// newRelease finds the repository and the time of its commit.
func newRelease(ctx context.Context, out, arch string) (release, error) {
	r := release{out: out, arch: arch, version: version()}
	mod, err := output(ctx, "", "go", "env", "GOMOD")
	if err != nil {
		return r, err
	}
	r.root = filepath.Dir(mod)
	if r.out, err = filepath.Abs(out); err != nil {
		return r, err
	}
	stamp := os.Getenv("SOURCE_DATE_EPOCH")
	if stamp == "" {
		if stamp, err = output(ctx, r.root, "git", "log", "-1", "--format=%ct"); err != nil {
			return r, fmt.Errorf("the commit's time isn't known, set SOURCE_DATE_EPOCH: %w", err)
		}
	}
	sec, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return r, fmt.Errorf("SOURCE_DATE_EPOCH: %q is no number of seconds", stamp)
	}
	r.at = time.Unix(sec, 0).UTC()
	return r, os.MkdirAll(r.out, 0o755)
}

// binary builds the program: static, without paths, symbols or a build id.
func (r release) binary(ctx context.Context) (string, error) {
	path := filepath.Join(r.out, "aanmaner-"+r.version+"-linux-"+r.arch)
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", path, "./cmd/aanmaner")
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+r.arch, "GOFLAGS=-mod=readonly")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, said)
	}
	return path, nil
}

// output runs a command and gives what it says, without the line's end.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	raw, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(raw)), nil
}
