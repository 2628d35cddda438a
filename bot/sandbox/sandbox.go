// Package sandbox is a whole small world on loopback: a Cerb, a back office with twenty customers, a Slack workspace and the
// customers' inbox, all of them doubles on the wire. It gives the daemon a configuration of loopback addresses; nothing
// else differs from production. The demo and the whole-program tests run in it.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
	"github.com/aanmaner/aanmaner/snippets"
)

// The keys of the doubles. They open nothing else.
const (
	cerbAccess    = "sandbox-access"
	cerbSecret    = "sandbox-secret"
	officeToken   = "sandbox-office"
	officeSecret  = "sandbox-office-tells"
	slackToken    = "xoxb-sandbox"
	slackSigning  = "sandbox-signing"
	slackTeam     = "T0SANDBOX"
	slackApp      = "A0SANDBOX"
	CaseChannelID = "C0WANBETAAL" // #wanbetalers, where the cards go
)

// Options is what a test or the demo wants different.
type Options struct {
	Dir     string           // where the database lies
	Now     func() time.Time // nil: the machine's clock
	Latency time.Duration    // how long each call of Cerb and the back office takes
	Offer   []string         // what the back office offers; nil: everything
	Lax     bool             // Cerb's database without strict mode
	Delay   time.Duration    // between the confirmation and the first step
	Lang    string           // of the channel, and of the people in Slack: nl or en; empty: nl, but for Jacqueline
}

// Sandbox is the running world.
type Sandbox struct {
	Cerb   *cerbfake.Server
	Office *inhousefake.Server
	Slack  *slackfake.Server
	Inbox  *Inbox

	CerbURL, OfficeURL, SlackURL, InboxURL string // where people look at the doubles' pages

	hook    inhousefake.Webhook
	dir     string
	lang    string
	delay   time.Duration
	servers []*http.Server
}

// Start brings the world up.
func Start(ctx context.Context, o Options) (s *Sandbox, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	s = &Sandbox{dir: o.Dir, delay: o.Delay, lang: o.Lang}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.Inbox, err = startInbox(o.Now); err != nil {
		return s, err
	}
	l, url, err := listen(ctx)
	if err != nil {
		return s, err
	}
	s.InboxURL = url
	s.serve(l, s.Inbox)
	if err = s.startCerb(ctx, o); err == nil {
		err = s.startOffice(ctx, o)
	}
	if err == nil {
		err = s.startSlack(ctx, o)
	}
	return s, err
}

func (s *Sandbox) startCerb(ctx context.Context, o Options) error {
	l, url, err := listen(ctx)
	if err != nil {
		return err
	}
	s.CerbURL = url
	s.Cerb = cerbfake.New(cerbfake.Options{
		Now: o.Now, SMTPAddr: s.Inbox.address, StrictSQL: !o.Lax, BaseURL: url + "/index.php", Latency: o.Latency,
	})
	set, err := snippets.Load("")
	if err != nil {
		return err
	}
	castCerb(s.Cerb, set)
	mux := http.NewServeMux()
	mux.Handle("/index.php/rest/", s.Cerb)
	mux.Handle("/", s.Cerb.Pages())
	s.serve(l, mux)
	return nil
}

func (s *Sandbox) startOffice(ctx context.Context, o Options) error {
	l, url, err := listen(ctx)
	if err != nil {
		return err
	}
	s.OfficeURL = url
	s.Office = inhousefake.NewDemo(inhousefake.Options{
		Now: o.Now, Token: officeToken, Latency: o.Latency, BaseURL: url, Offer: o.Offer,
	})
	s.serve(l, s.Office.Handler())
	return nil
}

func (s *Sandbox) startSlack(ctx context.Context, o Options) error {
	l, url, err := listen(ctx)
	if err != nil {
		return err
	}
	s.SlackURL = url
	s.Slack = slackfake.New(slackfake.Options{
		SigningSecret: slackSigning, BotToken: slackToken, TeamID: slackTeam, AppID: slackApp, Now: o.Now, BaseURL: url,
		Channels: castChannels(), Users: castUsers(o.Lang),
	})
	s.serve(l, s.Slack)
	return nil
}

func listen(ctx context.Context) (net.Listener, string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	return l, "http://" + l.Addr().String(), nil
}

func (s *Sandbox) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(l) }() // ends with Close
}

// ConnectSlack tells Slack where the bot listens, as an administrator does in the app's settings.
func (s *Sandbox) ConnectSlack(address string) {
	base := "http://" + address + "/slack/"
	s.Slack.SetURLs(base+"commands", base+"interactions", "")
}

// ConnectOffice tells the back office where the bot listens to what it tells of its own accord.
func (s *Sandbox) ConnectOffice(address string) {
	s.hook = inhousefake.Webhook{URL: "http://" + address + "/backoffice/events", Secret: officeSecret}
}

// Tell has the back office tell the bot what happened since it last did, as one does with every payment.
func (s *Sandbox) Tell(ctx context.Context) error {
	status, err := s.Office.SendNew(ctx, s.hook)
	if err == nil && status != 0 && status != http.StatusNoContent {
		err = fmt.Errorf("the bot answered the back office with status %d", status)
	}
	return err
}

// Close ends the world.
func (s *Sandbox) Close() error {
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.Close())
	}
	if s.Slack != nil {
		s.Slack.Close()
	}
	if s.Inbox != nil {
		errs = append(errs, s.Inbox.close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	return nil
}
