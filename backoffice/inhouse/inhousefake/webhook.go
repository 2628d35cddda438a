package inhousefake

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// perCall is how many events go into one call of the webhook: well below the 64 KiB that it may hold.
const perCall = 100

// Webhook says whom the back office tells of its own accord, and under which secret.
type Webhook struct {
	URL    string
	Secret string
	Client *http.Client // nil: http.DefaultClient
	At     time.Time    // when it claims to have been sent; zero: by the server's clock
}

// SendNew tells the webhook what it wasn't told before, oldest first, and stops at the first call that isn't answered by 2xx: what
// was in it comes again the next time. It gives the status of the last call; 0 when there was nothing to tell.
func (s *Server) SendNew(ctx context.Context, hook Webhook) (status int, err error) {
	for {
		events := s.unsent()
		if len(events) == 0 {
			return status, nil
		}
		if status, err = s.Send(ctx, hook, events...); err != nil || status < 200 || status > 299 {
			return status, err
		}
		s.mu.Lock()
		s.state.feed.sent = s.state.feed.numberOf(events[len(events)-1])
		s.mu.Unlock()
	}
}

// unsent are the next events that the webhook wasn't told of.
func (s *Server) unsent() []Event {
	all := s.Events()
	s.mu.Lock()
	defer s.mu.Unlock()
	for n, e := range all {
		if s.state.feed.numberOf(e) > s.state.feed.sent {
			return all[n:min(n+perCall, len(all))]
		}
	}
	return nil
}

// numberOf is the number that stands in an event's id.
func (f *feed) numberOf(e Event) int {
	n, err := strconv.Atoi(e.ID[1:])
	if err != nil {
		return f.told // ids are made in happened, so this isn't reached
	}
	return n
}

// Send tells the webhook of these events, in this order and in one call, whatever it was told before. It gives the status of the
// answer.
func (s *Server) Send(ctx context.Context, hook Webhook, events ...Event) (int, error) {
	if events == nil {
		events = []Event{}
	}
	body, err := json.Marshal(events)
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	at := hook.At
	if at.IsZero() {
		at = s.options.Now()
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Aanmaner-Signature", Signature(hook.Secret, at, body))
	client := hook.Client
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

// Signature is what the header Aanmaner-Signature holds for a body that is sent at the instant.
func Signature(secret string, at time.Time, body []byte) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(seconds + "."))
	mac.Write(body)
	return "t=" + seconds + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
