package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
	"github.com/aanmaner/aanmaner/bot/sandbox/show"
	"github.com/aanmaner/aanmaner/bot/wording"
)

func (a *app) demoCommand() *cobra.Command {
	var play bool
	var listen, lang string
	cmd := &cobra.Command{
		Use: "demo", Short: "Run the bot in a world of its own, on this machine alone",
		Long: `Starts a Cerb, a back office with twenty customers, a Slack workspace and the customers' inbox, all made up and on
loopback, and the bot among them. Nothing leaves this machine, and nothing is kept.

Without --play it serves a page on which all of it can be seen and used, and runs until it is interrupted. Customers pay
there, in full or in part, and banks take payments back. Days go by as you wish: the clock stops where a person has to decide.
It begins on a morning on which people work, and moves nothing but this world. With --play it tells a story in which weeks go
by, step by step, and checks how it ends.

Exit status: 0 the story ended as it should (or the demo was interrupted), 1 something differs, 2 wrong usage.`,
		Example: "  aanmaner demo\n  aanmaner demo --lang en\n  aanmaner demo --play",
		Args:    arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if lang != "nl" && lang != "en" {
				return usageError{fmt.Errorf("--lang: %q is neither nl nor en", lang)}
			}
			if play {
				return a.demoPlay(cmd.Context())
			}
			return a.demoServe(cmd.Context(), listen, lang)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&play, "play", false, "tell the story and check its end")
	f.StringVar(&listen, "listen", "127.0.0.1:0", "address of the page, on this machine; port 0 takes a free one")
	f.StringVar(&lang, "lang", "nl", "language of the page and of Slack to begin with: nl or en")
	return cmd
}

// demoPlay tells the story in a folder that goes with it.
func (a *app) demoPlay(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "aanmaner-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	clock := &sandbox.Clock{}
	world, err := sandbox.Start(ctx, sandbox.Options{Dir: dir, Now: clock.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	path, err := world.WriteConfig()
	if err != nil {
		return err
	}
	later := &within{world: world, now: clock.Now, log: a.err}
	return world.Play(ctx, sandbox.Cast{Bot: &child{config: path, log: a.err}, Later: later, Clock: clock, Type: later.typed}, a.out)
}

// demoServe shows the world on one page, and begins it anew when the visitor asks for that.
func (a *app) demoServe(ctx context.Context, address, lang string) error {
	again := make(chan string, 1)
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		return err
	}
	page, err := show.New(show.Options{Zone: zone, Lang: lang, Again: func(lang string) {
		select {
		case again <- lang:
		default: // it is beginning anew already
		}
	}})
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("the demo's page can't be served: %w", err)
	}
	// A request for news waits for some, so there is no time-out for writing.
	server := &http.Server{Handler: page, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return quietly(server.Serve(l)) })
	g.Go(func() error { <-gctx.Done(); return server.Close() })
	g.Go(func() error {
		for first := true; gctx.Err() == nil; first = false {
			if err := a.demoWorld(gctx, page, again, &lang, first, "http://"+l.Addr().String()); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// quietly drops the error of a server that was told to close.
func quietly(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// demoWorld is one world from its beginning until the visitor wants another, or the end.
func (a *app) demoWorld(ctx context.Context, page *show.Show, again <-chan string, lang *string, first bool, url string) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dir, err := os.MkdirTemp("", "aanmaner-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	clock := &sandbox.Clock{}
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err == nil {
		err = clock.ToWork(zone)
	}
	if err != nil {
		return err
	}
	world, err := sandbox.Start(ctx, sandbox.Options{Dir: dir, Now: clock.Now, Delay: 6 * time.Second, Lang: *lang})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	cfg, err := world.Config()
	if err != nil {
		return err
	}
	d, err := daemon.Open(ctx, cfg, daemon.Options{Log: cfg.Logger(a.err), Now: clock.Now, Quick: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	go func() {
		select {
		case *lang = <-again:
			cancel()
		case <-ctx.Done():
		}
	}()
	return d.Serve(ctx, func(address string) {
		world.ConnectSlack(address)
		world.ConnectOffice(address)
		page.SetWorld(shown(world, clock, d))
		if first {
			a.demoTold(world, url)
		}
	})
}

// shown is the world as the page wants it.
func shown(world *sandbox.Sandbox, clock *sandbox.Clock, d *daemon.Daemon) show.World {
	days := sandbox.NewDays(clock, d)
	return show.World{
		Now: clock.Now, Tell: world.Tell,
		Days: func(ctx context.Context, day string, seen func()) (show.Stop, error) {
			stop, err := days.To(ctx, backoffice.Date(day), seen)
			if err != nil || stop.CaseID == 0 {
				return show.Stop{}, err
			}
			return show.Stop{Customer: stop.Customer, Why: func(lang string) string { return d.Words.Reason(wording.Lang(lang), stop.Why) }}, nil
		},
		Slack: world.Slack, Cerb: world.Cerb, Office: world.Office, Channel: sandbox.CaseChannelID,
		Mails: func() (out []show.Mail) {
			for _, m := range world.Inbox.Mails("") {
				out = append(out, show.Mail{To: strings.Join(m.Envelope, ", "), From: m.From, Subject: m.Subject, Text: m.Text, MessageID: m.MessageID, At: m.At})
			}
			return out
		},
		People: []show.Person{
			{ID: sandbox.Sanne, Name: "Sanne Visser", Role: "agent"}, {ID: sandbox.Bram, Name: "Bram Smit", Role: "colleague"},
			{ID: sandbox.Jacqueline, Name: "Jacqueline de Vries", Role: "lead"},
		},
		Links: []show.Link{{Name: "Slack", URL: world.SlackURL + "/"}, {Name: "Cerb", URL: world.CerbURL + "/"}, {Name: "Back office", URL: world.OfficeURL + "/"}, {Name: "Inbox", URL: world.InboxURL + "/"}},
	}
}

// demoTold says where to look.
func (a *app) demoTold(world *sandbox.Sandbox, url string) {
	fmt.Fprintf(a.out, `Everything here is made up, and nothing leaves this machine. Open in a browser:
  %s/
Or start a termination from another terminal:
  %s --config %s terminate 10234 --as sanne@hoster.example
Or see the story told and checked: aanmaner demo --play
Ctrl-C ends it.
`, url, self(), world.ConfigFile())
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
