package main

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/aanmaner/aanmaner/bot/daemon"
)

// setting is a line of the example configuration.
type setting struct {
	key, value, meaning string
	off                 bool // it stands behind a mark
	part                bool // others stand in it
}

// settings reads the example, which a test of bot/daemon holds to the program.
func settings() (out []setting) {
	var parts []string
	line := regexp.MustCompile(`^( *)(# )?([a-z_]+):(?: +(.*))?$`)
	for text := range strings.SplitSeq(daemon.Example(), "\n") {
		m := line.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		value, meaning := m[4], ""
		if at := strings.LastIndex(" "+value, " # "); at >= 0 {
			value, meaning = strings.TrimSpace((" " + value)[:at]), (" " + value)[at+3:]
		}
		parts = append(parts[:len(m[1])/2], m[3])
		out = append(out, setting{key: strings.Join(parts, "."), value: strings.TrimSpace(value), meaning: meaning, off: m[2] != ""})
	}
	for n := range out {
		out[n].part = n+1 < len(out) && strings.HasPrefix(out[n+1].key, out[n].key+".")
	}
	return out
}

// unsaid tells of settings that the example needs no words for, since they stand beside others that say it.
func unsaid() map[string]string {
	return map[string]string{
		"company.name": "the company, in the mail's text", "company.phone": "where a customer can call",
		"company.person": "whom a customer can ask for", "company.email": "where a customer can write to",
		"company.portal_url": "where a customer can pay", "company.terms": "the clause that allows to switch off, as the mail names it",
		"company.terms_url":             "where the terms can be read",
		"helpdesk.cerb.access_key_file": "the key's first half", "helpdesk.cerb.secret_key_file": "the key's second half",
		"helpdesk.cerb.bucket": "the bucket of the group; without it Cerb's own default", "helpdesk.cerb.timeout": "how long a call may take",
		"helpdesk.cerb.rate_per_second": "at most so many calls a second",
		"backoffice.inhouse.url":        "its base address", "backoffice.inhouse.token_file": "the bearer token",
		"backoffice.inhouse.timeout": "how long a call may take", "backoffice.inhouse.rate_per_second": "at most so many calls a second",
		"slack.bot_token_file": "xoxb-…", "slack.signing_secret_file": "what Slack signs its requests with; with mode: http",
		"slack.app_id": "requests for another app are refused", "slack.team_ids": "the workspaces; people of others are refused",
		"slack.enterprise_id": "the organisation, on Enterprise Grid", "slack.command": "the slash command",
		"slack.allowed_users": "who may use the bot", "slack.approver_groups": "the same, by user group",
		"slack.api_url":          "Slack's Web API; another one for tests",
		"slack.response_origins": "where answers to a click may go; nothing else is ever called",
		"policy.cancel_days_min": "the earliest day that an agent may pick", "policy.cancel_days_max": "the latest one",
		"policy.backoff": "how long to wait before the second try, the third and so on; the last one holds for all further ones",
	}
}

// defaultOf is what holds when a setting is left out, as YAML on one line; empty where that is nothing.
func defaultOf(key string) string {
	v := reflect.ValueOf(daemon.Default())
	for name := range strings.SplitSeq(key, ".") {
		n := slices.IndexFunc(reflect.VisibleFields(v.Type()), func(f reflect.StructField) bool { return f.Tag.Get("koanf") == name })
		if n < 0 {
			return ""
		}
		v = v.Field(n)
	}
	if v.IsZero() && v.Kind() != reflect.Int && v.Kind() != reflect.Bool && v.Kind() != reflect.Int64 {
		return ""
	}
	raw, err := yaml.Marshal(v.Interface())
	if err != nil {
		return ""
	}
	text := strings.TrimSpace(string(raw))
	if v.Kind() == reflect.Slice {
		text = "[" + strings.ReplaceAll(strings.TrimPrefix(text, "- "), "\n- ", ", ") + "]"
	}
	return regexp.MustCompile(`([hm])0[ms](0s)?(\W|$)`).ReplaceAllString(text, "$1$3")
}

// settingsPart is a table of settings for each part of the configuration.
func settingsPart(t *testing.T) string {
	var out strings.Builder
	section := "-"
	for _, s := range settings() {
		parent, name := "", s.key
		if at := strings.LastIndexByte(s.key, '.'); at >= 0 {
			parent, name = s.key[:at], s.key[at+1:]
		}
		if s.part {
			if s.meaning != "" {
				fmt.Fprintf(&out, "\n## %s\n\nThe part `%s`: %s.\n", s.key, s.key, s.meaning)
				section = s.key + " told"
			}
			continue
		}
		if section == "-" && parent == "" {
			out.WriteString("## At the top\n")
		} else if section != parent && section != parent+" told" {
			fmt.Fprintf(&out, "\n## %s\n", parent)
		}
		if section != parent {
			out.WriteString("\n| setting | default | example | what it says |\n|---|---|---|---|\n")
		}
		section = parent
		meaning := s.meaning
		if meaning == "" {
			meaning = unsaid()[s.key]
		}
		if meaning == "" {
			t.Errorf("neither the example nor unsaid() says what %s is", s.key)
		}
		fmt.Fprintf(&out, "| <a id=\"%s\"></a>`%s` | %s | %s | %s |\n", s.key, name, code(defaultOf(s.key)), code(s.value), cell(meaning))
	}
	return strings.TrimPrefix(out.String(), "\n")
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + cell(s) + "`"
}

func cell(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "|", `\|`), "\n", " ") }

// Whatever the guide calls a setting is one; its pieces of configuration use no others.
func TestTheGuidesSettingsAreSettings(t *testing.T) {
	g, count := readGuide(t), 0
	known := map[string]bool{}
	for _, s := range settings() {
		known[s.key] = true
		known[strings.TrimSuffix(s.key, "_file")] = true
	}
	form := regexp.MustCompile(`^(company|helpdesk|backoffice|slack|notice|policy|live|metrics|tracing|retention|limits)\.[a-z_.]+$`)
	for page, text := range g {
		for _, words := range spoken(text) {
			key, _, _ := strings.Cut(words, ":")
			if !form.MatchString(key) {
				continue
			}
			if count++; !known[key] {
				t.Errorf("%s: `%s` is no setting", page, key)
			}
		}
	}
	for _, block := range g.fences("yaml") {
		var root map[string]any
		if err := yaml.Unmarshal([]byte(block.text), &root); err != nil {
			t.Errorf("%s: %v in\n%s", block.page, err, block.text)
			continue
		}
		if root["_metadata"] != nil || root["apiVersion"] != nil {
			continue // a manifest of Slack's or Kubernetes'
		}
		for _, key := range keysIn(root, "") {
			key = regexp.MustCompile(`^(slack\.agent_emails)\..*`).ReplaceAllString(key, "$1") // its keys are people
			if count++; !known[key] {
				t.Errorf("%s: %s is no setting", block.page, key)
			}
		}
	}
	if count < 40 {
		t.Errorf("only %d settings were looked at", count)
	}
}

func keysIn(part map[string]any, prefix string) (keys []string) {
	for name, value := range part {
		if deeper, ok := value.(map[string]any); ok && len(deeper) > 0 {
			keys = append(keys, keysIn(deeper, prefix+name+".")...)
		} else {
			keys = append(keys, prefix+name)
		}
	}
	return keys
}
