package daemon

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
)

// envPrefix starts the names of our variables; "__" stands between the parts of a key: AANMANER_HELPDESK__CERB__URL.
const envPrefix = "AANMANER_"

// quoted is what a YAML error cites from the file. It may be a secret: the file of one given in place of the configuration.
var quoted = regexp.MustCompile("`[^`]*`|'[^']*'")

// ErrConfig is the kind of every fault in the configuration.
var ErrConfig = errors.New("configuration")

// Load reads the file (none when path is empty), lays the environment over it, reads the secrets that stand in files, and
// checks the whole. The error names every fault at once. Configuration is by koanf v2 (MIT): it merges file and
// environment and needs only a YAML parser, where viper brings a remote store and five more formats.
func Load(path string, environ []string) (Config, error) {
	k := koanf.New(".")
	if path != "" {
		raw, err := os.ReadFile(path)
		if err != nil {
			return Config{}, fmt.Errorf("%w: %w", ErrConfig, err)
		}
		if err := k.Load(rawbytes.Provider(raw), yaml.Parser()); err != nil {
			return Config{}, fmt.Errorf("%w: %s is no YAML: %s", ErrConfig, path, quoted.ReplaceAllString(err.Error(), "…"))
		}
	}
	if err := k.Load(env.Provider(".", env.Opt{
		Prefix: envPrefix, EnvironFunc: func() []string { return environ }, TransformFunc: keyOf,
	}), nil); err != nil {
		return Config{}, fmt.Errorf("%w: environment: %w", ErrConfig, err)
	}
	return decode(k)
}

// keyOf turns AANMANER_HELPDESK__CERB__URL into helpdesk.cerb.url. Lists are written with commas. What the test command
// hands to tests is not configuration.
func keyOf(name, value string) (string, any) {
	if name = strings.TrimPrefix(name, envPrefix); strings.HasPrefix(name, "TEST_") || name == "CONFIG" {
		return "", nil
	}
	return strings.ReplaceAll(strings.ToLower(name), "__", "."), value
}

func decode(k *koanf.Koanf) (Config, error) {
	cfg := Default()
	err := k.UnmarshalWithConf("", &cfg, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &cfg, WeaklyTypedInput: true, TagName: "koanf", ZeroFields: true, ErrorUnused: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(
			mapstructure.StringToTimeDurationHookFunc(), splitList,
		),
	}})
	var faults faults
	faults.addDecoding(err)
	cfg.readSecrets(&faults)
	cfg.check(&faults)
	if len(faults) == 0 {
		cfg.checkClients(&faults)
	}
	return cfg, faults.err()
}

// decodingFault is how the decoder names a setting and what is wrong with it.
var decodingFault = regexp.MustCompile(`(?m)^\s*'([^']*)' (.*)$`)

// addDecoding adds what the decoder found, one fault a setting. It cites no values.
func (f *faults) addDecoding(err error) {
	if err == nil {
		return
	}
	found := decodingFault.FindAllStringSubmatch(err.Error(), -1)
	for _, m := range found {
		unknown, ok := strings.CutPrefix(m[2], "has invalid keys: ")
		if !ok {
			f.add("%s: %s", m[1], m[2])
			continue
		}
		for key := range strings.SplitSeq(unknown, ", ") {
			f.add("%s is not a setting; `aanmaner config example` lists them all", strings.TrimPrefix(m[1]+"."+key, "."))
		}
	}
	if found == nil {
		f.add("%s", err)
	}
}

// splitList makes a list of a text with commas, as the environment has it.
func splitList(from, to reflect.Type, value any) (any, error) {
	text, ok := value.(string)
	if !ok || from.Kind() != reflect.String || to.Kind() != reflect.Slice {
		return value, nil
	}
	items := []string{}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items, nil
}

// secret is a setting that may stand in a file of its own.
type secret struct {
	key   string
	value *string
	file  string
}

func (c *Config) secrets() []secret {
	return []secret{
		{"database", &c.Database, c.DatabaseFile},
		{"slack.bot_token", &c.Slack.BotToken, c.Slack.BotTokenFile},
		{"slack.app_token", &c.Slack.AppToken, c.Slack.AppTokenFile},
		{"slack.signing_secret", &c.Slack.SigningSecret, c.Slack.SigningSecretFile},
		{"mail.password", &c.Mail.Password, c.Mail.PasswordFile},
		{"helpdesk.cerb.access_key", &c.Helpdesk.Cerb.AccessKey, c.Helpdesk.Cerb.AccessKeyFile},
		{"helpdesk.cerb.secret_key", &c.Helpdesk.Cerb.SecretKey, c.Helpdesk.Cerb.SecretKeyFile},
		{"backoffice.inhouse.token", &c.BackOffice.InHouse.Token, c.BackOffice.InHouse.TokenFile},
		{"backoffice.inhouse.webhook_secret", &c.BackOffice.InHouse.WebhookSecret, c.BackOffice.InHouse.WebhookSecretFile},
	}
}

// Warnings names what is no fault but deserves a look: files with secrets that others on the machine may read or change. A
// group may read them: a service's files are often root's, and its own group's to read.
func (c *Config) Warnings() (warnings []string) {
	files := append(c.secrets(), secret{"helpdesk.cerb.bearer_token", nil, c.Helpdesk.Cerb.BearerTokenFile})
	for _, s := range files {
		if s.file == "" {
			continue
		}
		if info, err := os.Stat(s.file); err == nil && info.Mode().Perm()&0o027 != 0 {
			warnings = append(warnings, fmt.Sprintf("%s_file: %s has mode %04o; others may read or change it. Run: chmod 0640 %s",
				s.key, s.file, info.Mode().Perm(), s.file))
		}
	}
	return warnings
}

// readSecrets takes each secret from the file that is named for it. A secret given both ways is a fault.
func (c *Config) readSecrets(f *faults) {
	for _, s := range c.secrets() {
		if s.file == "" {
			continue
		}
		if *s.value != "" && !(s.key == "database" && *s.value == Default().Database) {
			f.add("%s and %s_file are both given; leave one out", s.key, s.key)
			continue
		}
		raw, err := os.ReadFile(s.file)
		if err != nil {
			f.add("%s_file: %s", s.key, err)
		}
		*s.value = strings.TrimSpace(string(raw))
	}
}

// faults collects what is wrong, so that all of it is told at once.
type faults []string

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return fmt.Errorf("%w:\n  - %s", ErrConfig, strings.Join(f, "\n  - "))
}
