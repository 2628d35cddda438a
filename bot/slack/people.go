package slack

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// person is someone who uses the bot.
type person struct {
	ID    string
	Name  string
	Email string // as the helpdesk knows the person, lower case; empty: not known
	Lang  wording.Lang
	// Refused is the catalogue's key of why the person may not use the bot, whatever the list says; empty: may.
	Refused string
}

// actor is the person as the journal names one.
func (p person) actor() bot.Actor {
	return bot.Actor{Name: p.Name, Email: p.Email, SlackID: p.ID, Via: "slack"}
}

// people knows who is who in the workspace. What Slack tells is kept for ten minutes.
type people struct {
	cfg    Config
	client *client

	mu   sync.Mutex
	seen map[string]sighting
}

type sighting struct {
	person person
	at     time.Time
}

const (
	keepPerson = 10 * time.Minute
	keepPeople = 1000
)

func newPeople(cfg Config, c *client) *people {
	return &people{cfg: cfg, client: c, seen: map[string]sighting{}}
}

// get reads who the person is. An error means that Slack didn't tell.
func (p *people) get(ctx context.Context, id string) (person, error) {
	if who, ok := p.known(id); ok {
		return who, nil
	}
	u, err := p.client.user(ctx, id)
	if err != nil {
		return person{}, err
	}
	who := p.read(u)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.seen) >= keepPeople {
		clear(p.seen)
	}
	p.seen[id] = sighting{who, p.cfg.Now()}
	return who, nil
}

func (p *people) known(id string) (person, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.seen[id]
	return s.person, ok && p.cfg.Now().Sub(s.at).Abs() < keepPerson
}

// read takes from Slack's record what counts here. An address of a foreign workspace proves nothing, so its people are
// refused, as are guests and those who have left.
func (p *people) read(u *slackgo.User) person {
	who := person{ID: u.ID, Name: line(u.RealName, maxName), Lang: wording.LangOf(u.Locale)}
	if who.Name == "" {
		who.Name = line(u.Profile.RealName, maxName)
	}
	if who.Name == "" {
		who.Name = line(u.Name, maxName)
	}
	who.Email = strings.ToLower(strings.TrimSpace(u.Profile.Email))
	if other, ok := p.cfg.AgentEmails[u.ID]; ok {
		who.Email = strings.ToLower(strings.TrimSpace(other))
	}
	switch {
	case u.Deleted:
		who.Refused = "slack.refused_left"
	case u.IsBot, u.IsRestricted, u.IsUltraRestricted:
		who.Refused = "slack.refused_guest"
	case u.IsStranger, !p.home(u):
		who.Refused = "slack.refused_foreign"
	}
	return who
}

func (p *people) home(u *slackgo.User) bool {
	if p.cfg.EnterpriseID != "" && u.Enterprise.EnterpriseID == p.cfg.EnterpriseID {
		return true
	}
	return len(p.cfg.TeamIDs) == 0 || slices.Contains(p.cfg.TeamIDs, u.TeamID)
}

// lang is the person's language, or the channel's when Slack doesn't tell within the time that is left for an answer.
func (p *people) lang(ctx context.Context, id string, within time.Duration) wording.Lang {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	who, err := p.get(ctx, id)
	if err != nil {
		return p.cfg.channelLang()
	}
	return who.Lang
}
