package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
)

// copying takes a copy of the database after each transaction that wrote something about a case.
type copying struct {
	bot.Store
	take func() error
}

func (c copying) InTx(ctx context.Context, f func(bot.Tx) error) error {
	wrote := false
	if err := c.Store.InTx(ctx, func(tx bot.Tx) error { return f(noting{tx, &wrote}) }); err != nil || !wrote {
		return err
	}
	return c.take()
}

// noting notes that something was written.
type noting struct {
	bot.Tx
	wrote *bool
}

func (n noting) UpdateCase(ctx context.Context, c *bot.Case, l bot.Lease) error {
	*n.wrote = true
	return n.Tx.UpdateCase(ctx, c, l)
}

func (n noting) PutIntent(ctx context.Context, in bot.Intent, l bot.Lease) error {
	*n.wrote = true
	return n.Tx.PutIntent(ctx, in, l)
}

// TestFromNoOlderCopyAnythingHappensTwice puts back the state that the database had after each of its transactions, when all
// of the case had been done in truth, and goes on from there as a person would. Nothing happens a second time.
func TestFromNoOlderCopyAnythingHappensTwice(t *testing.T) {
	ctx := t.Context()
	w, err := sandbox.Start(ctx, sandbox.Options{Dir: t.TempDir()})
	must(t, err)
	defer w.Close()
	cfg, err := w.Config()
	must(t, err)
	dir := t.TempDir()
	var copies []string
	var mu sync.Mutex
	take := func() error {
		mu.Lock() // services are worked on side by side
		defer mu.Unlock()
		copies = append(copies, filepath.Join(dir, fmt.Sprintf("copy-%03d.db", len(copies))))
		return daemon.Backup(ctx, cfg, copies[len(copies)-1])
	}
	d, err := daemon.Open(ctx, cfg, daemon.Options{DecorateS: func(s bot.Store) bot.Store { return copying{s, take} }})
	must(t, err)
	startCase(t, d, "10234")
	seenThrough(t, d, 1)
	must(t, d.Close())
	once(t, w, "before anything was put back")

	tried := 0
	for n, file := range copies {
		if n%3 != 0 && !testing.Verbose() { // a third of them is enough for each day
			continue
		}
		older := cfg
		older.Database = filepath.Join(dir, "older", filepath.Base(file))
		_, err := daemon.PutBack(ctx, older, file)
		must(t, err)
		tried += goOn(t, older)
		once(t, w, filepath.Base(file))
	}
	if tried < 5 {
		t.Errorf("only %d of %d copies had a running case", tried, len(copies))
	}
}

// goOn makes a copy fit for work and works on its case, if it has one, until that waits for payment. It answers how many
// cases were handed to a person.
func goOn(t *testing.T, cfg daemon.Config) int {
	t.Helper()
	d, err := daemon.Open(t.Context(), cfg, daemon.Options{})
	must(t, err)
	defer d.Close()
	if err := d.Serve(t.Context(), nil); !strings.Contains(fmt.Sprint(err), "back-up copy") {
		t.Fatalf("serve works on a copy that nobody has looked at: %v", err)
	}
	parked, err := d.Reception.Restored(t.Context(), bot.Actor{Name: "Erik Mulder"})
	must(t, err)
	for _, c := range parked {
		seenThrough(t, d, c.ID)
	}
	return len(parked)
}

