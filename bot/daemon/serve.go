package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aanmaner/aanmaner/bot"
)

// Serve runs the bot until ctx ends: the web server for Slack, the clerk, the cards. On SQLite it is the only one that works
// on the database, on Postgres one of any number. ready is told the address once requests are taken; nil is fine.
//
// Shutdown is ordered, so that nothing is lost: it says "not ready" (for as long as drain says), then takes no more requests
// and answers those it has, then sees the calls that are under way to their end and draws the cards a last time.
func (d *Daemon) Serve(ctx context.Context, ready func(address string)) error {
	leave, err := d.join(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	stopTracing, err := d.startTracing(ctx)
	if err != nil {
		return err
	}
	defer stopTracing()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", d.Config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	ops, err := d.listenOps(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := d.server()
	// The work outlives the requests: what they brought in is still taken up.
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return ended(server.Serve(listener)) })
	g.Go(func() error { return d.work(work) })
	g.Go(func() error { return d.serveOps(work, ops) })
	g.Go(func() error {
		<-gctx.Done()
		defer stopWork()
		return d.takeNoMore(ctx, server)
	})
	d.log.InfoContext(ctx, "serving", "address", listener.Addr().String(), "mode", d.Config.Mode)
	if ready != nil {
		ready(listener.Addr().String())
	}
	return ended(g.Wait())
}

// takeNoMore ends the taking of requests. Told to stop it first says so for a while; broken, it ends at once.
func (d *Daemon) takeNoMore(ctx context.Context, server *http.Server) error {
	d.health.stopping.Store(true)
	d.log.InfoContext(ctx, "stopping; what is under way is seen to its end")
	if d.Config.Drain > 0 && ctx.Err() != nil {
		time.Sleep(d.Config.Drain)
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return server.Shutdown(stop)
}

// listenOps opens the address for monitoring; nil where none is configured.
func (d *Daemon) listenOps(ctx context.Context) (net.Listener, error) {
	if d.Config.Metrics == "" {
		return nil, nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", d.Config.Metrics)
	if err != nil {
		return nil, fmt.Errorf("listen_metrics: %w", err)
	}
	return l, nil
}

// serveOps answers the monitoring until ctx ends: longer than requests are taken, so that "not ready" is seen.
func (d *Daemon) serveOps(ctx context.Context, l net.Listener) error {
	if l == nil {
		return nil
	}
	server := limitedServer(d.health.handler())
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // nobody waits for a last number
	defer stop()
	d.log.InfoContext(ctx, "monitoring", "address", l.Addr().String())
	return ended(server.Serve(l))
}

// work runs the clerk and Slack's background parts.
func (d *Daemon) work(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return ended(d.wake.Run(gctx)) })
	g.Go(func() error { return ended(d.store.Listen(gctx, d.woken)) })
	g.Go(func() error { return ended(d.retain(gctx)) })
	g.Go(func() error { d.aftercare.Follow(gctx); return nil })
	g.Go(func() error { d.aftercare.Run(gctx); return nil })
	g.Go(func() error { d.tickets.Run(gctx); return nil })
	g.Go(func() error { return ended(d.store.Work(gctx, d.log, d.wake.Do)) })
	if d.slack != nil {
		g.Go(func() error { return ended(d.slack.Run(gctx)) })
	}
	return g.Wait()
}

// woken passes on what the database tells: a case that another process made due, or that something was changed.
func (d *Daemon) woken(caseID int64) {
	if caseID == 0 {
		d.wake.Sweep()
		return
	}
	d.wake.Nudge(caseID)
}

// ended drops the errors that only say that something was asked to end.
func ended(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (d *Daemon) server() *http.Server {
	mux := http.NewServeMux()
	d.health.probes(mux)
	mux.HandleFunc(webhookPath, d.takeEvents)
	if d.slack != nil {
		mux.Handle("/slack/", d.health.traced(d.slack.Handler()))
	}
	return limitedServer(mux)
}

// limitedServer answers within bounds of time and size.
func limitedServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10,
	}
}

// Follow waits until a case rests: it waits for payment, for a person, for a time, or has ended. Where no other process
// works on the database, this one does. seen is told of the case's journal lines after the first told ones, as they come.
func (d *Daemon) Follow(ctx context.Context, caseID int64, told int, seen func(bot.Entry)) (bot.File, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	leave, err := d.join(ctx, true)
	working := make(chan error, 1)
	switch {
	case err == nil:
		defer leave()
		go func() { working <- d.work(ctx) }()
		d.wake.Nudge(caseID)
		defer func() { cancel(); <-working }()
	case !errors.Is(err, bot.ErrLocked):
		return bot.File{}, err
	}
	return d.watch(ctx, caseID, told, seen)
}

// watch polls the case's rows, since another process may be the one that works on it.
func (d *Daemon) watch(ctx context.Context, caseID int64, told int, seen func(bot.Entry)) (bot.File, error) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		f, err := d.Reception.File(ctx, caseID)
		if err != nil {
			return f, err
		}
		for ; told < len(f.Journal); told++ {
			seen(f.Journal[told])
		}
		if d.rests(f) {
			return f, nil
		}
		select {
		case <-ctx.Done():
			return f, ctx.Err()
		case <-tick.C:
		}
	}
}

// rests says whether nothing more will happen to the case soon.
func (d *Daemon) rests(f bot.File) bool {
	c := f.Case
	switch c.State {
	case bot.Confirming:
		return false
	case bot.Running, bot.Restoring:
		return c.DueAt.After(d.now().Add(10 * time.Second))
	case bot.Approving, bot.Waiting, bot.Held, bot.Person: // due: it has not heard what was said, or has its comment to write
		return c.DueAt.After(d.now().Add(time.Second))
	}
	return true
}
