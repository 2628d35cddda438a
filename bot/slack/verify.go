package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	maxRequest = 1 << 20 // a form with a whole view in it, percent-encoded
	maxSkew    = 5 * time.Minute
)

// readSigned reads a body that Slack signed. When it isn't to be trusted it is answered here and ok is false. The signature
// covers the raw body, so that is checked before anything is parsed
// (docs.slack.dev/authentication/verifying-requests-from-slack). slack-go's verifier takes no clock, hence our own.
func (s *Slack) readSigned(w http.ResponseWriter, r *http.Request, contentType string) (body []byte, ok bool) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != contentType {
		http.Error(w, contentType+" is expected", http.StatusUnsupportedMediaType)
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		http.Error(w, "the request is too large or was cut off", http.StatusRequestEntityTooLarge)
		return nil, false
	}
	if why := verify(s.cfg.SigningSecret, r.Header, body, s.cfg.Now()); why != "" {
		s.log.WarnContext(r.Context(), "request to the Slack address refused", "why", why, "path", r.URL.Path)
		http.Error(w, "not signed by Slack", http.StatusUnauthorized)
		return nil, false
	}
	return body, true
}

// verify says why a request can't be trusted; empty: it can.
func verify(secret string, h http.Header, body []byte, now time.Time) string {
	stamp := h.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return "no timestamp"
	}
	if skew := now.Sub(time.Unix(seconds, 0)).Abs(); skew > maxSkew {
		return "timestamp too far off"
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	want := "v0=" + hex.EncodeToString(mac.Sum(nil))
	if !hmac.Equal([]byte(want), []byte(h.Get("X-Slack-Signature"))) {
		return "wrong signature"
	}
	return ""
}

// sender is where a request says that it comes from.
type sender struct{ App, Team, Enterprise, User string }

// forUs says whether the request is meant for this app: two apps may bear the same command name.
func (c Config) forUs(from sender) bool {
	return c.AppID == "" || from.App == c.AppID
}

// ours says whether the person typed or clicked in a workspace of ours. A workspace of our own organisation counts, where
// one is configured.
func (c Config) ours(from sender) bool {
	if c.EnterpriseID != "" && from.Enterprise == c.EnterpriseID {
		return true
	}
	if c.EnterpriseID != "" && from.Enterprise != "" {
		return false
	}
	return len(c.TeamIDs) == 0 || slices.Contains(c.TeamIDs, from.Team)
}