// seenThrough follows a case until it waits for payment. A person who is asked for the mail has seen it in Cerb; otherwise
// the bot is told to go on.
func seenThrough(t *testing.T, d *daemon.Daemon, id int64) {
	t.Helper()
	for turn := range 12 {
		f, err := d.Reception.File(t.Context(), id)
		must(t, err)
		if f.Case.State == bot.Person {
			kind, said := bot.SignalRetry, bot.HandWorkDone{}
			if f.Case.Reason.Code == "notice_unknown" {
				kind, said = bot.SignalByHand, bot.HandWorkDone{Step: bot.SendNotice, Note: "seen in Cerb"}
			}
			must(t, d.Reception.Say(t.Context(), id, kind, bot.Actor{Name: "Sanne Visser"}, said, fmt.Sprintf("test:%d", turn)))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		f, err = d.Follow(ctx, id, 0, func(bot.Entry) {})
		cancel()
		if err != nil {
			f, _ = d.Reception.File(t.Context(), id)
			t.Fatalf("%v: case %d is %s %v at %s, due %s, course %+v\n%+v\n%+v", err, id, f.Case.State, f.Case.Reason, f.Case.Step, f.Case.DueAt, f.Case.Course, f.Intents, f.Journal)
		}
		if f.Case.State == bot.Waiting {
			must(t, bot.VerifyCase(f.Case, f.Journal, f.Head))
			return
		}
	}
	t.Fatalf("case %d does not come to rest", id)
}

// once says that all of the case of customer 10234 was done once.
func once(t *testing.T, w *sandbox.Sandbox, when string) {
	t.Helper()
	if n := len(w.Inbox.Mails("administratie@jansenbouw.example")); n != 1 {
		t.Fatalf("%s: %d mails", when, n)
	}
	if n := len(w.Cerb.Tickets()); n != 1 {
		t.Fatalf("%s: %d tickets", when, n)
	}
	if n := strings.Count(titles(w.Office.Notes("10234")), "betalingsachterstand"); n != 1 {
		t.Fatalf("%s: %d comments", when, n)
	}
	effects := map[string]int{}
	for _, c := range w.Office.Writes() {
		if effects[c.Method+" "+c.Path]++; c.Status/100 == 2 && !c.Replayed && effects[c.Method+" "+c.Path] > 1 {
			t.Fatalf("%s: %s took effect twice", when, c.Method+" "+c.Path)
		}
	}
}

// TestADumpOfPostgresIsPutBack does on PostgreSQL what the guide says, with its own tools and the command that backup prints.
func TestADumpOfPostgresIsPutBack(t *testing.T) {
	server := os.Getenv("AANMANER_TEST_POSTGRES")
	if server == "" {
		t.Skip("AANMANER_TEST_POSTGRES names no server; go run ./cmd/check starts one")
	}
	ctx := t.Context()
	w, err := sandbox.Start(ctx, sandbox.Options{Dir: t.TempDir()})
	must(t, err)
	defer w.Close()
	cfg, err := w.Config()
	must(t, err)
	cfg.Database = emptyDatabase(t, server)
	d, err := daemon.Open(ctx, cfg, daemon.Options{})
	must(t, err)
	startCase(t, d, "10234")

	dump := filepath.Join(t.TempDir(), "cases.dump")
	postgresTool(t, cfg.Database, strings.NewReplacer("'", "").Replace(daemon.BackupCommand(cfg, dump)))
	seenThrough(t, d, 1) // all of it is done after the dump was made
	must(t, d.Close())

	older := cfg
	older.Database = emptyDatabase(t, server)
	postgresTool(t, older.Database, "pg_restore --no-owner --exit-on-error --dbname="+
		strings.SplitAfter(daemon.BackupCommand(older, ""), "--dbname=")[1]+" "+dump)
	d, err = daemon.Open(ctx, older, daemon.Options{})
	must(t, err)
	defer d.Close()
	parked, err := d.Reception.Restored(ctx, bot.Actor{Name: "Erik Mulder"})
	must(t, err)
	if len(parked) != 1 {
		t.Fatalf("%d cases were handed to a person", len(parked))
	}
	seenThrough(t, d, 1)
	once(t, w, "after the dump was put back")
}

// emptyDatabase makes a database on the server that goes with the test.
func emptyDatabase(t *testing.T, server string) (address string) {
	t.Helper()
	name := "aanmaner_" + strings.ToLower(rand.Text())
	onServer := func(statement string) {
		conn, err := pgx.Connect(context.WithoutCancel(t.Context()), server)
		must(t, err)
		defer conn.Close(context.WithoutCancel(t.Context()))
		_, err = conn.Exec(context.WithoutCancel(t.Context()), statement)
		must(t, err)
	}
	onServer("CREATE DATABASE " + name)
	t.Cleanup(func() { onServer("DROP DATABASE " + name + " WITH (FORCE)") })
	u, err := url.Parse(server)
	must(t, err)
	u.Path = "/" + name
	return u.String()
}

// postgresTool runs a tool of PostgreSQL, with the password that the command leaves out.
func postgresTool(t *testing.T, address, line string) {
	t.Helper()
	words := strings.Fields(strings.ReplaceAll(line, "'", ""))
	program, err := exec.LookPath(words[0])
	if err != nil { // Debian keeps each version's tools in a folder of its own
		found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + words[0])
		must(t, err)
		if len(found) == 0 {
			t.Fatalf("there is a server and no %s", words[0])
		}
		program = found[len(found)-1]
	}
	u, err := url.Parse(address)
	must(t, err)
	password, _ := u.User.Password()
	cmd := exec.CommandContext(t.Context(), program, words[1:]...)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+password, "PGSSLMODE="+u.Query().Get("sslmode"))
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, said)
	}
}
