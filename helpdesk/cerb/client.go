package cerb

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-resty/resty/v2"
	"golang.org/x/time/rate"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// Config says where a Cerb is, with which key to call it, and which tickets are ours. Every field but BaseURL, Group and
// one way to sign in has a default.
type Config struct {
	// BaseURL is the REST root, with /index.php where the installation has no rewrite rules:
	// https://cerb.example/index.php/rest.
	BaseURL string
	// AccessKey and SecretKey are the legacy key pair (Setup » API).
	AccessKey, SecretKey string
	// BearerTokenFile is the second way to sign in: a file with an OAuth2 token, bare or as JSON with "access_token". It is
	// read again when it changes and after a 401, so that whoever renews tokens just replaces it.
	BearerTokenFile string

	// Group is the name or the id of the group that the tickets belong to; Bucket the name of a bucket in it, or empty for
	// the group's default.
	Group, Bucket string
	// CaseField is the custom field of tickets that keeps the case's key.
	CaseField CaseField

	// Timeout bounds one call, default 30 s. SendTimeout bounds the call that mails the customer, default 90 s: Cerb talks
	// to its mail server within that call and waits up to 30 s for each of its answers.
	Timeout, SendTimeout time.Duration
	// RatePerSecond limits the calls, default 10; a negative number means no limit.
	RatePerSecond float64
	// MaxBytes limits the size of an answer, default 8 MiB.
	MaxBytes int
	// UserAgent is sent with every call.
	UserAgent string
	// AllowedPlaceholders are ticket placeholders that snippets may use besides TicketPlaceholders.
	AllowedPlaceholders []string

	// Transport carries the calls; nil means a plain one over HTTP/1.1 that honours the proxy environment.
	Transport http.RoundTripper
	// Wrap is put around the transport, so that somebody may count and time the calls; nil: nothing is. It must send what
	// it is given, once.
	Wrap func(http.RoundTripper) http.RoundTripper
	// Now is the clock for the Date header and for what is kept; nil means time.Now.
	Now func() time.Time
}

// CaseField names the custom field that keeps the case's key: a single line of text on tickets.
type CaseField struct {
	URI  string // default termination_case
	Name string // default "Termination case"; letters, digits and blanks, as Cerb derives the search filter from it
}

// Client is a helpdesk.Desk on a Cerb. It is safe for concurrent use.
type Client struct {
	cfg     Config
	base    *url.URL
	log     *slog.Logger
	rest    *resty.Client
	limiter *rate.Limiter
	signer  signer
	now     func() time.Time
	backOff time.Duration // the pause before a read's second try, doubled for each next one

	mu   sync.Mutex
	kept kept
}

// kept is what a Client remembers for at most keepFor, so that a termination does not ask for it at every step.
type kept struct {
	me      keyHolder
	meAt    time.Time
	group   groupRecord
	groupAt time.Time
}

// keepFor bounds how long a release, a key's rights and a group's id are trusted: an upgrade, a downgrade or a change of
// rights shows after this time.
const keepFor = 2 * time.Minute

var _ helpdesk.Desk = (*Client)(nil)

// New checks the configuration, all faults at once, and makes a client. It makes no call.
func New(cfg Config, log *slog.Logger) (*Client, error) {
	cfg = withDefaults(cfg)
	base, err := checkConfig(cfg)
	if err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg, base: base, log: log, now: cfg.Now, backOff: 200 * time.Millisecond}
	if cfg.BearerTokenFile != "" {
		c.signer = &bearerFile{path: cfg.BearerTokenFile}
	} else {
		c.signer = keyPair{access: cfg.AccessKey, secret: cfg.SecretKey}
	}
	limit := rate.Limit(cfg.RatePerSecond)
	if cfg.RatePerSecond < 0 {
		limit = rate.Inf
	}
	c.limiter = rate.NewLimiter(limit, max(1, int(cfg.RatePerSecond)))
	c.rest = newREST(cfg, log)
	return c, nil
}

func withDefaults(cfg Config) Config {
	if cfg.CaseField.URI == "" {
		cfg.CaseField.URI = "termination_case"
	}
	if cfg.CaseField.Name == "" {
		cfg.CaseField.Name = "Termination case"
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.SendTimeout <= 0 {
		cfg.SendTimeout = max(90*time.Second, cfg.Timeout)
	}
	if cfg.RatePerSecond == 0 {
		cfg.RatePerSecond = 10
	}
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = 8 << 20
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "aanmaner"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// checkConfig reports everything that is wrong with cfg, and gives back the parsed base URL.
func checkConfig(cfg Config) (*url.URL, error) {
	var faults []error
	base, err := url.Parse(strings.TrimRight(cfg.BaseURL, "/"))
	switch {
	case err != nil:
		faults = append(faults, fmt.Errorf("cerb: base URL: %w", err))
	case base.Scheme != "http" && base.Scheme != "https", base.Host == "":
		faults = append(faults, errors.New("cerb: base URL must be http(s)://host/…/rest"))
	case base.RawQuery != "" || base.Fragment != "" || base.User != nil:
		faults = append(faults, errors.New("cerb: base URL must have no query, fragment or user name"))
	}
	pair := cfg.AccessKey != "" || cfg.SecretKey != ""
	switch {
	case pair && cfg.BearerTokenFile != "":
		faults = append(faults, errors.New("cerb: give either a key pair or a bearer token file, not both"))
	case !pair && cfg.BearerTokenFile == "":
		faults = append(faults, errors.New("cerb: an access key and its secret key, or a bearer token file, is needed"))
	case pair && (cfg.AccessKey == "" || cfg.SecretKey == ""):
		faults = append(faults, errors.New("cerb: access key and secret key go together"))
	case strings.ContainsAny(cfg.AccessKey, ":\r\n "):
		faults = append(faults, errors.New("cerb: the access key has a character that no key has"))
	}
	if strings.TrimSpace(cfg.Group) == "" {
		faults = append(faults, errors.New("cerb: the group that the tickets belong to is needed"))
	}
	if filterName(cfg.CaseField.Name) == "" {
		faults = append(faults, errors.New("cerb: the case field's name must be letters, digits and blanks, and begin with a letter"))
	}
	return base, errors.Join(faults...)
}
