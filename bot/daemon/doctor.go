package daemon

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/helpdesk/cerb"
)

// Finding is what doctor found about one thing.
type Finding struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, note, wrong
	Said   string `json:"said"`   // what was found
	Do     string `json:"do,omitempty"`
	Page   string `json:"page"` // where the guide tells of it: operate.md and the place on that page
}

// Doctor asks every connection and says what is wrong and what to do. It changes nothing.
func (d *Daemon) Doctor(ctx context.Context) (found []Finding) {
	defer func() {
		for i := range found {
			found[i].Page = pageOf(found[i].Name)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	out := []Finding{{Name: "configuration", Status: "ok", Said: "mode " + d.Config.Mode + ", database " + store.Shown(d.Config.Database)}}
	out = append(out, d.checkLimits()...)
	out = append(out, d.checkSecrets()...)
	out = append(out, d.checkDatabase(ctx)...)
	out = append(out, d.checkCerb(ctx)...)
	out = append(out, d.checkNotices(ctx)...)
	out = append(out, d.checkOffice(ctx)...)
	out = append(out, d.checkSlack(ctx)...)
	return append(out, d.checkClocks()...)
}

func (d *Daemon) checkSlack(ctx context.Context) (out []Finding) {
	if d.slack == nil {
		return []Finding{{Name: "slack", Status: "note", Said: "no Slack is configured; cases are started on the command line"}}
	}
	for _, c := range d.slack.Inspect(ctx) {
		f := Finding{Name: "slack: " + c.Name, Status: "ok", Said: "in order"}
		if c.Err != nil {
			f.Status, f.Said, f.Do = "wrong", c.Err.Error(), c.Do
		}
		out = append(out, f)
	}
	return append(out, d.checkAgents(ctx)...)
}

func (d *Daemon) checkCerb(ctx context.Context) []Finding {
	s, err := d.cerb.Server(ctx)
	if err != nil {
		return []Finding{wrong("cerb", err, helpdesk.Sentence(err), "check helpdesk.cerb.url and its keys")}
	}
	out := []Finding{{Name: "cerb", Status: "ok", Said: fmt.Sprintf("Cerb %s; the key is %s's", s.Version, s.KeyHolder.Name)}}
	right := Finding{Name: "cerb: writing in an agent's name", Status: "ok", Said: s.RightNote}
	if !s.WritesAs {
		right.Status = "note"
	}
	out = append(out, right)
	out = append(out, d.checkRoute(ctx), d.checkColleagues(ctx, s))
	plan, err := d.Setup().Plan(ctx)
	if err != nil {
		return append(out, wrong("cerb: set-up", err, helpdesk.Sentence(err), "run: aanmaner doctor again in a minute"))
	}
	for _, item := range plan.Items {
		if item.State != cerb.Unusable && d.isLetter(item.Name) {
			continue // a letter that Cerb lacks is no fault: see checkLetters
		}
		f := Finding{Name: "cerb: " + item.Kind + " " + item.Name, Status: "ok", Said: string(item.State)}
		if item.State != cerb.Present {
			f.Status, f.Do = "wrong", "run: aanmaner setup cerb"
			if item.Kind == "snippet" && d.Config.Notice.From == "own" {
				f.Status, f.Do = "note", "not needed: notice.from is own"
			}
		}
		if item.Note != "" {
			f.Said += ": " + item.Note
		}
		out = append(out, f)
	}
	return append(out, d.checkLetters(ctx, plan)...)
}

func (d *Daemon) checkOffice(ctx context.Context) []Finding {
	caps, err := d.house.Capabilities(ctx)
	if err != nil {
		return []Finding{wrong("back office", err, backoffice.Sentence(err), "check backoffice.inhouse.url and its token")}
	}
	out := []Finding{{Name: "back office", Status: "ok", Said: "it answers"}}
	for _, op := range []backoffice.Operation{
		backoffice.OpSuspend, backoffice.OpUnsuspend, backoffice.OpCancel, backoffice.OpWithdraw, backoffice.OpAddNote, backoffice.OpPayments,
		backoffice.OpSetNonPayer, backoffice.OpListStatus,
	} {
		if !caps.Offers(op) {
			out = append(out, Finding{Name: "back office: " + string(op), Status: "note", Said: "not offered: a person does it by hand"})
		}
	}
	if !caps.Offers(backoffice.OpEvents) {
		out = append(out, Finding{Name: "back office: " + string(backoffice.OpEvents), Status: "note",
			Said: "not offered: a payment is seen when the bot looks at the case the next time"})
	}
	return out
}

// pageOf is the place in the guide for a finding. A test holds the two together.
func pageOf(name string) string {
	// What follows the thing itself is a name of theirs: an id, a title, an operation.
	for _, thing := range []string{
		"cerb: writing", "cerb: set-up", "cerb: custom field", "cerb: snippet", "back office", "slack: token", "slack: app-level token",
		"slack: case channel", "slack: fallback channel", "slack: user group", "slack: allowed user",
		"secret", "notice", "letter", "agents", "agent", "clock of",
	} {
		if strings.HasPrefix(name, thing) {
			name = thing
			break
		}
	}
	return "operate.md#" + strings.NewReplacer(": ", "-", " ", "-").Replace(name)
}

func wrong(name string, err error, sentence, do string) Finding {
	if sentence == "" {
		sentence = err.Error()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		sentence = "no answer in time: " + sentence
	}
	return Finding{Name: name, Status: "wrong", Said: sentence, Do: do}
}
