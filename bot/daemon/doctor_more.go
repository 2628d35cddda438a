package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/helpdesk"
)

const (
	// tooSkewed is how far another system's clock may be from ours before it is said. Slack refuses requests that are five
	// minutes off, and Cerb's signature holds its Date.
	tooSkewed = 2 * time.Minute
	// littleRoom is how few bytes on the database's disk are said to be few.
	littleRoom = 500 << 20
)

// checkDatabase asks the database whether it answers and how much there is to do; on SQLite also whether its disk has room.
func (d *Daemon) checkDatabase(ctx context.Context) []Finding {
	s, err := d.store.Stats(ctx, d.now())
	if err != nil {
		return []Finding{wrong("database", err, "it does not answer", "check database in the configuration, and that its server runs")}
	}
	open := 0
	for state, n := range s.ByState {
		if !state.Closed() {
			open += n
		}
	}
	out := []Finding{{Name: "database", Status: "ok", Said: fmt.Sprintf("it answers: %d open cases, %d of them for a person, %d due", open, s.ByState[bot.Person], s.Due)}}
	if age := d.now().Sub(s.OldestDue); !s.OldestDue.IsZero() && age > 10*time.Minute {
		out = append(out, Finding{Name: "database: overdue", Status: "wrong", Said: fmt.Sprintf("a case has been due for %s", age.Round(time.Minute)),
			Do: "see that `aanmaner serve` runs, and what its log says"})
	}
	out = append(out, d.checkEngine(ctx)...)
	if store.IsPostgres(d.Config.Database) {
		return out
	}
	return append(out, roomFor(strings.TrimPrefix(d.Config.Database, "sqlite:"))...)
}

// roomFor looks at the disk that a file lies on.
func roomFor(path string) []Finding {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &fs); err != nil {
		return []Finding{{Name: "database: disk", Status: "note", Said: "its free room can't be read: " + err.Error()}}
	}
	free := fs.Bavail * uint64(fs.Bsize) //nolint:gosec // a block's size is positive
	f := Finding{Name: "database: disk", Status: "ok", Said: fmt.Sprintf("%d MB are free", free>>20)}
	if free < littleRoom {
		f.Status, f.Do = "wrong", "make room: a full disk stops every case"
	}
	return []Finding{f}
}

// checkSecrets looks at who may read the files with secrets.
func (d *Daemon) checkSecrets() (out []Finding) {
	c := d.Config
	for _, path := range []string{
		c.DatabaseFile, c.Slack.BotTokenFile, c.Slack.SigningSecretFile, c.Slack.AppTokenFile, c.Helpdesk.Cerb.AccessKeyFile,
		c.Helpdesk.Cerb.SecretKeyFile, c.Helpdesk.Cerb.BearerTokenFile, c.BackOffice.InHouse.TokenFile,
		c.BackOffice.InHouse.WebhookSecretFile,
	} {
		if path == "" {
			continue
		}
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o007 != 0 {
			out = append(out, Finding{Name: "secret " + path, Status: "wrong", Said: fmt.Sprintf("everybody on this machine may open it (%o)", info.Mode().Perm()),
				Do: "chmod 0640 " + path + ", and give it to root and the service's group"})
		}
	}
	return out
}

// checkNotices makes the mail to a customer who doesn't exist, in each language.
func (d *Daemon) checkNotices(ctx context.Context) (out []Finding) {
	w := d.world(Options{})
	for _, lang := range bot.NoticeLanguages() {
		name := "notice in " + lang
		text, err := w.SampleNotice(ctx, lang)
		switch {
		case err == nil:
			out = append(out, Finding{Name: name, Status: "ok", Said: fmt.Sprintf("it can be made: %d lines, as `aanmaner snippet render` shows", strings.Count(text, "\n")+1)})
		case lang == d.Policy.DefaultLanguage:
			out = append(out, wrong(name, err, helpdesk.Sentence(err), "run: aanmaner setup cerb; customers whose language isn't known get this one"))
		default:
			f := wrong(name, err, helpdesk.Sentence(err), "run: aanmaner setup cerb; without it no case of a customer with this language can start")
			f.Status = "note"
			out = append(out, f)
		}
	}
	return out
}

// checkAgents sees whether each person who may use the bot can own a ticket: by the address that Slack names or the
// configuration gives.
func (d *Daemon) checkAgents(ctx context.Context) (out []Finding) {
	agents, more := d.slack.Agents(ctx)
	fit := 0
	for _, a := range agents {
		f := Finding{Name: "agent " + a.ID, Status: "wrong", Do: "give the address that Cerb knows in slack.agent_emails, or make the person a member of the group in Cerb"}
		_, err := d.cerb.Agent(ctx, a.Email)
		switch {
		case a.Err != nil:
			continue // Slack's own findings tell
		case a.Email == "":
			f.Said = a.Name + " has no e-mail address in Slack"
		case err == nil:
			fit++
			continue
		case errors.Is(err, helpdesk.ErrNotFound):
			f.Said = fmt.Sprintf("Cerb doesn't know %s as %s", a.Name, a.Email)
		case errors.Is(err, helpdesk.ErrRefused):
			f.Said = fmt.Sprintf("%s (%s) can't own tickets: %s", a.Name, a.Email, helpdesk.Sentence(err))
		default:
			continue // Cerb's own findings tell
		}
		out = append(out, f)
	}
	said := fmt.Sprintf("%d of %d who may use the bot can own a ticket", fit, len(agents))
	if more > 0 {
		said += fmt.Sprintf("; %d more were not looked up", more)
	}
	return append(out, Finding{Name: "agents", Status: "ok", Said: said})
}

// checkClocks compares the clocks of the systems that were just asked with ours.
func (d *Daemon) checkClocks() (out []Finding) {
	for system, skew := range d.health.skews() {
		if skew.Abs() > tooSkewed {
			out = append(out, Finding{Name: "clock of " + system, Status: "wrong", Said: fmt.Sprintf("it differs from ours by %s", skew.Abs().Round(time.Second)),
				Do: "set the clocks by NTP: signatures, dates and waits depend on them"})
		}
	}
	if len(out) == 0 {
		out = append(out, Finding{Name: "clocks", Status: "ok", Said: "no other system's clock is far from ours"})
	}
	return out
}

// checkLimits reminds of what is limited for the first weeks, so that nobody wonders for long.
func (d *Daemon) checkLimits() (out []Finding) {
	if n := len(d.Config.Live.Customers); n > 0 {
		out = append(out, Finding{Name: "live.customers", Status: "note", Said: fmt.Sprintf("the bot works for %d named customers only", n)})
	}
	if steps := d.Config.Live.Steps; len(steps) > 0 {
		out = append(out, Finding{Name: "live.steps", Status: "note", Said: "the bot itself does only: " + strings.Join(steps, ", ")})
	}
	if d.Policy.Mode == bot.DryRun {
		out = append(out, Finding{Name: "mode", Status: "note", Said: "dry-run: nothing leaves this system"})
	}
	return out
}
