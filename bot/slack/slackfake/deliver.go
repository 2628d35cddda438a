package slackfake

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Signing is how a request to the app is signed.
type Signing int

// The ways to sign. Only the first is Slack's; an app must refuse the others.
const (
	Signed        Signing = iota // as Slack does
	SignedWrongly                // with another secret
	SignedLongAgo                // rightly, but six minutes ago
	NotSigned                    // without the two headers
)

// Delivery is a request to the app, as it goes over the wire.
type Delivery struct {
	URL    string
	Header http.Header
	Body   []byte
}

// Result is what came of something that a person did.
type Result struct {
	Status  int    // the app's answer; 0 if there was none
	Body    []byte // likewise
	Header  http.Header
	Elapsed time.Duration // real time until the answer or until Slack gave up

	// TimedOut means that the app took longer than Slack waits. The connection
	// is dropped at that moment, so a handler's request context ends.
	TimedOut bool
	// Notice is what Slack itself shows to the person, such as
	// operation_timeout; "" if all went well.
	Notice string
	// Confirm is the dialog that the person saw first, "" if there was none.
	Confirm string
	// TriggerID and ResponseURL are what the app was given.
	TriggerID, ResponseURL string
	// Sent is the request, for Replay.
	Sent Delivery
	// Err is set if there was nothing to send (no such button, a field not
	// filled in) or no answer.
	Err error
}

// OK reports whether the app took it: status 200 in time, nothing to complain.
func (r Result) OK() bool { return r.Err == nil && r.Status == http.StatusOK && r.Notice == "" }

// Sign makes the value of X-Slack-Signature for a body that is sent at the
// given second, as https://docs.slack.dev/authentication/verifying-requests-from-slack says.
func Sign(secret string, at int64, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%d:", at)
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// sign makes a delivery of a body.
func (s *Server) sign(to, contentType string, body []byte, how Signing) Delivery {
	at, secret := s.opt.Now().Unix(), s.opt.SigningSecret
	h := http.Header{}
	h.Set("Content-Type", contentType)
	h.Set("Accept", "application/json,*/*")
	h.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	switch how {
	case NotSigned:
		return Delivery{URL: to, Header: h, Body: body}
	case SignedWrongly:
		secret += "?"
	case SignedLongAgo:
		at -= 6 * 60
	}
	h.Set("X-Slack-Request-Timestamp", strconv.FormatInt(at, 10))
	h.Set("X-Slack-Signature", Sign(secret, at, body))
	return Delivery{URL: to, Header: h, Body: body}
}

// form makes a delivery of a form, as commands and interactions are sent.
func (s *Server) form(to string, values url.Values, how Signing) Delivery {
	return s.sign(to, "application/x-www-form-urlencoded", []byte(values.Encode()), how)
}

// send delivers to the app and waits for its answer as long as Slack does.
// The wait is real time: it is about the network, not about the clock of the
// workspace.
func (s *Server) send(ctx context.Context, d Delivery) Result {
	r := Result{Sent: d}
	if d.URL == "" {
		r.Err = errors.New("slackfake: the app has registered no address for this, see SetURLs")
		return r
	}
	limited, cancel := context.WithTimeout(ctx, s.opt.Patience)
	defer cancel()
	start := time.Now()
	err := s.exchange(limited, d, &r)
	r.Elapsed = time.Since(start)
	if err != nil {
		r.Err = fmt.Errorf("slackfake: deliver: %w", err)
		r.TimedOut = limited.Err() != nil && ctx.Err() == nil
	}
	return r
}

func (s *Server) exchange(ctx context.Context, d Delivery, r *Result) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err != nil {
		return err
	}
	req.Header = d.Header.Clone()
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	r.Header = resp.Header
	if r.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody)); err != nil {
		return err
	}
	r.Status = resp.StatusCode
	return nil
}

// Replay sends exactly the same bytes again, with the old timestamp and
// signature. Slack doesn't do that; somebody who has seen the request could.
// What the app answers is shown to nobody.
func (s *Server) Replay(ctx context.Context, last Result) Result { return s.send(ctx, last.Sent) }
