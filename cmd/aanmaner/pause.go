package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
)

func (a *app) pauseCommand() *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use: "pause", Short: "Keep every step that hurts a customer from starting, until resume",
		Long: `From this moment no notice is sent, no service suspended and no order cancelled, also not after a restart. A call
that is under way is not cut off. Looking and writing comments go on.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if as == "" {
				return usageError{errors.New("say who you are with --as: the cases that wait will name you")}
			}
			return a.with(cmd.Context(), func(d *daemon.Daemon) error {
				if err := d.Reception.Pause(cmd.Context(), bot.Actor{Name: agentName(as), Email: as, Via: "command line"}); err != nil {
					return err
				}
				fmt.Fprintln(a.out, "Paused. No step that hurts starts until: aanmaner resume --as E-MAIL")
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "your e-mail address (required)")
	return cmd
}

func (a *app) resumeCommand() *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use: "resume", Short: "Let steps start again after a pause", Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(d *daemon.Daemon) error {
				if as == "" {
					return usageError{errors.New("say who you are with --as: the cases that waited will name you")}
				}
				by, err := d.Reception.PausedBy(cmd.Context())
				if err != nil {
					return err
				}
				if by == "" {
					fmt.Fprintln(a.out, "The bot isn't paused.")
					return nil
				}
				if err := d.Reception.Resume(cmd.Context(), bot.Actor{Name: agentName(as), Email: as, Via: "command line"}); err != nil {
					return err
				}
				fmt.Fprintf(a.out, "Goes on. It was paused by %s.\n", printable(by))
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "your e-mail address (required)")
	return cmd
}
