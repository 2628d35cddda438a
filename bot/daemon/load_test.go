package daemon

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// least is the least that a configuration has to say, without Slack.
const least = `
company: {name: Voorbeeld Hosting B.V.}
helpdesk: {cerb: {url: "https://cerb.hoster.example/rest", access_key: key, secret_key: hush, group: Billing}}
backoffice: {inhouse: {url: "https://office.hoster.example/api", token: hush}}
`

// file writes a configuration, or a secret, and answers its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "aanmaner.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// loaded reads a configuration that has to be in order.
func loaded(t *testing.T, text string, environ ...string) Config {
	t.Helper()
	cfg, err := Load(file(t, text), environ)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// faultsIn lists the faults of a configuration, one a line.
func faultsIn(t *testing.T, text string, environ ...string) []string {
	t.Helper()
	_, err := Load(file(t, text), environ)
	if err == nil {
		return nil
	}
	if !errors.Is(err, ErrConfig) {
		t.Errorf("of another kind: %v", err)
	}
	return strings.Split(strings.TrimPrefix(err.Error(), "configuration:\n  - "), "\n  - ")
}

func TestWhatIsNotSaidStaysAsItIsByDefault(t *testing.T) {
	want := Default()
	want.Company.Name = "Voorbeeld Hosting B.V."
	want.Helpdesk.Cerb.URL, want.Helpdesk.Cerb.AccessKey, want.Helpdesk.Cerb.SecretKey, want.Helpdesk.Cerb.Group = "https://cerb.hoster.example/rest", "key", "hush", "Billing"
	want.BackOffice.InHouse.URL, want.BackOffice.InHouse.Token = "https://office.hoster.example/api", "hush"
	if got := loaded(t, least); !reflect.DeepEqual(got, want) {
		t.Errorf("loaded\n%+v, want\n%+v", got, want)
	}
}

func TestNothingGoesOutByDefault(t *testing.T) {
	if got := loaded(t, least).Mode; got != "dry-run" {
		t.Errorf("mode %q", got)
	}
}

func TestTheEnvironmentGoesOverTheFile(t *testing.T) {
	cfg := loaded(t, least+"\npolicy: {cancel_days: 30, never_touch: [domain], backoff: [1s]}\nnotice: {snippet_titles: [A]}\n",
		"AANMANER_MODE=live", "AANMANER_HELPDESK__CERB__URL=https://other.example/rest", "AANMANER_HELPDESK__CERB__TIMEOUT=45s",
		"AANMANER_HELPDESK__CERB__RATE_PER_SECOND=2.5", "AANMANER_POLICY__CANCEL_DAYS=40", "AANMANER_POLICY__APPROVAL_RESELLERS=true",
		"AANMANER_POLICY__NEVER_TOUCH=domain, ssl,", "AANMANER_POLICY__BACKOFF=2s,1m", "AANMANER_COMPANY__NAME=Naam = met teken",
		"AANMANER_NOTICE__SNIPPET_TITLES=A,B", "PATH=/bin", "AANMANERMODE=x",
	)
	for name, ok := range map[string]bool{
		"mode": cfg.Mode == "live", "url": cfg.Helpdesk.Cerb.URL == "https://other.example/rest", "timeout": cfg.Helpdesk.Cerb.Timeout == 45*time.Second,
		"rate": cfg.Helpdesk.Cerb.RatePerSecond == 2.5, "days": cfg.Policy.CancelDays == 40, "allow": cfg.Policy.ApprovalResellers,
		"kinds":   slices.Equal(cfg.Policy.NeverTouch, []string{"domain", "ssl"}),
		"backoff": slices.Equal(cfg.Policy.Backoff, []time.Duration{2 * time.Second, time.Minute}),
		"name":    cfg.Company.Name == "Naam = met teken", "titles": slices.Equal(cfg.Notice.SnippetTitles, []string{"A", "B"}),
		"file": cfg.Helpdesk.Cerb.Group == "Billing",
	} {
		if !ok {
			t.Errorf("%s: %+v", name, cfg)
		}
	}
}

func TestTheEnvironmentAloneIsEnough(t *testing.T) {
	cfg, err := Load("", []string{
		"AANMANER_COMPANY__NAME=Voorbeeld", "AANMANER_HELPDESK__CERB__URL=https://cerb.example/rest", "AANMANER_HELPDESK__CERB__ACCESS_KEY=key",
		"AANMANER_HELPDESK__CERB__SECRET_KEY=hush", "AANMANER_HELPDESK__CERB__GROUP=Billing",
		"AANMANER_BACKOFFICE__INHOUSE__URL=https://office.example/api", "AANMANER_BACKOFFICE__INHOUSE__TOKEN=hush",
	})
	if err != nil || cfg.BackOffice.InHouse.Token != "hush" {
		t.Error(err)
	}
}

// A list in the file takes the place of the default; it isn't added to it.
func TestAListIsTakenWhole(t *testing.T) {
	cfg := loaded(t, least+"\npolicy: {never_touch: [], holidays: [BE], backoff: [1s]}\nnotice: {snippet_titles: [Wanbetaler]}\n")
	if len(cfg.Policy.NeverTouch) != 0 || !slices.Equal(cfg.Policy.Holidays, []string{"BE"}) || len(cfg.Policy.Backoff) != 1 || len(cfg.Notice.SnippetTitles) != 1 {
		t.Errorf("%+v %+v", cfg.Policy, cfg.Notice)
	}
}

func TestWhatIsNoSettingIsNamed(t *testing.T) {
	got := faultsIn(t, least+"\npolicy: {cancel_dayz: 30}\nmod: live\n", "AANMANER_SLACK__TOKEN=x", "AANMANER_CONFIG=/etc/aanmaner.yaml", "AANMANER_TEST_POSTGRES=x")
	slices.Sort(got)
	if len(got) != 3 || !strings.HasPrefix(got[0], "mod is not a setting") || !strings.HasPrefix(got[1], "policy.cancel_dayz is not a setting") ||
		!strings.HasPrefix(got[2], "slack.token is not a setting") {
		t.Errorf("%q", got)
	}
}

// secrets lists the settings that hold one, each with where it lands.
func secrets() map[string]func(Config) string {
	return map[string]func(Config) string{
		"slack.bot_token":                   func(c Config) string { return c.Slack.BotToken },
		"slack.signing_secret":              func(c Config) string { return c.Slack.SigningSecret },
		"helpdesk.cerb.access_key":          func(c Config) string { return c.Helpdesk.Cerb.AccessKey },
		"helpdesk.cerb.secret_key":          func(c Config) string { return c.Helpdesk.Cerb.SecretKey },
		"backoffice.inhouse.token":          func(c Config) string { return c.BackOffice.InHouse.Token },
		"backoffice.inhouse.webhook_secret": func(c Config) string { return c.BackOffice.InHouse.WebhookSecret },
	}
}

func variable(key string) string {
	return "AANMANER_" + strings.ToUpper(strings.ReplaceAll(key, ".", "__"))
}

// whole is a configuration with Slack and without any secret.
const whole = `
company: {name: Voorbeeld Hosting B.V.}
helpdesk: {cerb: {url: "https://cerb.hoster.example/rest", group: Billing}}
backoffice: {inhouse: {url: "https://office.hoster.example/api"}}
slack: {case_channel: C012AB3CD, allowed_users: [U012AB3CD]}
`

func TestSecretsComeFromFilesOfTheirOwn(t *testing.T) {
	var environ []string
	for key := range secrets() {
		environ = append(environ, variable(key)+"_FILE="+file(t, "  of-"+key+"\n"))
	}
	cfg := loaded(t, whole, environ...)
	for key, of := range secrets() {
		if got := of(cfg); got != "of-"+key {
			t.Errorf("%s is %q", key, got)
		}
	}
}

func TestASecretThatIsGivenTwiceIsAFault(t *testing.T) {
	var all []string
	for key := range secrets() {
		all = append(all, variable(key)+"=hush-hush-hush-hush")
	}
	for key := range secrets() {
		got := faultsIn(t, whole, append(slices.Clone(all), variable(key)+"_FILE="+file(t, "hush2"))...)
		if len(got) != 1 || got[0] != key+" and "+key+"_file are both given; leave one out" {
			t.Errorf("%s: %q", key, got)
		}
	}
}

func TestASecretsFileThatIsMissingOrEmptyIsNamed(t *testing.T) {
	var all []string
	for key := range secrets() {
		all = append(all, variable(key)+"=hush-hush-hush-hush")
	}
	for key := range secrets() {
		others := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return strings.HasPrefix(s, variable(key)+"=") })
		for _, path := range []string{"/nowhere/secret", file(t, " \n")} {
			if got := faultsIn(t, whole, append(others, variable(key)+"_FILE="+path)...); !strings.Contains(strings.Join(got, " "), key) {
				t.Errorf("%s from %s: %q", key, path, got)
			}
		}
	}
}

