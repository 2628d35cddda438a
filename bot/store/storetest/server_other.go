//go:build !linux

package storetest

import "syscall"

// withUs does nothing here: a server outlives a test that runs out of time.
func withUs(*syscall.SysProcAttr) {}
