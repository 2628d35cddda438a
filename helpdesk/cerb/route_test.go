package cerb

import (
	"errors"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

func TestRouteSaysWhomMailIsFrom(t *testing.T) {
	d := (&double{mails: newMailbox(t)}).start(t, cerbfake.Options{})
	r, err := d.client(t, nil).Route(t.Context())
	if err != nil || r.Group == "" || r.Bucket != "" || !strings.Contains(r.From, "@") {
		t.Errorf("%+v, %v", r, err)
	}
	if got := d.written(); len(got) != 0 {
		t.Errorf("wrote %v", got)
	}
}

func TestRouteRefusesABucketThatIsNotThere(t *testing.T) {
	d := (&double{mails: newMailbox(t)}).start(t, cerbfake.Options{})
	_, err := d.client(t, func(c *Config) { c.Bucket = "Nowhere" }).Route(t.Context())
	if !errors.Is(err, helpdesk.ErrRefused) || !strings.Contains(helpdesk.Sentence(err), "no bucket called Nowhere") {
		t.Errorf("%v", err)
	}
}
