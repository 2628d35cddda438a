package store

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// database is what the store needs of a kind of database. Everything else is written once, above it, in the one SQL of
// sql.go: a second hand-written store would be a second set of mistakes.
type database interface {
	// begin starts a transaction. Errors have their kind (see bot.ErrLocked).
	begin(ctx context.Context) (begun, error)
	// read runs a query outside any transaction; it waits for no writer.
	read(ctx context.Context, query string, args []any, scan func(scanner) error) error
	// join and listen are Store's.
	join(ctx context.Context, s *Store, alone bool) (leave func(), err error)
	listen(ctx context.Context, self string, woken func(caseID int64)) error
	// work runs the workers of the queue, see Store.Work.
	work(ctx context.Context, log *slog.Logger, do func(ctx context.Context, caseID int64) error) error
	// dialect is the SQL that only this kind of database understands.
	dialect() dialect
	// about is Store's.
	about(ctx context.Context) (About, error)
	close() error
}

// begun is a transaction that has begun.
type begun interface {
	// exec runs a statement and counts the rows that it changed. Errors of it and of query have their kind.
	exec(ctx context.Context, query string, args []any) (int64, error)
	// query calls scan for every row.
	query(ctx context.Context, query string, args []any, scan func(scanner) error) error
	// commit ends the transaction. wrote says whether it changed anything: where it did, and the answer to the commit is
	// lost, the error is bot.ErrInDoubt.
	commit(ctx context.Context, wrote bool) error
	// rollback ends a transaction that has not been committed; after commit it does nothing.
	rollback()
	// enqueue puts a job into the queue of wake-ups that becomes visible with the transaction.
	enqueue(ctx context.Context, caseID int64, delay time.Duration) error
}

// scanner is a row that can be read.
type scanner interface{ Scan(dest ...any) error }

// dialect is the SQL in which kinds of database differ. Each is empty where nothing has to be done: SQLite has one writer,
// so that its transactions are alone anyhow, and no clock but the program's.
type dialect struct {
	name      string
	lockRow   string // behind a SELECT of cases: no other transaction touches the row until this one ends
	lockCount string // a statement: no other transaction that ran it goes on until this one ends
	clock     string // a query: the database's time in Unix milliseconds
	sequence  string // a statement, its two %s a table and its key: numbers go on behind the highest
	notify    string // a statement, $1 a case's id and who says so: programs that listen are told once it is committed
}

// What unique and foreign keys refuse, on any kind of database.
var (
	errDuplicate = errors.New("the row is there already")
	errOrphan    = errors.New("the row refers to one that isn't there")
)
