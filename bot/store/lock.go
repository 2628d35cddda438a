package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// Lock makes this process the one clerk of the database at path, until release is called or the process ends, however it
// ends. It doesn't wait: an error names the process that is the clerk already. The lock lies beside the database, in
// path + ".lock", which is left there.
func Lock(path string) (release func(), err error) {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the database %s: %w", path, err)
	}
	// Locked looks by trying for a moment; that must not keep the clerk from starting.
	for try := 0; try < 20; try++ {
		if err = flock(f, syscall.LOCK_EX); !errors.Is(err, syscall.EWOULDBLOCK) {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("process %d is working on it: %w", readPID(f), bot.ErrLocked)
	}
	if err == nil {
		err = writePID(f)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the database %s: %w", path, err), f.Close())
	}
	return func() { _ = f.Close() }, nil // closing gives the lock back
}

// Locked says whether a clerk is at work on the database at path, and which process it is (0: it hasn't said yet).
func Locked(path string) (pid int, locked bool) {
	f, err := os.Open(path + ".lock")
	if err != nil {
		return 0, false
	}
	defer f.Close()
	if !errors.Is(flock(f, syscall.LOCK_SH), syscall.EWOULDBLOCK) {
		return 0, false
	}
	return readPID(f), true
}

// flock asks for a lock without waiting. EWOULDBLOCK when another has it.
func flock(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

func readPID(f *os.File) int {
	text, err := io.ReadAll(io.NewSectionReader(f, 0, 32))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return pid
}

// lockFolder lets one program at a time open a database in the folder. The folder itself is locked, which leaves no file
// behind. bot.ErrLocked when it takes longer than wait.
func lockFolder(ctx context.Context, dir string, wait time.Duration) (release func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, wait, fmt.Errorf("another program is opening it: %w", bot.ErrLocked))
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		err := flock(f, syscall.LOCK_EX)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(err, f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), f.Close())
		case <-again.C:
		}
	}
}
