package slack

import (
	"context"
	"slices"
)

// Agent is somebody who may use the bot, as the doctor looks at people.
type Agent struct {
	ID, Name string
	Email    string // as the helpdesk should know the person; empty: Slack names none, and none is configured
	Err      error  // why the person can't be read
}

// maxAgents is how many people the doctor looks up; each is a call.
const maxAgents = 100

// Agents lists everybody who may use the bot, those named one by one and the members of the groups. more is how many were
// not looked up.
func (s *Slack) Agents(ctx context.Context) (agents []Agent, more int) {
	ids := slices.Clone(s.cfg.AllowedUsers)
	for _, group := range s.cfg.AllowedGroups {
		members, err := s.rights.members(ctx, group)
		if err != nil { // Inspect tells of the group
			continue
		}
		ids = append(ids, members...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	more = max(0, len(ids)-maxAgents)
	for _, id := range ids[:len(ids)-more] {
		who, err := s.people.get(ctx, id)
		agents = append(agents, Agent{ID: id, Name: who.Name, Email: who.Email, Err: err})
	}
	return agents, more
}