func TestAFileThatCantBeReadIsAFaultOfTheConfiguration(t *testing.T) {
	for _, path := range []string{"/nowhere/aanmaner.yaml", t.TempDir(), file(t, "mode: [")} {
		if _, err := Load(path, nil); !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// Whatever is wrong, and wherever a secret stands: the fault can be pasted into a ticket.
func TestNoSecretIsEverInAFault(t *testing.T) {
	const secret = "S3CR3T-hush-hush"
	for name, text := range map[string]string{
		"everything else wrong":       whole + "mode: x\n",
		"a mapping":                   "backoffice: {inhouse: {token: {a: " + secret + "}}}\n",
		"a list":                      "backoffice: {inhouse: {token: [" + secret + ", b]}}\n",
		"the file is the secret":      secret + "\n",
		"not closed":                  "backoffice: {inhouse: {token: \"" + secret + "}}\n",
		"badly indented":              "backoffice:\n  inhouse:\n    token: " + secret + "\n   url: x\n",
		"taken for a part":            "backoffice: " + secret + "\n",
		"begins with a star":          "backoffice: {inhouse: {token: *" + secret + "}}\n",
		"of a type":                   "backoffice: {inhouse: {token: !!int " + secret + "}}\n",
		"twice":                       "backoffice: {inhouse: {token: " + secret + ", token: " + secret + "}}\n",
		"under another name":          "backoffice: {inhouse: {tokn: " + secret + "}}\n",
		"in an address":               "backoffice: {inhouse: {url: 'https://user:" + secret + "@office.example'}}\n",
		"in an address without TLS":   "backoffice: {inhouse: {url: 'http://user:" + secret + "@office.example'}}\n",
		"in an address of other kind": "backoffice: {inhouse: {url: 'ftp://user:" + secret + "@office.example'}}\n",
		"in an address with a slip":   "backoffice: {inhouse: {url: 'https://user:" + secret + "%zz@office.example'}}\n",
		"in a query":                  "backoffice: {inhouse: {url: 'http://office.example/?token=" + secret + "'}}\n",
		"as a number of days":         "policy: {cancel_days: " + secret + "}\n",
	} {
		t.Run(name, func(t *testing.T) {
			for _, environ := range [][]string{nil, {"AANMANER_HELPDESK__CERB__SECRET_KEY=" + secret, "AANMANER_SLACK__BOT_TOKEN=" + secret, "AANMANER_SLACK__SIGNING_SECRET=" + secret}} {
				got := strings.Join(faultsIn(t, text, environ...), "\n")
				if got == "" || strings.Contains(got, secret[:6]) {
					t.Errorf("%q", got)
				}
			}
		})
	}
}
