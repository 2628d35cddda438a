package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
)

// asProgram in the environment makes the test binary the program itself, so that a test can kill it.
const asProgram = "AANMANER_TEST_AS_PROGRAM"

// TestKilledAtRandomNothingHappensTwice kills `aanmaner serve` again and again, at random moments, while cases run. Whatever
// it was doing, each customer has in the end one ticket, one mail, one comment, and every service off once. A case that
// waits for a person is asked to go on, as a person would do who has looked.
func TestKilledAtRandomNothingHappensTwice(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	ctx := context.Background()
	w, err := sandbox.Start(ctx, sandbox.Options{Dir: t.TempDir(), Latency: 15 * time.Millisecond})
	must(t, err)
	defer w.Close()
	cfg, err := w.Config()
	must(t, err)
	d, err := daemon.Open(ctx, cfg, daemon.Options{})
	must(t, err)
	defer d.Close()

	customers := map[string]string{
		"10234": "administratie@jansenbouw.example", "10235": "facturen@devriesloodgieters.example",
		"10237": "marieke@post.example", "10245": "info@autobedrijfvisser.example",
	}
	for id := range customers {
		startCase(t, d, id)
	}
	for range 25 {
		serveFor(t, w.ConfigFile(), time.Duration(50+random.IntN(400))*time.Millisecond)
	}
	finish(t, d, w.ConfigFile())
	for id, address := range customers {
		if got := w.Inbox.Mails(address); len(got) != 1 {
			t.Errorf("customer %s got %d mails", id, len(got))
		}
		if got := w.Office.Notes(id); strings.Count(titles(got), "betalingsachterstand") != 1+strings.Count(titles(got), "hersteld") {
			t.Errorf("customer %s has the comments %s", id, titles(got))
		}
	}
	if got := w.Cerb.Tickets(); len(got) != len(customers) {
		t.Errorf("%d tickets", len(got))
	}
	effects := map[string]int{}
	for _, c := range w.Office.Writes() {
		if c.Status/100 == 2 && !c.Replayed {
			effects[c.Method+" "+c.Path]++
		}
	}
	for call, n := range effects {
		if n > 1 {
			t.Errorf("%s took effect %d times", call, n)
		}
	}
}

func startCase(t *testing.T, d *daemon.Daemon, customer string) {
	t.Helper()
	req := bot.Request{CustomerID: customer, AgentEmail: "sanne@hoster.example"}
	p, err := d.Reception.Preview(context.Background(), req)
	must(t, err)
	got, err := d.Reception.Start(context.Background(), req, bot.Actor{Name: "Sanne Visser"}, p.Plan.Fingerprint(), "test:"+customer)
	must(t, err)
	if got.Preview != nil {
		t.Fatalf("customer %s: %v", customer, got.Preview.Plan.Blocked)
	}
}

// serveFor runs the program as a process of its own and kills it after a while.
func serveFor(t *testing.T, config string, life time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), life)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "--config", config, "serve") // killed by SIGKILL when ctx ends
	cmd.Env = append(os.Environ(), asProgram+"=1")
	out, err := cmd.CombinedOutput()
	if ctx.Err() == nil {
		t.Fatalf("serve ended by itself: %v\n%s", err, out)
	}
}

// finish lets the program run until every case rests, with a person who says "try again" where one is asked.
func finish(t *testing.T, d *daemon.Daemon, config string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "--config", config, "serve")
	cmd.Env = append(os.Environ(), asProgram+"=1")
	must(t, cmd.Start())
	defer func() { _, _ = cmd.Process.Kill(), cmd.Wait() }()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for asked := 0; ; {
		cases, err := d.Reception.Cases(context.Background(), bot.Filter{})
		must(t, err)
		resting := 0
		for _, c := range cases {
			switch c.State {
			case bot.Waiting:
				resting++
			case bot.Person:
				asked++
				key := "test:retry " + c.Key + time.Now().String()
				must(t, d.Reception.Say(context.Background(), c.ID, bot.SignalRetry, bot.Actor{Name: "Sanne Visser"}, nil, key))
			}
		}
		if resting == len(cases) {
			t.Logf("a person was asked %d times", asked)
			return
		}
		select {
		case <-deadline:
			t.Fatalf("not at rest: %+v", cases)
		case <-tick.C:
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}
