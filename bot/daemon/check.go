package daemon

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/inhouse"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/calendar"
	"github.com/aanmaner/aanmaner/bot/dryrun"
	"github.com/aanmaner/aanmaner/bot/mailer"
	"github.com/aanmaner/aanmaner/bot/slack"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

// check adds every fault of the configuration to f.
func (c *Config) check(f *faults) {
	oneOf(f, "mode", c.Mode, "dry-run", "live")
	oneOf(f, "wake", c.Wake, "", "river", "sweep")
	oneOf(f, "log_level", c.LogLevel, "debug", "info", "warn", "error")
	oneOf(f, "log_format", c.LogForm, "text", "json")
	oneOf(f, "notice.from", c.Notice.From, "helpdesk", "own")
	oneOf(f, "notice.default_language", c.Notice.DefaultLanguage, snippets.Languages()...)
	oneOf(f, "notice.ticket_status", c.Notice.TicketStatus, "waiting", "open", "closed")
	needed(f, "database", c.Database)
	if scheme, _, address := strings.Cut(c.Database, "://"); address && !store.IsPostgres(c.Database) {
		f.add("database: %q is no kind of database; it is a path, sqlite:PATH, or postgres://user@host/name", scheme)
	}
	needed(f, "company.name", c.Company.Name)
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		f.add("listen: %q is no address; write it like 127.0.0.1:8080", c.Listen)
	}
	if _, _, err := net.SplitHostPort(c.Metrics); err != nil && c.Metrics != "" {
		f.add("listen_metrics: %q is no address; write it like 127.0.0.1:9464, or leave it out", c.Metrics)
	}
	if c.Drain < 0 {
		f.add("drain: %s is negative", c.Drain)
	}
	if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "" {
		f.add("timezone: %q is not known; write it like Europe/Amsterdam", c.Timezone)
	}
	if c.Trace.Endpoint != "" {
		baseURL(f, "trace.endpoint", c.Trace.Endpoint)
	}
	if c.Trace.Sample < 0 || c.Trace.Sample > 1 {
		f.add("trace.sample: %v has to lie between 0 and 1", c.Trace.Sample)
	}
	if c.Retention.ClosedDays < 0 {
		f.add("retention.closed_days: %d is negative; 0 keeps closed cases", c.Retention.ClosedDays)
	}
	c.checkMail(f)
	c.checkRemotes(f)
	c.checkSlack(f)
	c.checkPolicy(f)
}

// checkMail asks for nothing where no mail server is named.
func (c *Config) checkMail(f *faults) {
	if c.Mail.Address == "" && c.Mail.From == "" && c.Mail.CreditControl == "" {
		return
	}
	if _, err := mailer.New(c.mail()); err != nil {
		for fault := range strings.Lines(err.Error()) {
			f.add("%s", strings.TrimSpace(fault))
		}
	}
}

func (c *Config) checkRemotes(f *faults) {
	cerb, office := c.Helpdesk.Cerb, c.BackOffice.InHouse
	baseURL(f, "helpdesk.cerb.url", cerb.URL)
	baseURL(f, "backoffice.inhouse.url", office.URL)
	needed(f, "helpdesk.cerb.group", cerb.Group)
	needed(f, "backoffice.inhouse.token", office.Token)
	if cerb.BearerTokenFile == "" {
		needed(f, "helpdesk.cerb.access_key", cerb.AccessKey)
		needed(f, "helpdesk.cerb.secret_key", cerb.SecretKey)
	}
	positive(f, "helpdesk.cerb.timeout", cerb.Timeout)
	positive(f, "backoffice.inhouse.timeout", office.Timeout)
	if office.WebhookSecretFile != "" {
		needed(f, "backoffice.inhouse.webhook_secret", office.WebhookSecret)
	}
	if n := len(office.WebhookSecret); n > 0 && n < inhouse.MinSecret {
		f.add("backoffice.inhouse.webhook_secret has to be %d characters or more: who guesses it can make the bot look at customers all day", inhouse.MinSecret)
	}
}

var slackID = regexp.MustCompile(`^[A-Z][A-Z0-9]{2,}$`)

