package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/dossier"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// exportOptions is how a case's file is to be written.
type exportOptions struct{ as, lang, to string }

func (a *app) caseExportCommand() *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use: "export <case>", Short: "Write the whole file of a case: for a lawyer, a collection agency, the customer",
		Long: `Writes all that is known of a case: its terms, what was done and by what proof, its journal with seals, and the messages
in its ticket in full, with their Message-IDs. As one HTML page that prints on A4 (bank accounts masked), or with --json as
one object (nothing masked). Where the helpdesk doesn't answer the file is written without the messages and says so.

Exit status: 0 done, 1 failed (also: the journal does not hold; the file is written and says so), 2 wrong usage.`,
		Example: "  aanmaner case export 41 --as jacqueline@hoster.example -o case-41.html\n  aanmaner case export 41 --as jacqueline@hoster.example --json",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := caseID(args[0])
			if err != nil {
				return err
			}
			if o.lang != "nl" && o.lang != "en" {
				return usageError{fmt.Errorf("--lang: %q is neither nl nor en", o.lang)}
			}
			if o.as == "" {
				return usageError{errors.New("say who you are with --as: it stands on the file")}
			}
			return a.with(cmd.Context(), func(d *daemon.Daemon) error { return a.export(cmd.Context(), d, id, o) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.as, "as", "", "your e-mail address (required)")
	f.StringVar(&o.lang, "lang", "nl", "language of the headings: nl or en")
	f.StringVarP(&o.to, "output", "o", "", "the file to write; it must not be there yet (default: standard output)")
	return cmd
}

