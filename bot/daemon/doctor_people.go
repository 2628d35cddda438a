package daemon

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aanmaner/aanmaner/bot/slack"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// checkSlack asks Slack and then, where the helpdesk answers, whether each agent owns an account there.
func (d *Daemon) checkSlack(ctx context.Context, deskAnswers bool) (out []Finding) {
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
	if !deskAnswers || out[0].Status != "ok" {
		return out
	}
	agents, all := d.slack.Agents(ctx)
	for _, a := range agents {
		if f := d.checkAgent(ctx, a); f.Name != "" {
			out = append(out, f)
		}
	}
	if !all {
		out = append(out, Finding{Name: "agents", Status: "note", Said: fmt.Sprintf("looked at %d; there are more, or a user group can't be read", len(agents))})
	}
	return out
}

// checkAgent goes the way from a person in Slack to the owner of a ticket. Somebody who is named can't work without it; a
// member of a group may be there for other reasons, so that it is only told. What Slack said of somebody named is told
// already; then the finding is empty.
func (d *Daemon) checkAgent(ctx context.Context, a slack.Agent) Finding {
	f := Finding{Name: "agent: " + a.ID, Status: "ok"}
	amiss := "note"
	if a.Named {
		amiss = "wrong"
	}
	if a.Err != nil {
		if a.Named {
			return Finding{}
		}
		f.Status, f.Said = amiss, a.Err.Error()
		return f
	}
	owner, err := d.cerb.Agent(ctx, a.Email)
	switch {
	case err == nil:
		f.Said = fmt.Sprintf("%s is %s in Cerb (%s)", a.Name, owner.Name, a.Email)
	case errors.Is(err, helpdesk.ErrNotFound):
		f.Status, f.Said = amiss, fmt.Sprintf("%s: Cerb has no worker with the address %s", a.Name, a.Email)
		f.Do = "make the worker in Cerb, or name the address that Cerb has in slack.agent_emails"
	case errors.Is(err, helpdesk.ErrRefused):
		f.Status, f.Said = amiss, a.Name+": "+helpdesk.Sentence(err)
		f.Do = "make the person a member of the group " + d.Config.Helpdesk.Cerb.Group + " in Cerb, or see that the account works"
	default:
		f = wrong(f.Name, err, strings.TrimSpace(a.Name+": "+helpdesk.Sentence(err)), "run: aanmaner doctor again in a minute")
	}
	return f
}
