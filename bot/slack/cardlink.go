package slack

import "context"

// CardLink is the address of a case's card for people; empty where there is none or Slack doesn't tell.
func (s *Slack) CardLink(ctx context.Context, caseID int64) string { return s.cardLink(ctx, caseID) }
