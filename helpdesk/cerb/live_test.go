package cerb

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk/helpdesktest"
)

// TestContractOnALiveCerb runs the contract suite on a running Cerb. It opens tickets and mails addresses in
// CERB_CUSTOMER_DOMAIN, so use one that is for trying out.
//
//	CERB_URL, CERB_ACCESS_KEY, CERB_SECRET_KEY   needed; the key must be an administrator's
//	CERB_GROUP, CERB_AGENT, CERB_OUTSIDER        the group, an agent in it, an agent who isn't
//	CERB_WORKER_KEYS                             "key:secret" of a worker who is no administrator, to run all of it with that too
//	CERB_CUSTOMER_DOMAIN                         default customer.example
//	CERB_HOOK                                    a command that is called with one of these sets of words:
//	    mail-down | mail-up | sql strict | sql lax | cron    switch, or send what is queued now
//	    mail drop-after-data                                 take mails, and break off before saying so, until mail-up
//	    mails ADDRESS                                        print the paths of the mails delivered to it
func TestContractOnALiveCerb(t *testing.T) {
	url := os.Getenv("CERB_URL")
	if url == "" || os.Getenv("CERB_ACCESS_KEY") == "" || os.Getenv("CERB_SECRET_KEY") == "" {
		t.Skip("set CERB_URL, CERB_ACCESS_KEY and CERB_SECRET_KEY to run the contract suite on a live Cerb")
	}
	c := testClient(t, url, func(cfg *Config) {
		cfg.AccessKey, cfg.SecretKey = os.Getenv("CERB_ACCESS_KEY"), os.Getenv("CERB_SECRET_KEY")
		cfg.Group = first(os.Getenv("CERB_GROUP"), "Billing")
	})
	setUp(t, c)
	b := apiBench(c, first(os.Getenv("CERB_CUSTOMER_DOMAIN"), "customer.example"))
	b.Agent, b.Outsider = os.Getenv("CERB_AGENT"), os.Getenv("CERB_OUTSIDER")
	if b.Agent == "" {
		me, err := c.Server(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b.Agent = me.KeyHolder.Email
	}
	if hook := os.Getenv("CERB_HOOK"); hook != "" {
		hooks(&b, hook)
	}
	helpdesktest.Run(t, b)
	if key, secret, ok := strings.Cut(os.Getenv("CERB_WORKER_KEYS"), ":"); ok {
		t.Run("WithAWorkersKey", func(t *testing.T) {
			b.Desk = testClient(t, url, func(cfg *Config) {
				cfg.AccessKey, cfg.SecretKey, cfg.Group = key, secret, first(os.Getenv("CERB_GROUP"), "Billing")
			})
			helpdesktest.Run(t, b)
		})
	}
}

// hooks fills in what only the machine that Cerb runs on can do.
func hooks(b *helpdesktest.Bench, hook string) {
	run := func(t *testing.T, words ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), hook, words...).Output()
		if err != nil {
			t.Fatalf("%s %s: %v", hook, strings.Join(words, " "), err)
		}
		return string(out)
	}
	cleanup := func(t *testing.T, words ...string) { // after a test its context is over
		t.Helper()
		cmd := exec.Command(hook, words...)
		cmd.WaitDelay = 10 * time.Second
		if err := cmd.Run(); err != nil {
			t.Errorf("%s %s: %v", hook, strings.Join(words, " "), err)
		}
	}
	b.MailDown = func(t *testing.T, down bool) {
		cleanup(t, map[bool]string{true: "mail-down", false: "mail-up"}[down])
	}
	b.MailLost = func(t *testing.T, lost bool) {
		cleanup(t, map[bool][]string{true: {"mail", "drop-after-data"}, false: {"mail-up"}}[lost]...)
	}
	b.SQLMode = func(t *testing.T, strict bool) {
		cleanup(t, "sql", map[bool]string{true: "strict", false: "lax"}[strict])
	}
	b.CronNow = func(t *testing.T) { run(t, "cron") }
	b.Mails = func(t *testing.T, to string) []helpdesktest.Mail {
		var mails []helpdesktest.Mail
		for path := range strings.FieldsSeq(run(t, "mails", to)) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			m, err := helpdesktest.ParseMail(raw)
			if err != nil {
				t.Fatal(err)
			}
			mails = append(mails, m)
		}
		return mails
	}
}
