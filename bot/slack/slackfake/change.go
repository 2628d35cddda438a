package slackfake

import (
	"maps"
	"slices"
)

// What an administrator does to the workspace while the app runs.

// Revoke takes the app's tokens back, as when it is removed from the workspace,
// or gives them again.
func (s *Server) Revoke(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = yes
}

// ChangeChannel changes a channel: archives it, takes the app out of it, and so on.
func (s *Server) ChangeChannel(id string, change func(*Channel)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Channels = slices.Clone(s.opt.Channels)
	for i := range s.opt.Channels {
		if s.opt.Channels[i].ID == id {
			change(&s.opt.Channels[i])
		}
	}
	s.touch()
}

// SetScopes changes what the token may do; nil means everything.
func (s *Server) SetScopes(scopes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Scopes = scopes
}

// SetGroup changes who is in a user group, and whether the plan has any.
func (s *Server) SetGroup(id string, members []string, freePlan bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Groups, s.opt.FreePlan = maps.Clone(s.opt.Groups), freePlan
	if s.opt.Groups == nil {
		s.opt.Groups = map[string][]string{}
	}
	s.opt.Groups[id] = members
}

// SetOrganisation makes the workspace one of an organisation, for the whole of
// which the app is installed if org says so.
func (s *Server) SetOrganisation(enterpriseID string, org bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.EnterpriseID, s.opt.EnterpriseName, s.opt.OrgInstall = enterpriseID, "Organisation", org
}
