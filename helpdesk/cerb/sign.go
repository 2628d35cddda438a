package cerb

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// signer puts what proves who calls into a request's header.
type signer interface {
	// sign sets the headers of a request with this verb, URL and body. The URL's query is sent as it stands.
	sign(h http.Header, verb string, u *url.URL, body []byte, now time.Time) error
	// renew reports whether there is something newer to sign with, after a 401.
	renew() bool
}

// keyPair signs with a legacy key pair.
type keyPair struct{ access, secret string }

func (k keyPair) sign(h http.Header, verb string, u *url.URL, body []byte, now time.Time) error {
	date := now.UTC().Format(http.TimeFormat)
	h.Set("Date", date)
	h.Set("Cerb-Auth", k.access+":"+signature(k.secret, verb, date, u.EscapedPath(), u.RawQuery, body))
	return nil
}

func (k keyPair) renew() bool { return false }

// signature is Cerb's checksum of a request: verb, date, path as sent, query sorted by parameter name in its own
// encoding, body, and the lower-case MD5 of the secret, each ended by a line feed.
func signature(secret, verb, date, path, query string, body []byte) string {
	inner := md5.Sum([]byte(secret))
	sum := md5.New()
	fmt.Fprintf(sum, "%s\n%s\n%s\n%s\n%s\n%s\n", verb, date, path, sortQuery(query), body, hex.EncodeToString(inner[:]))
	return hex.EncodeToString(sum.Sum(nil))
}

// sortQuery sorts a raw query by the raw parameter names; parameters of one name keep their order.
func sortQuery(raw string) string {
	parts := strings.Split(raw, "&")
	slices.SortStableFunc(parts, func(a, b string) int {
		ka, _, _ := strings.Cut(a, "=")
		kb, _, _ := strings.Cut(b, "=")
		return strings.Compare(ka, kb)
	})
	return strings.Join(parts, "&")
}

// bearerFile signs with an OAuth2 token from a file that somebody else keeps fresh.
type bearerFile struct {
	path string

	mu    sync.Mutex
	token string
	stamp time.Time
	size  int64
}

// maxTokenFile bounds a token file: Cerb's tokens are JWTs of about 1 KiB.
const maxTokenFile = 64 << 10

func (b *bearerFile) sign(h http.Header, _ string, _ *url.URL, _ []byte, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	info, err := os.Stat(b.path)
	if err != nil {
		return err
	}
	if b.token == "" || !info.ModTime().Equal(b.stamp) || info.Size() != b.size {
		if err := b.read(); err != nil {
			return err
		}
		b.stamp, b.size = info.ModTime(), info.Size()
	}
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	h.Set("Authorization", "Bearer "+b.token)
	return nil
}

// renew reads the file again whatever its time says, and reports whether the token is another one.
func (b *bearerFile) renew() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.token
	return b.read() == nil && b.token != old
}

func (b *bearerFile) read() error {
	raw, err := os.ReadFile(b.path)
	if err != nil {
		return err
	}
	if len(raw) > maxTokenFile {
		return fmt.Errorf("token file %s is larger than %d bytes", b.path, maxTokenFile)
	}
	token, err := parseToken(raw)
	if err != nil {
		return fmt.Errorf("token file %s: %w", b.path, err)
	}
	b.token = token
	return nil
}

// parseToken takes a token file's content: a bare token, or a token endpoint's JSON answer with access_token.
func parseToken(raw []byte) (string, error) {
	token := strings.TrimSpace(string(raw))
	if strings.HasPrefix(token, "{") {
		var answer struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			return "", fmt.Errorf("not JSON with access_token: %w", err)
		}
		token = strings.TrimSpace(answer.AccessToken)
	}
	if token == "" {
		return "", fmt.Errorf("no token")
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("the token has characters that no token has")
	}
	return token, nil
}
