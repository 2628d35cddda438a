package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/aanmaner/aanmaner/bot"
)

// The server gives up what takes too long, but one whose machine hangs or was cut off gives up nothing: its connections stay
// open and silent for a quarter of an hour, while a standby may have taken over long ago.
const (
	// silence is how long after the server should have given up its word is waited for.
	silence = 5 * time.Second
	// unbounded is how long an answer is waited for where the address takes the server's bound away.
	unbounded = 5 * time.Minute
)

// patience is how long an answer is waited for.
type patience time.Duration

// patienceFor is that of a connection's statement_timeout, which is in milliseconds unless the address says otherwise.
func patienceFor(cfg *pgxpool.Config) patience {
	setting := cfg.ConnConfig.RuntimeParams["statement_timeout"]
	if setting == "" {
		return patience(statementTimeout + silence)
	}
	ms, err := strconv.Atoi(setting)
	bound := time.Duration(ms) * time.Millisecond
	if err != nil {
		bound, err = time.ParseDuration(setting)
	}
	if err != nil || bound <= 0 {
		return patience(unbounded)
	}
	return patience(bound + silence)
}

// ask asks the server something; heard begins the wait anew. Where no answer comes the connection is closed, and the error is
// bot.ErrLocked: nothing of the transaction is written, which only a commit could.
func (p patience) ask(ctx context.Context, do func(ctx context.Context, heard func()) error) error {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	bell := time.AfterFunc(time.Duration(p), cancel)
	defer bell.Stop()
	err := do(waiting, func() { bell.Reset(time.Duration(p)) })
	if err != nil && waiting.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: the database doesn't answer for %s: %w", bot.ErrLocked, time.Duration(p), err)
	}
	return callerGone(ctx, err)
}
