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
    go run ./cmd/check -only gofmt,shape   just these stages

Stages:
`

// options is the command line.
type options struct {
	only    []string // names of stages; none: all
	fast    bool
	install bool
	timeout time.Duration
}

func parseOptions(args []string, stderr io.Writer) (options, error) {
	var opts options
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, helpText)
		for _, s := range stages() {
			fmt.Fprintf(stderr, "    %-14s %s\n", s.name, s.what)
		}
		fmt.Fprint(stderr, "\nFlags:\n")
		flags.PrintDefaults()
	}
	flags.Func("only", "run just these `stages`, separated by commas", func(names string) error {
		opts.only = append(opts.only, strings.Split(names, ",")...)
		return nil
	})
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

// choose picks the stages that the options ask for, in table order, each with the one that it requires. A name that no
// stage has is an error, so that a typing mistake never passes for a green run.
func choose(all []stage, opts options) ([]stage, error) {
	wanted := map[string]bool{}
	for _, s := range all {
		if slices.Contains(opts.only, s.name) || len(opts.only) == 0 && !(opts.fast && s.slow) {
			wanted[s.name], wanted[s.requires] = true, true
		}
	}
	for _, name := range opts.only {
		if !wanted[name] || name == "" {
			return nil, fmt.Errorf("no stage is called %q; see -help", name)
		}
	}
	return slices.DeleteFunc(all, func(s stage) bool { return !wanted[s.name] }), nil
}
