package inhouse_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/inhouse"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

const secret = "a-secret-of-the-test"

const oneEvent = `[{"id":"e1","type":"invoice.paid","at":"2026-11-24T10:00:00Z","customerId":"10234","invoiceId":"inv311","new":{"field":[1]}}]`

// signedAt is the header of a body that is sent at an instant.
func signedAt(at time.Time, body string) http.Header {
	return signedAs(inhousefake.Signature(secret, at, []byte(body)))
}

func signedAs(value string) http.Header {
	return http.Header{inhouse.SignatureHeader: {value}}
}

func TestSignedEventsAreTaken(t *testing.T) {
	want := []backoffice.Event{{
		ID: "e1", Type: backoffice.EventInvoicePaid, At: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), CustomerID: "10234", InvoiceID: "inv311",
	}}
	for _, off := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
		got, err := inhouse.Verify(secret, signedAt(noon().Add(off), oneEvent), []byte(oneEvent), noon())
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s off: %+v, %v", off, got, err)
		}
	}
	if got, err := inhouse.Verify(secret, signedAt(noon(), "[]"), []byte("[]"), noon()); err != nil || len(got) != 0 {
		t.Errorf("a trial: %+v, %v", got, err)
	}
}

func TestCallThatIsNotSignedRightIsRefused(t *testing.T) {
	good := inhousefake.Signature(secret, noon(), []byte(oneEvent))
	at, mac, _ := strings.Cut(strings.TrimPrefix(good, "t="), ",v1=")
	for name, h := range map[string]http.Header{
		"no header":           {},
		"empty":               signedAs(""),
		"another secret":      signedAs(inhousefake.Signature(secret+"x", noon(), []byte(oneEvent))),
		"another body":        signedAs(inhousefake.Signature(secret, noon(), []byte(oneEvent+" "))),
		"another time":        signedAs("t=" + at[:len(at)-1] + "9,v1=" + mac),
		"the time twice":      signedAs("t=" + at + "," + good),
		"no time":             signedAs("v1=" + mac),
		"an empty time":       signedAs("t=,v1=" + mac),
		"no signature":        signedAs("t=" + at),
		"half a signature":    signedAs("t=" + at + ",v1=" + mac[:32]),
		"one with more to it": signedAs("t=" + at + ",v1=" + mac + "00"),
		"not hexadecimal":     signedAs("t=" + at + ",v1=" + strings.Repeat("z", 64)),
		"another kind":        signedAs("t=" + at + ",v0=" + mac),
		"a long header":       signedAs(good + strings.Repeat(",x=y", 300)),
		"too late":            signedAt(noon().Add(-5*time.Minute-time.Second), oneEvent),
		"too early":           signedAt(noon().Add(5*time.Minute+time.Second), oneEvent),
		"long ago":            signedAt(time.Unix(0, 0), oneEvent),
	} {
		events, err := inhouse.Verify(secret, h, []byte(oneEvent), noon())
		if !errors.Is(err, inhouse.ErrSignature) || events != nil {
			t.Errorf("%s: %+v, %v", name, events, err)
		}
	}
	if _, err := inhouse.Verify("", signedAs(inhousefake.Signature("", noon(), []byte(oneEvent))), []byte(oneEvent), noon()); !errors.Is(err, inhouse.ErrSignature) {
		t.Errorf("without a secret everybody knows it: %v", err)
	}
}

// TestSecretMayBeChangedWhileEventsCome: then a call carries a signature by the old one and by the new one.
func TestSecretMayBeChangedWhileEventsCome(t *testing.T) {
	good := inhousefake.Signature(secret, noon(), []byte("[]"))
	old := inhousefake.Signature("the-secret-before", noon(), []byte("[]"))
	_, mac, _ := strings.Cut(old, ",")
	for _, value := range []string{good + "," + mac, strings.Replace(good, ",", ","+mac+", v2=x,", 1)} {
		if _, err := inhouse.Verify(secret, signedAs(value), []byte("[]"), noon()); err != nil {
			t.Errorf("%s: %v", value, err)
		}
	}
}

