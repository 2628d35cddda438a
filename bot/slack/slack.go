package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// Config is what the bot has to know about its Slack app and workspace.
type Config struct {
	SigningSecret string // signs what Slack sends
	BotToken      string // xoxb-…
	APIURL        string // of the Web API; empty: https://slack.com/api/

	AppID        string   // A…; empty: not checked
	TeamIDs      []string // T…, the workspaces that may use the bot; none: not checked
	EnterpriseID string   // E…; empty: not checked

	Command              string // the slash command, as registered; empty: /terminate
	CaseChannel          string // id of the channel where the cards go
	CreditControlChannel string // where questions to the credit-control team go; empty: the case channel
	FallbackChannel      string // where they go while that one is closed to the bot; empty: they wait
	ChannelLanguage      string // of everything in that channel, nl or en; empty: nl

	AllowedUsers   []string          // U…, who may use the bot
	AllowedGroups  []string          // S…, user groups whose members may; with no users and no groups nobody may
	ApproverUsers  []string          // U…, the credit-control team
	ApproverGroups []string          // S…, likewise
	StandIn        string            // U… of that team: who gets what has waited for two working days; empty: nobody
	AskWhom        string            // whom a person without rights is told to ask; empty: credit control
	AgentEmails    map[string]string // by U…: the helpdesk's address of a person whose Slack address is another

	// WorkBegins and WorkEnds are the team's hours, since midnight by the clock on the wall; both zero: 9:00 and 17:30.
	WorkBegins, WorkEnds time.Duration

	// ResponseOrigins are the origins (scheme and host) to which private answers may be posted; none: Slack's own.
	ResponseOrigins []string

	Mode     string // ModeHTTP or ModeSocket; empty: ModeHTTP
	AppToken string // xapp-…, for ModeSocket
	Replicas int    // how many processes serve this app, so that connections of nobody are noticed; 0: one
	Quick    bool   // for a Slack that serves nobody else: messages and edits come as fast as they can
	Alone    bool   // no other process can be at work on this database: a claim of another one is a dead one's

	// Minimal keeps customers' names, amounts and quotes out of channels: a card says the customer's number and the state.
	Minimal bool

	Mailer Mailer // sends a question by mail when Slack fails; nil: it waits for Slack
	// Connections tells how the bot stands with the systems around it, for App Home. It asks nobody; nil: only Slack is known.
	Connections func(context.Context) []Connection
	Now         func() time.Time // nil: time.Now
	Observe     func(Call)       // is told of each call of the Web API; nil: nobody is
	// Wrap is put around the transport of the Web API's calls. It must send what it is given, once; nil: nothing is put there.
	Wrap func(http.RoundTripper) http.RoundTripper
}

// Slack takes what agents ask for in Slack and shows them what becomes of it. Make it with New; serve Handler, and keep Run
// running.
type Slack struct {
	cfg       Config
	client    *client
	people    *people
	reception *bot.Reception
	store     bot.Store
	words     *wording.Catalogue
	policy    bot.Policy
	log       *slog.Logger

	rights *rights
	link   *linkState
	events events
	homes  homes

	queue   chan job
	mine    keys
	batches batches
	board   *board
	matters *matterDesk
	notices *noticeBoard
	booted  time.Time // what came in before is a leftover of an earlier run
	pace    pace
}

// pace holds the waits that people notice.
type pace struct {
	slow   time.Duration // then the loading view says that the back office is slow
	silent time.Duration // then it says that there is no answer
	glance time.Duration // so long amounts are looked up for a list of customers
	submit time.Duration // so long a confirmation is worked on before it is acknowledged
	redraw time.Duration // at most one edit of a card in this time

	sweep     time.Duration // between two looks for what another replica left or changed
	elsewhere time.Duration // so long another replica's claim on a card counts
	dead      time.Duration // and that of a process that is dead: its last call may still be on its way
	home      time.Duration // between two looks whether a home tab looks other by now
	tidy      time.Duration // between two looks for second cards
	gather    time.Duration // so long a matter's card waits for others that come up at the same moment

	sockets socketPace
}

