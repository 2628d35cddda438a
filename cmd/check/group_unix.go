//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// ownGroup makes the program the head of a process group, and lets the end of its context end the group: asked first,
// then killed when the program has not ended after the command's WaitDelay.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
}

// killGroup ends what may be left of the program's group. Its head has been waited for; a group that is gone is fine.
func killGroup(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}

// as lets the program run as another user; only root may.
func as(cmd *exec.Cmd, u account) {
	if u.switches {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: u.uid, Gid: u.gid, Groups: []uint32{}}
	}
}
