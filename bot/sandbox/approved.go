package sandbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// approved shows that a large case waits for a second person: nothing is done until one agrees who didn't ask for it.
func (p *play) approved(ctx context.Context) error {
	const customer, to = "10243", "finance@hpoost.example"
	if err := p.Clock.ToWork(p.zone); err != nil {
		return err
	}
	p.tellsTime()
	if err := p.asksFor(ctx, customer); err != nil {
		return err
	}
	card, err := p.message(ctx, "Goedkeuring gevraagd")
	if err != nil {
		return err
	}
	p.say("The card in #wanbetalers:")
	p.quote(slackfake.RenderMessage(card))
	p.untouched(customer)
	if err := p.cannotApprove(ctx, customer, card); err != nil {
		return err
	}
	p.say("Jacqueline presses: Goedkeuren")
	got := p.Slack.Click(ctx, Jacqueline, card.On(), "Goedkeuren")
	if !got.OK() {
		return fmt.Errorf("the approval got status %d: %v", got.Status, got.Err)
	}
	p.quote(got.Confirm)
	if _, err := p.message(ctx, "Goedgekeurd door Jacqueline de Vries"); err != nil {
		return err
	}
	if err := p.watch(ctx, customer); err != nil {
		return err
	}
	p.inOrder(customer, to, 1)
	return nil
}

// asksFor asks for a termination that a second person has to agree to. The customer's number is typed, since much is at stake.
func (p *play) asksFor(ctx context.Context, customer string) error {
	view, err := p.ask(ctx, customer)
	if err != nil {
		return err
	}
	p.expect("she can only ask for approval", view.Submit == "Goedkeuring vragen", view.Submit)
	p.say("Sanne types the customer's number and presses: %s", view.Submit)
	if got := p.Slack.Submit(ctx, Sanne, view.ID, slackfake.Values{"number": customer}); !got.OK() {
		return fmt.Errorf("the request got status %d: %v", got.Status, got.Err)
	}
	return nil
}

// cannotApprove shows that who asked can't agree as well: neither by the card, which is credit control's, nor at the command line.
func (p *play) cannotApprove(ctx context.Context, customer string, card slackfake.Message) error {
	p.say("Sanne presses: Goedkeuren")
	if got := p.Slack.Click(ctx, Sanne, card.On(), "Goedkeuren"); !got.OK() {
		return fmt.Errorf("the click got status %d: %v", got.Status, got.Err)
	}
	const said = "Dit kan alleen debiteurenbeheer. Er is niets gewijzigd."
	answered := func() bool {
		return slices.ContainsFunc(p.Slack.Ephemerals(Sanne), func(e slackfake.Ephemeral) bool { return e.Text == said })
	}
	if err := p.until(ctx, "the answer that it isn't hers to approve", answered); err != nil {
		return err
	}
	p.quote(said)
	id, err := p.caseOf(ctx, customer)
	if err != nil {
		return err
	}
	p.say("Sanne types: aanmaner case approve %s --as sanne@hoster.example", id)
	_, err = p.Type(ctx, "case", "approve", id, "--as", "sanne@hoster.example")
	p.expect("who asked can't approve", err != nil && strings.Contains(err.Error(), "asked for this yourself"), err)
	p.untouched(customer)
	return nil
}

// message waits for a message in the channel that says something.
func (p *play) message(ctx context.Context, text string) (found slackfake.Message, err error) {
	err = p.until(ctx, fmt.Sprintf("a card that says “%s”", text), func() bool {
		for _, m := range p.Slack.Messages(CaseChannelID) {
			if strings.Contains(slackfake.RenderMessage(m), text) {
				found = m
				return true
			}
		}
		return false
	})
	return found, err
}
