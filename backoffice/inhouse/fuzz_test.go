package inhouse

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

func FuzzEvents(f *testing.F) {
	for _, body := range []string{
		`[{"id":"e1","type":"invoice.paid","at":"2026-11-24T10:00:00Z","customerId":"10234","invoiceId":"inv311"}]`, `[]`, `null`, `[null]`, `{}`,
		`[{"id":".","type":"x","at":"0001-01-01T00:00:00Z","customerId":"1"}]`, `[{"id":"\ud800","type":"x","at":"2026-11-24T10:00:00+23:59","customerId":"1"}]`, `[[[[`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		wires, err := array[wireEvent](body)
		if err != nil {
			return
		}
		events, err := objects(wires, wireEvent.event)
		if err == nil && len(events) != len(wires) {
			t.Errorf("%d events of %d", len(events), len(wires))
		}
		for _, e := range events {
			if strings.Trim(e.ID, ".") == "" || e.Type == "" || e.CustomerID == "" || e.At.IsZero() || e.At.Location() != time.UTC {
				t.Errorf("%q gives %+v", body, e)
			}
		}
	})
}

func FuzzPayments(f *testing.F) {
	for _, body := range []string{
		`{"pending":[{"id":"p1","amount":{"minor":1,"currency":"EUR"}}],"booked":[{"id":"p2","amount":{"minor":1,"currency":"EUR"},"booked":"2026-11-24","reversed":"2026-11-25"}],"bookedUntil":"2026-11-23"}`,
		`{"pending":[]}`, `{"pending":[],"booked":null}`, `{"pending":[],"booked":[{"id":"p","amount":{"minor":1,"currency":"EUR"},"booked":""}]}`, `{"pending":null}`, `null`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := object(body, wirePayments.payments)
		if err != nil {
			return
		}
		for _, p := range all.Booked {
			if _, err := backoffice.ParseDate(string(p.Booked)); err != nil || p.Booked == "" || p.ID == "" || len(p.Amount.Currency) != 3 {
				t.Errorf("%q gives %+v", body, p)
			}
		}
		for _, p := range all.Pending {
			if p.Booked != "" || p.Reversed != "" {
				t.Errorf("%q gives %+v", body, p)
			}
		}
	})
}

// FuzzVerify holds that nothing gets through without the secret, and that nothing breaks on the way.
func FuzzVerify(f *testing.F) {
	for _, header := range []string{"", "t=1764000000,v1=", "t=,t=", "v1=00,v1=,t=1764000000,", "t=1764000000,v1=" + strings.Repeat("0", 64), "=,=,=", "t=99999999999999999999,v1=" + strings.Repeat("f", 64)} {
		f.Add(header, []byte(`[]`))
	}
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		h := http.Header{SignatureHeader: {header}}
		if events, err := Verify("a-secret-of-the-test", h, body, time.Unix(1764000000, 0)); err == nil || events != nil {
			t.Errorf("%q with %q got through", header, body)
		}
		at, signatures, err := readSignature(header)
		if err == nil && (at == "" || len(signatures) == 0) {
			t.Errorf("%q has the time %q and %d signatures", header, at, len(signatures))
		}
	})
}

// FuzzSignedBody holds that what was signed right is read as a whole or not at all.
func FuzzSignedBody(f *testing.F) {
	f.Add([]byte(`[{"id":"e1","type":"invoice.paid","at":"2026-11-24T10:00:00Z","customerId":"10234"}]`))
	f.Add([]byte(`[{"id":"e1"}]`))
	f.Add([]byte(``))
	f.Fuzz(func(t *testing.T, body []byte) {
		const at = "1764000000"
		h := http.Header{SignatureHeader: {"t=" + at + ",v1=" + macOf("a-secret-of-the-test", at, body)}}
		events, err := Verify("a-secret-of-the-test", h, body, time.Unix(1764000000, 0))
		var whole []json.RawMessage
		if broken := json.Unmarshal(body, &whole); err == nil && (broken != nil || len(whole) != len(events)) {
			t.Errorf("%q gives %d events: %v", body, len(events), broken)
		}
		if err != nil && events != nil {
			t.Errorf("%q gives %d events and %v", body, len(events), err)
		}
	})
}

func macOf(secret, at string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(append([]byte(at+"."), body...))
	return hex.EncodeToString(mac.Sum(nil))
}
