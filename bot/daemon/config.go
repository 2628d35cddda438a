package daemon

import (
	"time"

	"github.com/aanmaner/aanmaner/bot/mailer"
	"github.com/aanmaner/aanmaner/bot/store"
)

// Config is the whole configuration: one YAML file, AANMANER_… in the environment over it, secrets from files where a key
// ends in _file. The example in example.yaml says what each key means; a test keeps the two alike.
type Config struct {
	Mode     string `koanf:"mode"`     // dry-run or live
	Database string `koanf:"database"` // path of an SQLite file, sqlite:PATH, or postgres://…
	// DatabaseFile holds the address instead, where it has a password in it.
	DatabaseFile string        `koanf:"database_file"`
	Wake         string        `koanf:"wake"`           // river, sweep, or empty: as fits the database
	Timezone     string        `koanf:"timezone"`       // of the company
	Listen       string        `koanf:"listen"`         // address that serve listens on
	Metrics      string        `koanf:"listen_metrics"` // address for monitoring; empty: none
	Drain        time.Duration `koanf:"drain"`          // between "not ready" and taking no more requests
	LogLevel     string        `koanf:"log_level"`
	LogForm      string        `koanf:"log_format"`

	Company    Company    `koanf:"company"`
	Slack      Slack      `koanf:"slack"`
	Helpdesk   Helpdesk   `koanf:"helpdesk"`
	BackOffice BackOffice `koanf:"backoffice"`
	Notice     Notice     `koanf:"notice"`
	Policy     Policy     `koanf:"policy"`
	Live       Live       `koanf:"live"`
	Retention  Retention  `koanf:"retention"`
	Trace      Trace      `koanf:"trace"`
	Mail       Mail       `koanf:"mail"`
}

// Mail is the way to credit control when Slack fails. Without an address there is none, and questions wait for Slack.
type Mail struct {
	Address       string `koanf:"address"` // host:port of the mail server
	Security      string `koanf:"security"`
	User          string `koanf:"user"`
	Password      string `koanf:"password"`
	PasswordFile  string `koanf:"password_file"`
	From          string `koanf:"from"`
	CreditControl string `koanf:"credit_control"`
}

// Trace says where OpenTelemetry's traces go.
type Trace struct {
	Endpoint string  `koanf:"endpoint"` // of a collector that takes OTLP over HTTP; empty: nothing is traced
	Sample   float64 `koanf:"sample"`   // the share of traces that is sent, 0 to 1
}

// Retention says how long personal data is kept.
type Retention struct {
	ClosedDays int `koanf:"closed_days"` // after a case's end; 0: until somebody forgets it
}

// Live limits what mode: live may do, for its first weeks.
type Live struct {
	Customers []string `koanf:"customers"` // customer numbers; none: all
	Steps     []string `koanf:"steps"`     // steps that the bot does itself; none: all
}

// Company is what a notice says about us.
type Company struct {
	Name     string `koanf:"name"`
	Phone    string `koanf:"phone"`
	Person   string `koanf:"person"`
	Email    string `koanf:"email"`
	Portal   string `koanf:"portal_url"`
	Terms    string `koanf:"terms"`
	TermsURL string `koanf:"terms_url"`
}

