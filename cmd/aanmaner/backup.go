package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
)

func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup <file>", Short: "Copy the database into a new file, also while serve runs", Args: arguments(cobra.ExactArgs(1)),
		Long: `Copies the SQLite database, as it is at one moment, into a new file that only its owner can read. A file that is there
is never replaced. On PostgreSQL it prints the command that does the same.`,
		Example: "  aanmaner backup /var/backups/aanmaner-2026-12-01.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			if how := daemon.BackupCommand(cfg, args[0]); how != "" {
				fmt.Fprintln(a.out, how)
				return usageError{errors.New("the database is on PostgreSQL, whose own tools copy it while it is in use; the command is above. " +
					"It takes the password from ~/.pgpass or PGPASSWORD")}
			}
			if err := daemon.Backup(cmd.Context(), cfg, args[0]); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "Copied to %s. To put it back: aanmaner restore %s --as E-MAIL\n", args[0], args[0])
			return nil
		},
	}
}

func (a *app) restoreCommand() *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use: "restore [file]", Short: "Put a copy of the database back, and hand what was running to people", Args: arguments(cobra.MaximumNArgs(1)),
		Long: `An older state of the database doesn't know what the bot did after it was made. So every case that was running then is
handed to a person, and the bot looks at each step before it does it: nothing is done twice. serve has to be stopped.

With a file, that SQLite copy is put in place; what was there is set aside, not removed. Without one, the database was put
back by other means, such as pg_restore or a snapshot.`,
		Example: "  aanmaner restore /var/backups/aanmaner-2026-12-01.db --as erik@hoster.example\n  aanmaner restore --as erik@hoster.example",
		RunE: func(cmd *cobra.Command, args []string) error {
			if as == "" {
				return usageError{errors.New("say who you are with --as: it goes into the file of each case")}
			}
			if len(args) > 0 {
				if err := a.putBack(cmd.Context(), args[0]); err != nil {
					return err
				}
			}
			return a.with(cmd.Context(), func(d *daemon.Daemon) error { return a.restored(cmd.Context(), d, as) })
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "your e-mail address (required)")
	return cmd
}

func (a *app) putBack(ctx context.Context, file string) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	aside, err := daemon.PutBack(ctx, cfg, file)
	if err == nil && aside != "" {
		fmt.Fprintf(a.out, "What was there is now %s\n", aside)
	}
	return err
}

// restored hands the running cases to people and lists them.
func (a *app) restored(ctx context.Context, d *daemon.Daemon, as string) error {
	leave, err := d.Alone(ctx)
	if err != nil {
		return err
	}
	defer leave()
	copied, err := d.Reception.CopiedAt(ctx)
	if err != nil {
		return err
	}
	parked, err := d.Reception.Restored(ctx, bot.Actor{Name: agentName(as), Email: as, Via: "command line"})
	if err != nil {
		return err
	}
	if copied == "" {
		copied = "the moment of that state"
	}
	fmt.Fprintf(a.out, "The database is in place. It does not know of what happened after %s:\n"+
		"look in Cerb for tickets \"Account Termination\" that were opened since; for those it has no case.\n", copied)
	if len(parked) == 0 {
		fmt.Fprintln(a.out, "No case was running.")
		return nil
	}
	rows := [][]string{{"CASE", "KEY IN CERB", "CUSTOMER", "NAME"}}
	for _, c := range parked {
		rows = append(rows, []string{strconv.FormatInt(c.ID, 10), c.Key, c.CustomerNumber, c.CustomerName})
	}
	table(a.out, rows)
	fmt.Fprintf(a.out, "Each of these waits for a person. Next: aanmaner case retry %d --as E-MAIL (it looks before it does anything)\n", parked[0].ID)
	return nil
}
