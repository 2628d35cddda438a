package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot/daemon"
)

// migrateOptions says what is copied where; nothing for the tables of the configured database.
type migrateOptions struct{ from, to string }

func (a *app) migrateCommand() *cobra.Command {
	var o migrateOptions
	cmd := &cobra.Command{
		Use: "migrate", Short: "Bring the database's tables up to date, or move to another database",
		Long: `Without flags it brings the tables of the configured database to this release's version and says which that is. serve
does the same by itself when it starts; make a backup before either: there is no way back.

With --from it copies everything from another database to the configured one, or to --to. A database is a path,
sqlite:PATH, or postgres://USER@HOST/NAME; leave --to out and put the address with its password into the file of
database_file, so that it doesn't stand in the list of processes.

Stop serve first: the command refuses while a process works on either. Everything is copied in one transaction, then the
rows are counted and each case's journal is proved. It may be run again: rows that are there already and the same are left
alone. A target that holds anything else is refused, and nothing is written. Afterwards set database to the new one and
start serve. The source keeps all it has and is marked: serve doesn't work on it any more, lest everything be done twice.
Keep it until the new one has worked for a while; restore makes it fit to go back to.`,
		Example: `  aanmaner migrate
  aanmaner migrate --from sqlite:/var/lib/aanmaner/aanmaner.db
  aanmaner migrate --from sqlite:aanmaner.db --to postgres://aanmaner@db.hoster.example/aanmaner`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.from == "" && o.to == "" {
				return a.migrateSchema(cmd)
			}
			return a.move(cmd, o)
		},
	}
	cmd.Flags().StringVar(&o.from, "from", "", "copy everything from this database")
	cmd.Flags().StringVar(&o.to, "to", "", "copy to this database (default: the configured one)")
	return cmd
}

func (a *app) migrateSchema(cmd *cobra.Command) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	s, err := daemon.Migrate(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	switch {
	case a.json:
		return json.NewEncoder(a.out).Encode(s)
	case s.Before == s.After:
		fmt.Fprintf(a.out, "The tables of %s are of version %d, which is this release's.\n", s.Database, s.After)
	case s.Before == 0:
		fmt.Fprintf(a.out, "The tables of %s were made, version %d.\n", s.Database, s.After)
	default:
		fmt.Fprintf(a.out, "The tables of %s were brought from version %d to %d.\n", s.Database, s.Before, s.After)
	}
	return nil
}

func (a *app) move(cmd *cobra.Command, o migrateOptions) error {
	if o.from == "" {
		return usageError{errors.New("say with --from which database is copied")}
	}
	if o.to == "" {
		cfg, err := a.config()
		if err != nil {
			return err
		}
		o.to = cfg.Database
	}
	moved, err := daemon.Move(cmd.Context(), o.from, o.to)
	if err != nil {
		return err
	}
	rows := [][]string{{"TABLE", "ROWS", ""}}
	there := true
	for _, m := range moved {
		if a.json {
			if err := json.NewEncoder(a.out).Encode(m); err != nil {
				return err
			}
			continue
		}
		what := "copied"
		if m.There {
			what = "there already, the same"
		}
		there = there && m.There
		rows = append(rows, []string{m.Table, strconv.Itoa(m.Rows), what})
	}
	if a.json {
		return nil
	}
	table(a.out, rows)
	fmt.Fprintf(a.out, "\n%s holds all of %s; every journal was proved.\n", daemon.ShownDatabase(o.to), daemon.ShownDatabase(o.from))
	if !there {
		fmt.Fprintln(a.out, "Next: set database to the new one, then start serve")
	}
	return nil
}
