package snippets

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSource is the most that a template of a folder may hold, in bytes.
const maxSource = 64 << 10

// Load gives the embedded letters, replaced by the files of the same name in a folder (notice.nl.txt, restored.nl.txt …).
// An empty dir means the embedded ones only. Other .txt files in the folder are refused, since they are most likely a
// misspelt name; files of other kinds are none of our business. Every template is rendered on made-up facts of every kind
// before it is accepted. All faults of the folder come back in one error, each with its file.
func Load(dir string) (*Set, error) {
	set := &Set{kind: KindNotice, letters: map[key]notice{}}
	for _, k := range keys() {
		n, err := embeddedNotice(k)
		if err != nil {
			return nil, err
		}
		set.letters[k] = n
	}
	if dir == "" {
		return set, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("snippets folder: %w", err)
	}
	var faults []error
	for _, entry := range entries {
		if entry.IsDir() || filepath.Ext(entry.Name()) != ".txt" {
			continue
		}
		k, n, err := loadNotice(dir, entry.Name())
		if err != nil {
			faults = append(faults, fmt.Errorf("snippets folder: %s: %w", entry.Name(), err))
			continue
		}
		set.letters[k] = n
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return set, nil
}

// loadNotice reads and tries one file of the folder.
func loadNotice(dir, name string) (key, notice, error) {
	all := keys()
	i := slices.IndexFunc(all, func(k key) bool { return k.name() == name })
	if i < 0 {
		return key{}, notice{}, fmt.Errorf("no letter has this name: a kind (%s), a language (%s) and txt, with dots between",
			joinKinds(", "), strings.Join(Languages(), ", "))
	}
	source, err := readLimited(filepath.Join(dir, name))
	if err != nil {
		return key{}, notice{}, err
	}
	n, err := parseNotice(all[i], source)
	if err != nil {
		return key{}, notice{}, err
	}
	return all[i], n, tryNotice(all[i], n)
}

// readLimited reads a template that is text and not too long.
func readLimited(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Size() > maxSource {
		return "", fmt.Errorf("longer than %d bytes", maxSource)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(source) {
		return "", errors.New("not UTF-8 text")
	}
	return strings.TrimPrefix(string(source), "\ufeff"), nil
}
