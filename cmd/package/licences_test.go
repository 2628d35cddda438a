package main

import (
	"os"
	"strings"
	"testing"
)

// kindOf tells a licence by its words.
func kindOf(text string) string {
	words := strings.Join(strings.Fields(text), " ")
	for _, known := range []struct{ words, kind string }{
		{"Mozilla Public License Version 2.0", "MPL-2.0"}, {"Mozilla Public License, version 2.0", "MPL-2.0"},
		{"Apache License Version 2.0", "Apache-2.0"}, {"Apache License, Version 2.0", "Apache-2.0"},
		{"Neither the name", "BSD-3-Clause"}, {"names of its contributors may be used", "BSD-3-Clause"},
		{"Redistributions in binary form must reproduce", "BSD-2-Clause"},
		{"Permission is hereby granted, free of charge", "MIT"},
		{"Permission to use, copy, modify, and/or distribute", "ISC"}, {"Permission to use, copy, modify, and distribute", "ISC"},
	} {
		if strings.Contains(words, known.words) {
			return known.kind
		}
	}
	return "unknown"
}

// Each module in the program has a licence of a kind that the guide tells about: another one is looked at by a person first.
func TestTheGuideTellsOfEachKindOfLicence(t *testing.T) {
	raw, err := os.ReadFile("../../docs/licences.md")
	must(t, err)
	modules, err := releaseIn(t, t.TempDir()).modules(t.Context())
	must(t, err)
	if len(modules) < 20 {
		t.Fatalf("only %d modules", len(modules))
	}
	for _, m := range modules {
		text, err := licenceOf(m.Dir)
		must(t, err)
		if kind := kindOf(text); !strings.Contains(string(raw), "| "+kind) && !strings.Contains(string(raw), ", "+kind+" |") {
			t.Errorf("docs/licences.md doesn't tell of %s, the licence of %s", kind, m.Path)
		}
	}
}
