package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
)

// fleet is a world, a Postgres behind a proxy, and replicas of the real program on both.
type fleet struct {
	t      *testing.T
	world  *sandbox.Sandbox
	proxy  *storetest.Proxy
	config string
	env    []string
	desk   *daemon.Daemon // only says what people say; it is no clerk
}

// newFleet makes the world. Time-outs are short, so that a lease (three of the longest steps and the grace) lasts 9 s.
func newFleet(t *testing.T) *fleet {
	t.Helper()
	f := &fleet{t: t, proxy: storetest.NewProxy(t, storetest.Postgres(t))}
	var err error
	f.world, err = sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Latency: 40 * time.Millisecond})
	must(t, err)
	t.Cleanup(func() { _ = f.world.Close() })
	f.config, err = f.world.WriteConfig()
	must(t, err)
	f.env = []string{
		"AANMANER_DATABASE=" + f.proxy.Address, "AANMANER_HELPDESK__CERB__TIMEOUT=500ms", "AANMANER_BACKOFFICE__INHOUSE__TIMEOUT=500ms",
		"AANMANER_POLICY__GRACE=3s", "AANMANER_LOG_LEVEL=warn",
	}
	cfg, err := daemon.Load(f.config, f.env)
	must(t, err)
	f.desk, err = daemon.Open(t.Context(), cfg, daemon.Options{})
	must(t, err)
	t.Cleanup(func() { _ = f.desk.Close() })
	return f
}

// serve starts one more replica, which is killed with the test.
func (f *fleet) serve() *os.Process {
	f.t.Helper()
	cmd := exec.Command(os.Args[0], "--config", f.config, "serve")
	cmd.Env = append(append(os.Environ(), asProgram+"=1"), f.env...)
	up := &listening{to: f.t.Output(), heard: make(chan struct{})}
	cmd.Stderr = up
	must(f.t, cmd.Start())
	f.t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
	select { // one that finds no database when it starts ends, and its supervisor starts it again: there is none here
	case <-up.heard:
	case <-time.After(2 * time.Minute):
		f.t.Fatal("a replica doesn't come up")
	}
	return cmd.Process
}

// listening passes on what a replica says, and tells when it is up.
type listening struct {
	to    io.Writer
	once  sync.Once
	heard chan struct{}
}

func (l *listening) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("Listening on")) {
		l.once.Do(func() { close(l.heard) })
	}
	return l.to.Write(p)
}

// until waits for something that replicas do, and says what people say meanwhile.
func (f *fleet) until(what string, is func(cases []bot.Case) bool) {
	f.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		cases, err := f.desk.Reception.Cases(context.Background(), bot.Filter{})
		if err == nil && is(cases) {
			return
		}
		if time.Now().After(deadline) {
			f.t.Fatalf("%s: not in two minutes: %v, %+v", what, err, cases)
		}
		time.Sleep(20 * time.Millisecond) // waits: for other processes
	}
}

// atRest says whether every case waits for its customer; a person who is asked has looked and says "try again".
func (f *fleet) atRest(cases []bot.Case) bool {
	f.t.Helper()
	resting := 0
	for _, c := range cases {
		switch c.State {
		case bot.Waiting:
			resting++
		case bot.Person:
			f.t.Logf("case %d asks a person: %v", c.ID, c.Reason)
			_ = f.desk.Reception.Say(context.Background(), c.ID, bot.SignalRetry, bot.Actor{Name: "Sanne Visser"}, nil, "retry "+c.Key+time.Now().String()) // said again in the next round
		}
	}
	return resting == len(cases)
}

// TestReplicasShareTheWorkAndNothingHappensTwice runs three replicas on one Postgres. One is frozen in the middle of its work
// for longer than its lease and wakes late; one is killed; the server's connections break, and its sessions are ended.
func TestReplicasShareTheWorkAndNothingHappensTwice(t *testing.T) {
	f := newFleet(t)
	customers := map[string]string{
		"10234": "administratie@jansenbouw.example", "10235": "facturen@devriesloodgieters.example",
		"10237": "marieke@post.example", "10245": "info@autobedrijfvisser.example",
	}
	frozen := f.serve()
	for id := range customers {
		startCase(t, f.desk, id)
	}
	// The first replica is alone: all leases are its own.
	f.until("the first replica is at work", func(cases []bot.Case) bool {
		at := 0
		for _, c := range cases {
			if c.Ticket.ID != "" {
				at++
			}
		}
		return at > 0
	})
	must(t, frozen.Signal(syscall.SIGSTOP))
	before := map[int64]int64{}
	f.until("the frozen one's versions are known", func(cases []bot.Case) bool {
		for _, c := range cases {
			before[c.ID] = c.Version
		}
		return len(cases) == len(customers)
	})
	killed := f.serve()
	f.serve()
	f.until("its leases have run out, and others go on", func(cases []bot.Case) bool {
		for _, c := range cases {
			if c.Version > before[c.ID]+2 {
				return true
			}
		}
		return false
	})
	must(t, killed.Kill())
	f.proxy.Cut()
	time.Sleep(700 * time.Millisecond) // waits: the server is away for so long
	f.proxy.Mend()
	f.until("all is done without the frozen one", f.atRest)
	must(t, frozen.Signal(syscall.SIGCONT))
	time.Sleep(2 * time.Second) // waits: for what the late one would do twice
	f.until("all is at rest", f.atRest)
	f.happenedOnce(customers)
}

// happenedOnce checks that every customer has felt everything once.
func (f *fleet) happenedOnce(customers map[string]string) {
	f.t.Helper()
	for id, address := range customers {
		if got := f.world.Inbox.Mails(address); len(got) != 1 {
			f.t.Errorf("customer %s got %d mails", id, len(got))
		}
		if got := f.world.Office.Notes(id); strings.Count(titles(got), "betalingsachterstand") != 1+strings.Count(titles(got), "hersteld") {
			f.t.Errorf("customer %s has the comments %s", id, titles(got))
		}
	}
	if got := f.world.Cerb.Tickets(); len(got) != len(customers) {
		f.t.Errorf("%d tickets", len(got))
	}
	effects := map[string]int{}
	for _, c := range f.world.Office.Writes() {
		if c.Status/100 == 2 && !c.Replayed {
			effects[c.Method+" "+c.Path]++
		}
	}
	for call, n := range effects {
		if n > 1 {
			f.t.Errorf("%s took effect %d times", call, n)
		}
	}
	cases, err := f.desk.Reception.Cases(context.Background(), bot.Filter{})
	must(f.t, err)
	for _, c := range cases {
		file, err := f.desk.Reception.File(context.Background(), c.ID)
		must(f.t, err)
		if err := bot.VerifyJournal(c.Key, file.Journal, file.Head); err != nil {
			f.t.Errorf("case %d: %v", c.ID, err)
		}
	}
}
