package daemon

import (
	"bytes"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// policyFor is the domain's policy for a configuration that has to be in order.
func policyFor(t *testing.T, text string) bot.Policy {
	t.Helper()
	cfg := loaded(t, text)
	p, err := cfg.policy()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The configuration and the domain have the same defaults, but for what only the configuration knows.
func TestBothDefaultsAreTheSame(t *testing.T) {
	got, want := policyFor(t, least), bot.DefaultPolicy()
	if got.Location.String() != "Europe/Amsterdam" || got.Calendar == nil || got.Company.Name == "" {
		t.Errorf("%+v", got)
	}
	want.Location, want.Calendar, want.Company, want.StepTimeout = got.Location, got.Calendar, got.Company, got.StepTimeout
	if !reflect.DeepEqual(got, want) {
		t.Errorf("by the configuration\n%+v, by the domain\n%+v", got, want)
	}
}

// Each setting of the policy is other than the default here; each has to arrive.
func TestEverySettingReachesThePolicy(t *testing.T) {
	got := policyFor(t, `
mode: live
timezone: Europe/Brussels
company: {name: A, phone: B, person: C, email: D, portal_url: E, terms: F, terms_url: G}
helpdesk: {cerb: {url: "https://cerb.hoster.example/rest", access_key: key, secret_key: hush, group: Billing, timeout: 40s}}
backoffice: {inhouse: {url: "https://office.hoster.example/api", token: hush, timeout: 10s}}
notice: {from: own, snippet_titles: [T], keep_commands: ["#attach"], default_language: fr, ticket_status: open}
policy:
  min_debt: 25.00 EUR
  min_age_days: 15
  approval_above: 1000.00 EUR
  approval_services: 4
  approval_resellers: true
  approval_consumers: true
  approval_languages: [fr]
  approval_wait: 24h
  large_above: 2500.50 EUR
  large_end_customers: 3
  confirm_delay: 1m
  suspend_delay: 48h
  scope: unpaid
  max_per_hour: 5
  max_per_day: 40
  max_per_agent_day: 20
  cancel_days: 30
  cancel_days_min: 20
  cancel_days_max: 40
  never_touch: [domain, ssl]
  quiet_times: ["Fri 15:00 - Mon 08:00"]
  quiet_holidays: true
  holidays: [BE]
  grace: 3m
  queue_wait: 2h
  money_wait: 48h
  retry_for: 12h
  backoff: [1s, 2s]
  payment_poll: 5m
  aftercare_days: 90
  at_end: cancel
  extend_max_days: 60
  promise_max_days: 7
  promises_max: 1
  remind_customer: true
  demands_max: 5
  comment_tickets: 1h
slack: {channel_language: en}
live: {customers: ["10234"], steps: [suspend]}
`)
	euro := func(minor int64) backoffice.Money { return backoffice.Money{Minor: minor, Currency: "EUR"} }
	c := got.Company
	for name, ok := range map[string]bool{
		"mode": got.Mode == bot.Live, "zone": got.Location.String() == "Europe/Brussels",
		"company":  strings.Join([]string{c.Name, c.Phone, c.Person, c.Email, c.PortalURL, c.Terms, c.TermsURL}, "") == "ABCDEFG",
		"language": got.DefaultLanguage == "fr", "debt": got.MinDebt == euro(2500), "age": got.MinAgeDays == 15,
		"approval": got.Approval.Above == euro(100000) && got.Approval.Services == 4 && got.Approval.Resellers && got.Approval.Consumers &&
			slices.Equal(got.Approval.Languages, []string{"fr"}) && got.Approval.Wait == 24*time.Hour, "large": got.LargeDebt == euro(250050) && got.LargeEndClient == 3,
		"delays": got.ConfirmDelay == time.Minute && got.SuspendDelay == 48*time.Hour,
		"days":   got.CancelDays == 30 && got.CancelDaysMin == 20 && got.CancelDaysMax == 40,
		"kinds":  slices.Equal(got.NeverTouch, []backoffice.ServiceKind{"domain", "ssl"}),
		"notice": got.NoticeFrom == "own" && slices.Equal(got.NoticeTitles, []string{"T"}) && slices.Equal(got.KeepCommands, []string{"#attach"}) && got.NoticeStatus == "open",
		"waits":  got.Grace == 3*time.Minute && got.QueueWait == 2*time.Hour && got.MoneyWait == 48*time.Hour && got.RetryFor == 12*time.Hour,
		"caps":   got.MaxPerHour == 5 && got.MaxPerDay == 40 && got.MaxPerAgentDay == 20,
		"after": got.PaymentPoll == 5*time.Minute && got.AftercareDays == 90 && got.AtEnd == bot.OrdersAreEnded && got.ExtendMaxDays == 60 &&
			got.PromiseMaxDays == 7 && got.PromisesMax == 1 && got.RemindCustomer && got.DemandsMax == 5,
		"colleagues": got.CommentTickets == time.Hour && got.TeamLanguage == wording.EN,
		"scope":      got.Scope == bot.ScopeUnpaid && slices.Equal(got.LiveCustomers, []string{"10234"}),
		"tries":      slices.Equal(got.Backoff, []time.Duration{time.Second, 2 * time.Second}),
	} {
		if !ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
	standard := reflect.ValueOf(policyFor(t, least))
	for _, f := range reflect.VisibleFields(reflect.TypeFor[bot.Policy]()) {
		if reflect.DeepEqual(standard.FieldByIndex(f.Index).Interface(), reflect.ValueOf(got).FieldByIndex(f.Index).Interface()) {
			t.Errorf("no setting reaches %s", f.Name)
		}
	}
	friday := time.Date(2026, 11, 27, 16, 0, 0, 0, got.Location)
	if want := time.Date(2026, 11, 30, 8, 0, 0, 0, got.Location); !got.Calendar.NextLoud(friday).Equal(want) {
		t.Errorf("on Friday afternoon something is switched off at %s", got.Calendar.NextLoud(friday))
	}
	if got.Calendar.IsWorkday("2026-05-01") || !got.Calendar.IsWorkday("2026-04-27") {
		t.Error("the holidays aren't Belgium's")
	}
	if christmas := time.Date(2026, 12, 25, 10, 0, 0, 0, got.Location); !got.Calendar.IsQuiet(christmas) {
		t.Error("something is switched off on a holiday")
	}
}

func TestDomainNamesAreTouchedOnlyIfTheCompanySaysSo(t *testing.T) {
	if got := policyFor(t, least).NeverTouch; !slices.Equal(got, []backoffice.ServiceKind{backoffice.KindDomain}) {
		t.Errorf("never touched by default: %v", got)
	}
	if got := policyFor(t, least+"\npolicy: {never_touch: []}\n").NeverTouch; len(got) != 0 {
		t.Errorf("never touched: %v", got)
	}
}

// A step may take several calls to a system; its deadline leaves room for them.
func TestAStepMayTakeAsLongAsItsCalls(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 2 * time.Minute, "AANMANER_HELPDESK__CERB__TIMEOUT=1m": 4 * time.Minute, "AANMANER_BACKOFFICE__INHOUSE__TIMEOUT=45s": 3 * time.Minute,
	} {
		cfg := loaded(t, least, text)
		if p, err := cfg.policy(); err != nil || p.StepTimeout != want {
			t.Errorf("%q: %s, %v", text, p.StepTimeout, err)
		}
	}
}

func TestTheLogIsWrittenAsAsked(t *testing.T) {
	for _, row := range []struct{ level, form, want string }{
		{"info", "text", "level=INFO msg=hello case=41\n"}, {"warn", "text", ""}, {"debug", "json", `"msg":"hello","case":41}` + "\n"}, {"error", "json", ""},
	} {
		var out bytes.Buffer
		Config{LogLevel: row.level, LogForm: row.form}.Logger(&out).Info("hello", slog.Int("case", 41))
		if !strings.HasSuffix(out.String(), row.want) || row.want == "" && out.Len() > 0 {
			t.Errorf("%s, %s: %q", row.level, row.form, out.String())
		}
	}
}