// checkSlack asks for nothing when there is no Slack, and for all that it takes when there is.
func (c *Config) checkSlack(f *faults) {
	s := c.Slack
	if s.BotToken == "" && s.SigningSecret == "" && s.AppToken == "" && s.CaseChannel == "" {
		return
	}
	needed(f, "slack.bot_token", s.BotToken)
	oneOf(f, "slack.mode", s.Mode, slack.ModeHTTP, slack.ModeSocket)
	if s.Mode == slack.ModeSocket {
		needed(f, "slack.app_token", s.AppToken)
	} else {
		needed(f, "slack.signing_secret", s.SigningSecret)
	}
	needed(f, "slack.case_channel", s.CaseChannel)
	baseURL(f, "slack.api_url", s.APIURL)
	oneOf(f, "slack.channel_language", s.ChannelLanguage, "nl", "en")
	oneOf(f, "slack.detail", s.Detail, "full", "minimal")
	if s.Replicas < 1 {
		f.add("slack.replicas: %d; say how many serve processes use this app, at least 1", s.Replicas)
	}
	if !strings.HasPrefix(s.Command, "/") {
		f.add("slack.command: %q has to start with /", s.Command)
	}
	if len(s.AllowedUsers)+len(s.AllowedGroups) == 0 {
		f.add("slack.allowed_users: name who may use the bot, by Slack id (U012AB3CD), or in allowed_groups user groups (S012AB3CD)")
	}
	slackIDs(f, "slack.allowed_users", "U012AB3CD", s.AllowedUsers)
	slackIDs(f, "slack.allowed_groups", "S012AB3CD", s.AllowedGroups)
	slackIDs(f, "slack.approver_users", "U012AB3CD", s.ApproverUsers)
	slackIDs(f, "slack.approver_groups", "S012AB3CD", s.ApproverGroups)
	if s.StandIn != "" {
		slackIDs(f, "slack.stand_in", "U012AB3CD", []string{s.StandIn})
	}
	if _, _, err := slack.ParseHours(s.WorkingHours); err != nil {
		f.add("slack.working_hours: %s", err)
	}
	for _, origin := range s.ResponseOrigins {
		baseURL(f, "slack.response_origins", origin)
	}
}

// slackIDs adds what can't be an id of Slack. A group's begins with S, a person's with U or W.
func slackIDs(f *faults, key, like string, ids []string) {
	for _, id := range ids {
		if !slackID.MatchString(id) || (id[0] == 'S') != (like[0] == 'S') {
			f.add("%s: %q is no such Slack id; they look like %s", key, id, like)
		}
	}
}

func (c *Config) checkPolicy(f *faults) {
	p := c.Policy
	amount(f, "policy.min_debt", p.MinDebt)
	amount(f, "policy.approval_above", p.ApprovalAbove)
	amount(f, "policy.large_above", p.LargeAbove)
	oneOf(f, "policy.scope", p.Scope, string(bot.ScopeAll), string(bot.ScopeUnpaid))
	for key, n := range map[string]int{
		"policy.max_per_hour": p.MaxPerHour, "policy.max_per_day": p.MaxPerDay, "policy.max_per_agent_day": p.MaxPerAgentDay,
	} {
		if n < 0 {
			f.add("%s: %d is negative; 0 is no cap", key, n)
		}
	}
	c.checkLive(f)
	if p.CancelDaysMin < 1 || p.CancelDaysMin > p.CancelDays || p.CancelDays > p.CancelDaysMax {
		f.add("policy.cancel_days: %d has to lie between cancel_days_min (%d, at least 1) and cancel_days_max (%d)",
			p.CancelDays, p.CancelDaysMin, p.CancelDaysMax)
	}
	if p.ConfirmDelay < 0 {
		f.add("policy.confirm_delay: %s is negative", p.ConfirmDelay)
	}
	if least := time.Duration(p.CancelDaysMin) * 24 * time.Hour; p.SuspendDelay < 0 || p.SuspendDelay >= max(least, 24*time.Hour) {
		f.add("policy.suspend_delay: %s has to be nothing or more, and shorter than cancel_days_min (%d days)", p.SuspendDelay, p.CancelDaysMin)
	}
	positive(f, "policy.grace", p.Grace)
	positive(f, "policy.queue_wait", p.QueueWait)
	positive(f, "policy.money_wait", p.MoneyWait)
	positive(f, "policy.retry_for", p.RetryFor)
	positive(f, "policy.payment_poll", p.PaymentPoll)
	positive(f, "policy.approval_wait", p.ApprovalWait)
	if p.CommentTickets < 0 {
		f.add("policy.comment_tickets: %s is negative; 0s is never", p.CommentTickets)
	}
	if p.ApprovalServices < 0 {
		f.add("policy.approval_services: %d has to be 0 or more", p.ApprovalServices)
	}
	for _, lang := range p.ApprovalLanguages {
		if !slices.Contains(snippets.Languages(), lang) {
			f.add("policy.approval_languages: %q is none of %s", lang, strings.Join(snippets.Languages(), ", "))
		}
	}
	if p.AftercareDays < 0 || p.PromisesMax < 0 || p.DemandsMax < 0 || p.PromiseMaxDays < 1 || p.ExtendMaxDays < 1 {
		f.add("policy.aftercare_days, promises_max and demands_max have to be 0 or more, promise_max_days and extend_max_days 1 or more")
	}
	if p.AtEnd != string(bot.PersonDecides) && p.AtEnd != string(bot.OrdersAreEnded) {
		f.add("policy.at_end: %q is neither person nor cancel", p.AtEnd)
	}
	for _, wait := range p.Backoff {
		positive(f, "policy.backoff", wait)
	}
	c.checkGrace(f, "helpdesk.cerb.timeout", c.Helpdesk.Cerb.Timeout)
	c.checkGrace(f, "backoffice.inhouse.timeout", c.BackOffice.InHouse.Timeout)
	if _, err := calendar.New(c.calendar(), time.UTC); err != nil {
		f.add("policy: %s", err)
	}
}

