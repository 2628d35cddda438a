package daemon

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// exampleOf is the example as it is printed, with its secrets' files somewhere where they can be.
func exampleOf(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range regexp.MustCompile(`(?m)^ +(?:# )?[a-z_]+_file: /etc/aanmaner/(\S+)`).FindAllStringSubmatch(Example(), -1) {
		if err := os.WriteFile(filepath.Join(dir, name[1]), []byte("hush-"+name[1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return strings.ReplaceAll(Example(), "/etc/aanmaner", dir)
}

func TestTheExampleIsInOrder(t *testing.T) {
	cfg := loaded(t, exampleOf(t))
	if cfg.Slack.BotToken != "hush-slack-bot-token" || cfg.Helpdesk.Cerb.SecretKey != "hush-cerb-secret-key" || cfg.BackOffice.InHouse.Token != "hush-backoffice-token" {
		t.Errorf("secrets: %+v", cfg)
	}
	if _, err := cfg.policy(); err != nil {
		t.Error(err)
	}
}

// Each setting that is off in the example is right as well, once the mark before it is taken away.
func TestTheExampleIsInOrderWithEverySettingOn(t *testing.T) {
	text := regexp.MustCompile(`(?m)^( +)# ([a-z_]+: )`).ReplaceAllString(exampleOf(t), "$1$2")
	// A bearer token goes instead of the two keys; the notices' folder is there.
	text = regexp.MustCompile(`(?m)^ +(access_key_file|secret_key_file): .*\n`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`(?m)^( +folder:) \S+`).ReplaceAllString(text, "$1 "+t.TempDir())
	cfg := loaded(t, text)
	if cfg.Policy.MinDebt == "" || cfg.Helpdesk.Cerb.Bucket == "" || cfg.Slack.EnterpriseID == "" {
		t.Errorf("a setting is still off: %+v", cfg)
	}
}

// keysOf lists the settings that a configuration has, by their whole name.
func keysOf(t reflect.Type, prefix string) (keys []string) {
	for _, f := range reflect.VisibleFields(t) {
		key := prefix + f.Tag.Get("koanf")
		if f.Type.Kind() == reflect.Struct {
			keys = append(keys, keysOf(f.Type, key+".")...)
		} else {
			keys = append(keys, key)
		}
	}
	return keys
}

// shownKeys lists the settings of the example, those that are off too.
func shownKeys(t *testing.T) (keys []string) {
	t.Helper()
	var parts []string
	line := regexp.MustCompile(`^( *)(?:# )?([a-z_]+):(?: |$)`)
	for _, text := range strings.Split(Example(), "\n") {
		m := line.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		parts = append(parts[:len(m[1])/2], m[2])
		keys = append(keys, strings.Join(parts, "."))
	}
	// A part that others stand in is no setting.
	return slices.DeleteFunc(keys, func(k string) bool {
		return slices.ContainsFunc(keys, func(o string) bool { return strings.HasPrefix(o, k+".") })
	})
}

func TestEverySettingIsInTheExampleAndTheOtherWayRound(t *testing.T) {
	shown, have := shownKeys(t), keysOf(reflect.TypeFor[Config](), "")
	if len(have) < 60 {
		t.Fatalf("found only %d settings", len(have))
	}
	for _, key := range have {
		if !slices.Contains(shown, key) && !slices.Contains(shown, key+"_file") { // a secret is shown in a file of its own
			t.Errorf("%s is not in the example", key)
		}
	}
	for n, key := range shown {
		if !slices.Contains(have, key) {
			t.Errorf("%s is in the example and is no setting", key)
		}
		if slices.Contains(shown[:n], key) {
			t.Errorf("%s is in the example twice", key)
		}
	}
}

// The example promises: every setting is there with its default, or with an example where there is none; where it shows
// something else, the line says what the default is; what is off has no default.
func TestTheExampleSaysTheDefaults(t *testing.T) {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(Example()), &root); err != nil {
		t.Fatal(err)
	}
	on := map[string]bool{}
	compare(t, root.Content[0], reflect.ValueOf(Default()), "", on)
	for _, key := range shownKeys(t) {
		if !on[key] && !settingOf(reflect.ValueOf(Default()), key).IsZero() {
			t.Errorf("%s is off in the example, and is %v by default", key, settingOf(reflect.ValueOf(Default()), key))
		}
	}
}

// compare holds one part of the example to the same part of the default.
func compare(t *testing.T, part *yaml.Node, by reflect.Value, prefix string, on map[string]bool) {
	says := regexp.MustCompile(`default: (\S+)`)
	for n := 0; n+1 < len(part.Content); n += 2 {
		name, value := part.Content[n], part.Content[n+1]
		key := prefix + name.Value
		standard := settingOf(by, name.Value)
		if standard.Kind() == reflect.Struct {
			compare(t, value, standard, key+".", on)
			continue
		}
		on[key] = true
		want := written(t, standard)
		got := written(t, reflect.ValueOf(value))
		switch m := says.FindStringSubmatch(value.LineComment + name.LineComment); {
		case m != nil:
			if told := strings.Trim(m[1], ";,."); told != want && "["+told+"]" != want && (told != "none" || want != "[]" && want != "") {
				t.Errorf("%s: the example says that the default is %s, it is %s", key, told, want)
			}
			if got == want {
				t.Errorf("%s: the example names a default that it shows anyway", key)
			}
		case got != want && hasDefault(standard):
			t.Errorf("%s: the example shows %s as the default, it is %s", key, got, want)
		}
	}
}

// hasDefault says whether a setting has a default: a text, list or mapping without one is empty.
func hasDefault(v reflect.Value) bool {
	return !v.IsZero() || !slices.Contains([]reflect.Kind{reflect.String, reflect.Slice, reflect.Map}, v.Kind())
}

// settingOf finds a part or setting by its name.
func settingOf(v reflect.Value, key string) reflect.Value {
	name, rest, more := strings.Cut(key, ".")
	for _, f := range reflect.VisibleFields(v.Type()) {
		if f.Tag.Get("koanf") == name {
			if more {
				return settingOf(v.FieldByIndex(f.Index), rest)
			}
			return v.FieldByIndex(f.Index)
		}
	}
	return reflect.Value{}
}

// written is a value as the configuration writes it, on one line: a list in brackets, a duration without its zeros.
func written(t *testing.T, v reflect.Value) string {
	t.Helper()
	node, ok := v.Interface().(*yaml.Node)
	if !ok {
		node = &yaml.Node{}
		if err := node.Encode(v.Interface()); err != nil {
			t.Fatal(err)
		}
	}
	if node.Kind == yaml.ScalarNode {
		return regexp.MustCompile(`([hm])0[ms](0s)?$`).ReplaceAllString(node.Value, "$1")
	}
	items := []string{}
	for _, item := range node.Content {
		items = append(items, written(t, reflect.ValueOf(item)))
	}
	return "[" + strings.Join(items, " ") + "]"
}
