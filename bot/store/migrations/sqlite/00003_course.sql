-- What became of a case after its terms were told, the matters that people of credit control decide, and the messages
-- about several of them.

-- +goose Up
ALTER TABLE cases ADD COLUMN course TEXT NOT NULL DEFAULT '{}'; -- JSON: dates that moved, holds, promises, letters

CREATE TABLE matters (
    n          INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they came up
    id         TEXT    NOT NULL UNIQUE,
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    kind       TEXT    NOT NULL,
    opened_at  INTEGER NOT NULL,
    remind_at  INTEGER,                           -- when people are reminded next
    settled_at INTEGER,                           -- somebody decided, or it went away
    body       TEXT    NOT NULL,                  -- JSON: what it is about, who has taken it, what was decided
    version    INTEGER NOT NULL,
    channel    TEXT    NOT NULL,
    ts         TEXT    NOT NULL,                  -- Slack's message; empty: not posted
    thread     TEXT    NOT NULL,                  -- the message in whose thread it stands; empty: none
    drawn      INTEGER NOT NULL,                  -- the version that it shows
    tried_at   INTEGER,
    mailed_at  INTEGER
) STRICT;
CREATE INDEX matters_case ON matters (case_id);
CREATE INDEX matters_open ON matters (remind_at) WHERE settled_at IS NULL;

CREATE TABLE bulletins (
    n          INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT    NOT NULL UNIQUE,           -- of two processes that make the same one, the second finds it there
    kind       TEXT    NOT NULL,
    opened_at  INTEGER NOT NULL,
    body       TEXT    NOT NULL,                  -- JSON: the matters that it is about, and whom it calls
    version    INTEGER NOT NULL,
    channel    TEXT    NOT NULL,
    thread     TEXT    NOT NULL,
    ts         TEXT    NOT NULL,                  -- Slack's message; empty: not sent
    shown      TEXT    NOT NULL,
    tried_at   INTEGER
) STRICT;
CREATE INDEX bulletins_opened ON bulletins (opened_at);