// checkLive: a step that is misspelt would be left to people without anybody knowing.
func (c *Config) checkLive(f *faults) {
	for _, s := range c.Live.Steps {
		if !slices.Contains(dryrun.Limitable(), bot.StepName(s)) {
			f.add("live.steps: %q is no step that can be chosen; they are %s", s, joinSteps(dryrun.Limitable()))
		}
	}
}

func joinSteps(steps []bot.StepName) string {
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// liveSteps are the steps that the bot does itself.
func (c *Config) liveSteps() []bot.StepName {
	if len(c.Live.Steps) == 0 {
		return dryrun.Limitable()
	}
	steps := make([]bot.StepName, len(c.Live.Steps))
	for i, s := range c.Live.Steps {
		steps[i] = bot.StepName(s)
	}
	return steps
}

// checkGrace: what is not to be seen after the grace time counts as not done, so no call may still be at work then.
func (c *Config) checkGrace(f *faults, key string, timeout time.Duration) {
	if c.Policy.Grace > 0 && c.Policy.Grace < timeout && c.Mode == "live" {
		f.add("policy.grace: %s is shorter than %s (%s); a call that brought no answer could still be at work", c.Policy.Grace, key, timeout)
	}
}

// checkClients asks the parts that read settings of their own whether they can work with them. Nothing outside is called.
func (c *Config) checkClients(f *faults) {
	d := Daemon{Config: *c, now: time.Now, log: slog.New(slog.DiscardHandler), health: newMonitor(time.Now)}
	if err := d.connect(); err != nil {
		f.add("%s", strings.TrimPrefix(err.Error(), ErrConfig.Error()+": "))
	}
	if _, err := snippets.Load(c.Notice.Folder); err != nil {
		f.add("notice.folder: %s", err)
	}
}

func (c *Config) calendar() calendar.Config {
	return calendar.Config{Countries: c.Policy.Holidays, Quiet: c.Policy.QuietTimes, QuietHolidays: c.Policy.QuietHolidays}
}

func oneOf(f *faults, key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		f.add("%s: %q is not one of %s", key, value, strings.Join(allowed, ", "))
	}
}

func needed(f *faults, key, value string) {
	if value == "" {
		f.add("%s is missing", key)
	}
}

func positive(f *faults, key string, d time.Duration) {
	if d <= 0 {
		f.add("%s: %s has to be more than nothing", key, d)
	}
}

// baseURL wants https, or http on this machine or a private network.
func baseURL(f *faults, key, value string) {
	if value == "" {
		f.add("%s is missing", key)
		return
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		f.add("%s: %q is no address; write it like https://host/path", key, shown(value))
		return
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback() && !ip.IsPrivate()) {
		f.add("%s: %q would send keys in the clear; use https", key, shown(value))
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		f.add("%s: leave user, password and all behind the path out of the address", key)
	}
}

// shown is an address without what may be a password in it.
func shown(address string) string {
	address, _, _ = strings.Cut(address, "?")
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		return "…" + address[at:]
	}
	return address
}

