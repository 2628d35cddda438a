package inhouse_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/inhouse"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

func TestTimeOutBeforeAndAfterEffectIsUnknownAndNotRepeated(t *testing.T) {
	for _, when := range []inhousefake.When{inhousefake.Before, inhousefake.After} {
		w := newWorld(t)
		short := w.newClient(t, func(c *inhouse.Config) { c.Timeout = time.Second })
		w.server.Inject(inhousefake.Fault{Operation: "suspend", When: when, Break: inhousefake.Hang})
		changed, err := short.Suspend(t.Context(), "7001", reason, "k")
		e := isKind(t, err, backoffice.ErrUnknown)
		if e.Answered || changed || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("changed %t, answered %t, %v", changed, e.Answered, err)
		}
		if off := w.server.Snapshot("10234").Service("web01").State == "suspended"; off != (when == inhousefake.After) || w.count("suspend") != 1 {
			t.Errorf("suspended %t, sent %d times", off, w.count("suspend"))
		}
	}
}

// TestCallThatIsStillAtWorkIsNotTakenForAnAnswer: the caller goes while the server works, and the effect comes all the same.
func TestCallThatIsStillAtWorkIsNotTakenForAnAnswer(t *testing.T) {
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	w := worldWith(t, inhousefake.Options{}, whenPut(giveUp), nil)
	w.server.Inject(inhousefake.Fault{Operation: "suspend", When: inhousefake.Before, Break: inhousefake.Slow, Delay: 100 * time.Millisecond})
	_, err := w.client.Suspend(ctx, "7001", reason, "k")
	if e := isKind(t, err, backoffice.ErrUnknown); e.Answered {
		t.Errorf("%v is over", err)
	}
	w.http.Close() // waits for the call that is at work
	if v := w.server.Snapshot("10234").Service("web01"); v.State != "suspended" {
		t.Error("the call was dropped with its caller")
	}
}

// whenPut does something when a PUT arrives, before it is looked at.
func whenPut(do func()) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut {
				do()
			}
			next.ServeHTTP(rw, r)
		})
	}
}

// TestCallerWhoGivesUpMidwayKnowsNothing: the server has the call when the caller goes.
func TestCallerWhoGivesUpMidwayKnowsNothing(t *testing.T) {
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	w := worldWith(t, inhousefake.Options{}, whenPut(giveUp), nil)
	w.server.Inject(inhousefake.Fault{Operation: "suspend", When: inhousefake.After, Break: inhousefake.Hang})
	_, err := w.client.Suspend(ctx, "7001", reason, "k")
	if e := isKind(t, err, backoffice.ErrUnknown); e.Answered || !errors.Is(err, context.Canceled) {
		t.Errorf("answered %t, %v", e.Answered, err)
	}
}

// TestDoubtAboutTheReadsOfAWriteIsNoDoubtAboutTheWrite: what can't be read before it isn't sent at all.
func TestDoubtAboutTheReadsOfAWriteIsNoDoubtAboutTheWrite(t *testing.T) {
	for _, op := range []string{"getCapabilities", "getService"} {
		for _, b := range doubts() {
			w := newWorld(t)
			b.fault.Operation = op
			w.server.Inject(b.fault)
			_, err := w.client.Suspend(t.Context(), "7001", reason, "k")
			if e := isKind(t, err, backoffice.ErrNotSent); e.Answered || len(w.server.Writes()) != 0 {
				t.Errorf("%s %s: answered %t, %d writes, %v", op, b.name, e.Answered, len(w.server.Writes()), err)
			}
		}
	}
}

func TestDeadServerIsNotSent(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	client, err := inhouse.New(inhouse.Config{BaseURL: server.URL, Token: token, RetryWait: time.Microsecond}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Suspend(t.Context(), "7001", reason, "k")
	isKind(t, err, backoffice.ErrNotSent)
	_, err = client.Customer(t.Context(), "10234")
	isKind(t, err, backoffice.ErrNotSent)
}

// TestStrangersCertificateIsNotSent: the name or the signer is wrong, so nothing was said yet.
func TestStrangersCertificateIsNotSent(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	client, err := inhouse.New(inhouse.Config{BaseURL: server.URL, Token: token, RetryWait: time.Microsecond}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Customer(t.Context(), "10234")
	isKind(t, err, backoffice.ErrNotSent)
}
