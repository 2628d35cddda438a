package daemon

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice"
)

// full is a configuration that is in order and has Slack.
const full = least + `
slack: {bot_token: xoxb-1, signing_secret: hush, case_channel: C012AB3CD, allowed_users: [U012AB3CD]}
`

// set is a variable that gives a setting another value.
func set(key, value string) string { return variable(key) + "=" + value }

// Each row makes one setting wrong: one fault comes of it, and it begins with the setting's name.
func TestEachFaultNamesItsSetting(t *testing.T) {
	if got := faultsIn(t, full); got != nil {
		t.Fatalf("faults without need: %q", got)
	}
	for _, row := range []struct{ key, value string }{
		{"mode", "test"}, {"mode", ""}, {"mode", "Live"},
		{"database", ""},
		{"timezone", "Amsterdam"}, {"timezone", ""},
		{"listen", "8080"}, {"listen", ""},
		{"log_level", "loud"}, {"log_format", "xml"},
		{"company.name", ""},
		{"helpdesk.cerb.url", ""}, {"helpdesk.cerb.url", "cerb.example/rest"}, {"helpdesk.cerb.url", "ftp://cerb.example"},
		{"helpdesk.cerb.url", "http://cerb.example/rest"}, {"helpdesk.cerb.url", "https://bot:hush@cerb.example/rest"},
		{"helpdesk.cerb.url", "https://cerb.example/rest?key=hush"},
		{"helpdesk.cerb.group", ""}, {"helpdesk.cerb.access_key", ""}, {"helpdesk.cerb.secret_key", ""},
		{"helpdesk.cerb.timeout", "0s"}, {"helpdesk.cerb.bearer_token_file", "/etc/token"},
		{"backoffice.inhouse.url", ""}, {"backoffice.inhouse.url", "http://8.8.8.8/api"},
		{"backoffice.inhouse.token", ""},
		{"backoffice.inhouse.timeout", "-1s"}, {"backoffice.inhouse.rate_per_second", "-1"},
		{"backoffice.inhouse.webhook_secret", "fifteen-letters"},
		{"slack.bot_token", ""}, {"slack.signing_secret", ""}, {"slack.case_channel", ""}, {"slack.api_url", "http://slack.com/api/"},
		{"slack.channel_language", "de"}, {"slack.command", "terminate"},
		{"slack.allowed_users", ""}, {"slack.allowed_users", "sanne"}, {"slack.allowed_users", "U012AB3CD,@bram"}, {"slack.response_origins", "hooks"},
		{"slack.stand_in", "S012AB3CD"}, {"slack.working_hours", "9 to 5"}, {"slack.working_hours", "17:00 - 9:00"}, {"slack.working_hours", "9:00 - 12:00"},
		{"notice.from", "mail"}, {"notice.default_language", "pl"}, {"notice.ticket_status", "deleted"}, {"notice.folder", "/nowhere"},
		{"policy.min_debt", "25"}, {"policy.min_debt", "25 EUR"}, {"policy.min_debt", "25,00 EUR"}, {"policy.min_debt", "-25.00 EUR"}, {"policy.min_debt", "25.00 eur"},
		{"policy.approval_above", "1.000.00 EUR"}, {"policy.approval_above", "-0.01 EUR"}, {"policy.large_above", "x"}, {"policy.large_above", "25.00 EURO"},
		{"policy.cancel_days", "13"}, {"policy.cancel_days", "93"}, {"policy.cancel_days_min", "0"}, {"policy.cancel_days_max", "20"},
		{"policy.confirm_delay", "-1s"}, {"policy.suspend_delay", "-1s"}, {"policy.suspend_delay", "336h"},
		{"policy.grace", "0s"}, {"policy.queue_wait", "0s"}, {"policy.retry_for", "0s"}, {"policy.money_wait", "0s"}, {"policy.backoff", "5s,0s"},
		{"retention.closed_days", "-1"}, {"trace.endpoint", "collector"}, {"trace.sample", "1.5"}, {"listen_metrics", "9464"}, {"drain", "-1s"}, {"policy.scope", "some"}, {"policy.max_per_hour", "-1"}, {"policy.max_per_day", "-1"}, {"policy.max_per_agent_day", "-1"},
		{"live.steps", "suspend,mail"}, {"policy.quiet_times", "Friday"}, {"policy.holidays", "FR"},
		{"policy.cancel_days", "many"}, {"policy.grace", "two minutes"}, {"policy.approval_resellers", "perhaps"}, {"helpdesk.cerb.rate_per_second", "x"},
	} {
		t.Run(row.key+"="+row.value, func(t *testing.T) {
			got := faultsIn(t, full, set(row.key, row.value))
			if row.key == "policy.cancel_days_min" || row.key == "policy.cancel_days_max" {
				row.key = "policy.cancel_days"
			}
			if len(got) != 1 || !strings.Contains(got[0], lastKeys(row.key)) {
				t.Errorf("%q", got)
			}
		})
	}
}

// lastKeys is what a fault has to name at least: the part for what the calendar and the clients say, else the whole setting.
func lastKeys(key string) string {
	switch key {
	case "policy.quiet_times", "policy.holidays":
		return "policy: "
	case "helpdesk.cerb.bearer_token_file":
		return "helpdesk.cerb: "
	case "backoffice.inhouse.rate_per_second":
		return "backoffice.inhouse: "
	}
	return key
}

