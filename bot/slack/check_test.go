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

func TestAnArchivedChannelIsFoundWithTheLeastRights(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.config.AllowedUsers = []string{sanne} })
	w.SetScopes((ManifestOptions{}).scopes())
	must(t, w.bot.Check(context.Background()))
	w.ChangeChannel(cases, func(ch *slackfake.Channel) { ch.Archived = true })
	if err := w.bot.Check(context.Background()); err == nil || !strings.Contains(err.Error(), "case channel") || !strings.Contains(err.Error(), "archived") {
		t.Errorf("%v", err)
	}
}