// Slack connects the bot to a workspace. Without a bot token there is no Slack.
type Slack struct {
	Mode              string            `koanf:"mode"` // http or socket
	Replicas          int               `koanf:"replicas"`
	AppToken          string            `koanf:"app_token"`
	AppTokenFile      string            `koanf:"app_token_file"`
	APIURL            string            `koanf:"api_url"`
	BotToken          string            `koanf:"bot_token"`
	BotTokenFile      string            `koanf:"bot_token_file"`
	SigningSecret     string            `koanf:"signing_secret"`
	SigningSecretFile string            `koanf:"signing_secret_file"`
	AppID             string            `koanf:"app_id"`
	TeamIDs           []string          `koanf:"team_ids"`
	EnterpriseID      string            `koanf:"enterprise_id"`
	Command           string            `koanf:"command"`
	CaseChannel       string            `koanf:"case_channel"`
	FallbackChannel   string            `koanf:"fallback_channel"`
	CreditControl     string            `koanf:"credit_control_channel"` // empty: the case channel
	Detail            string            `koanf:"detail"`                 // full or minimal
	ChannelLanguage   string            `koanf:"channel_language"`
	AllowedUsers      []string          `koanf:"allowed_users"`
	AllowedGroups     []string          `koanf:"allowed_groups"`
	ApproverUsers     []string          `koanf:"approver_users"`
	ApproverGroups    []string          `koanf:"approver_groups"`
	StandIn           string            `koanf:"stand_in"`      // of the credit-control team, by Slack id; empty: nobody
	WorkingHours      string            `koanf:"working_hours"` // of the team, on working days: 9:00 - 17:30
	AgentEmails       map[string]string `koanf:"agent_emails"`
	ResponseOrigins   []string          `koanf:"response_origins"`
}

// Helpdesk says which ticket system there is.
type Helpdesk struct {
	Cerb Cerb `koanf:"cerb"`
}

// Cerb connects the bot to a Cerb installation.
type Cerb struct {
	URL             string        `koanf:"url"`
	AccessKey       string        `koanf:"access_key"`
	AccessKeyFile   string        `koanf:"access_key_file"`
	SecretKey       string        `koanf:"secret_key"`
	SecretKeyFile   string        `koanf:"secret_key_file"`
	BearerTokenFile string        `koanf:"bearer_token_file"`
	Group           string        `koanf:"group"`
	Bucket          string        `koanf:"bucket"`
	CaseField       string        `koanf:"case_field"`
	Timeout         time.Duration `koanf:"timeout"`
	RatePerSecond   float64       `koanf:"rate_per_second"`
}

// BackOffice says which back office there is.
type BackOffice struct {
	InHouse InHouse `koanf:"inhouse"`
}

// InHouse connects the bot to a back office that speaks our contract, openapi.yaml.
type InHouse struct {
	URL           string        `koanf:"url"`
	Token         string        `koanf:"token"`
	TokenFile     string        `koanf:"token_file"`
	Timeout       time.Duration `koanf:"timeout"`
	RatePerSecond float64       `koanf:"rate_per_second"`
	// WebhookSecret signs what the back office tells of its own accord; empty: nothing of that kind is listened to.
	WebhookSecret     string `koanf:"webhook_secret"`
	WebhookSecretFile string `koanf:"webhook_secret_file"`
}

// Notice says where the mail to the customer comes from.
type Notice struct {
	From            string   `koanf:"from"` // helpdesk or own
	Folder          string   `koanf:"folder"`
	SnippetTitles   []string `koanf:"snippet_titles"`
	KeepCommands    []string `koanf:"keep_commands"`
	DefaultLanguage string   `koanf:"default_language"`
	TicketStatus    string   `koanf:"ticket_status"`
}

