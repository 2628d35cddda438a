package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// grace is how long a program has to end by itself once it was asked to.
const grace = 5 * time.Second

// command is a program to be run. It gets a process group of its own: when the context ends, the whole group is asked to
// stop, so that the children of "go test" do not go on alone.
type command struct {
	dir    string
	name   string
	args   []string
	env    []string  // on top of our own environment
	stdout io.Writer // nil: collected with the errors
}

// output runs the program and returns all it printed. A program that ended with an error gives a *failure.
func (c command) output(ctx context.Context) (string, error) {
	var text bytes.Buffer
	cmd := c.prepare(ctx)
	cmd.Stderr = &text
	if cmd.Stdout = c.stdout; c.stdout == nil {
		cmd.Stdout = &text
	}
	err := cmd.Run()
	if ctx.Err() != nil && cmd.Process != nil {
		killGroup(cmd) // what did not heed the signal
	}
	if err != nil {
		return text.String(), &failure{line: c.String(), text: text.String(), cause: err}
	}
	return text.String(), nil
}

func (c command) prepare(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.name, c.args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	cmd.WaitDelay = grace
	ownGroup(cmd)
	return cmd
}

// String is the command as one would type it.
func (c command) String() string {
	return strings.Join(append([]string{c.name}, c.args...), " ")
}

// failure is a program that could not be run, or ended with an error.
type failure struct {
	line  string
	text  string // all that it printed
	cause error
}

func (f *failure) Error() string { return fmt.Sprintf("%s: %v", f.line, f.cause) }

func (f *failure) Unwrap() error { return f.cause }

// said turns the error of a command into lines for a person: what it printed, or why it did not run.
func said(err error) []string {
	var f *failure
	if errors.As(err, &f) && strings.TrimSpace(f.text) != "" {
		return []string{f.text}
	}
	return []string{err.Error()}
}

// cancelWithParent ends the run when the process that started it is gone: "go run" passes no signal on when it is killed.
func cancelWithParent(ctx context.Context, cancel context.CancelFunc) {
	parent := os.Getppid()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if os.Getppid() != parent {
				cancel()
				return
			}
		}
	}
}
