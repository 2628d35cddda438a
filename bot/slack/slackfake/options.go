package slackfake

import (
	"slices"
	"time"
)

// Options describe a workspace and the app that is installed in it. The zero
// value of every field has a workable meaning.
type Options struct {
	SigningSecret string // key of the signatures; "" means "signing-secret"
	BotToken      string // the only token that is let in; "" means "xoxb-test"
	AppToken      string // the token that may open sockets; "" means "xapp-test"
	Command       string // the slash command; "" means "/terminate"

	TeamID         string // "" means T0001
	TeamDomain     string // "" means "example"
	EnterpriseID   string // set if the workspace is part of an organisation
	EnterpriseName string
	AppID          string // "" means A0001
	OrgInstall     bool   // the app is installed for the whole organisation: payloads name no team of the app's

	Now      func() time.Time // clock for expiry, timestamps and signatures; nil means time.Now
	Patience time.Duration    // how long Slack waits for the app, real time; 0 means 3 s
	Latency  time.Duration    // real time that each Web API call takes

	SocketMode bool          // see SetSocketMode
	SocketPing time.Duration // real time between two pings on a socket; 0 means 5 s

	BaseURL string // address of the double, see SetBaseURL

	Channels []Channel           // none means one public channel #algemeen, C0001
	Users    []User              // people who can type and click
	Groups   map[string][]string // user groups (S…) and their members
	FreePlan bool                // user groups need a paid plan; true refuses them
	Scopes   []string            // what the token may do; nil means everything
}

// User is a person or a bot of the workspace, or a guest from another one.
type User struct {
	ID         string
	Name       string // full name, as shown
	Email      string // "" if Slack doesn't tell
	Locale     string // such as nl-NL; "" means en-US
	Tz         string // "" means Europe/Amsterdam
	Deleted    bool
	Restricted bool // a guest with some channels only
	Bot        bool
	TeamID     string // "" means the app's own workspace
}

// Channel is a conversation that people and the app talk in.
type Channel struct {
	ID       string
	Name     string   // without the #
	Members  []string // user ids; none means everybody
	Private  bool
	Archived bool
	NoBot    bool // the app isn't in it
}

// has reports whether the user may read and click here.
func (c Channel) has(user string) bool {
	return len(c.Members) == 0 || slices.Contains(c.Members, user)
}

// botUser and botID are the app's own two ids in the workspace.
const (
	botUser = "U0BOT"
	botID   = "B0BOT"
)

// withDefaults fills what the caller left out.
func (o Options) withDefaults() Options {
	orDefault := func(s *string, d string) {
		if *s == "" {
			*s = d
		}
	}
	orDefault(&o.SigningSecret, "signing-secret")
	orDefault(&o.BotToken, "xoxb-test")
	orDefault(&o.AppToken, "xapp-test")
	orDefault(&o.Command, "/terminate")
	orDefault(&o.TeamID, "T0001")
	orDefault(&o.TeamDomain, "example")
	orDefault(&o.AppID, "A0001")
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SocketPing == 0 {
		o.SocketPing = 5 * time.Second
	}
	if o.Patience == 0 {
		o.Patience = 3 * time.Second
	}
	if len(o.Channels) == 0 {
		o.Channels = []Channel{{ID: "C0001", Name: "algemeen"}}
	}
	o.Users = slices.Clone(o.Users)
	for i := range o.Users {
		orDefault(&o.Users[i].Locale, "en-US")
		orDefault(&o.Users[i].Tz, "Europe/Amsterdam")
		orDefault(&o.Users[i].TeamID, o.TeamID)
	}
	return o
}

// user finds a person by id.
func (o Options) user(id string) (User, bool) {
	i := slices.IndexFunc(o.Users, func(u User) bool { return u.ID == id })
	if i < 0 {
		return User{}, false
	}
	return o.Users[i], true
}

// channel finds a conversation by id. A direct conversation exists for each
// user: its id is the user's with a D in front.
func (o Options) channel(id string) (Channel, bool) {
	if i := slices.IndexFunc(o.Channels, func(c Channel) bool { return c.ID == id }); i >= 0 {
		return o.Channels[i], true
	}
	for _, u := range o.Users {
		if id == directID(u.ID) || id == u.ID {
			return Channel{ID: directID(u.ID), Name: "directmessage", Members: []string{u.ID}, Private: true}, true
		}
	}
	return Channel{}, false
}

// directID is the id of the conversation between the app and one user.
func directID(user string) string { return "D" + user }

// names maps ids of people and channels to what is shown for them.
func (o Options) names() map[string]string {
	m := map[string]string{botUser: o.Command}
	for _, u := range o.Users {
		m[u.ID] = u.Name
	}
	for _, c := range o.Channels {
		m[c.ID] = c.Name
	}
	return m
}
