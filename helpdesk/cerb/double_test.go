package cerb

import (
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
	"github.com/aanmaner/aanmaner/helpdesk/helpdesktest"
)

// TestContractOnTheDouble runs the contract suite on the double, over HTTP and with mail really sent.
func TestContractOnTheDouble(t *testing.T) {
	d := newDouble(t, cerbfake.Options{StrictSQL: true})
	helpdesktest.Run(t, d.bench(d.client(t, nil)))
}

// TestContractWithAWorkersKey runs the suite with a key that is no administrator's.
func TestContractWithAWorkersKey(t *testing.T) {
	d := newDouble(t, cerbfake.Options{StrictSQL: true})
	b := d.bench(d.client(t, nil))
	b.Desk = d.client(t, func(cfg *Config) { cfg.AccessKey, cfg.SecretKey = "sannekey", "sannesecret" })
	helpdesktest.Run(t, b)
}

// double is a Cerb of a test's own, as it comes out of the box with people in it.
type double struct {
	*cerbfake.Server
	url    string
	mails  *mailbox
	caseID int // the custom field's id
}

// The people of the double.
const (
	sanne = "sanne@hoster.example" // in Billing
	bram  = "bram@hoster.example"  // not in Billing
)

// newDouble starts a double with a group Billing, a bot that is an administrator (botkey), Sanne in Billing (sannekey),
// Bram outside it (bramkey), and the custom field.
func newDouble(t *testing.T, o cerbfake.Options) *double {
	t.Helper()
	d := &double{mails: newMailbox(t)}
	d.start(t, o)
	d.caseID = d.AddCustomField(cerbfake.CustomField{Name: "Termination case", URI: "termination_case"})
	return d
}

// start starts the double with its people, and without the custom field.
func (d *double) start(t *testing.T, o cerbfake.Options) *double {
	t.Helper()
	o.SMTPAddr = d.mails.address
	d.Server = cerbfake.New(o)
	web := httptest.NewServer(d.Server)
	t.Cleanup(web.Close)
	d.url = web.URL + "/index.php/rest"
	sales := d.AddGroup(cerbfake.Group{Name: "Sales", From: "sales@cerb.example"})
	billing := d.AddGroup(cerbfake.Group{
		Name: "Billing", From: "billing@cerb.example", Personal: "{{first_name}} at Hoster", Signature: "-- \nBilling team\n{{first_name}}",
	})
	d.AddBucket(cerbfake.Bucket{GroupID: billing, Name: "Invoices"})
	d.AddBucket(cerbfake.Bucket{GroupID: sales, Name: "Invoices"})
	for _, w := range []cerbfake.Worker{
		{Email: "bot@cerb.example", Name: "Bot Admin", Superuser: true, Groups: []int{billing}, AccessKey: "botkey", SecretKey: "botsecret"},
		{Email: sanne, Name: "Sanne Visser", Groups: []int{billing}, AccessKey: "sannekey", SecretKey: "sannesecret"},
		{Email: bram, Name: "Bram Bakker", Groups: []int{sales}, AccessKey: "bramkey", SecretKey: "bramsecret"},
		{Email: "gone@hoster.example", Name: "Gert Gone", Groups: []int{billing}, Disabled: true},
	} {
		d.AddWorker(w)
	}
	return d
}

// client makes a client that acts for the bot, without a rate limit.
func (d *double) client(t *testing.T, change func(*Config)) *Client {
	t.Helper()
	return testClient(t, d.url, change)
}

func (d *double) bench(c *Client) helpdesktest.Bench {
	b := apiBench(c, "customer.example")
	b.Agent, b.Outsider = sanne, bram
	b.MailDown = func(_ *testing.T, down bool) { d.SetMail(!down) }
	b.MailLost = func(_ *testing.T, lost bool) {
		d.SetMailMode(map[bool]cerbfake.MailMode{true: cerbfake.MailDropAfterData, false: cerbfake.MailOK}[lost])
	}
	b.SQLMode = func(_ *testing.T, strict bool) { d.SetStrictSQL(strict) }
	b.CronNow = func(t *testing.T) { d.CronNow(t.Context()) }
	b.Mails = d.mails.to
	return b
}

// mailbox is a mail server on loopback that keeps what it is given.
type mailbox struct {
	address string

	mu    sync.Mutex
	mails []letter
}

type letter struct {
	to  []string
	raw []byte
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box := &mailbox{address: l.Addr().String()}
	srv := smtp.NewServer(box)
	srv.Domain = "localhost"
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(l)
	}()
	t.Cleanup(func() {
		_ = l.Close() // Close does not see a listener that Serve has not taken over yet
		_ = srv.Close()
		<-done
	})
	return box
}

// to reads the mails that were delivered to an address.
func (box *mailbox) to(t *testing.T, address string) []helpdesktest.Mail {
	t.Helper()
	box.mu.Lock()
	defer box.mu.Unlock()
	var out []helpdesktest.Mail
	for _, l := range box.mails {
		if !slices.ContainsFunc(l.to, func(to string) bool { return strings.EqualFold(to, address) }) {
			continue
		}
		m, err := helpdesktest.ParseMail(l.raw)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

// count is the number of mails delivered to anybody.
func (box *mailbox) count() int {
	box.mu.Lock()
	defer box.mu.Unlock()
	return len(box.mails)
}

// NewSession is part of smtp.Backend.
func (box *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &delivery{box: box}, nil }

type delivery struct {
	box *mailbox
	got letter
}

func (d *delivery) Reset()                               { d.got = letter{} }
func (d *delivery) Logout() error                        { return nil }
func (d *delivery) Mail(string, *smtp.MailOptions) error { return nil }
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.got.to = append(d.got.to, to)
	return nil
}

func (d *delivery) Data(r io.Reader) (err error) {
	if d.got.raw, err = io.ReadAll(r); err != nil {
		return err
	}
	d.box.mu.Lock()
	defer d.box.mu.Unlock()
	d.box.mails = append(d.box.mails, d.got)
	return nil
}
