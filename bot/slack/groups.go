package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"
)

// How long a user group's members are believed. usergroups.users.list allows some twenty calls a minute, hence the ten
// minutes; and where Slack doesn't answer, what it said within the last half hour counts. After that nobody is let in by
// a group: in doubt, no.
const (
	keepGroup    = 10 * time.Minute
	trustGroup   = 30 * time.Minute
	groupTimeout = time.Second // a command is answered within three
	groupRest    = 10 * time.Second
)

// errPaidPlan: the workspace has no user groups.
var errPaidPlan = errors.New("user groups need a paid plan of Slack; name the people in slack.allowed_users instead")

// rights knows who may do what: people named by id, and the members of user groups.
type rights struct {
	cfg    Config
	client *client
	log    *slog.Logger

	mu     sync.Mutex
	groups map[string]*membership
}

// membership is who is in a group, as far as Slack told.
type membership struct {
	asking chan struct{} // filled while Slack is asked: the others wait for the same answer

	mu   sync.Mutex
	said saidOf
}

// saidOf is what Slack said of a group, and when.
type saidOf struct {
	members []string
	at      time.Time // when it said so; zero: never
	failed  time.Time // when it last didn't answer; zero: it did
	err     error
}

func newRights(cfg Config, c *client, log *slog.Logger) *rights {
	return &rights{cfg: cfg, client: c, log: log, groups: map[string]*membership{}}
}

// refusal says, by the catalogue's key, why the person may not use the bot; empty: may. It may ask Slack, for a second at
// most.
func (r *rights) refusal(ctx context.Context, user string) string {
	may, err := r.among(ctx, user, r.cfg.AllowedUsers, r.cfg.AllowedGroups)
	switch {
	case may:
		return ""
	case err != nil:
		return "slack.rights_unknown"
	}
	return "slack.refused"
}

// mayApprove says whether the person is of the credit-control team. In doubt, no.
func (r *rights) mayApprove(ctx context.Context, user string) bool {
	may, _ := r.among(ctx, user, r.cfg.ApproverUsers, r.cfg.ApproverGroups)
	return may
}

// among says whether a person is one of these people or a member of one of these groups. A group of which nothing is known
// is an error only for somebody whom nothing else lets in.
func (r *rights) among(ctx context.Context, user string, users, groups []string) (bool, error) {
	if user == "" {
		return false, nil
	}
	if slices.Contains(users, user) {
		return true, nil
	}
	ctx, cancel := context.WithTimeout(ctx, groupTimeout)
	defer cancel()
	var unknown error
	for _, id := range groups {
		members, err := r.members(ctx, id)
		if err != nil {
			unknown = err
		}
		if slices.Contains(members, user) {
			return true, nil
		}
	}
	return false, unknown
}

// members lists a group's members: as kept, or as Slack says now, or, while it doesn't, as it said a while ago.
func (r *rights) members(ctx context.Context, id string) ([]string, error) {
	m := r.group(id)
	said, now := m.get(), r.cfg.Now()
	if said.knownSince(now, keepGroup) {
		return said.members, nil
	}
	if said.failed.IsZero() || now.Sub(said.failed) >= groupRest { // not every command waits for a Slack that is silent
		said = r.ask(ctx, id, m, keepGroup)
	}
	switch {
	case said.knownSince(now, trustGroup):
		return said.members, nil
	case said.err == nil:
		return nil, fmt.Errorf("user group %s: not read in time", id)
	}
	return nil, said.err
}

func (r *rights) group(id string) *membership {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.groups[id] == nil {
		r.groups[id] = &membership{asking: make(chan struct{}, 1)}
	}
	return r.groups[id]
}

func (m *membership) get() saidOf {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.said
}

func (s saidOf) knownSince(now time.Time, age time.Duration) bool {
	return !s.at.IsZero() && now.Sub(s.at) < age
}

// ask reads a group from Slack unless what is known is younger than that. A group that isn't there, or a plan without
// groups, lets nobody in.
func (r *rights) ask(ctx context.Context, id string, m *membership, younger time.Duration) saidOf {
	select {
	case m.asking <- struct{}{}:
		defer func() { <-m.asking }()
	case <-ctx.Done():
		return m.get()
	}
	said := m.get()
	if said.knownSince(r.cfg.Now(), younger) {
		return said
	}
	members, err := r.client.groupMembers(ctx, id)
	switch codeOf(err) {
	case "plan_upgrade_required":
		err = fmt.Errorf("user group %s: %w: %w", id, errPaidPlan, err)
	case "no_such_subteam":
		err = fmt.Errorf("user group %s is not there; copy its id (S…) from the group's menu in Slack: %w", id, err)
	}
	if err == nil {
		said = saidOf{members: members, at: r.cfg.Now()}
	} else {
		said.failed, said.err = r.cfg.Now(), err
		r.log.ErrorContext(ctx, "members of a user group can't be read", "group", id, "error", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.said = said
	return said
}

// keepFresh reads the groups ahead of need until ctx ends, so that a command seldom waits for Slack.
func (r *rights) keepFresh(ctx context.Context, every time.Duration) {
	groups := slices.Compact(slices.Sorted(slices.Values(slices.Concat(r.cfg.AllowedGroups, r.cfg.ApproverGroups))))
	if len(groups) == 0 {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		for _, id := range groups {
			actx, cancel := context.WithTimeout(ctx, callTimeout)
			r.ask(actx, id, r.group(id), keepGroup/2)
			cancel()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// groupMembers lists the people of a user group.
func (c *client) groupMembers(ctx context.Context, id string) (members []string, err error) {
	err = c.patiently(ctx, "usergroups.users.list", func(ctx context.Context) error {
		members, err = c.api.GetUserGroupMembersContext(ctx, id)
		return err
	})
	if err != nil {
		return nil, classed("usergroups.users.list", err)
	}
	return members, nil
}

// codeOf is Slack's own word for an error; empty for another error.
func codeOf(err error) string {
	var said slackgo.SlackErrorResponse
	if errors.As(err, &said) {
		return said.Err
	}
	return ""
}
