package slackfake

import (
	"slices"
	"strings"
	"time"
)

func (s *Server) authTest(args) (Object, *failure) {
	o := Object{"url": "https://" + s.opt.TeamDomain + ".slack.com/", "team": s.opt.TeamDomain, "user": "aanmaner",
		"team_id": s.opt.TeamID, "user_id": botUser, "bot_id": botID, "app_id": s.opt.AppID,
		"is_enterprise_install": false}
	if s.opt.EnterpriseID != "" {
		o["enterprise_id"] = s.opt.EnterpriseID
	}
	return o, nil
}

func (s *Server) userInfo(a args) (Object, *failure) {
	u, ok := s.opt.user(a.text("user"))
	if !ok {
		return nil, fail("user_not_found")
	}
	return Object{"user": s.userJSON(u, a.flag("include_locale"))}, nil
}

func (s *Server) userByEmail(a args) (Object, *failure) {
	email := a.text("email")
	for _, u := range s.opt.Users {
		// Slack doesn't find people who have left.
		if email != "" && strings.EqualFold(u.Email, email) && !u.Deleted {
			return Object{"user": s.userJSON(u, false)}, nil
		}
	}
	return nil, fail("users_not_found")
}

// userJSON is a person as users.info shows one. The address is there only if
// the token may read it and Slack knows it.
func (s *Server) userJSON(u User, locale bool) Object {
	profile := Object{"real_name": u.Name, "display_name": u.Name, "team": u.TeamID}
	if u.Email != "" && s.allows("users:read.email") {
		profile["email"] = u.Email
	}
	o := Object{"id": u.ID, "team_id": u.TeamID, "name": loginName(u), "real_name": u.Name, "profile": profile,
		"deleted": u.Deleted, "is_bot": u.Bot, "is_restricted": u.Restricted, "is_ultra_restricted": false,
		"is_stranger": u.TeamID != s.opt.TeamID, "tz": u.Tz, "tz_offset": offset(u.Tz, s.opt.Now())}
	if locale {
		o["locale"] = u.Locale
	}
	return o
}

// loginName is the old-style user name that payloads still carry.
func loginName(u User) string {
	return strings.ToLower(strings.ReplaceAll(u.Name, " ", "."))
}

// offset is the distance of a zone from UTC in seconds.
func offset(zone string, at time.Time) int {
	l, err := time.LoadLocation(zone)
	if err != nil {
		return 0
	}
	_, seconds := at.In(l).Zone()
	return seconds
}

func (s *Server) groupMembers(a args) (Object, *failure) {
	if s.opt.FreePlan {
		return nil, fail("plan_upgrade_required")
	}
	members, ok := s.opt.Groups[a.text("usergroup")]
	if !ok {
		return nil, fail("no_such_subteam")
	}
	return Object{"users": slices.Clone(members)}, nil
}

func (s *Server) channelInfo(a args) (Object, *failure) {
	c, ok := s.opt.channel(a.text("channel"))
	if !ok || c.Private && c.NoBot {
		return nil, fail("channel_not_found")
	}
	direct := strings.HasPrefix(c.ID, "D")
	return Object{"channel": Object{"id": c.ID, "name": c.Name, "is_channel": !direct, "is_im": direct, "is_private": c.Private,
		"is_archived": c.Archived, "is_member": !c.NoBot}}, nil
}

func (s *Server) openDirect(a args) (Object, *failure) {
	u, ok := s.opt.user(a.text("users"))
	switch {
	case !ok:
		return nil, fail("user_not_found")
	case u.Deleted:
		return nil, fail("user_disabled")
	}
	return Object{"channel": Object{"id": directID(u.ID)}}, nil
}
