package slack

import (
	"context"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

func TestScopesThatTheTokenLacksAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.SetScopes([]string{"commands", "chat:write", "channels:history", "users:read"})
	err := w.bot.Check(context.Background())
	if err == nil || !strings.Contains(err.Error(), "scopes: the token lacks users:read.email") || strings.Contains(err.Error(), "usergroups:read") {
		t.Errorf("%v", err) // no group is configured, so that reading them takes no right
	}
}

// An archived channel can be read, so that only Slack's own word tells; where the app may not ask for it, nothing is wrong.
func TestAnArchivedChannelIsFoundWhereTheAppMayLook(t *testing.T) {
	t.Parallel()
	least := (ManifestOptions{}).scopes()
	for _, c := range []struct {
		scopes []string
		found  bool
	}{{least, false}, {append(least, "channels:read"), true}} {
		w := newWorld(t, func(w *world) { w.config.AllowedUsers = []string{sanne} })
		w.SetScopes(c.scopes)
		must(t, w.bot.Check(context.Background()))
		w.ChangeChannel(cases, func(ch *slackfake.Channel) { ch.Archived = true })
		err := w.bot.Check(context.Background())
		if found := err != nil && strings.Contains(err.Error(), "archived"); found != c.found {
			t.Errorf("with %v: %v", c.scopes, err)
		}
		for _, call := range w.Calls() {
			if call.Error == "missing_scope" {
				t.Errorf("%s lacks a scope", call.Method)
			}
		}
	}
}
