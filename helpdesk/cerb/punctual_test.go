package cerb

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

// counted counts what is sent.
type counted int

func (c *counted) RoundTrip(*http.Request) (*http.Response, error) {
	*c++
	return &http.Response{}, nil
}

// stoodStill is a context whose deadline has passed, and whose timer has not run yet.
type stoodStill struct{ context.Context }

func (stoodStill) Deadline() (time.Time, bool) { return time.Now().Add(-time.Millisecond), true }

func TestNothingIsSentAfterItsDeadline(t *testing.T) {
	sent := new(counted)
	for _, ctx := range []context.Context{stoodStill{t.Context()}, t.Context()} {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://x.example", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = punctual{sent}.RoundTrip(r)
		if _, late := ctx.(stoodStill); late != errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("late %t: %v", late, err)
		}
	}
	if *sent != 1 {
		t.Errorf("%d were sent", *sent)
	}
}