var amountForm = regexp.MustCompile(`^([0-9]{1,12})\.([0-9]{2}) ([A-Z]{3})$`)

// parseMoney reads "250.00 EUR"; nothing at all is no limit. A limit below nothing would be none either, so it is refused.
func parseMoney(s string) (backoffice.Money, error) {
	if strings.TrimSpace(s) == "" {
		return backoffice.Money{}, nil
	}
	m := amountForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return backoffice.Money{}, fmt.Errorf("%q is no amount; write it like 250.00 EUR", s)
	}
	minor, err := strconv.ParseInt(m[1]+m[2], 10, 64)
	return backoffice.Money{Minor: minor, Currency: m[3]}, err
}

func amount(f *faults, key, value string) {
	if _, err := parseMoney(value); err != nil {
		f.add("%s: %s", key, err)
	}
}

// policy turns a checked configuration into the domain's policy.
func (c *Config) policy() (bot.Policy, error) {
	loc, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return bot.Policy{}, err
	}
	days, err := calendar.New(c.calendar(), loc)
	if err != nil {
		return bot.Policy{}, err
	}
	p := bot.DefaultPolicy()
	p.Mode, p.Location, p.Calendar, p.DefaultLanguage = bot.Mode(c.Mode), loc, days, c.Notice.DefaultLanguage
	p.Company = snippets.Company{
		Name: c.Company.Name, Phone: c.Company.Phone, Person: c.Company.Person, Email: c.Company.Email,
		PortalURL: c.Company.Portal, Terms: c.Company.Terms, TermsURL: c.Company.TermsURL,
	}
	for to, from := range map[*backoffice.Money]string{
		&p.MinDebt: c.Policy.MinDebt, &p.Approval.Above: c.Policy.ApprovalAbove, &p.LargeDebt: c.Policy.LargeAbove,
	} {
		if *to, err = parseMoney(from); err != nil {
			return p, err
		}
	}
	p.Scope, p.LiveCustomers = bot.Scope(c.Policy.Scope), c.Live.Customers
	p.MaxPerHour, p.MaxPerDay, p.MaxPerAgentDay = c.Policy.MaxPerHour, c.Policy.MaxPerDay, c.Policy.MaxPerAgentDay
	p.MinAgeDays, p.LargeEndClient = c.Policy.MinAgeDays, c.Policy.LargeEndCustomers
	p.Approval.Services, p.Approval.Resellers, p.Approval.Consumers = c.Policy.ApprovalServices, c.Policy.ApprovalResellers, c.Policy.ApprovalConsumers
	p.Approval.Languages, p.Approval.Wait = c.Policy.ApprovalLanguages, c.Policy.ApprovalWait
	p.ConfirmDelay, p.SuspendDelay = c.Policy.ConfirmDelay, c.Policy.SuspendDelay
	p.CancelDays, p.CancelDaysMin, p.CancelDaysMax = c.Policy.CancelDays, c.Policy.CancelDaysMin, c.Policy.CancelDaysMax
	p.NeverTouch = nil
	for _, kind := range c.Policy.NeverTouch {
		p.NeverTouch = append(p.NeverTouch, backoffice.ServiceKind(kind))
	}
	p.NoticeFrom, p.NoticeTitles, p.KeepCommands = c.Notice.From, c.Notice.SnippetTitles, c.Notice.KeepCommands
	p.NoticeStatus = helpdesk.Status(c.Notice.TicketStatus)
	p.Grace, p.QueueWait, p.MoneyWait, p.RetryFor = c.Policy.Grace, c.Policy.QueueWait, c.Policy.MoneyWait, c.Policy.RetryFor
	p.Backoff = c.Policy.Backoff
	p.PaymentPoll, p.AftercareDays, p.AtEnd = c.Policy.PaymentPoll, c.Policy.AftercareDays, bot.AtEnd(c.Policy.AtEnd)
	p.ExtendMaxDays, p.PromiseMaxDays, p.PromisesMax = c.Policy.ExtendMaxDays, c.Policy.PromiseMaxDays, c.Policy.PromisesMax
	p.RemindCustomer, p.DemandsMax = c.Policy.RemindCustomer, c.Policy.DemandsMax
	p.CommentTickets, p.TeamLanguage = c.Policy.CommentTickets, wording.LangOf(c.Slack.ChannelLanguage)
	p.StepTimeout = 4 * max(c.Helpdesk.Cerb.Timeout, c.BackOffice.InHouse.Timeout)
	return p, nil
}
