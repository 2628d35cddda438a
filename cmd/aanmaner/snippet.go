package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/snippets"
)

// maxSnippet is how much text strip reads.
const maxSnippet = 1 << 20

func (a *app) snippetCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "snippet", Short: "Look at the mail to the customer"}
	cmd.AddCommand(a.snippetRenderCommand(), a.snippetStripCommand())
	return cmd
}

func (a *app) snippetRenderCommand() *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use: "render <customer>", Short: "Print the mail that a customer would get now", Args: arguments(cobra.ExactArgs(1)),
		Example: "  aanmaner snippet render 10234 --as sanne@hoster.example",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(d *daemon.Daemon) error {
				id, err := a.pick(cmd.Context(), d, args[0])
				if err != nil {
					return err
				}
				p, err := d.Reception.Preview(cmd.Context(), bot.Request{CustomerID: id, AgentEmail: strings.ToLower(as)})
				if err != nil {
					return err
				}
				if p.Notice == "" {
					for _, r := range p.Plan.Blocked {
						fmt.Fprintln(a.err, printable(d.Words.Reason(wording.EN, r)))
					}
					return errBlocked
				}
				fmt.Fprint(a.out, p.Notice)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "the agent's e-mail address")
	return cmd
}

func (a *app) snippetStripCommand() *cobra.Command {
	var keep []string
	cmd := &cobra.Command{
		Use: "strip", Short: "Read a text, print what would be sent of it: without signature line and hash commands",
		Example: "  aanmaner snippet strip < snippet.txt", Args: arguments(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			raw, err := io.ReadAll(io.LimitReader(a.in, maxSnippet+1))
			if err != nil {
				return err
			}
			if len(raw) > maxSnippet {
				return usageError{fmt.Errorf("the text is larger than %d bytes", maxSnippet)}
			}
			c := snippets.Clean(string(raw), string(raw), keep)
			fmt.Fprint(a.out, c.Text)
			for _, line := range c.Removed {
				fmt.Fprintf(a.err, "Taken out: %q\n", line)
			}
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&keep, "keep", nil, "hash commands that stay, such as #attach")
	return cmd
}
