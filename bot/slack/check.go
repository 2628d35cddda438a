package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Checked is what was found about one thing that Slack has to be right about.
type Checked struct {
	Name string // such as "case channel C012AB3CD"
	Err  error  // what is wrong with it and what to do; nil: nothing
}

// Inspect asks Slack about everything that the bot needs there: the token and its workspace, the connection, the channels
// and the right to read them, the user groups, and each named person's address. It posts nothing.
func (s *Slack) Inspect(ctx context.Context) []Checked {
	team, err := s.client.whoAmI(ctx)
	if err != nil { // then nothing else can be asked
		return []Checked{{"token", fmt.Errorf("the token is not accepted: %w", err)}}
	}
	if len(s.cfg.TeamIDs) > 0 && !slices.Contains(s.cfg.TeamIDs, team) && s.cfg.EnterpriseID == "" {
		err = fmt.Errorf("the token is of workspace %s, not of %s", team, strings.Join(s.cfg.TeamIDs, ", "))
	}
	out := []Checked{{"token", err}}
	if s.cfg.Mode == ModeSocket {
		_, err := s.client.openSocket(ctx) // an address that nobody uses runs out by itself
		if err != nil {
			err = fmt.Errorf("no connection can be opened; switch Socket Mode on and give the app-level token connections:write: %w", err)
		}
		out = append(out, Checked{"app-level token", err})
	}
	out = append(out, s.inspectChannel(ctx, "case channel", s.cfg.CaseChannel))
	if s.cfg.FallbackChannel != "" {
		out = append(out, s.inspectChannel(ctx, "fallback channel", s.cfg.FallbackChannel))
	}
	for _, id := range slices.Concat(s.cfg.AllowedGroups, s.cfg.ApproverGroups) {
		_, err := s.rights.members(ctx, id)
		out = append(out, Checked{"user group " + id, err})
	}
	for _, id := range s.cfg.AllowedUsers {
		out = append(out, Checked{"allowed user " + id, s.inspectUser(ctx, id)})
	}
	return out
}

func (s *Slack) inspectChannel(ctx context.Context, what, id string) Checked {
	err := s.client.mayRead(ctx, id)
	if errors.Is(err, errRight) {
		err = fmt.Errorf("the bot can't look whether a card stands there: give the app channels:history (groups:history for a private channel): %w", err)
	}
	return Checked{what + " " + id, err}
}

func (s *Slack) inspectUser(ctx context.Context, id string) error {
	who, err := s.people.get(ctx, id)
	switch {
	case err != nil:
		return err
	case who.Refused != "":
		return fmt.Errorf("%s: %s", who.Name, s.told(s.screenFor("en"), who.Refused))
	case who.Email == "":
		return fmt.Errorf("%s: no e-mail address; give the app users:read.email or name it in agent_emails", who.Name)
	}
	return nil
}

// Check is all that Inspect found to be wrong, in one error; nil: all is well.
func (s *Slack) Check(ctx context.Context) error {
	var faults []error
	for _, c := range s.Inspect(ctx) {
		if c.Err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", c.Name, c.Err))
		}
	}
	return errors.Join(faults...)
}
