package slack

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// ManifestOptions say for which app a manifest is made.
type ManifestOptions struct {
	Mode    string // ModeHTTP or ModeSocket; empty: ModeHTTP
	URL     string // where Slack reaches the bot, for ModeHTTP: https://bot.example.nl
	Command string // empty: /terminate
	Name    string // of the app, at most 35 characters; empty: Aanmaner
	// PrivateChannel: the cards go to a private channel, whose history takes another scope.
	PrivateChannel bool
	// NoGroups: nobody is let in by a user group, so that reading them needs no right.
	NoGroups bool
}

// manifest is the part of an app's manifest that we set (docs.slack.dev/reference/app-manifest).
type manifest struct {
	Metadata struct {
		Major int `yaml:"major_version"`
		Minor int `yaml:"minor_version"`
	} `yaml:"_metadata"`
	Display struct {
		Name        string `yaml:"name"`
		Description string `yaml:"description"`
		Colour      string `yaml:"background_color"`
	} `yaml:"display_information"`
	Features struct {
		Home struct {
			Home     bool `yaml:"home_tab_enabled"`
			Messages bool `yaml:"messages_tab_enabled"`
			ReadOnly bool `yaml:"messages_tab_read_only_enabled"`
		} `yaml:"app_home"`
		Bot struct {
			Name   string `yaml:"display_name"`
			Online bool   `yaml:"always_online"`
		} `yaml:"bot_user"`
		Commands []manifestCommand `yaml:"slash_commands"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			URL    string   `yaml:"request_url,omitempty"`
			Events []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			Enabled bool   `yaml:"is_enabled"`
			URL     string `yaml:"request_url,omitempty"`
		} `yaml:"interactivity"`
		Org      bool `yaml:"org_deploy_enabled"`
		Socket   bool `yaml:"socket_mode_enabled"`
		Rotation bool `yaml:"token_rotation_enabled"`
	} `yaml:"settings"`
}

type manifestCommand struct {
	Command     string `yaml:"command"`
	URL         string `yaml:"url,omitempty"`
	Description string `yaml:"description"`
	Usage       string `yaml:"usage_hint"`
	Escape      bool   `yaml:"should_escape"`
}

// Manifest is the description of our Slack app, as YAML, with the rights that the bot uses and no others. Whoever makes an
// app of it at https://api.slack.com/apps ("From a manifest") has only to install it and to copy its secrets.
func Manifest(o ManifestOptions) (string, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return "", err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Slack app for Aanmaner, %s. Make it at https://api.slack.com/apps: Create New App, From a manifest.\n", o.means())
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(o.manifest()), enc.Close()); err != nil {
		return "", fmt.Errorf("slack: manifest: %w", err)
	}
	return out.String(), nil
}

func (o ManifestOptions) withDefaults() ManifestOptions {
	if o.Mode == "" {
		o.Mode = ModeHTTP
	}
	if o.Command == "" {
		o.Command = "/terminate"
	}
	if o.Name == "" {
		o.Name = "Aanmaner"
	}
	o.URL = strings.TrimSuffix(o.URL, "/")
	return o
}

func (o ManifestOptions) means() string {
	if o.Mode == ModeSocket {
		return "in Socket Mode (besides, make an app-level token with connections:write and set slack.app_token_file)"
	}
	return "reached over HTTP"
}

var commandName = regexp.MustCompile(`^/[\p{Ll}\p{Lo}\p{N}_-]{1,31}$`)

func (o ManifestOptions) check() error {
	var faults []error
	if !commandName.MatchString(o.Command) {
		faults = append(faults, fmt.Errorf("slack: command %q: a slash and at most 31 small letters, digits, - and _", o.Command))
	}
	if n := utf8.RuneCountInString(o.Name); n > 35 {
		faults = append(faults, fmt.Errorf("slack: name %q has %d characters; Slack takes 35", o.Name, n))
	}
	u, err := url.Parse(o.URL)
	switch {
	case o.Mode != ModeHTTP && o.Mode != ModeSocket:
		faults = append(faults, fmt.Errorf("slack: the mode is %s or %s, not %q", ModeHTTP, ModeSocket, o.Mode))
	case o.Mode == ModeSocket && o.URL != "":
		faults = append(faults, errors.New("slack: in Socket Mode nothing is called from outside; leave the URL out"))
	case o.Mode == ModeHTTP && (err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != ""):
		faults = append(faults, errors.New("slack: give the address at which Slack reaches the bot, such as https://bot.example.nl; Slack calls https only"))
	}
	return errors.Join(faults...)
}

func (o ManifestOptions) manifest() manifest {
	var m manifest
	m.Metadata.Major, m.Metadata.Minor = 1, 1
	m.Display.Name, m.Display.Description, m.Display.Colour = o.Name, "Carries out the procedure for customers who don't pay", "#4A154B"
	m.Features.Home.Home, m.Features.Home.ReadOnly = true, true
	m.Features.Bot.Name, m.Features.Bot.Online = botName(o.Name), true
	m.Features.Commands = []manifestCommand{{
		Command: o.Command, URL: o.at("/slack/commands"), Description: "Look up a customer who doesn't pay, and start the procedure",
		Usage: "<number, name, e-mail address or domain> | help | pause | resume",
	}}
	m.OAuth.Scopes.Bot = o.scopes()
	m.Settings.Events.URL, m.Settings.Events.Events = o.at("/slack/events"), []string{"app_home_opened"}
	m.Settings.Interactivity.Enabled, m.Settings.Interactivity.URL = true, o.at("/slack/interactions")
	m.Settings.Socket = o.Mode == ModeSocket
	return m
}

// at is one of our addresses; empty in Socket Mode.
func (o ManifestOptions) at(path string) string {
	if o.Mode == ModeSocket {
		return ""
	}
	return o.URL + path
}

// scopes are the rights that the bot's calls take, and no others. The two modes take the same; Socket Mode has its
// connections:write on the app-level token, which no manifest names.
func (o ManifestOptions) scopes() []string {
	scopes := []string{"commands", "chat:write", "users:read", "users:read.email"}
	if o.PrivateChannel {
		scopes = append(scopes, "groups:history")
	} else {
		scopes = append(scopes, "channels:history")
	}
	if !o.NoGroups {
		scopes = append(scopes, "usergroups:read")
	}
	slices.Sort(scopes)
	return scopes
}

// botName makes of the app's name one that a bot may have.
func botName(s string) string {
	s = strings.Trim(regexp.MustCompile(`[^a-z0-9._-]+`).ReplaceAllString(strings.ToLower(s), "-"), "-.")
	if s == "" {
		return "aanmaner"
	}
	return s
}
