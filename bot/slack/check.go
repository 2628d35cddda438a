package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Check asks Slack whether the token is good and of a workspace of ours, whether the bot is in the case channel and may
// read it, and whether each allowed person's e-mail address can be read. It posts nothing. The error names all that is
// wrong; nil: all is well.
func (s *Slack) Check(ctx context.Context) error {
	team, err := s.client.whoAmI(ctx)
	if err != nil {
		return fmt.Errorf("the token is not accepted: %w", err)
	}
	var faults []error
	if len(s.cfg.TeamIDs) > 0 && !slices.Contains(s.cfg.TeamIDs, team) && s.cfg.EnterpriseID == "" {
		faults = append(faults, fmt.Errorf("the token is of workspace %s, not of %s", team, strings.Join(s.cfg.TeamIDs, ", ")))
	}
	if err := s.client.mayRead(ctx, s.cfg.CaseChannel); err != nil {
		faults = append(faults, fmt.Errorf("case channel %s: %w", s.cfg.CaseChannel, err))
	}
	for _, id := range s.cfg.AllowedUsers {
		who, err := s.people.get(ctx, id)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("allowed user %s: %w", id, err))
		case who.Refused != "":
			faults = append(faults, fmt.Errorf("allowed user %s (%s): %s", id, who.Name, s.told(s.screenFor("en"), who.Refused)))
		case who.Email == "":
			faults = append(faults, fmt.Errorf("allowed user %s (%s): no e-mail address; give the app users:read.email or name it in agent_emails", id, who.Name))
		}
	}
	return errors.Join(faults...)
}