func TestBodyOfTheWrongShapeIsRefusedAsAWhole(t *testing.T) {
	second := `,{"id":"e2","type":"invoice.paid","at":"2026-11-24T10:00:00Z"}]`
	for name, body := range map[string]string{
		"nothing": "", "null": "null", "an object": `{"id":"e1"}`, "not JSON": `[{]`, "more after it": oneEvent + "x", "null in it": "[null]",
		"one of them wrong": strings.TrimSuffix(oneEvent, "]") + second,
		"an id of dots":     strings.Replace(oneEvent, `"e1"`, `"."`, 1),
		"a long id":         strings.Replace(oneEvent, `"e1"`, `"`+strings.Repeat("e", 129)+`"`, 1),
		"hush":              `[{"id":"hush","type":7}]`,
	} {
		events, err := inhouse.Verify(secret, signedAt(noon(), body), []byte(body), noon())
		if !errors.Is(err, inhouse.ErrBody) || events != nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %+v, %v", name, events, err)
		}
	}
	large := "[" + strings.Repeat(" ", inhouse.MaxWebhook-1) + "]"
	if _, err := inhouse.Verify(secret, signedAt(noon(), large), []byte(large), noon()); !errors.Is(err, inhouse.ErrTooLarge) {
		t.Errorf("%d bytes: %v", len(large), err)
	}
	large = large[1:]
	if _, err := inhouse.Verify(secret, signedAt(noon(), large), []byte(large), noon()); errors.Is(err, inhouse.ErrTooLarge) {
		t.Errorf("%d bytes: %v", len(large), err)
	}
}

// TestExampleOfTheContractIsSignedAsItSays: whoever writes a sender tries it out on the example.
func TestExampleOfTheContractIsSignedAsItSays(t *testing.T) {
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("t=1764000000,v1=[0-9a-f]{64}").FindAllString(string(text), -1)
	if len(found) < 2 || !strings.Contains(string(text), "`a-secret-of-the-example`") {
		t.Fatalf("the contract shows no signature: %q", found)
	}
	for _, value := range found {
		if _, err := inhouse.Verify("a-secret-of-the-example", signedAs(value), []byte("[]"), time.Unix(1764000000, 0)); err != nil {
			t.Errorf("%s: %v", value, err)
		}
	}
}

// ear listens to a webhook as the bot does.
type ear struct {
	url string

	mu    sync.Mutex
	heard []backoffice.Event
	say   int // what to answer instead; 0: what is right
}

func newEar(t *testing.T, now func() time.Time) *ear {
	e := &ear{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, inhouse.MaxWebhook+1))
		if err != nil {
			t.Error(err)
		}
		events, err := inhouse.Verify(secret, r.Header, body, now())
		e.mu.Lock()
		defer e.mu.Unlock()
		switch {
		case e.say != 0:
			w.WriteHeader(e.say)
		case err != nil:
			w.WriteHeader(http.StatusUnauthorized)
		default:
			e.heard = append(e.heard, events...)
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(server.Close)
	e.url = server.URL
	return e
}

func (e *ear) ids() (ids []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, one := range e.heard {
		ids = append(ids, one.ID)
	}
	return ids
}

// TestReferenceServerTellsWhatHappenedAndTellsItAgain: the two sides were written apart, each for the contract.
func TestReferenceServerTellsWhatHappenedAndTellsItAgain(t *testing.T) {
	w, e := newWorld(t), newEar(t, noon)
	hook := inhousefake.Webhook{URL: e.url, Secret: secret}
	send := func(want int, err error) func(int) {
		return func(status int) {
			t.Helper()
			if err != nil || status != want {
				t.Errorf("answered %d, wanted %d, %v", want, status, err)
			}
		}
	}
	send(w.server.SendNew(t.Context(), hook))(0)
	w.invented(230)
	e.say = http.StatusServiceUnavailable
	send(w.server.SendNew(t.Context(), hook))(503)
	e.say = 0
	send(w.server.SendNew(t.Context(), hook))(204)
	if ids := e.ids(); len(ids) != 230 || ids[0] != "e1" || ids[229] != "e230" {
		t.Errorf("heard %d: %v", len(ids), ids)
	}
	send(w.server.SendNew(t.Context(), hook))(0)
	all := w.server.Events()
	send(w.server.Send(t.Context(), hook, all[1], all[0], all[1]))(204)
	if ids := e.ids(); !slices.Equal(ids[230:], []string{"e2", "e1", "e2"}) {
		t.Errorf("heard %v", ids[230:])
	}
	send(w.server.Send(t.Context(), inhousefake.Webhook{URL: e.url, Secret: "another"}, all[0]))(401)
	send(w.server.Send(t.Context(), inhousefake.Webhook{URL: e.url, Secret: secret, At: noon().Add(time.Hour)}, all[0]))(401)
	send(w.server.Send(t.Context(), hook))(204)
}
