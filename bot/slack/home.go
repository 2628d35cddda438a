package slack

import "context"

// homeOpened is told that a person has opened the app's home.
func (s *Slack) homeOpened(ctx context.Context, user string) {}
