package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
)

func (a *app) demoCommand() *cobra.Command {
	var play bool
	cmd := &cobra.Command{
		Use: "demo", Short: "Run the bot in a world of its own, on this machine alone",
		Long: `Starts a Cerb, a back office with twenty customers, a Slack workspace and the customers' inbox, all made up and on
loopback, and the bot among them. Nothing leaves this machine, and nothing is kept.

Without --play it prints where to look and how to start a termination, and runs until it is interrupted. With --play it
tells a story, step by step, and checks how it ends.

Exit status: 0 the story ended as it should (or the demo was interrupted), 1 something differs, 2 wrong usage.`,
		Example: "  aanmaner demo\n  aanmaner demo --play",
		Args:    arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.demo(cmd.Context(), play)
		},
	}
	cmd.Flags().BoolVar(&play, "play", false, "tell the story and check its end")
	return cmd
}

// demo brings the world up in a folder that goes with it.
func (a *app) demo(ctx context.Context, play bool) (err error) {
	dir, err := os.MkdirTemp("", "aanmaner-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	options := sandbox.Options{Dir: dir, Delay: 10 * time.Second}
	if play {
		options.Delay = 0
	}
	world, err := sandbox.Start(ctx, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	path, err := world.WriteConfig()
	if err != nil {
		return err
	}
	if play {
		return world.Play(ctx, &child{config: path, log: a.err}, a.out)
	}
	return a.demoServe(ctx, world)
}

// demoServe runs the bot in this process and says where everything is.
func (a *app) demoServe(ctx context.Context, world *sandbox.Sandbox) error {
	cfg, err := world.Config()
	if err != nil {
		return err
	}
	d, err := daemon.Open(ctx, cfg, daemon.Options{Log: cfg.Logger(a.err)})
	if err != nil {
		return err
	}
	return errors.Join(d.Serve(ctx, func(address string) {
		world.ConnectSlack(address)
		fmt.Fprintf(a.out, `Everything here is made up. Look at:
  Slack        %s/
  Cerb         %s/
  Back office  %s/      (each customer has a Pay button)
  The mail     %s/
Start a termination from another terminal:
  %s --config %s terminate 10234 --as sanne@hoster.example
Or see the story: aanmaner demo --play
Ctrl-C ends it.
`, world.SlackURL, world.CerbURL, world.OfficeURL, world.InboxURL, self(), world.ConfigFile())
	}), d.Close())
}

// self is how the user calls this program.
func self() string {
	if strings.Contains(os.Args[0], "go-build") {
		return "go run ./cmd/aanmaner"
	}
	return os.Args[0]
}

// child is the bot as a process of its own, which the story can kill.
type child struct {
	config string
	log    io.Writer
	cmd    *exec.Cmd
}

// Start runs `aanmaner serve` and waits until it listens.
func (c *child) Start(ctx context.Context) (string, error) {
	self, err := exec.LookPath(os.Args[0])
	if err != nil {
		return "", err
	}
	c.cmd = exec.CommandContext(ctx, self, "--config", c.config, "serve")
	lines, err := c.cmd.StderrPipe()
	if err != nil {
		return "", err
	}
	if err := c.cmd.Start(); err != nil {
		return "", err
	}
	listening := make(chan string, 1)
	go c.read(lines, listening)
	select {
	case address, ok := <-listening:
		if !ok {
			return "", fmt.Errorf("the bot ended: %w", c.cmd.Wait())
		}
		return address, nil
	case <-time.After(30 * time.Second):
		return "", errors.New("the bot did not start within 30 s")
	}
}

// read finds the address in what the bot says, and passes on its warnings and errors.
func (c *child) read(lines io.Reader, listening chan<- string) {
	defer close(listening)
	for s := bufio.NewScanner(lines); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "Listening on "); ok {
			address, _, _ := strings.Cut(rest, ",")
			listening <- address
			continue
		}
		if strings.Contains(s.Text(), "level=ERROR") {
			fmt.Fprintln(c.log, s.Text())
		}
	}
}

// Kill kills the process without a chance to tidy up. Killing one that isn't there is no error.
func (c *child) Kill() error {
	if c.cmd == nil || c.cmd.Process == nil {
		return nil
	}
	if err := c.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	_ = c.cmd.Wait() // "signal: killed" is what was asked for
	c.cmd = nil
	return nil
}
