package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
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
	cmd := &cobra.Command{Use: "snippet", Short: "Look at the mails to the customer"}
	cmd.AddCommand(a.snippetRenderCommand(), a.snippetStripCommand())
	return cmd
}

func (a *app) snippetRenderCommand() *cobra.Command {
	var as, kind, language string
	cmd := &cobra.Command{
		Use: "render [customer]", Short: "Print the mail that a customer would get now, or any letter to a made-up one",
		Long: "With a customer: the notice that this customer would get now. Without one: the letter of --kind to a customer who doesn't exist, as it " +
			"would go out, from the helpdesk's snippet where there is one. Kinds: " + kindList() + ".",
		Args:    arguments(cobra.MaximumNArgs(1)),
		Example: "  aanmaner snippet render 10234 --as sanne@hoster.example\n  aanmaner snippet render --kind restored --language nl",
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := snippets.ParseKind(kind)
			switch {
			case err != nil:
				return usageError{err}
			case len(args) == 1 && (k != snippets.KindNotice || language != ""):
				return usageError{errors.New("--kind and --language are for a made-up customer: leave the customer out")}
			case language != "" && !slices.Contains(snippets.Languages(), language):
				return usageError{fmt.Errorf("there are no letters in language %q (there are: %s)", language, strings.Join(snippets.Languages(), ", "))}
			}
			return a.with(cmd.Context(), func(d *daemon.Daemon) error {
				if len(args) == 0 {
					return a.renderSample(cmd.Context(), d, k, language)
				}
				return a.renderNotice(cmd.Context(), d, args[0], as)
			})
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "the agent's e-mail address")
	cmd.Flags().StringVar(&kind, "kind", string(snippets.KindNotice), "the kind of letter")
	cmd.Flags().StringVar(&language, "language", "", "nl, en, de or fr; without it the default language")
	return cmd
}

func kindList() string {
	var all []string
	for _, k := range snippets.Kinds() {
		all = append(all, string(k))
	}
	return strings.Join(all, ", ")
}

// renderNotice prints what a customer would get.
func (a *app) renderNotice(ctx context.Context, d *daemon.Daemon, customer, as string) error {
	id, err := a.pick(ctx, d, customer)
	if err != nil {
		return err
	}
	p, err := d.Reception.Preview(ctx, bot.Request{CustomerID: id, AgentEmail: strings.ToLower(as)})
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
}

// renderSample prints a letter to nobody, and says on the other stream where its text comes from.
func (a *app) renderSample(ctx context.Context, d *daemon.Daemon, kind snippets.Kind, language string) error {
	l, err := d.SampleLetter(ctx, kind, language)
	if err != nil {
		return err
	}
	from := "the helpdesk's snippet"
	if l.Own {
		from = "our own text"
	}
	fmt.Fprintln(a.err, "Made-up customer and dates; "+from+".")
	fmt.Fprint(a.out, l.Text)
	return nil
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