// Policy is what the company has decided about the procedure. Amounts are written "250.00 EUR".
type Policy struct {
	MinDebt           string          `koanf:"min_debt"`
	MinAgeDays        int             `koanf:"min_age_days"`
	ApprovalAbove     string          `koanf:"approval_above"`
	ApprovalServices  int             `koanf:"approval_services"`
	ApprovalResellers bool            `koanf:"approval_resellers"`
	ApprovalConsumers bool            `koanf:"approval_consumers"`
	ApprovalLanguages []string        `koanf:"approval_languages"`
	ApprovalWait      time.Duration   `koanf:"approval_wait"`
	LargeAbove        string          `koanf:"large_above"`
	LargeEndCustomers int             `koanf:"large_end_customers"`
	ConfirmDelay      time.Duration   `koanf:"confirm_delay"`
	SuspendDelay      time.Duration   `koanf:"suspend_delay"`
	Scope             string          `koanf:"scope"` // all or unpaid
	MaxPerHour        int             `koanf:"max_per_hour"`
	MaxPerDay         int             `koanf:"max_per_day"`
	MaxPerAgentDay    int             `koanf:"max_per_agent_day"`
	CancelDays        int             `koanf:"cancel_days"`
	CancelDaysMin     int             `koanf:"cancel_days_min"`
	CancelDaysMax     int             `koanf:"cancel_days_max"`
	NeverTouch        []string        `koanf:"never_touch"`
	QuietTimes        []string        `koanf:"quiet_times"`
	QuietHolidays     bool            `koanf:"quiet_holidays"`
	Holidays          []string        `koanf:"holidays"`
	Grace             time.Duration   `koanf:"grace"`
	QueueWait         time.Duration   `koanf:"queue_wait"`
	MoneyWait         time.Duration   `koanf:"money_wait"`
	RetryFor          time.Duration   `koanf:"retry_for"`
	Backoff           []time.Duration `koanf:"backoff"`
	PaymentPoll       time.Duration   `koanf:"payment_poll"`
	AftercareDays     int             `koanf:"aftercare_days"`
	AtEnd             string          `koanf:"at_end"` // person or cancel
	ExtendMaxDays     int             `koanf:"extend_max_days"`
	PromiseMaxDays    int             `koanf:"promise_max_days"`
	PromisesMax       int             `koanf:"promises_max"`
	RemindCustomer    bool            `koanf:"remind_customer"`
	DemandsMax        int             `koanf:"demands_max"`
	CommentTickets    time.Duration   `koanf:"comment_tickets"` // 0: never
}

// queue says whether wake-ups go through River's queue as well: if nothing is said, where there may be several processes.
func (c *Config) queue() bool {
	return c.Wake == "river" || c.Wake == "" && store.IsPostgres(c.Database)
}

// Default is the configuration that a file, the environment and nothing else start from.
func Default() Config {
	return Config{
		Mode: "dry-run", Database: "aanmaner.db", Timezone: "Europe/Amsterdam", Listen: "127.0.0.1:8080",
		LogLevel: "info", LogForm: "text", Trace: Trace{Sample: 1},
		Slack: Slack{
			Mode: "http", Replicas: 1, Detail: "full", WorkingHours: "9:00 - 17:30",
			APIURL: "https://slack.com/api/", Command: "/terminate", ChannelLanguage: "nl",
			ResponseOrigins: []string{"https://hooks.slack.com"},
		},
		Helpdesk:   Helpdesk{Cerb{CaseField: "termination_case", Timeout: 30 * time.Second, RatePerSecond: 10}},
		BackOffice: BackOffice{InHouse{Timeout: 20 * time.Second, RatePerSecond: 20}},
		Mail:       Mail{Security: mailer.StartTLS},
		Notice: Notice{
			From: "helpdesk", DefaultLanguage: "nl", TicketStatus: "waiting",
			SnippetTitles: []string{"Account Termination ({language})", "Account Termination"},
		},
		Policy: Policy{
			Scope: "all", MaxPerAgentDay: 25, LargeEndCustomers: 10, ConfirmDelay: 10 * time.Second,
			CancelDays: 28, CancelDaysMin: 14, CancelDaysMax: 92,
			NeverTouch: []string{"domain"}, Holidays: []string{"NL"},
			Grace: 2 * time.Minute, QueueWait: time.Hour, MoneyWait: 120 * time.Hour, RetryFor: 24 * time.Hour,
			Backoff:      []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute},
			ApprovalWait: 72 * time.Hour,
			PaymentPoll:  15 * time.Minute, AftercareDays: 60, AtEnd: "person",
			ExtendMaxDays: 92, PromiseMaxDays: 14, PromisesMax: 2, DemandsMax: 3,
			CommentTickets: 15 * time.Minute,
		},
	}
}
