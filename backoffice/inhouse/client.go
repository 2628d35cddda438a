package inhouse

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

	"github.com/aanmaner/aanmaner/backoffice"
)

// Config says where the back office is and how it is called. Fields at their zero value get the default named beside them.
type Config struct {
	BaseURL       string            // where the paths of the contract begin: "https://backoffice.example/api/v1"
	Token         string            // the bearer token
	Timeout       time.Duration     // of one call; 15 s
	MaxBytes      int64             // of one answer; 8 MiB
	MaxPages      int               // of one list; 100
	RatePerSecond float64           // calls a second, with a burst of as many; 20
	RetryWait     time.Duration     // before a read is tried again, doubled each time; 250 ms
	UserAgent     string            // "aanmaner"
	Transport     http.RoundTripper // below all of this; a clone of http.DefaultTransport
	// Wrap is put around the transport, so that somebody may count and time the calls; nil: nothing is. It must send what
	// it is given, once.
	Wrap func(http.RoundTripper) http.RoundTripper
	Now  func() time.Time // the clock, for Retry-After and the memory of capabilities; time.Now
}

// capabilitiesLife is how long the list of offered operations is believed.
const capabilitiesLife = 10 * time.Minute

func (c Config) withDefaults() Config {
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	setDefault(&c.Timeout, 15*time.Second)
	setDefault(&c.MaxBytes, 8<<20)
	setDefault(&c.MaxPages, 100)
	setDefault(&c.RatePerSecond, 20)
	setDefault(&c.RetryWait, 250*time.Millisecond)
	setDefault(&c.UserAgent, "aanmaner")
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Client calls a back office that serves the contract. It may be used by several goroutines.
type Client struct {
	config Config
	base   *url.URL
	log    *slog.Logger
	reads  *resty.Client
	writes *resty.Client
	limit  *rate.Limiter

	mu        sync.Mutex
	offered   backoffice.Capabilities
	offeredAt time.Time
}

var _ backoffice.Office = (*Client)(nil)

// New makes a client. It calls nobody yet. The errors name every fault of the config at once.
func New(config Config, log *slog.Logger) (*Client, error) {
	config = config.withDefaults()
	base, err := config.check()
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := &Client{config: config, base: base, log: log}
	c.limit = rate.NewLimiter(rate.Limit(config.RatePerSecond), max(1, int(config.RatePerSecond)))
	c.reads = newHTTP(config, readTransport(config.Transport))
	c.writes = newHTTP(config, writeTransport(config.Transport))
	return c, nil
}

func (c Config) check() (*url.URL, error) {
	var faults []error
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil:
		faults = append(faults, errors.New("inhouse: base URL can't be read"))
	case (base.Scheme != "http" && base.Scheme != "https") || base.Host == "":
		faults = append(faults, errors.New("inhouse: base URL must begin with https:// or http:// and a host"))
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		faults = append(faults, errors.New("inhouse: base URL must have no user, query or fragment"))
	}
	if c.Token == "" || strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		faults = append(faults, errors.New("inhouse: token must be given, without spaces"))
	}
	if c.Timeout < 0 || c.MaxBytes < 0 || c.MaxPages < 0 || c.RatePerSecond < 0 || c.RetryWait < 0 {
		faults = append(faults, fmt.Errorf("inhouse: limits can't be negative"))
	}
	return base, errors.Join(faults...)
}

// newHTTP is a resty client that does one call and nothing of its own accord.
func newHTTP(config Config, transport http.RoundTripper) *resty.Client {
	var road http.RoundTripper = punctual{transport}
	if config.Wrap != nil {
		road = config.Wrap(road)
	}
	return resty.NewWithClient(&http.Client{Transport: road}).
		SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse })).
		SetLogger(silent{}). // resty would log addresses and warnings on its own
		SetDisableWarn(true).
		SetDoNotParseResponse(true). // the size limit and the reading are in call.go
		SetAuthToken(config.Token).
		SetHeader("User-Agent", config.UserAgent).
		SetHeader("Accept", "application/json, application/problem+json")
}

func readTransport(given http.RoundTripper) http.RoundTripper {
	if given != nil {
		return given
	}
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		return t.Clone()
	}
	return http.DefaultTransport
}

// writeTransport never uses a connection twice. On a kept connection that breaks, net/http sends a request with an
// Idempotency-Key again, and nobody would know.
func writeTransport(given http.RoundTripper) http.RoundTripper {
	t, ok := readTransport(given).(*http.Transport)
	if !ok {
		return given
	}
	fresh := t.Clone()
	fresh.DisableKeepAlives = true
	return fresh
}

// silent takes resty's own log lines and drops them.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}