// New checks the configuration and makes the Slack side of the bot. The error names every fault of it.
func New(cfg Config, reception *bot.Reception, store bot.Store, words *wording.Catalogue, policy bot.Policy, log *slog.Logger) (*Slack, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Slack{
		cfg: cfg, reception: reception, store: store, words: words, policy: policy, log: log,
		batches: batches{store: store},
		link:    newLink(cfg), queue: make(chan job, maxQueue), booted: cfg.Now(),
		pace: pace{
			slow: 5 * time.Second, silent: 20 * time.Second, glance: 3 * time.Second, submit: 1500 * time.Millisecond, redraw: 2 * time.Second,
			sweep: 5 * time.Second, elsewhere: drawTimeout + 15*time.Second, dead: 2 * time.Second, tidy: 10 * time.Minute,
			gather: time.Second, home: 10 * time.Second, sockets: defaultSocketPace(),
		},
	}
	if cfg.Quick {
		s.pace.redraw = 50 * time.Millisecond
	}
	s.client = newClient(cfg, s.link, log)
	s.rights = newRights(cfg, s.client, log)
	s.people = newPeople(cfg, s.client)
	s.board, s.matters, s.notices = newBoard(), newMatterDesk(), newNoticeBoard()
	return s, nil
}

func (c Config) withDefaults() Config {
	if c.APIURL == "" {
		c.APIURL = "https://slack.com/api/"
	}
	if !strings.HasSuffix(c.APIURL, "/") {
		c.APIURL += "/"
	}
	if c.Command == "" {
		c.Command = "/terminate"
	}
	if c.ChannelLanguage == "" {
		c.ChannelLanguage = string(wording.NL)
	}
	if len(c.ResponseOrigins) == 0 {
		c.ResponseOrigins = []string{"https://hooks.slack.com"}
	}
	if c.Mode == "" {
		c.Mode = ModeHTTP
	}
	if c.WorkBegins == 0 && c.WorkEnds == 0 {
		c.WorkBegins, c.WorkEnds = workBegins, workEnds
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func (c Config) check() error {
	var faults []error
	need := func(value, what string) {
		if value == "" {
			faults = append(faults, fmt.Errorf("slack: %s is missing", what))
		}
	}
	switch c.Mode {
	case ModeHTTP:
		need(c.SigningSecret, "the signing secret")
	case ModeSocket:
		need(c.AppToken, "the app-level token (xapp-…)")
	default:
		faults = append(faults, fmt.Errorf("slack: the mode is %s or %s, not %q", ModeHTTP, ModeSocket, c.Mode))
	}
	need(c.BotToken, "the bot token")
	need(c.CaseChannel, "the case channel's id")
	for _, raw := range append([]string{c.APIURL}, c.ResponseOrigins...) {
		if u, err := url.Parse(raw); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			faults = append(faults, fmt.Errorf("slack: %q is no address", raw))
		}
	}
	if c.channelLang() != wording.NL && c.channelLang() != wording.EN {
		faults = append(faults, fmt.Errorf("slack: the channel's language is nl or en, not %q", c.ChannelLanguage))
	}
	return errors.Join(faults...)
}

func (c Config) channelLang() wording.Lang { return wording.Lang(c.ChannelLanguage) }

// mayUse says whether the person may use the bot at all. It may ask Slack for the members of a user group, for a second at
// most; while Slack doesn't say, nobody may whom only a group lets in.
func (s *Slack) mayUse(ctx context.Context, user string) bool {
	return s.rights.refusal(ctx, user) == ""
}

// mayApprove says whether the person is of the credit-control team, likewise.
func (s *Slack) mayApprove(ctx context.Context, user string) bool {
	return s.rights.mayApprove(ctx, user)
}

// Handler serves what Slack sends over HTTP: POST /slack/commands, /slack/interactions and /slack/events. In Socket Mode
// there is nothing to serve.
func (s *Slack) Handler() http.Handler {
	mux := http.NewServeMux()
	if s.cfg.Mode == ModeHTTP {
		mux.HandleFunc("POST /slack/commands", s.serveCommand)
		mux.HandleFunc("POST /slack/interactions", s.serveInteraction)
		mux.HandleFunc("POST /slack/events", s.serveEvent)
	}
	return mux
}

// screenFor is how texts are written for one person.
func (s *Slack) screenFor(lang wording.Lang) screen {
	return screen{words: s.words, lang: lang, policy: s.policy}
}

// channelScreen is how texts are written in the team's channel.
func (s *Slack) channelScreen() screen {
	return screen{words: s.words, lang: s.cfg.channelLang(), policy: s.policy, channel: true, minimal: s.cfg.Minimal}
}

// inTx reads or writes rows within the deadline of a database.
func (s *Slack) inTx(ctx context.Context, f func(bot.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return s.store.InTx(ctx, f)
}
