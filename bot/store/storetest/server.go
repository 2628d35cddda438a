package storetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	serverUser = "aanmaner"
	// serverTime is how long a server may take to be made, to start, to follow, or to stop, on a busy machine.
	serverTime = 90 * time.Second
)

// Server is a PostgreSQL of the test's own, which can be restarted, crash, and be followed by a standby. It is stopped and
// removed with the test.
type Server struct {
	Address string // of its database; its user may do everything

	t        testing.TB
	bin      string // the folder of PostgreSQL's programs
	dir      string // holds the data, the socket and the log
	port     string
	password string
	settings []string // name=value
	owner    *syscall.Credential
	cmd      *exec.Cmd
	ended    chan struct{} // closed when the process has ended; nil: none was started
}

// NewServer makes an empty server with these settings (name=value) and starts it. Nothing is forced to disk unless fsync=on is
// among them: what a process has written outlives its crash all the same. The test is skipped where there is no PostgreSQL.
func NewServer(t testing.TB, settings ...string) *Server {
	t.Helper()
	s := &Server{t: t, bin: postgresPrograms(t), password: rand.Text(), settings: settings}
	s.furnish()
	secret := filepath.Join(s.dir, "password")
	s.must(os.WriteFile(secret, []byte(s.password+"\n"), 0o600))
	s.own(secret)
	s.run("initdb", "--pgdata", s.data(), "--username", serverUser, "--pwfile", secret, "--auth", "scram-sha-256",
		"--encoding", "UTF8", "--locale", "C", "--no-sync")
	s.Start()
	return s
}

// postgresPrograms is the folder of the programs: that of the one on the PATH, or the newest where Debian puts them.
func postgresPrograms(t testing.TB) string {
	t.Helper()
	program, err := exec.LookPath("postgres")
	if err != nil {
		all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres") // the pattern is sound
		slices.SortFunc(all, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
		if len(all) == 0 {
			t.Skip("there is no PostgreSQL on this machine: no postgres on the PATH, none in /usr/lib/postgresql")
		}
		program = all[len(all)-1]
	}
	real, err := filepath.EvalSymlinks(program)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(real)
}

// furnish gives the server a folder that the user it runs as owns, and a free port on loopback.
func (s *Server) furnish() {
	s.t.Helper()
	s.owner = ordinaryUser(s.t)
	dir, err := os.MkdirTemp("", "aanmaner-pg-") // not the test's: its parents are closed to other users
	s.must(err)
	s.t.Cleanup(func() { s.stop(syscall.SIGQUIT); _ = os.RemoveAll(dir) })
	s.dir = dir
	s.own(dir)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	_, s.port, err = net.SplitHostPort(l.Addr().String())
	s.must(err)
	s.must(l.Close())
	s.Address = fmt.Sprintf("postgres://%s:%s@127.0.0.1:%s/postgres?sslmode=disable", serverUser, s.password, s.port)
}

// Start starts a server that has stopped or crashed, on the port that it had, and waits until it answers.
func (s *Server) Start() {
	s.t.Helper()
	deadline := time.Now().Add(serverTime)
	for !s.tryStart(deadline) {
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(s.log())
			s.t.Fatalf("PostgreSQL does not start:\n%s", log)
		}
		time.Sleep(50 * time.Millisecond) // waits: for what is left of a crashed one to give its memory back
	}
}

func (s *Server) tryStart(deadline time.Time) bool {
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	s.must(err)
	defer log.Close()
	args := []string{"-D", s.data(), "-p", s.port, "-h", "127.0.0.1", "-k", s.dir,
		"-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=60"}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	cmd, ended := s.command(context.Background(), "postgres", args...), make(chan struct{})
	cmd.Stdout, cmd.Stderr = log, log
	withUs(cmd.SysProcAttr)
	s.must(cmd.Start())
	s.cmd, s.ended = cmd, ended
	go func() { _ = cmd.Wait(); close(ended) }()
	for time.Now().Before(deadline) {
		select {
		case <-ended:
			return false
		default:
		}
		if s.command(context.Background(), "pg_isready", "-q", "-h", "127.0.0.1", "-p", s.port).Run() == nil {
			return true
		}
		time.Sleep(50 * time.Millisecond) // waits: for another process
	}
	return false
}

// Stop stops the server in order, as pg_ctl's fast mode does: sessions are ended, what they were about is undone.
func (s *Server) Stop() { s.stop(syscall.SIGINT) }

// Restart stops the server in order and starts it again.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	s.Start()
}

// Crash kills every process of the server at once, as an operating system without memory does. See Start.
func (s *Server) Crash() {
	s.signal(syscall.SIGSTOP) // the first of them starts no more
	s.signal(syscall.SIGKILL)
	<-s.ended
}

// Freeze stops every process of the server without ending it, as a machine does that hangs: connections stay open, and
// nothing answers. It lasts until Crash or the end of the test.
func (s *Server) Freeze() { s.signal(syscall.SIGSTOP) }

// signal sends a signal to every process of the server, the first of them last.
func (s *Server) signal(signal syscall.Signal) {
	select {
	case <-s.ended:
		return // its number may be another's by now
	default:
	}
	if signal == syscall.SIGSTOP {
		_ = s.cmd.Process.Signal(signal)
	}
	for _, child := range childrenOf(s.cmd.Process.Pid) {
		_ = syscall.Kill(child, signal)
	}
	_ = s.cmd.Process.Signal(signal)
}

// stop sends the process a signal and waits until it has ended; one that doesn't is killed.
func (s *Server) stop(signal syscall.Signal) {
	if s.ended == nil {
		return
	}
	s.signal(syscall.SIGCONT) // it may be frozen
	_ = s.cmd.Process.Signal(signal)
	select {
	case <-s.ended:
	case <-time.After(20 * time.Second):
		s.Crash()
	}
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) log() string { return filepath.Join(s.dir, "log") }

// run runs one of PostgreSQL's programs to its end.
func (s *Server) run(program string, args ...string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), serverTime)
	defer cancel()
	if text, err := s.command(ctx, program, args...).CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s", program, err, text)
	}
}

// command is a program run as the server's user, with nothing of our environment.
func (s *Server) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, program), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, &syscall.SysProcAttr{Credential: s.owner}
	cmd.Env = []string{"PATH=" + s.bin + ":/usr/bin:/bin", "LC_ALL=C", "HOME=" + s.dir, "PGPASSWORD=" + s.password}
	return cmd
}

func (s *Server) own(path string) {
	s.t.Helper()
	if s.owner != nil {
		s.must(os.Chown(path, int(s.owner.Uid), int(s.owner.Gid)))
	}
}

func (s *Server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}
