package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot/daemon"
)

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Check the configuration, or print an example"}
	cmd.AddCommand(
		&cobra.Command{
			Use: "check", Short: "Check the configuration; every fault is named at once", Args: arguments(cobra.NoArgs),
			RunE: func(*cobra.Command, []string) error {
				cfg, err := a.config()
				if err != nil {
					return err
				}
				for _, w := range cfg.Warnings() {
					fmt.Fprintf(a.out, "Note: %s\n", printable(w))
				}
				fmt.Fprintf(a.out, "The configuration is in order. Mode: %s.\nNext: aanmaner doctor\n", cfg.Mode)
				return nil
			},
		},
		&cobra.Command{
			Use: "example", Short: "Print a configuration with every setting explained", Args: arguments(cobra.NoArgs),
			Run: func(*cobra.Command, []string) { fmt.Fprint(a.out, daemon.Example()) },
		},
	)
	return cmd
}
