package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
)

// benchCases is how many cases are carried out by each number of replicas.
const benchCases = 96

// BenchmarkReplicas carries cases out on Postgres, with 100 ms for every call of Cerb and the back office, by one replica and
// by three, and reports how many are done a second:
//
//	go test -run '^$' -bench Replicas -benchtime 1x ./cmd/aanmaner
func BenchmarkReplicas(b *testing.B) {
	for b.Loop() {
		one := casesPerSecond(b, 1)
		three := casesPerSecond(b, 3)
		b.ReportMetric(one, "cases/s-of-1")
		b.ReportMetric(three, "cases/s-of-3")
		b.ReportMetric(three/one, "3-to-1")
	}
}

func casesPerSecond(b *testing.B, replicas int) float64 {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w, err := sandbox.Start(ctx, sandbox.Options{Dir: b.TempDir(), Latency: 100 * time.Millisecond})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	daemons := make([]*daemon.Daemon, replicas)
	address := storetest.Postgres(b)
	for i := range daemons {
		if daemons[i], err = openReplica(ctx, w, address); err != nil {
			b.Fatal(err)
		}
		defer daemons[i].Close()
	}
	startMany(b, w, daemons[0], 0, benchCases)
	begun := time.Now()
	var all sync.WaitGroup
	for _, d := range daemons {
		all.Go(func() {
			if err := d.Serve(ctx, nil); err != nil {
				b.Error(err)
			}
		})
	}
	for waiting := 0; waiting < benchCases; {
		time.Sleep(50 * time.Millisecond) // waits: for the daemons
		cases, err := daemons[0].Reception.Cases(ctx, bot.Filter{States: []bot.State{bot.Waiting, bot.Person}})
		if err != nil {
			b.Fatal(err)
		}
		waiting = len(cases)
	}
	took := time.Since(begun)
	cancel()
	all.Wait()
	if mails := len(w.Inbox.Mails("klant1@bench.example")); mails != 1 {
		b.Errorf("the first customer got %d mails", mails)
	}
	return benchCases / took.Seconds()
}

// openReplica opens a daemon without Slack, which takes a message a second for each channel and would set the pace.
func openReplica(ctx context.Context, w *sandbox.Sandbox, address string, env ...string) (*daemon.Daemon, error) {
	path, err := w.WriteConfig()
	if err != nil {
		return nil, err
	}
	cfg, err := daemon.Load(path, append(env, "AANMANER_DATABASE="+address, "AANMANER_POLICY__MAX_PER_AGENT_DAY=0", "AANMANER_LOG_LEVEL=error"))
	if err != nil {
		return nil, err
	}
	cfg.Slack = daemon.Default().Slack
	return daemon.Open(ctx, cfg, daemon.Options{})
}

// startMany makes customers who have not paid, the first of them with a number, and starts a case for each.
func startMany(b *testing.B, w *sandbox.Sandbox, d *daemon.Daemon, from, many int) {
	b.Helper()
	like := w.Office.Customer("10234")
	slots := make(chan struct{}, 16)
	var all sync.WaitGroup
	for n := from; n < from+many; n++ {
		id := benchCustomer(n)
		c := like
		c.ID, c.Number, c.Name = id, id, "Klant "+id
		c.Addresses = []inhousefake.Address{like.Addresses[0]}
		c.Addresses[0].Email = fmt.Sprintf("klant%d@bench.example", n+1)
		var services []inhousefake.Service
		for i, s := range w.Office.Services("10234") {
			s.ID, s.CustomerID = fmt.Sprintf("%s-%d", id, i), id
			services = append(services, s)
		}
		var invoices []inhousefake.Invoice
		for i, v := range w.Office.Invoices("10234") {
			v.ID, v.CustomerID, v.Number, v.ServiceIDs = fmt.Sprintf("inv%s-%d", id, i), id, fmt.Sprintf("%s-%d", id, i), nil
			invoices = append(invoices, v)
		}
		if err := w.Office.AddCustomer(c, invoices, services); err != nil {
			b.Fatal(err)
		}
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			if err := startOne(d, id); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
}

func startOne(d *daemon.Daemon, customer string) error {
	req := bot.Request{CustomerID: customer, AgentEmail: "sanne@hoster.example"}
	p, err := d.Reception.Preview(context.Background(), req)
	if err != nil {
		return err
	}
	got, err := d.Reception.Start(context.Background(), req, bot.Actor{Name: "Sanne Visser"}, p.Plan.Fingerprint(), "bench:"+customer)
	if err == nil && got.Preview != nil {
		err = fmt.Errorf("customer %s: %v", customer, got.Preview.Plan.Blocked)
	}
	return err
}
