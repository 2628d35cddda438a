package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot/sandbox"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"aanmaner": main})
}

// TestScripts runs every script in testdata/script through the real main, in a world of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", Setup: setUp, UpdateScripts: os.Getenv("UPDATE") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"office": officeCommand, "cerb": cerbCommand, "count": countCommand, "service": serviceCommand, "writes": writesCommand,
			"exits": exitsCommand, "until": untilCommand,
		},
	})
}

// setUp brings a world up for one script; its configuration lies in the script's folder as aanmaner.yaml.
func setUp(env *testscript.Env) error {
	world, err := sandbox.Start(context.Background(), sandbox.Options{Dir: env.WorkDir})
	if err != nil {
		return err
	}
	env.Defer(func() { _ = world.Close() })
	if _, err := world.WriteConfig(); err != nil {
		return err
	}
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		return err
	}
	env.Values["world"] = world
	env.Setenv("CANCEL_ON", string(backoffice.DateOf(time.Now(), zone).AddDays(28)))
	for _, n := range []int{-1, 0, 3, 7, 35, 200} { // days from today: $IN_7
		env.Setenv(fmt.Sprintf("IN_%d", n), string(backoffice.DateOf(time.Now(), zone).AddDays(n)))
	}
	listen, err := freeAddress()
	if err != nil {
		return err
	}
	env.Setenv("LISTEN", listen)
	env.Setenv("NO_COLOR", "1")
	return nil
}

func world(ts *testscript.TestScript) *sandbox.Sandbox { return ts.Value("world").(*sandbox.Sandbox) }

// officeCommand: office pay CUSTOMER | office part CUSTOMER CENTS | office reverse CUSTOMER | office tell | office note CUSTOMER TITLE TEXT | office suspend SERVICE WHY |
// office fault BREAK-OR-STATUS before|after TIMES OPERATION | office heal.
func officeCommand(ts *testscript.TestScript, _ bool, args []string) {
	office := world(ts).Office
	switch args[0] {
	case "pay":
		ts.Check(office.Pay(args[1]))
	case "part":
		cents, err := strconv.ParseInt(args[2], 10, 64)
		ts.Check(err)
		ts.Check(office.PayPart(args[1], cents))
	case "note":
		_, err := office.TypeNote(args[1], "Jacqueline de Vries", args[2], args[3])
		ts.Check(err)
	case "fault":
		when := inhousefake.Before
		if args[2] == "after" {
			when = inhousefake.After
		}
		times, err := strconv.Atoi(args[3])
		ts.Check(err)
		f := inhousefake.Fault{Operation: args[4], When: when, Break: inhousefake.Break(args[1]), Times: times}
		if status, err := strconv.Atoi(args[1]); err == nil {
			f.Break, f.Status = inhousefake.Status, status
		}
		office.Inject(f)
	case "heal":
		office.Heal()
	case "reverse":
		ts.Check(office.Reverse(args[1]))
	case "tell": // office tell: the payments and changes since the last time, to the bot at $LISTEN
		world(ts).ConnectOffice(ts.Getenv("LISTEN"))
		ts.Check(tell(world(ts)))
	case "suspend":
		ts.Check(office.SuspendAs("abuse desk", args[1], args[2]))
	default:
		ts.Fatalf("office %s is not known", args[0])
	}
}

