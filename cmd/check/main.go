package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program: 0 when all passed, 1 when something failed, 2 when the command line is wrong.
func run(args []string, stdout, stderr io.Writer) int {
	opts, err := parseOptions(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	var chosen []stage
	if err == nil {
		chosen, err = choose(stages(), opts)
	}
	if err != nil {
		fmt.Fprintln(stderr, "check:", err)
		return 2
	}
	return check(chosen, opts, stdout)
}

// check runs the chosen stages under a time limit and stops whatever it started, however it ends.
func check(chosen []stage, opts options, stdout io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	defer stop()
	ctx, cancel := context.WithTimeoutCause(ctx, opts.timeout, fmt.Errorf("time limit of %v reached", opts.timeout))
	defer cancel()
	go cancelWithParent(ctx, cancel)

	w, err := newWorld(ctx, opts, &report{stdout})
	if err != nil {
		fmt.Fprintln(stdout, "check:", err)
		return 1
	}
	defer w.stopServices()
	sum := runStages(ctx, chosen, w)
	w.out.sum(sum)
	if sum.failed > 0 {
		return 1
	}
	return 0
}
