package slack

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// schemaOf compiles Slack's own schema of manifests, of one of its versions.
func schemaOf(t *testing.T, version string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(func(pattern string) (jsonschema.Regexp, error) {
		// The schema's one look-ahead, which Go's expressions don't have, said without one.
		re, err := regexp.Compile(strings.ReplaceAll(pattern, `(?![\.\-])([-a-z0-9\.])+`, `[a-z0-9][-a-z0-9\.]*`))
		return re, err
	})
	s, err := c.Compile(filepath.Join("testdata", "manifest-schema", "manifest.schema."+version+".0.0.json"))
	must(t, err)
	return s
}

func manifestOf(t *testing.T, o ManifestOptions) (doc map[string]any) {
	t.Helper()
	text, err := Manifest(o)
	must(t, err)
	must(t, yaml.Unmarshal([]byte(text), &doc))
	return doc
}

// A schema that lets everything through would prove nothing.
func TestSlacksSchemaRefusesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1", "2"} {
		raw, err := os.ReadFile(filepath.Join("testdata", "manifest-schema", "invalid."+version+".json"))
		must(t, err)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
		must(t, err)
		if schemaOf(t, version).Validate(doc) == nil {
			t.Errorf("version %s takes Slack's own invalid example", version)
		}
	}
	doc := manifestOf(t, ManifestOptions{URL: "https://bot.example.nl"})
	doc["features"].(map[string]any)["bot_user"].(map[string]any)["display_name"] = strings.Repeat("x", 200)
	if schemaOf(t, "1").Validate(doc) == nil {
		t.Error("a bot's name of 200 characters is taken")
	}
}

func TestManifestIsAsSlackWantsIt(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]ManifestOptions{
		"http":    {URL: "https://bot.example.nl/"},
		"socket":  {Mode: ModeSocket},
		"private": {Mode: ModeSocket, PrivateChannel: true, NoGroups: true, Command: "/wanbetaler", Name: "Wanbetaler: bot & co"},
	} {
		for _, version := range []string{"1", "2"} {
			doc := manifestOf(t, o)
			if version == "2" {
				doc["_metadata"] = map[string]any{"major_version": 2, "minor_version": 0}
			}
			if err := schemaOf(t, version).Validate(doc); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestManifestNamesItsAddressesOverHTTPOnly(t *testing.T) {
	t.Parallel()
	text, err := Manifest(ManifestOptions{URL: "https://bot.example.nl/"})
	must(t, err)
	for _, want := range []string{"https://bot.example.nl/slack/commands\n", "https://bot.example.nl/slack/interactions\n", "https://bot.example.nl/slack/events\n", "socket_mode_enabled: false"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q", want)
		}
	}
	text, err = Manifest(ManifestOptions{Mode: ModeSocket})
	if must(t, err); strings.Contains(text, "url:") || !strings.Contains(text, "socket_mode_enabled: true") {
		t.Error(text)
	}
	for _, o := range []ManifestOptions{
		{}, {URL: "http://bot.example.nl"}, {Mode: ModeSocket, URL: "https://x.example"}, {Mode: "telex"},
		{Mode: ModeSocket, Command: "terminate"}, {Mode: ModeSocket, Command: "/Te rm"}, {Mode: ModeSocket, Name: strings.Repeat("x", 36)},
	} {
		if _, err := Manifest(o); err == nil {
			t.Errorf("made for %+v", o)
		}
	}
}

// scopeOf is the right that a call of slack-go takes (docs.slack.dev/reference/methods); empty: none.
func scopeOf() map[string]string {
	return map[string]string{
		"OpenViewContext": "", "PushViewContext": "", "UpdateViewContext": "", "PublishViewContext": "", "AuthTestContext": "", "GetPermalinkContext": "",
		"StartSocketModeContext": "", // by the app-level token
		"PostMessageContext":     "chat:write", "PostEphemeralContext": "chat:write", "UpdateMessageContext": "chat:write", "DeleteMessageContext": "chat:write",
		"GetUserInfoContext": "users:read", "GetConversationHistoryContext": "channels:history", "GetConversationRepliesContext": "channels:history", "GetUserGroupMembersContext": "usergroups:read",
	}
}

// The manifest asks for what the calls in this package take, for the command itself, and for the address of a person, which
// users.info leaves out without its own scope.
func TestManifestAsksForWhatTheCodeUsesAndNoMore(t *testing.T) {
	t.Parallel()
	used := []string{"commands", "users:read.email"}
	files, err := filepath.Glob("*.go")
	must(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		must(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if on, ok := call.X.(*ast.SelectorExpr); !ok || on.Sel.Name != "api" {
				return true
			}
			scope, known := scopeOf()[call.Sel.Name]
			if !known {
				t.Errorf("%s: which scope does %s take?", name, call.Sel.Name)
			}
			if scope != "" && !slices.Contains(used, scope) {
				used = append(used, scope)
			}
			return true
		})
	}
	slices.Sort(used)
	if got := (ManifestOptions{}).scopes(); !slices.Equal(got, used) {
		t.Errorf("asks for %v, uses %v", got, used)
	}
}

// With these rights the whole road can be gone.
func TestManifestsScopesAreEnough(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) {
		w.SetScopes((ManifestOptions{}).scopes())
		w.SetGroup("S0AGENTS", []string{sanne}, false)
		w.config.AllowedUsers, w.config.AllowedGroups = nil, []string{"S0AGENTS"}
	})
	v := w.ask(sanne, "10234")
	w.Fail("chat.postMessage", slackfake.Reset().After())
	w.submit(sanne, v, nil)
	w.oneCard()
	must(t, w.bot.Check(context.Background()))
	for _, c := range w.Calls() {
		if c.Error == "missing_scope" {
			t.Errorf("%s lacks a scope", c.Method)
		}
	}
}
