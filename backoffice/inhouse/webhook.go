package inhouse

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

const (
	// SignatureHeader carries the time and the signature of a webhook's call: "t=1764000000,v1=5257a8…".
	SignatureHeader = "Aanmaner-Signature"
	// MaxWebhook is the size in bytes of the largest body of a webhook's call. Whoever receives one reads no more than a byte
	// above that.
	MaxWebhook = 64 << 10
	// MinSecret is the length of the shortest secret that a webhook may have.
	MinSecret = 16
)

const (
	// webhookWindow is how far the time of a call may be off: a call that was overheard is worth nothing later.
	webhookWindow = 5 * time.Minute
	// maxSignature is the length of the longest signature header that is looked at.
	maxSignature = 1024
)

// What is wrong with a webhook's call.
var (
	// ErrSignature: the signature is missing or doesn't fit, or its time is off: 401.
	ErrSignature = errors.New("the signature doesn't fit")
	// ErrTooLarge: the body is larger than MaxWebhook: 413.
	ErrTooLarge = errors.New("the body is too large")
	// ErrBody: who signed the body means something else by it than the contract does: 400.
	ErrBody = errors.New("the body is not of the contract")
)

// Verify gives the events of a webhook's call, if it was signed with the secret within five minutes of now. It gives all of
// the body's events or none. No part of the body stands in the errors.
//
// That the call is genuine doesn't make it new: it may come any number of times, and what it tells of may be undone by now.
func Verify(secret string, h http.Header, body []byte, now time.Time) ([]backoffice.Event, error) {
	if len(body) > MaxWebhook {
		return nil, ErrTooLarge
	}
	if secret == "" {
		return nil, fmt.Errorf("%w: no secret is configured", ErrSignature)
	}
	at, signatures, err := readSignature(h.Get(SignatureHeader))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if !fits(secret, at, body, signatures) {
		return nil, ErrSignature
	}
	if err := isFresh(at, now); err != nil { // after the signature: a stranger learns nothing about the clock
		return nil, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	wires, err := array[wireEvent](body)
	if err != nil {
		return nil, fmt.Errorf("%w: not a list of events", ErrBody)
	}
	events, err := objects(wires, wireEvent.event)
	if err != nil {
		return nil, fmt.Errorf("%w: an event needs an id, a type, a time and a customer", ErrBody)
	}
	return events, nil
}

// readSignature takes the header apart. There may be several signatures, while a secret is being changed; other names are
// passed over.
func readSignature(header string) (at string, signatures [][]byte, err error) {
	if header == "" || len(header) > maxSignature {
		return "", nil, errors.New(SignatureHeader + " is missing or too long")
	}
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			if at != "" {
				return "", nil, errors.New(SignatureHeader + " holds two times")
			}
			at = value
		case "v1":
			if mac, err := hex.DecodeString(value); err == nil && len(mac) == sha256.Size {
				signatures = append(signatures, mac)
			}
		}
	}
	if at == "" || len(signatures) == 0 {
		return "", nil, errors.New(SignatureHeader + " must be t=…,v1=…")
	}
	return at, signatures, nil
}

// fits says whether one of the signatures is that of the time and the body under the secret.
func fits(secret, at string, body []byte, signatures [][]byte) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(at + "."))
	mac.Write(body)
	want, found := mac.Sum(nil), false
	for _, got := range signatures {
		found = hmac.Equal(got, want) || found
	}
	return found
}

func isFresh(at string, now time.Time) error {
	seconds, err := strconv.ParseUint(at, 10, 40)
	if err != nil {
		return errors.New("its time is not in whole seconds since 1970")
	}
	if off := now.Sub(time.Unix(int64(seconds), 0)); off.Abs() > webhookWindow { //nolint:gosec // 40 bits fit
		return fmt.Errorf("its time is %s off", off.Round(time.Second))
	}
	return nil
}