func (a *app) export(ctx context.Context, d *daemon.Daemon, id int64, o exportOptions) (err error) {
	f, err := d.Reception.File(ctx, id)
	if err != nil {
		return err
	}
	whole := dossier.Dossier{
		File: f, Broken: bot.VerifyCase(f.Case, f.Journal, f.Head), Company: d.Config.Company.Name, Lang: wording.Lang(o.lang),
		Zone: d.Policy.Location, MadeAt: d.Now(), MadeBy: o.as,
	}
	whole.Mails, whole.NoMails = a.mailsOf(ctx, d, f.Case, wording.Lang(o.lang))
	out := a.out
	if o.to != "" {
		file, err := os.OpenFile(o.to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // it holds personal data
		if err != nil {
			return usageError{fmt.Errorf("-o: %w", err)}
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		out = file
	}
	if err := a.writeExport(out, d, whole); err != nil {
		return err
	}
	if o.to != "" {
		fmt.Fprintf(a.out, "Case %d is in %s: %d lines, %d messages.\n", id, o.to, len(f.Journal), len(whole.Mails))
	}
	if whole.NoMails != "" {
		fmt.Fprintln(a.err, whole.NoMails)
	}
	if whole.Broken != nil {
		fmt.Fprintf(a.err, "The journal of case %d does not hold: %v\n", id, whole.Broken)
		return errFailed
	}
	return nil
}

// mailsOf reads the messages of the case's ticket, or says in a sentence why they are missing.
func (a *app) mailsOf(ctx context.Context, d *daemon.Daemon, c bot.Case, lang wording.Lang) ([]helpdesk.Message, string) {
	if c.Ticket.ID == "" || c.Mode == bot.DryRun {
		return nil, ""
	}
	mails, err := d.Mails(ctx, c.Ticket.ID)
	switch {
	case errors.Is(err, helpdesk.ErrNotFound):
		return nil, d.Words.Say(lang, "dossier.mails_gone")
	case err != nil:
		return nil, d.Words.Say(lang, "dossier.mails_silent")
	}
	return mails, ""
}

// exportOut is the file of a case for programs: the case as `case show --json` gives it, and the messages.
type exportOut struct {
	caseOut
	Mails       []mailOut `json:"mails"`
	MailsLack   string    `json:"mails_missing,omitempty"`
	JournalHead headOut   `json:"journal_head"`
	Broken      string    `json:"journal_broken,omitempty"`
	Checksum    string    `json:"checksum"`
	MadeAt      time.Time `json:"made_at"`
	MadeBy      string    `json:"made_by"`
}

type headOut struct {
	N    int    `json:"n"`
	Hash string `json:"hash"`
}

type mailOut struct {
	MessageID string    `json:"message_id"`
	Outgoing  bool      `json:"outgoing"`
	NotSent   bool      `json:"not_sent"`
	From      string    `json:"from"`
	To        []string  `json:"to"`
	At        time.Time `json:"at"`
	Text      string    `json:"text"`
}

func (a *app) writeExport(w io.Writer, d *daemon.Daemon, whole dossier.Dossier) error {
	if !a.json {
		return whole.Write(w, d.Words)
	}
	out := exportOut{
		caseOut: caseJSON(d, whole.File), Mails: []mailOut{}, MailsLack: whole.NoMails, JournalHead: headOut{whole.File.Head.N, whole.File.Head.Hash}, Checksum: whole.Checksum(),
		MadeAt: whole.MadeAt, MadeBy: whole.MadeBy,
	}
	if whole.Broken != nil {
		out.Broken = whole.Broken.Error()
	}
	for _, m := range whole.Mails {
		out.Mails = append(out.Mails, mailOut{m.MessageID, m.Outgoing, m.NotSent, m.From, m.To, m.At, m.Text})
	}
	return json.NewEncoder(w).Encode(out)
}

func (a *app) caseForgetCommand() *cobra.Command {
	var as, confirm string
	cmd := &cobra.Command{
		Use: "forget <case>", Short: "Take the personal data out of a case that has ended",
		Long: `Takes names, numbers, addresses, messages' ids and what was said out of a case that has ended. What stays is when it was,
what was done, the amounts, and the journal's seals. It can't be undone; export the case first if anybody may ask for it.
What other systems hold (the ticket, the comment, the mail) is not touched.

On a terminal the case number is asked for, otherwise --confirm gives it.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 the case is still open.`,
		Example: "  aanmaner case forget 41 --as jacqueline@hoster.example --confirm 41",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := caseID(args[0])
			if err != nil {
				return err
			}
			if as == "" {
				return usageError{errors.New("say who you are with --as: it goes into the file")}
			}
			return a.with(cmd.Context(), func(d *daemon.Daemon) error { return a.forget(cmd.Context(), d, id, as, confirm) })
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "your e-mail address (required)")
	cmd.Flags().StringVar(&confirm, "confirm", "", "the case number, instead of typing it")
	return cmd
}

func (a *app) forget(ctx context.Context, d *daemon.Daemon, id int64, as, confirm string) error {
	f, err := d.Reception.File(ctx, id)
	if err != nil {
		return err
	}
	if !f.Case.State.Closed() {
		fmt.Fprintf(a.out, "%s. Only a case that has ended can be forgotten; nothing was changed.\n", stateLine(d, f.Case))
		return errBlocked
	}
	if confirm == "" && a.interactive() {
		fmt.Fprintf(a.err, "This can't be undone. Type the case number to confirm: ")
		if _, err := fmt.Fscanln(a.in, &confirm); err != nil {
			return usageError{errors.New("nothing was typed, nothing was changed")}
		}
	}
	if strings.TrimSpace(confirm) != fmt.Sprint(id) {
		return usageError{fmt.Errorf("not confirmed, nothing was changed. Add --confirm %d to go on", id)}
	}
	done, err := d.Reception.Forget(ctx, id, bot.Actor{Name: agentName(as), Email: as, Via: "command line"})
	switch {
	case err != nil:
		return err
	case !done:
		fmt.Fprintf(a.out, "Case %d was forgotten already.\n", id)
	default:
		fmt.Fprintf(a.out, "Case %d is forgotten. What Cerb and the back office hold is as it was.\n", id)
	}
	return nil
}
