// Command check is the one test command of the project: go run ./cmd/check.
//
// It goes through a table of stages (stages.go). Each stage looks at one thing, says in a line what it found, and counts
// as one check; the Go tests are counted one by one on top of that. The last line is the sum, the exit status is 1 when
// anything failed.
//
// The files, bottom-up:
//
//   - command.go runs a program in a process group of its own, so that Ctrl-C ends all of it;
//   - tree.go knows the repository's files, as git lists them;
//   - need.go is the table of programs that tests may want (a C compiler, PostgreSQL, a browser, a mail server): how each
//     is found, from which Debian package it comes, and how service.go starts it on loopback with throw-away data.
//     Nothing of it is installed or started before a test mentions its variable;
//   - format.go, modules.go, build.go, lint.go, gotest.go and events.go are the stages.
//
// The house rules themselves are a Go test, cmd/aanmaner/shape_test.go.
//
// golangci-lint is left out on purpose: from its own module file it takes over a minute to download and several minutes
// to compile on two cores, longer than everything else here together. Staticcheck comes from .tools/go.mod, a module of
// its own, so that its dependencies never mix with those of the bot.
//
// Only the standard library is imported, so that the command runs on a fresh clone before anything is downloaded.
package main
