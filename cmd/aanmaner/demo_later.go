package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
)

// within is the bot in this process, on the world's clock: a process of its own would live on the machine's.
type within struct {
	world *sandbox.Sandbox
	now   func() time.Time
	log   io.Writer
	end   context.CancelFunc
	ended chan error
}

// Start runs the bot and waits until it listens.
func (w *within) Start(ctx context.Context) (string, error) {
	cfg, err := w.world.Config()
	if err != nil {
		return "", err
	}
	ctx, w.end = context.WithCancel(ctx)
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelError}))
	d, err := daemon.Open(ctx, cfg, daemon.Options{Log: log, Now: w.now, Quick: true})
	if err != nil {
		w.end()
		return "", err
	}
	listening := make(chan string, 1)
	w.ended = make(chan error, 1)
	go func() {
		err := d.Serve(ctx, func(address string) { listening <- address })
		w.ended <- errors.Join(err, d.Close())
	}()
	select {
	case address := <-listening:
		return address, nil
	case err := <-w.ended:
		w.end()
		w.ended = nil
		return "", fmt.Errorf("the bot ended: %w", err)
	}
}

// Kill ends the bot. Ending one that doesn't run is no error.
func (w *within) Kill() error {
	if w.ended == nil {
		return nil
	}
	w.end()
	err := <-w.ended
	w.ended = nil
	return err
}

// typed is a person at the command line of a program on the world's clock. It answers what was printed; where to go next is left
// out.
func (w *within) typed(ctx context.Context, args ...string) (string, error) {
	var out, errs bytes.Buffer
	a := &app{streams: streams{in: strings.NewReader(""), out: &out, err: &errs}, now: w.now}
	root := a.root()
	root.SetArgs(append([]string{"--config", w.world.ConfigFile()}, args...))
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	err := root.ExecuteContext(ctx)
	if code := a.exit(err); code != exitDone && code != exitPerson {
		return out.String(), fmt.Errorf("aanmaner %s: exit status %d: %s", strings.Join(args, " "), code, errs.String())
	}
	said, _, _ := strings.Cut(out.String(), "Next: ")
	return said, nil
}
