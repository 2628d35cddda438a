package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/dryrun"
	"github.com/aanmaner/aanmaner/bot/slack"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/wake"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk/cerb"
	"github.com/aanmaner/aanmaner/snippets"
)

// Version is the release: CHANGELOG.md says what is in it.
const Version = "0.1.0"

// Daemon is the program's parts, put together.
type Daemon struct {
	Config    Config
	Reception *bot.Reception
	Words     *wording.Catalogue
	Policy    bot.Policy

	store     *store.Store
	cerb      *cerb.Client
	house     *inhouse.Client
	clerk     *bot.Clerk
	aftercare *bot.Aftercare
	tickets   *bot.Colleagues
	wake      *wake.Wake
	slack     *slack.Slack // nil: no Slack is configured
	notes     *snippets.Set
	health    *monitor
	now       func() time.Time
	log       *slog.Logger
}

// Options is what a test or the demo sets besides the configuration.
type Options struct {
	Log       *slog.Logger     // nil: nothing is logged
	Now       func() time.Time // nil: the machine's clock
	Quick     bool             // the Slack serves nobody else: messages and edits come as fast as they can
	Decorate  func(bot.World) bot.World
	DecorateS func(bot.Store) bot.Store
}

// Open puts the parts together: database, clients, clerk, reception, Slack. Nothing outside is called yet. Close ends it.
func Open(ctx context.Context, cfg Config, o Options) (d *Daemon, err error) {
	d = &Daemon{Config: cfg, log: o.Log, now: o.Now}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.now == nil {
		d.now = time.Now
	}
	if d.Policy, err = cfg.policy(); err != nil {
		return nil, err
	}
	if d.Words, err = wording.Load(d.Policy.Location); err != nil {
		return nil, err
	}
	if d.notes, err = snippets.Load(cfg.Notice.Folder); err != nil {
		return nil, fmt.Errorf("%w: notice.folder: %w", ErrConfig, err)
	}
	d.health = newMonitor(d.now)
	if err := d.connect(); err != nil {
		return nil, err
	}
	if d.store, err = store.Open(ctx, store.Config{Path: cfg.Database, Queue: cfg.queue()}, d.now); err != nil {
		return nil, err
	}
	if err := d.assemble(o); err != nil {
		return nil, errors.Join(err, d.store.Close())
	}
	return d, nil
}

// connect makes the clients. Nothing is called yet.
func (d *Daemon) connect() (err error) {
	c, o := d.Config.Helpdesk.Cerb, d.Config.BackOffice.InHouse
	d.cerb, err = cerb.New(cerb.Config{
		BaseURL: c.URL, AccessKey: c.AccessKey, SecretKey: c.SecretKey, BearerTokenFile: c.BearerTokenFile,
		Group: c.Group, Bucket: c.Bucket, CaseField: cerb.CaseField{URI: c.CaseField}, Timeout: c.Timeout, RatePerSecond: c.RatePerSecond, Now: d.now,
		Wrap: d.health.wrap("cerb"),
	}, d.log)
	if err != nil {
		return fmt.Errorf("%w: helpdesk.cerb: %w", ErrConfig, err)
	}
	d.house, err = inhouse.New(inhouse.Config{
		BaseURL: o.URL, Token: o.Token, Timeout: o.Timeout, RatePerSecond: o.RatePerSecond, Now: d.now,
		Wrap: d.health.wrap("backoffice"),
	}, d.log)
	if err != nil {
		return fmt.Errorf("%w: backoffice.inhouse: %w", ErrConfig, err)
	}
	return nil
}

// assemble puts clerk, reception and Slack on the store and the clients.
func (d *Daemon) assemble(o Options) (err error) {
	world := d.world(o)
	var rows bot.Store = d.store
	if o.DecorateS != nil {
		rows = o.DecorateS(rows)
	}
	d.Reception = bot.NewReception(rows, world, func(id int64) { d.wake.Nudge(id) }, d.log)
	if d.Config.Slack.BotToken != "" {
		if d.slack, err = slack.New(d.slackConfig(o), d.Reception, rows, d.Words, d.Policy, d.log); err != nil {
			return fmt.Errorf("%w: slack: %w", ErrConfig, err)
		}
		world.Announce = d.slack
	}
	d.clerk = bot.NewClerk(rows, world, d.changed, d.log)
	d.aftercare = bot.NewAftercare(rows, world, d.stirred, d.log)
	d.tickets = bot.NewColleagues(rows, world, d.changed, d.log)
	d.wake = wake.New(wake.Config{}, rows, d.health.tracedCase(d.clerk.Advance), d.now, d.log)
	d.health.see(rows, d.wake)
	return nil
}

// world is the outside as the domain sees it: real in live mode, only read in a dry run.
func (d *Daemon) world(o Options) bot.World {
	w := bot.World{
		Desk: d.cerb, Office: d.house, Snippets: d.notes, Words: d.Words, Policy: d.Policy, Now: d.now, Observe: d.health.step,
	}
	if d.Policy.Mode == bot.DryRun {
		w.Desk, w.Office = dryrun.NewDesk(d.cerb, d.now), dryrun.NewOffice(d.house, d.now)
	} else {
		w.Desk, w.Office = dryrun.Limit(w.Desk, w.Office, d.Config.liveSteps())
	}
	if o.Decorate != nil {
		w = o.Decorate(w)
	}
	return w
}

func (d *Daemon) slackConfig(o Options) slack.Config {
	s := d.Config.Slack
	begins, ends, err := slack.ParseHours(s.WorkingHours)
	if err != nil { // a configuration that was checked has none: the usual hours then
		begins, ends = 0, 0
	}
	return slack.Config{
		StandIn: s.StandIn, WorkBegins: begins, WorkEnds: ends,
		CreditControlChannel: s.CreditControl, Mailer: d.questionMailer(), Connections: d.health.connections,
		APIURL: s.APIURL, BotToken: s.BotToken, SigningSecret: s.SigningSecret, AppID: s.AppID, TeamIDs: s.TeamIDs,
		EnterpriseID: s.EnterpriseID, Command: s.Command, CaseChannel: s.CaseChannel, ChannelLanguage: s.ChannelLanguage,
		Mode: s.Mode, AppToken: s.AppToken, Replicas: s.Replicas, Alone: !store.IsPostgres(d.Config.Database), Quick: o.Quick, FallbackChannel: s.FallbackChannel, Minimal: s.Detail == "minimal",
		AllowedUsers: s.AllowedUsers, AllowedGroups: s.AllowedGroups, ApproverUsers: s.ApproverUsers, ApproverGroups: s.ApproverGroups,
		AgentEmails: s.AgentEmails, ResponseOrigins: s.ResponseOrigins, Now: d.now, Observe: d.health.slack,
		Wrap: d.health.clocked("slack"),
	}
}

func (d *Daemon) changed(caseID int64) {
	if d.slack != nil {
		d.slack.Changed(caseID)
	}
}

// stirred is told of a case that has something to hear: a clerk is woken, and its card drawn.
func (d *Daemon) stirred(caseID int64) {
	d.wake.Nudge(caseID)
	d.changed(caseID)
}

// Close ends the parts that Open made. Run has returned by then.
func (d *Daemon) Close() error { return d.store.Close() }

// Logger makes the program's logger as the configuration says.
func (c Config) Logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if c.LogForm == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
