package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
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

	Command         string // the slash command, as registered; empty: /terminate
	CaseChannel     string // id of the channel where the cards go
	ChannelLanguage string // of everything in that channel, nl or en; empty: nl

	AllowedUsers []string          // U…, who may use the bot; none: nobody
	AskWhom      string            // whom a person without rights is told to ask; empty: credit control
	AgentEmails  map[string]string // by U…: the helpdesk's address of a person whose Slack address is another

	// ResponseOrigins are the origins (scheme and host) to which private answers may be posted; none: Slack's own.
	ResponseOrigins []string

	Now func() time.Time // nil: time.Now
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

	queue  chan job
	board  *board
	booted time.Time // what came in before is a leftover of an earlier run
	pace   pace
}

// pace holds the waits that people notice.
type pace struct {
	slow   time.Duration // then the loading view says that the back office is slow
	silent time.Duration // then it says that there is no answer
	submit time.Duration // so long a confirmation is worked on before it is acknowledged
	redraw time.Duration // at most one edit of a card in this time
}

// New checks the configuration and makes the Slack side of the bot. The error names every fault of it.
func New(cfg Config, reception *bot.Reception, store bot.Store, words *wording.Catalogue, policy bot.Policy, log *slog.Logger) (*Slack, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Slack{
		cfg: cfg, reception: reception, store: store, words: words, policy: policy, log: log,
		client: newClient(cfg), queue: make(chan job, maxQueue), booted: cfg.Now(),
		pace: pace{slow: 5 * time.Second, silent: 20 * time.Second, submit: 1500 * time.Millisecond, redraw: 2 * time.Second},
	}
	s.people = newPeople(cfg, s.client)
	s.board = newBoard()
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
	need(c.SigningSecret, "the signing secret")
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

// mayUse says whether the person may use the bot at all.
func (c Config) mayUse(user string) bool { return user != "" && slices.Contains(c.AllowedUsers, user) }

// Handler serves what Slack sends: POST /slack/commands and POST /slack/interactions.
func (s *Slack) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /slack/commands", s.serveCommand)
	mux.HandleFunc("POST /slack/interactions", s.serveInteraction)
	return mux
}

// screenFor is how texts are written for one person.
func (s *Slack) screenFor(lang wording.Lang) screen {
	return screen{words: s.words, lang: lang, policy: s.policy}
}

// channelScreen is how texts are written in the team's channel.
func (s *Slack) channelScreen() screen {
	return screen{words: s.words, lang: s.cfg.channelLang(), policy: s.policy, channel: true}
}

// inTx reads or writes rows within the deadline of a database.
func (s *Slack) inTx(ctx context.Context, f func(bot.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return s.store.InTx(ctx, f)
}