// cerbCommand: cerb mail up|down | cerb sql lax|strict | cerb fault KIND before|after TIMES PATH | cerb heal | cerb write FROM SUBJECT, a new ticket.
func cerbCommand(ts *testscript.TestScript, _ bool, args []string) {
	cerb := world(ts).Cerb
	switch args[0] {
	case "mail":
		cerb.SetMail(args[1] == "up")
	case "sql":
		cerb.SetStrictSQL(args[1] == "strict")
	case "heal":
		cerb.Fault(nil)
	case "write":
		_, err := cerb.CustomerWrites(args[1], args[2], "Wat is er aan de hand?")
		ts.Check(err)
	case "fault":
		kinds := map[string]cerbfake.FaultKind{
			"500": cerbfake.Fault500, "502": cerbfake.Fault502, "truncated": cerbfake.FaultTruncated, "oversize": cerbfake.FaultOversize,
			"reset": cerbfake.FaultReset, "hang": cerbfake.FaultHang, "error": cerbfake.FaultError, "garbage": cerbfake.FaultGarbage,
		}
		kind, ok := kinds[args[1]]
		if !ok {
			ts.Fatalf("fault %s is not known", args[1])
		}
		times, err := strconv.ParseInt(args[3], 10, 64)
		ts.Check(err)
		var left atomic.Int64
		left.Store(times)
		cerb.Fault(func(r *http.Request) cerbfake.Fault {
			if !strings.Contains(r.URL.Path, args[4]) || left.Add(-1) < 0 {
				return cerbfake.Fault{}
			}
			return cerbfake.Fault{Kind: kind, AfterEffect: args[2] == "after"}
		})
	default:
		ts.Fatalf("cerb %s is not known", args[0])
	}
}

// freeAddress is one on which a script's own `aanmaner serve` can listen.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// exitsCommand: exits CODE PROGRAM ARGUMENTS, which has to end with that code.
func exitsCommand(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	var code *exec.ExitError
	if !errors.As(err, &code) || strconv.Itoa(code.ExitCode()) != args[0] {
		ts.Fatalf("ended with %v, want %s", err, args[0])
	}
}

// untilCommand: until PATTERN PROGRAM ARGUMENTS, again and again until it prints what matches.
func untilCommand(ts *testscript.TestScript, _ bool, args []string) {
	want := regexp.MustCompile(args[0])
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) { // waits: another process works
		ts.Check(ts.Exec(args[1], args[2:]...))
		if want.MatchString(ts.ReadFile("stdout")) {
			return
		}
	}
	ts.Fatalf("%q was not printed", args[0])
}

// tell tells the bot; one that was started just now doesn't listen yet.
func tell(w *sandbox.Sandbox) (err error) {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) { // waits: another process starts
		if err = w.Tell(context.Background()); !errors.Is(err, syscall.ECONNREFUSED) {
			return err
		}
	}
	return err
}

// titles lists the titles of comments.
func titles(notes []inhousefake.Note) string {
	var out []string
	for _, n := range notes {
		out = append(out, n.Title)
	}
	return strings.Join(out, ", ")
}

// countCommand: count mails ADDRESS N | count tickets N | count notes CUSTOMER N | count comments TEXT N, those in Cerb with the text.
func countCommand(ts *testscript.TestScript, _ bool, args []string) {
	w := world(ts)
	want, err := strconv.Atoi(args[len(args)-1])
	ts.Check(err)
	got := -1
	switch args[0] {
	case "mails":
		got = len(w.Inbox.Mails(args[1]))
	case "tickets":
		got = len(w.Cerb.Tickets())
	case "comments":
		got = 0
		for _, t := range w.Cerb.Tickets() {
			for _, c := range t.Comments {
				if strings.Contains(c.Text, args[1]) {
					got++
				}
			}
		}
	case "notes":
		got = len(w.Office.Notes(args[1]))
	}
	if got != want {
		ts.Fatalf("%s: %d, want %d", strings.Join(args[:len(args)-1], " "), got, want)
	}
}

// serviceCommand: service CUSTOMER LABEL STATE [DAY of the cancellation, or "kept"].
func serviceCommand(ts *testscript.TestScript, _ bool, args []string) {
	for _, s := range world(ts).Office.Services(args[0]) {
		if s.Label != args[1] {
			continue
		}
		end := "kept"
		if s.Cancellation != nil {
			end = s.Cancellation.At
		}
		if s.State != args[2] || len(args) > 3 && end != args[3] {
			ts.Fatalf("%s is %s, %s", s.Label, s.State, end)
		}
		return
	}
	ts.Fatalf("customer %s has no service %s", args[0], args[1])
}

// writesCommand: writes N, the number of calls that wanted to change something in the back office.
func writesCommand(ts *testscript.TestScript, _ bool, args []string) {
	if got := len(world(ts).Office.Writes()); strconv.Itoa(got) != args[0] {
		ts.Fatalf("%d writes, want %s", got, args[0])
	}
}
