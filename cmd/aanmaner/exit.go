package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// The exit codes; the help of the program lists them.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitBlocked = 3
	exitPerson  = 4
)

// The ends of a command that are no failure of the program.
var (
	// errBlocked: the procedure does not allow it; why has been printed.
	errBlocked = errors.New("blocked by the procedure")
	// errPerson: a person has to decide or do something; what has been printed.
	errPerson = errors.New("a person is needed")
	// errFailed: it failed, and what has been printed says how.
	errFailed = errors.New("failed")
)

// refusal is a decision that can't be taken as things stand: the sentence for the person, and what to do.
type refusal struct{ text, action string }

// Error is the sentence.
func (r refusal) Error() string { return r.text }

// exit prints an error, if there is anything left to say, and answers the exit code.
func (a *app) exit(err error) int {
	if err == nil {
		return exitDone
	}
	kind, code := kindOf(err)
	if errors.Is(err, errBlocked) || errors.Is(err, errPerson) || errors.Is(err, errFailed) {
		return code
	}
	action := actionFor(err)
	if a.json {
		line, merr := json.Marshal(map[string]any{"error": map[string]string{"kind": kind, "message": err.Error(), "action": action}})
		if merr == nil {
			fmt.Fprintln(a.err, string(line))
		}
		return code
	}
	text := strings.TrimRight(err.Error(), ".")
	if !strings.Contains(text, "\n") {
		text += "."
	}
	fmt.Fprintln(a.err, text)
	if action != "" {
		fmt.Fprintln(a.err, action)
	}
	return code
}

func kindOf(err error) (string, int) {
	var usage usageError
	var no refusal
	switch {
	case errors.As(err, &no), errors.Is(err, errBlocked):
		return "blocked", exitBlocked
	case errors.Is(err, errPerson):
		return "person", exitPerson
	case errors.As(err, &usage), strings.HasPrefix(err.Error(), "unknown command"):
		return "usage", exitUsage
	case errors.Is(err, daemon.ErrConfig):
		return "config", exitUsage
	case errors.Is(err, bot.ErrNoCase):
		return "not_found", exitFailed
	case errors.Is(err, helpdesk.ErrAuth), errors.Is(err, backoffice.ErrAuth):
		return "auth", exitFailed
	case errors.Is(err, context.Canceled):
		return "interrupted", exitFailed
	}
	return "failed", exitFailed
}

// actionFor says what to do about an error.
func actionFor(err error) string {
	var usage usageError
	var no refusal
	switch {
	case errors.As(err, &no):
		return no.action
	case errors.Is(err, daemon.ErrConfig):
		return "Mend the configuration and run: aanmaner config check"
	case errors.As(err, &usage), strings.HasPrefix(err.Error(), "unknown command"):
		return "See: aanmaner --help"
	case errors.Is(err, helpdesk.ErrAuth):
		return "Check helpdesk.cerb's keys, then run: aanmaner doctor"
	case errors.Is(err, backoffice.ErrAuth):
		return "Check backoffice.inhouse.token, then run: aanmaner doctor"
	case errors.Is(err, helpdesk.ErrNotSent), errors.Is(err, helpdesk.ErrUnknown), errors.Is(err, helpdesk.ErrBusy),
		errors.Is(err, backoffice.ErrNotSent), errors.Is(err, backoffice.ErrUnknown), errors.Is(err, backoffice.ErrBusy):
		return "Nothing was changed by this command. Try again in a few minutes, or run: aanmaner doctor"
	case errors.Is(err, bot.ErrNoCase):
		return "See: aanmaner case list"
	case errors.Is(err, bot.ErrNotEmpty):
		return "Nothing was written. Copy to an empty database, or use the one that is there"
	case errors.Is(err, bot.ErrFull):
		return "Make room on the disk; nothing was lost"
	case errors.Is(err, bot.ErrLocked):
		return "Another process holds the database, or its server takes no writes now; stop the one, or wait, and try again"
	case errors.Is(err, bot.ErrInDoubt):
		return "The database went away just then. See whether it was done: aanmaner case list"
	}
	return ""
}
