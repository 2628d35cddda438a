package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot/daemon"
)

func (a *app) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Run the bot: take Slack's requests and take cases forward",
		Long: `Runs until it is interrupted. Calls that are under way are seen to their end first.
An SQLite file takes one serve, a Postgres database any number of them, which share the work.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(d *daemon.Daemon) error {
				return d.Serve(cmd.Context(), func(address string) { fmt.Fprintf(a.err, "Listening on %s, mode %s\n", address, d.Config.Mode) })
			})
		},
	}
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: arguments(cobra.NoArgs),
		Run: func(*cobra.Command, []string) { fmt.Fprintln(a.out, "aanmaner "+daemon.Version) },
	}
}