func TestAllFaultsAreToldAtOnce(t *testing.T) {
	got := faultsIn(t, `
mode: x
database: ""
timezone: x
listen: x
log_level: x
log_format: x
helpdesk: {cerb: {url: x, timeout: 0s}}
backoffice: {inhouse: {timeout: 0s}}
slack: {case_channel: C012AB3CD, api_url: x, channel_language: x, command: x, allowed_users: [x]}
notice: {from: x, default_language: x, ticket_status: x}
policy: {min_debt: x, cancel_days: 1, confirm_delay: -1s, grace: 0s, quiet_times: [x], holidays: [x], backof: [1s]}
`, "AANMANER_POLICY__MIN_AGE_DAYS=x", "AANMANER_MOOD=x")
	for _, key := range []string{
		"mode", "database", "timezone", "listen", "log_level", "log_format", "company.name", "helpdesk.cerb.url", "helpdesk.cerb.timeout",
		"helpdesk.cerb.group", "helpdesk.cerb.access_key", "helpdesk.cerb.secret_key", "backoffice.inhouse.url", "backoffice.inhouse.token",
		"backoffice.inhouse.timeout", "slack.bot_token", "slack.signing_secret", "slack.api_url", "slack.channel_language", "slack.command",
		"slack.allowed_users", "notice.from", "notice.default_language", "notice.ticket_status", "policy.min_debt", "policy.cancel_days",
		"policy.confirm_delay", "policy.grace", "policy.backof", "policy.min_age_days", "mood",
	} {
		if !slices.ContainsFunc(got, func(f string) bool {
			return strings.HasPrefix(f, key+":") || strings.HasPrefix(f, key+" ") || strings.Contains(f, "'"+key+"'")
		}) {
			t.Errorf("%s isn't named in %q", key, got)
		}
	}
	for _, value := range []string{"quiet time \"x\"", "holidays of \"x\""} {
		if !strings.Contains(strings.Join(got, "\n"), value) {
			t.Errorf("%s isn't named in %q", value, got)
		}
	}
}

// The faults come in the same order every time, so that two runs can be compared.
func TestFaultsComeInOneOrder(t *testing.T) {
	text := least + "\npolicy: {min_debt: x, approval_above: x, large_above: x, confirm_delay: -1s, suspend_delay: -1s}\n"
	first := fmt.Sprint(faultsIn(t, text))
	for range 20 {
		if got := fmt.Sprint(faultsIn(t, text)); got != first {
			t.Fatalf("%s, then %s", first, got)
		}
	}
}

func TestWhichAddressesMayBeWithoutTLS(t *testing.T) {
	for address, allowed := range map[string]bool{
		"https://office.example/api": true, "http://localhost:8080/api": true, "http://127.0.0.1/api": true, "http://[::1]:80/api": true,
		"http://10.0.0.7/api": true, "http://192.168.1.2/api": true, "http://172.16.0.1/api": true, "http://[fd00::1]/api": true,
		"http://office.example/api": false, "http://8.8.8.8/api": false, "http://172.32.0.1/api": false, "http://169.254.169.254/api": false,
		"http://localhost.office.example/api": false, "http://office/api": false, "HTTP://office.example/api": false, "http://0.0.0.0/api": false,
	} {
		if got := faultsIn(t, full, set("backoffice.inhouse.url", address)); (got == nil) != allowed {
			t.Errorf("%s: %q", address, got)
		}
	}
}

// Without Slack nothing is asked about Slack.
func TestSlackMayBeLeftOut(t *testing.T) {
	if got := faultsIn(t, least+"\nslack: {command: x, channel_language: de}\n"); got != nil {
		t.Errorf("%q", got)
	}
}

// What only a client knows to be wrong is told by the check too, not first when the bot starts.
func TestTheClientsAreAskedAsWell(t *testing.T) {
	if got := faultsIn(t, full, set("backoffice.inhouse.token", "two words")); len(got) != 1 || !strings.Contains(got[0], "token") {
		t.Errorf("%q", got)
	}
}

func TestABearerTokenTakesThePlaceOfTheKeys(t *testing.T) {
	token := file(t, "token")
	if got := faultsIn(t, whole, set("helpdesk.cerb.bearer_token_file", token), set("backoffice.inhouse.token", "hush"), set("slack.case_channel", "")); got != nil {
		t.Errorf("%q", got)
	}
}

// A call that brought no answer may still be at work until its time-out is over, at either system.
func TestTheGraceIsLongerThanAnyCall(t *testing.T) {
	for _, key := range []string{"helpdesk.cerb.timeout", "backoffice.inhouse.timeout"} {
		if got := faultsIn(t, full, "AANMANER_MODE=live", set(key, "3m")); len(got) != 1 || !strings.Contains(got[0], "policy.grace") || !strings.Contains(got[0], key) {
			t.Errorf("%s: %q", key, got)
		}
		if got := faultsIn(t, full, "AANMANER_MODE=live", set(key, "3m"), "AANMANER_POLICY__GRACE=3m"); got != nil {
			t.Errorf("%s: %q", key, got)
		}
	}
}

func TestHowAmountsAreWritten(t *testing.T) {
	for text, want := range map[string]backoffice.Money{
		"250.00 EUR": {Minor: 25000, Currency: "EUR"}, "0.05 USD": {Minor: 5, Currency: "USD"}, " 1000.50 CHF ": {Minor: 100050, Currency: "CHF"},
		"0.00 EUR": {Currency: "EUR"}, "": {}, "  ": {},
	} {
		if got, err := parseMoney(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"250", "250 EUR", "250.0 EUR", "250.000 EUR", "250,00 EUR", "EUR 250.00", "250.00EUR", "250.00 eur", "250.00 EU", "250.00 EUR EUR",
		"-250.00 EUR", "-0.01 EUR", "1e3.00 EUR", "99999999999999999999.00 EUR", "250.00 €", "250.-5 EUR", "250.00 123", "+2.00 EUR", ".50 EUR",
	} {
		if got, err := parseMoney(text); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
