package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
)

// logged keeps a log and finds addresses in it.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) find(form string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m := regexp.MustCompile(form).FindStringSubmatch(l.text.String()); m != nil {
		return m[1]
	}
	return ""
}

// Each number that the program gives to monitoring is told of in the guide, and none that it doesn't give.
func TestTheGuideTellsOfEachMetric(t *testing.T) {
	world, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir()})
	must(t, err)
	defer world.Close()
	cfg, err := world.Config()
	must(t, err)
	cfg.Metrics = "127.0.0.1:0"
	var log logged
	d, err := daemon.Open(t.Context(), cfg, daemon.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	must(t, err)
	defer d.Close()
	startCase(t, d, "10234")
	seenThrough(t, d, 1)
	served, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- d.Serve(t.Context(), func(address string) { served <- address }) }()
	select {
	case <-served:
	case err := <-ended:
		t.Fatal(err)
	}
	var address string
	for address == "" {
		address = log.find(`msg=monitoring address=(\S+)`)
		time.Sleep(time.Millisecond) // waits: the line is written at about the time that the address of serve is told
	}
	resp, err := http.Get("http://" + address + "/metrics")
	must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	given := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (aanmaner_\w+)`).FindAllStringSubmatch(string(body), -1) {
		given[m[1]] = true
	}
	told := map[string]bool{}
	for _, words := range spoken(readGuide(t)["docs/operate.md"]) {
		for _, name := range regexp.MustCompile(`aanmaner_\w+`).FindAllString(words, -1) {
			told[name] = true
			if !given[name] {
				t.Errorf("the guide tells of %s, which the program doesn't give", name)
			}
		}
	}
	for name := range given {
		if !told[name] {
			t.Errorf("docs/operate.md doesn't tell of %s", name)
		}
	}
	if len(given) < 10 {
		t.Errorf("only %d metrics", len(given))
	}
}

// Each finding of doctor leads to a line of the guide that is about it.
func TestTheGuideTellsOfEachFinding(t *testing.T) {
	world, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir()})
	must(t, err)
	defer world.Close()
	g := readGuide(t)
	for _, change := range []func(*daemon.Config){
		func(*daemon.Config) {},
		func(c *daemon.Config) { c.Slack = daemon.Slack{} },
		func(c *daemon.Config) {
			c.Slack.AllowedGroups, c.Slack.FallbackChannel = []string{"S012AB3CD"}, "C067GH8IJ"
		},
		func(c *daemon.Config) {
			c.Helpdesk.Cerb.URL, c.BackOffice.InHouse.URL = "http://127.0.0.1:1", "http://127.0.0.1:1"
		},
	} {
		leadToTheGuide(t, g, world, change)
	}
	t.Run("PostgreSQL", func(t *testing.T) {
		server := storetest.NewServer(t) // its fsync is off
		server.Standby()
		found := leadToTheGuide(t, g, world, func(c *daemon.Config) { c.Database = server.Address })
		for name, status := range map[string]string{"database: durability": "wrong", "database: standby": "note"} {
			if found[name] != status {
				t.Errorf("%s is %q", name, found[name])
			}
		}
	})
}

// leadToTheGuide holds what doctor finds against the guide, and gives the findings' status by their names.
func leadToTheGuide(t *testing.T, g map[string]string, world *sandbox.Sandbox, change func(*daemon.Config)) (found map[string]string) {
	t.Helper()
	cfg, err := world.Config()
	must(t, err)
	change(&cfg)
	d, err := daemon.Open(t.Context(), cfg, daemon.Options{})
	must(t, err)
	found = map[string]string{}
	for _, f := range d.Doctor(t.Context()) {
		found[f.Name] = f.Status
		page, place, _ := strings.Cut(f.Page, "#")
		line := regexp.MustCompile(fmt.Sprintf("<a id=%q></a>`([^`]+)`", place)).FindStringSubmatch(g["docs/"+page])
		if line == nil || !strings.HasPrefix(f.Name, line[1]) {
			t.Errorf("the finding %q leads to %s, which is not about it", f.Name, f.Page)
		}
	}
	must(t, d.Close())
	return found
}
