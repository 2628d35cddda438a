package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/aanmaner/aanmaner/bot"
)

// postgresKind gives an error of PostgreSQL its kind, where callers tell it apart. The codes are those of the manual's
// appendix A. In each of these cases nothing of the transaction is written; for an error of a commit see commitKind.
func postgresKind(err error) error {
	if err == nil || hasKind(err) {
		return err
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		if kind := codeKind(e.Code); kind != nil {
			return fmt.Errorf("%w: %w", kind, err)
		}
		return err
	}
	if lost(err) {
		return fmt.Errorf("%w: the database can't be reached: %w", bot.ErrLocked, err)
	}
	return err
}

func hasKind(err error) bool {
	for _, kind := range []error{bot.ErrLocked, bot.ErrFull, bot.ErrInDoubt, errDuplicate, errOrphan} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// codeKind is the kind of an SQLSTATE; nil for those that callers don't tell apart.
func codeKind(code string) error {
	switch code {
	case "53100": // disk_full
		return bot.ErrFull
	case "23505": // unique_violation
		return errDuplicate
	case "23503": // foreign_key_violation
		return errOrphan
	case "55P03", "57014", // lock_not_available; query_canceled: by a time-out of the server, or by an operator
		"40001", "40P01", // serialization_failure, deadlock_detected
		"25006", "25P03", // read_only_sql_transaction: a standby; idle_in_transaction_session_timeout
		"57P01", "57P02", "57P03", "57P05": // the server stops, crashed, starts; the session was idle for too long
		return bot.ErrLocked
	}
	switch {
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "53"): // connection exceptions; too many connections, no memory
		return bot.ErrLocked
	}
	return nil
}

// lost says whether the way to the server broke off, or there is none.
func lost(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed")
}

// commitKind judges an error of a commit; doubtful says that it was sent, and that there was something to write. Only an answer
// of the server that it refused is certain then. Where the answer is lost, or the server ended the session instead of
// answering (it may have written, and waited for a standby), nobody knows.
func commitKind(err error, doubtful bool) error {
	refused := errors.Is(err, pgx.ErrTxCommitRollback)
	var e *pgconn.PgError
	if errors.As(err, &e) {
		refused = !strings.HasPrefix(e.Code, "57") && !strings.HasPrefix(e.Code, "08") && e.Code != "40003"
	}
	switch {
	case doubtful && !refused:
		return fmt.Errorf("%w: %w", bot.ErrInDoubt, err)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", bot.ErrLocked, err)
	}
	return postgresKind(err)
}
