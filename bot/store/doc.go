// Package store keeps cases, intents, signals, the journal, settings, cards and questions: bot.Store on one SQLite file, which
// is all that a single machine needs, and on a Postgres database, which any number of processes share. There is one store
// (tx.go and a file for each thing that is kept) and one SQL (sql.go) above a narrow seam (seam.go); what each kind of database
// does its own way stands in sqlite*.go and postgres*.go.
//
// On SQLite everything is in that file (with the -wal and -shm that SQLite keeps beside it), so "sqlite3 FILE .backup" or a copy
// of the stopped program's file is a whole backup. There is one writer in a process: transactions take turns in the order in
// which they ask, and each holds SQLite's write lock from its first moment (BEGIN IMMEDIATE), so that what a transaction has
// read can't change before it writes, and no transaction ever has to be repeated. What is read outside a transaction (which
// cases are due) goes by connections of its own and never waits for the writer. Every commit is on disk before it is reported
// (synchronous FULL).
//
// On Postgres a transaction locks the row of a case before it reads or writes anything of that case, in READ COMMITTED, so that
// it sees what the one before it wrote and nothing fails for having come second. Leases are kept in the database's time: clocks
// of replicas may differ. A process that stood still for longer than its lease is refused by its token. Programs hear of each
// other's work by NOTIFY on a connection of their own (staff.go). A pooler between them must keep sessions whole.
//
// Wake-ups can go through River's queue besides (queue.go); none of River's types leaves this package.
//
// Instants are stored as Unix milliseconds: what is finer is cut off. Text is stored as valid UTF-8 without NUL, which the
// other systems' answers don't promise and Postgres insists on.
//
// Dependencies: modernc.org/sqlite (BSD-3) is SQLite translated to Go, so that the program needs no C compiler; it has to be
// built with exactly the modernc.org/libc of its own go.mod. github.com/jackc/pgx/v5 (MIT) is the Postgres driver that River
// shares its transactions with. github.com/pressly/goose/v3 (MIT) runs the migrations. github.com/riverqueue/river (MPL-2.0, all
// its modules of one version) is the queue. The lock file needs flock(2): the package is for Linux, BSD and macOS.
package store
