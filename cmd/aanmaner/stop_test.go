package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
)

// served is `aanmaner serve` as a process of its own.
type served struct {
	t     *testing.T
	cmd   *exec.Cmd
	at    string // where it takes Slack's requests
	ops   string // where it answers the monitoring
	lines chan string
}

// serve starts it in a world, with more in its environment.
func serve(t *testing.T, world *sandbox.Sandbox, environ ...string) *served {
	t.Helper()
	config, err := world.WriteConfig()
	if err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, lines: make(chan string, 100)}
	s.cmd = exec.Command(aanmaner(t), "--config", config, "serve")
	s.cmd.Env = append(os.Environ(), append([]string{"AANMANER_LISTEN_METRICS=127.0.0.1:0"}, environ...)...)
	said, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	go func() {
		defer close(s.lines)
		for l := bufio.NewScanner(said); l.Scan(); {
			s.lines <- l.Text()
		}
	}()
	for s.at == "" || s.ops == "" {
		select {
		case line, ok := <-s.lines:
			if !ok {
				t.Fatal("it ended")
			}
			if rest, ok := strings.CutPrefix(line, "Listening on "); ok {
				s.at, _, _ = strings.Cut(rest, ",")
			}
			if _, rest, ok := strings.Cut(line, "msg=monitoring address="); ok {
				s.ops = strings.TrimSpace(rest)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("it doesn't listen")
		}
	}
	world.ConnectSlack(s.at)
	return s
}

// aanmaner builds the program once a test.
func aanmaner(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "aanmaner")
	if said, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return path
}

// get asks the monitoring's address.
func (s *served) get(path string) (int, string) {
	s.t.Helper()
	resp, err := http.Get("http://" + s.ops + path)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// Told to stop in the middle of a termination, the process sees its calls to their end, says meanwhile that it is not ready,
// and ends well; the next one goes on, and nothing was done twice.
func TestAStopInTheMiddleLosesNothing(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	world, err := sandbox.Start(ctx, sandbox.Options{Dir: t.TempDir(), Latency: 150 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close() //nolint:errcheck // the end of the test
	first := serve(t, world, "AANMANER_DRAIN=1s")
	if status, body := first.get("/readyz"); status != http.StatusOK || !strings.Contains(body, `"ready":true`) {
		t.Errorf("ready: %d %s", status, body)
	}
	start(t, world, "10234")
	wait(t, ctx, "the first ticket", func() bool { return len(world.Cerb.Tickets()) > 0 })
	if err := first.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	wait(t, ctx, "not ready any more", func() bool { status, _ := first.get("/readyz"); return status == http.StatusServiceUnavailable })
	for range first.lines { // until its last line
	}
	if err := first.cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	second := serve(t, world)
	wait(t, ctx, "the comment", func() bool { return len(world.Office.Notes("10234")) > 0 })
	wait(t, ctx, "the numbers", func() bool {
		_, body := second.get("/metrics")
		return strings.Contains(body, `aanmaner_cases{state="waiting"} 1`)
	})
	if n, m := len(world.Cerb.Tickets()), len(world.Inbox.Mails("")); n != 1 || m != 1 {
		t.Errorf("%d tickets and %d mails", n, m)
	}
}

// start confirms a termination on the rows, as another process does.
func start(t *testing.T, world *sandbox.Sandbox, customer string) {
	t.Helper()
	cfg, err := world.Config()
	if err != nil {
		t.Fatal(err)
	}
	d, err := daemon.Open(t.Context(), cfg, daemon.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close() //nolint:errcheck // only read from here on
	req := bot.Request{CustomerID: customer, AgentEmail: "sanne@hoster.example"}
	p, err := d.Reception.Preview(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.Reception.Start(t.Context(), req, bot.Actor{Name: "Sanne Visser"}, p.Plan.Fingerprint(), "stop:"+customer); err != nil || got.Preview != nil {
		t.Fatalf("%+v, %v", got, err)
	}
}

func wait(t *testing.T, ctx context.Context, what string, holds func() bool) {
	t.Helper()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
