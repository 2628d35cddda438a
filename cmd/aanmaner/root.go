package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot/daemon"
)

// streams is what a command reads from and writes to: results on out, the rest on err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// app is what all commands share.
type app struct {
	streams
	environ    []string
	configFile string
	json       bool
	noColor    bool
	now        func() time.Time // nil: the machine's clock; the demo has one that it can move
}

// run is the program without its process: arguments in, exit code out.
func run(args []string, s streams, environ []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // who asks a second time wants it ended at once
	a := &app{streams: s, environ: environ}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.ExecuteContext(ctx)
	return a.exit(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "aanmaner",
		Short: "Carries out a hosting company's non-payer procedure",
		Long: `Aanmaner carries out a hosting company's non-payer procedure: it checks the back office, opens the ticket
"Account Termination" in Cerb, mails the customer, suspends services, cancels orders and writes the ticket into
the back office. Never twice, never on someone who paid; whatever is in doubt goes to a person.

Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 3 blocked by the procedure, 4 a person is needed.`,
		Example: `  aanmaner demo --play                                     see it work, in a world of its own
  aanmaner config example > aanmaner.yaml                  a configuration to start from
  aanmaner terminate 10234 --as sanne@hoster.example --dry-run
  aanmaner case show 41`,
		SilenceErrors: true, SilenceUsage: true,
	}
	f := root.PersistentFlags()
	f.StringVarP(&a.configFile, "config", "c", "", "configuration file (default $AANMANER_CONFIG, else aanmaner.yaml if it is there)")
	f.BoolVar(&a.json, "json", false, "machine-readable output: one JSON object a line")
	f.BoolVar(&a.noColor, "no-color", false, "no colours (also NO_COLOR, TERM=dumb)")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		a.serveCommand(), a.demoCommand(), a.terminateCommand(), a.caseCommand(), a.pauseCommand(), a.resumeCommand(),
		a.snippetCommand(), a.configCommand(), a.slackCommand(), a.setupCommand(), a.migrateCommand(), a.backupCommand(), a.restoreCommand(),
		a.doctorCommand(), a.versionCommand(),
	)
	return root
}

// usageError is a command line that can't be followed.
type usageError struct{ err error }

// Error says what is wrong with the command line.
func (e usageError) Error() string { return e.err.Error() }

// Unwrap gives the cause.
func (e usageError) Unwrap() error { return e.err }

// arguments makes a fault in the number of arguments a usage error.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("%w. Usage: %s", err, cmd.UseLine())}
		}
		return nil
	}
}

// env reads a variable of the environment that the program was given.
func (a *app) env(name string) string {
	for _, e := range slices.Backward(a.environ) {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value
		}
	}
	return ""
}

// config reads and checks the configuration.
func (a *app) config() (daemon.Config, error) {
	path := a.configFile
	if path == "" {
		path = a.env("AANMANER_CONFIG")
	}
	if _, err := os.Stat("aanmaner.yaml"); path == "" && err == nil {
		path = "aanmaner.yaml"
	}
	return daemon.Load(path, a.environ)
}

// open reads the configuration and puts the program's parts together.
func (a *app) open(ctx context.Context) (*daemon.Daemon, error) {
	cfg, err := a.config()
	if err != nil {
		return nil, err
	}
	return daemon.Open(ctx, cfg, daemon.Options{Log: cfg.Logger(a.err), Now: a.now})
}

// with runs f on the program's parts and closes them after it.
func (a *app) with(ctx context.Context, f func(*daemon.Daemon) error) error {
	d, err := a.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(f(d), d.Close())
}
