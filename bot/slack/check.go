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
	Err  error  // what is wrong with it; nil: nothing
	Do   string // what to do about it, where Err doesn't say
}

// doInstall is what helps a token that is not accepted.
const doInstall = "install the app again at https://api.slack.com/apps and set its new token in slack.bot_token_file"

// Inspect asks Slack about everything that the bot needs there: the token and its workspace, the connection, the channels
// and the right to read them, the user groups, and each named person's address. It posts nothing.
func (s *Slack) Inspect(ctx context.Context) []Checked {
	team, scopes, err := s.client.whoAmI(ctx)
	if err != nil { // then nothing else can be asked
		return []Checked{{"token", fmt.Errorf("the token is not accepted: %w", err), doInstall}}
	}
	if len(s.cfg.TeamIDs) > 0 && !slices.Contains(s.cfg.TeamIDs, team) && s.cfg.EnterpriseID == "" {
		err = fmt.Errorf("the token is of workspace %s, not of %s", team, strings.Join(s.cfg.TeamIDs, ", "))
	}
	out := []Checked{{"token", err, "check slack.team_ids, or install the app in that workspace and set its token"}}
	if len(scopes) > 0 { // a proxy may have taken the header out; then the calls below tell
		out = append(out, s.inspectScopes(scopes))
	}
	if s.cfg.Mode == ModeSocket {
		_, err := s.client.openSocket(ctx) // an address that nobody uses runs out by itself
		if err != nil {
			err = fmt.Errorf("no connection can be opened: %w", err)
		}
		out = append(out, Checked{"app-level token", err, "switch Socket Mode on in the app's settings and give the app-level token connections:write"})
	}
	out = append(out, s.inspectChannel(ctx, "case channel", s.cfg.CaseChannel))
	if s.cfg.FallbackChannel != "" {
		out = append(out, s.inspectChannel(ctx, "fallback channel", s.cfg.FallbackChannel))
	}
	for _, id := range slices.Concat(s.cfg.AllowedGroups, s.cfg.ApproverGroups) {
		_, err := s.rights.members(ctx, id)
		out = append(out, Checked{"user group " + id, err, "check slack.allowed_groups and approver_groups; the app needs usergroups:read"})
	}
	for _, id := range s.cfg.AllowedUsers {
		out = append(out, Checked{"allowed user " + id, s.inspectUser(ctx, id), "check slack.allowed_users and agent_emails"})
	}
	return out
}

// inspectScopes names the scopes that the manifest asks for and the token lacks. Which channel's history is read, a public
// or a private one, only asking the channel tells.
func (s *Slack) inspectScopes(has []string) Checked {
	wanted := ManifestOptions{NoGroups: len(s.cfg.AllowedGroups)+len(s.cfg.ApproverGroups) == 0}.scopes()
	lacking := slices.DeleteFunc(wanted, func(scope string) bool {
		return scope == "channels:history" || slices.Contains(has, scope)
	})
	var err error
	if len(lacking) > 0 {
		err = fmt.Errorf("the token lacks %s", strings.Join(lacking, ", "))
	}
	return Checked{"scopes", err, "give the app these scopes (aanmaner slack manifest lists all) and install it again"}
}

func (s *Slack) inspectChannel(ctx context.Context, what, id string) Checked {
	do := "check its id, and invite the bot: /invite in the channel"
	err := s.client.mayRead(ctx, id)
	if errors.Is(err, errRight) {
		err = fmt.Errorf("the bot can't look whether a card stands there: %w", err)
		do = "give the app channels:history (groups:history for a private channel) and install it again"
	}
	return Checked{what + " " + id, err, do}
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
