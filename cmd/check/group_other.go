//go:build !unix

package main

import "os/exec"

// ownGroup does nothing here: the program alone is killed when its context ends.
func ownGroup(*exec.Cmd) {}

// killGroup does nothing here: there are no process groups.
func killGroup(*exec.Cmd) {}

// as does nothing here: services are only started on Unix.
func as(*exec.Cmd, account) {}
