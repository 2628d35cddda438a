package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"debug/elf"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// releaseIn is a release of this tree that goes into a folder.
func releaseIn(t *testing.T, dir string) release {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return release{root: root, out: dir, version: version(), arch: "amd64", at: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
}

func made(t *testing.T, maker func(context.Context) (string, error)) string {
	t.Helper()
	path, err := maker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheBinaryIsStaticAndHoldsNothingOfThePackager(t *testing.T) {
	path := made(t, releaseIn(t, t.TempDir()).binary)
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("it asks for other files when it starts: %s", p.Type)
		}
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range info.Deps {
		if strings.Contains(m.Path, "nfpm") || strings.Contains(m.Path, "go-containerregistry") || strings.Contains(m.Path, "chromedp") {
			t.Errorf("%s is in the product", m.Path)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if root, err := filepath.Abs("../.."); err != nil || bytes.Contains(raw, []byte(root+"/")) {
		t.Errorf("the folder it was built in stands in it (%v)", err)
	}
}

func TestTheSameCommitGivesTheSameBytes(t *testing.T) {
	a, b := releaseIn(t, t.TempDir()), releaseIn(t, t.TempDir())
	for name, makers := range map[string][2]func(context.Context) (string, error){"deb": {a.deb, b.deb}, "image": {a.image, b.image}} {
		one, two := contents(t, made(t, makers[0])), contents(t, made(t, makers[1]))
		if len(one) == 0 || len(one) != len(two) {
			t.Errorf("%s: %d files, then %d", name, len(one), len(two))
		}
		for file, raw := range one {
			if !bytes.Equal(raw, two[file]) {
				t.Errorf("%s: %s differs", name, file)
			}
		}
	}
}

// contents reads a file, or all files of a folder by their place in it.
func contents(t *testing.T, path string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(path, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(path, p)
		if err == nil {
			out[rel], err = os.ReadFile(p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The image is whole, runs as nobody, and its program runs where there is nothing else: no libc, no certificates, no zones.
func TestTheImageIsWholeAndRunsWithNothingElse(t *testing.T) {
	path := made(t, releaseIn(t, t.TempDir()).image)
	index, err := layout.ImageIndexFromPath(path)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 {
		t.Fatalf("%v, %v", manifest, err)
	}
	img, err := index.Image(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Image(img); err != nil {
		t.Errorf("not whole: %v", err)
	}
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.Config.User != "65532:65532" || !slices.Equal(config.Config.Entrypoint, []string{"/usr/bin/aanmaner"}) || config.OS != "linux" {
		t.Errorf("%+v", config.Config)
	}
	if os.Geteuid() != 0 {
		t.Skip("the image's program is run in a root of its own, which needs root")
	}
	root := unpacked(t, img)
	for _, args := range [][]string{{"version"}, {"config", "example"}} {
		said, err := exec.CommandContext(t.Context(), "chroot", append([]string{"--userspec=65532:65532", root, config.Config.Entrypoint[0]}, args...)...).CombinedOutput()
		if err != nil || len(said) == 0 {
			t.Errorf("%v: %v\n%s", args, err, said)
		}
	}
}

// unpacked writes the image's files into a folder.
func unpacked(t *testing.T, img v1.Image) string {
	t.Helper()
	root := t.TempDir()
	if err := os.Chmod(root, 0o755); err != nil { // the image's user has to get in
		t.Fatal(err)
	}
	files := mutate.Extract(img)
	defer files.Close()
	tar := exec.CommandContext(t.Context(), "tar", "-x", "-C", root, "-p")
	tar.Stdin = files
	if said, err := tar.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	_, _ = io.Copy(io.Discard, files) // what tar leaves behind its end
	return root
}

// Who gets the package gets every licence that it is built on.
func TestEveryModulesLicenceIsThere(t *testing.T) {
	text, err := releaseIn(t, t.TempDir()).licences(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Apache License", "==== github.com/riverqueue/river v0.47.0 ====", "Mozilla Public License", "==== modernc.org/sqlite", "==== github.com/slack-go/slack"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("%q is missing", want)
		}
	}
}
