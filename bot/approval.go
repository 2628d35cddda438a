package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/aanmaner/aanmaner/bot/wording"
)

// askApproval puts a new case before the people of credit control: nothing is done until one of them agrees.
func askApproval(ctx context.Context, tx Tx, c Case) error {
	return tx.PutMatter(ctx, Matter{
		ID: fmt.Sprintf("%d %s 1", c.ID, MatterApproval), CaseID: c.ID, Kind: MatterApproval, OpenedAt: c.CreatedAt, Version: 1,
		MatterBody: MatterBody{Headline: wording.Because("matter_approval", "who", c.StartedBy.Name), Amount: c.Terms.Outstanding, Until: c.Terms.CancelOn},
	})
}

// same says whether two actors are one person: four eyes belong to two.
func (a Actor) same(b Actor) bool {
	return a.Email != "" && strings.EqualFold(a.Email, b.Email) || a.SlackID != "" && a.SlackID == b.SlackID ||
		a.Email == "" && a.SlackID == "" && b.Email == "" && b.SlackID == "" && a.Name == b.Name
}

// foreignEyes says why a person may not agree to a case: who asked for it can't approve it.
func (d Decision) foreignEyes(c Case, by Actor) wording.Reason {
	if d.Choice == ChooseApprove && by.same(c.StartedBy) {
		return wording.Because("own_request")
	}
	return wording.Reason{}
}

// moveApproving lets a case that nobody agreed to end with nothing done.
func (k *Clerk) moveApproving(ctx context.Context, tx Tx, c *Case) error {
	if k.world.Now().Before(c.Course.ApproveBy) {
		c.DueAt = c.Course.ApproveBy
		return nil
	}
	if err := k.closeMatters(ctx, tx, c.ID, "nobody approved in time"); err != nil {
		return err
	}
	return k.end(ctx, tx, c, TheBot(), wording.Because("approval_expired"), "Nobody approved in time; nothing was done.")
}

// approve lets the case begin. The customer has as many days as the agent confirmed, from now on.
func (k *Clerk) approve(c *Case, s Signal) string {
	now := k.world.Now()
	days := k.dayOf(c.CreatedAt).DaysUntil(c.Terms.CancelOn)
	c.Course.Ends, c.Course.ApprovedBy = k.world.Today().AddDays(days), s.By
	c.State, c.Reason, c.DueAt = Running, wording.Reason{}, now
	return "approved what " + c.StartedBy.Name + " had asked for"
}

// reject ends the case with nothing done.
func (k *Clerk) reject(ctx context.Context, tx Tx, c *Case, s Signal, d Decision) error {
	return k.end(ctx, tx, c, s.By, wording.Because("rejected", "who", s.By.Name, "why", d.Why),
		s.By.Name+" rejected what "+c.StartedBy.Name+" had asked for; nothing was done.")
}
