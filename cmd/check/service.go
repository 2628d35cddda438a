package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"time"
)

const (
	startTime = 60 * time.Second       // for a service to answer, on a busy machine
	stopTime  = 15 * time.Second       // for a service to end by itself
	lookAgain = 100 * time.Millisecond // between two looks whether it answers yet
)

// account is the user that a service runs as.
type account struct {
	name     string
	uid, gid uint32
	switches bool // we are root and become this user
}

// ordinaryUser is ourselves, or "nobody" when we are root: database and mail servers refuse to run as root, rightly.
func ordinaryUser() (account, error) {
	if os.Geteuid() != 0 {
		u, err := user.Current()
		if err != nil {
			return account{}, err
		}
		return account{name: u.Username}, nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		return account{}, fmt.Errorf("no ordinary user to run a service as: %w", err)
	}
	uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
	return account{name: u.Username, uid: uint32(uid), gid: uint32(gid), switches: true}, errors.Join(errUID, errGID)
}

// workshop is the folder of one service: its data, which is thrown away, and the user that owns it.
type workshop struct {
	dir  string
	user account
}

func newWorkshop(name string) (workshop, error) {
	u, err := ordinaryUser()
	if err != nil {
		return workshop{}, err
	}
	dir, err := os.MkdirTemp("", "aanmaner-"+name+"-")
	if err != nil {
		return workshop{}, err
	}
	ws := workshop{dir: dir, user: u}
	return ws, ws.own(dir)
}

func (ws workshop) own(path string) error {
	if !ws.user.switches {
		return nil
	}
	return os.Chown(path, int(ws.user.uid), int(ws.user.gid))
}

// write puts a file into the folder that only the service's user may read.
func (ws workshop) write(name, text string) (string, error) {
	path := filepath.Join(ws.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", err
	}
	return path, ws.own(path)
}

func (ws workshop) clear() { _ = os.RemoveAll(ws.dir) }

// command is a program run as the service's user, in its folder, with nothing of our environment: no proxy, no PGHOST and
// no secret finds its way in.
func (ws workshop) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = ws.dir
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "HOME=" + ws.dir}
	cmd.WaitDelay = grace
	ownGroup(cmd)
	as(cmd, ws.user)
	return cmd
}

// service is a server that runs for the time of the tests.
type service struct {
	value string // what tests are told: an address, usually
	cmd   *exec.Cmd
	ended chan struct{}
	shop  workshop
}

// startService starts a server and waits until it answers. A server that does not is stopped, and its log is in the error.
func startService(ctx context.Context, ws workshop, value string, answers func() bool, program string, args ...string) (*service, error) {
	log, err := os.Create(filepath.Join(ws.dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	// The server outlives Ctrl-C by a moment: it is stopped in order once the tests have ended.
	cmd := ws.command(context.WithoutCancel(ctx), program, args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &service{value: value, cmd: cmd, ended: make(chan struct{}), shop: ws}
	go func() {
		_ = cmd.Wait()
		close(s.ended)
	}()
	if err := s.await(ctx, answers); err != nil {
		s.end()
		text, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("%s: %w\n%s", program, err, text)
	}
	return s, nil
}

func (s *service) await(ctx context.Context, answers func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	ticker := time.NewTicker(lookAgain)
	defer ticker.Stop()
	for !answers() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("does not answer: %w", ctx.Err())
		case <-s.ended:
			return errors.New("ended at once")
		case <-ticker.C:
		}
	}
	return nil
}

// stop ends the server and removes its data.
func (s *service) stop() {
	s.end()
	s.shop.clear()
}

func (s *service) end() {
	_ = s.cmd.Process.Signal(os.Interrupt) // PostgreSQL: stop now, in order; Dovecot: stop
	select {
	case <-s.ended:
	case <-time.After(stopTime):
	}
	killGroup(s.cmd)
	<-s.ended
}

// freePort asks the system for a port on loopback that nobody uses now. Somebody else may still take it before the server
// does; then the server says so and the run fails, which has to be lived with as servers can't be handed a socket.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// group is the name of the account's own group; some servers ask for it by name.
func (a account) group() (string, error) {
	u, err := user.Lookup(a.name)
	if err != nil {
		return "", err
	}
	g, err := user.LookupGroupId(u.Gid)
	if err != nil {
		return "", err
	}
	return g.Name, nil
}
