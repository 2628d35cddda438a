// Package store keeps cases, intents, signals, the journal, settings and cards in one SQLite file: the implementation of
// bot.Store that a single machine needs. Everything is in that file (with the -wal and -shm that SQLite keeps beside it), so
// "sqlite3 FILE .backup" or a copy of the stopped program's file is a whole backup.
//
// There is one writer in a process: transactions take turns in the order in which they ask, and each holds SQLite's write
// lock from its first moment (BEGIN IMMEDIATE), so that what a transaction has read can't change before it writes, and no
// transaction ever has to be repeated. What is read outside a transaction (which cases are due) goes by connections of its
// own and never waits for the writer. Every commit is on disk before it is reported (synchronous FULL).
//
// Instants are stored as Unix milliseconds: what is finer is cut off. Text is stored as valid UTF-8 without NUL, which the
// other systems' answers don't promise and a Postgres database insists on.
//
// Dependencies: modernc.org/sqlite is SQLite translated to Go, so that the program needs no C compiler; it has to be built
// with exactly the modernc.org/libc of its own go.mod. github.com/pressly/goose/v3 runs the migrations. The lock file needs
// flock(2): the package is for Linux, BSD and macOS.
package store
