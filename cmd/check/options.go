package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

const helpText = `Usage: go run ./cmd/check [flags]

Runs everything that a change must pass and ends in one line:

    N passed, N failed, N skipped

Each stage counts as one check, but "tests": there each Go test and subtest counts as one, and a package that
does not build or breaks off counts as one failed. The exit status is 1 when anything failed.

What can't run for want of something is skipped and says how to get it; with CI=true in the environment it
fails. Programs that tests need are installed from Debian's packages when that is allowed (as root, or with
sudo that asks no password); -install=false forbids it. Services run as an ordinary user, on loopback, with
data that is thrown away. Ctrl-C stops all that was started.

Examples:
    go run ./cmd/check                     everything
    go run ./cmd/check -fast               while working: no race detector, no linter, cached results count
    go run ./cmd/check -only shape,rules   just these stages
    go run ./cmd/check -skip tests         all but the tests

Flags:
`

// options is the command line.
type options struct {
	only, skip []string
	list       bool
	fast       bool
	install    bool
	timeout    time.Duration
}

func parseOptions(args []string, stderr io.Writer) (options, error) {
	var opts options
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, helpText)
		flags.PrintDefaults()
	}
	flags.Func("only", "run just these `stages`, separated by commas (and prerequisites, where they need them)", listFlag(&opts.only))
	flags.Func("skip", "leave out these `stages`, separated by commas", listFlag(&opts.skip))
	flags.BoolVar(&opts.list, "list", false, "list the stages and end")
	flags.BoolVar(&opts.fast, "fast", false, "leave out what takes long: no race detector, no linter, cached test results count")
	flags.BoolVar(&opts.install, "install", true, "install missing programs from Debian's packages")
	flags.DurationVar(&opts.timeout, "timeout", 75*time.Minute, "time limit for everything")
	if err := flags.Parse(args); err != nil {
		return opts, err
	}
	if flags.NArg() > 0 {
		return opts, fmt.Errorf("unexpected argument %q; see -help", flags.Arg(0))
	}
	return opts, nil
}

func listFlag(into *[]string) func(string) error {
	return func(value string) error {
		for name := range strings.SplitSeq(value, ",") {
			if name = strings.TrimSpace(name); name != "" {
				*into = append(*into, name)
			}
		}
		return nil
	}
}

// choose picks the stages that the options ask for, in table order, with what they require. A name that no stage has is
// an error, so that a typing mistake never passes for a green run.
func choose(all []stage, opts options) ([]stage, error) {
	for _, name := range slices.Concat(opts.only, opts.skip) {
		if !slices.ContainsFunc(all, func(s stage) bool { return s.name == name }) {
			return nil, fmt.Errorf("no stage is called %q; see -list", name)
		}
	}
	wanted := wantedNames(all, opts)
	var chosen []stage
	for _, s := range all {
		if wanted[s.name] && !slices.Contains(opts.skip, s.name) {
			chosen = append(chosen, s)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no stage is left to run; see -list")
	}
	return chosen, nil
}

func wantedNames(all []stage, opts options) map[string]bool {
	wanted := map[string]bool{}
	for _, s := range all {
		named := slices.Contains(opts.only, s.name)
		if !named && (len(opts.only) > 0 || opts.fast && s.slow) {
			continue
		}
		wanted[s.name] = true
		for _, name := range s.requires {
			wanted[name] = true
		}
	}
	return wanted
}

func listStages(w io.Writer, all []stage) {
	for _, s := range all {
		note := ""
		if s.slow {
			note = " (not with -fast)"
		}
		fmt.Fprintf(w, "%-14s %s%s\n", s.name, s.what, note)
	}
}
