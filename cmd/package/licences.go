package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// module is a dependency whose code is in the binary.
type module struct {
	Path, Version, Dir string
}

// licences is our licence followed by that of every module in the binary, as the licences ask for.
func (r release) licences(ctx context.Context) ([]byte, error) {
	var out bytes.Buffer
	ours, err := os.ReadFile(filepath.Join(r.root, "LICENSE"))
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(&out, "Aanmaner %s\n\n%s\n", r.version, ours)
	modules, err := r.modules(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range modules {
		text, err := licenceOf(m.Dir)
		if err != nil {
			return nil, fmt.Errorf("licence of %s: %w", m.Path, err)
		}
		fmt.Fprintf(&out, "\n==== %s %s ====\n\n%s\n", m.Path, m.Version, text)
	}
	return out.Bytes(), nil
}

// modules lists the modules of the packages that the program is built of.
func (r release) modules(ctx context.Context) ([]module, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Module", "./cmd/aanmaner")
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+r.arch)
	raw, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []module
	for d := json.NewDecoder(bytes.NewReader(raw)); ; {
		var p struct {
			Module *struct {
				module
				Main bool
			}
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if p.Module != nil && !p.Module.Main && !slices.Contains(all, p.Module.module) {
			all = append(all, p.Module.module)
		}
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

// licenceOf reads a module's licence, and the notice that belongs to it.
func licenceOf(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.IsDir() || !strings.HasPrefix(name, "LICEN") && !strings.HasPrefix(name, "COPYING") && !strings.HasPrefix(name, "NOTICE") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		texts = append(texts, string(raw))
	}
	if len(texts) > 0 {
		return strings.Join(texts, "\n"), nil
	}
	if up := filepath.Dir(dir); strings.Contains(dir, "@") && strings.Contains(up, "@") { // a module within a repository
		return licenceOf(up)
	}
	return "", errors.New("there is none in its folder")
}
