package storetest

import "syscall"

// withUs ends a process when ours ends: a test that runs out of time cleans nothing up.
func withUs(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
