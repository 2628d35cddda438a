-- The rows that Aanmaner owns. Instants are Unix milliseconds in UTC (0 never stands for "none": that is NULL), calendar
-- days are YYYY-MM-DD, JSON is text, so that any SQL shell can read and repair a case. The Postgres sibling has the same
-- columns (INTEGER is BIGINT there). There is no way down: a backup is taken before an upgrade.

-- +goose Up
CREATE TABLE cases (
    id              INTEGER PRIMARY KEY AUTOINCREMENT, -- never given out twice
    key             TEXT    NOT NULL UNIQUE,           -- marks what the case made in other systems
    mode            TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    step            TEXT    NOT NULL,
    reason          TEXT    NOT NULL,                  -- JSON: code and values
    due_at          INTEGER,                            -- when the clerk looks at it again; set it to 0 to have it looked at now
    customer_id     TEXT    NOT NULL,
    customer_number TEXT    NOT NULL,
    customer_name   TEXT    NOT NULL,
    agent_email     TEXT    NOT NULL,                  -- as in terms; for lists
    started_by      TEXT    NOT NULL,                  -- JSON
    terms           TEXT    NOT NULL,                  -- JSON: what the agent confirmed
    ticket          TEXT    NOT NULL,                  -- JSON
    notice          TEXT    NOT NULL,                  -- JSON
    version         INTEGER  NOT NULL,
    created_at      INTEGER  NOT NULL,
    updated_at      INTEGER  NOT NULL,
    ended_at        INTEGER,
    lease_token     TEXT    NOT NULL DEFAULT '',
    lease_until     INTEGER,
    journal_n       INTEGER  NOT NULL DEFAULT 0,        -- the head of the journal: cutting off its end shows
    journal_hash    TEXT    NOT NULL
) STRICT;

-- One open case a customer, whoever asks and however often.
CREATE UNIQUE INDEX cases_one_open ON cases (customer_id) WHERE state <> 'ended';
CREATE INDEX cases_due ON cases (due_at, id) WHERE state <> 'ended';
CREATE INDEX cases_customer ON cases (customer_id);

CREATE TABLE intents (
    n          INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they were first written
    case_id    INTEGER  NOT NULL REFERENCES cases (id),
    step       TEXT    NOT NULL,
    object     TEXT    NOT NULL,
    outcome    TEXT    NOT NULL,
    tries      INTEGER  NOT NULL,
    prior      TEXT,                              -- JSON
    remote     TEXT,                              -- JSON
    changed    INTEGER  NOT NULL,                  -- 0 or 1
    evidence   TEXT    NOT NULL,
    why        TEXT    NOT NULL,                  -- JSON: code and values
    error      TEXT    NOT NULL,
    called_at  INTEGER,
    answered   INTEGER  NOT NULL,                  -- 0 or 1
    approved   INTEGER  NOT NULL,                  -- 0 or 1
    started_at INTEGER,
    settled_at INTEGER,
    UNIQUE (case_id, step, object)
) STRICT;

CREATE TABLE signals (
    n           INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of arrival
    id          TEXT    NOT NULL UNIQUE,           -- the sender's own key: the same thing twice is one signal
    case_id     INTEGER  REFERENCES cases (id),     -- NULL: of no case
    kind        TEXT    NOT NULL,
    by          TEXT    NOT NULL,                  -- JSON
    body        TEXT,                              -- JSON
    received_at INTEGER  NOT NULL,
    handled_at  INTEGER,
    outcome     TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX signals_waiting ON signals (case_id, received_at, n) WHERE handled_at IS NULL;

CREATE TABLE journal (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    n       INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    who     TEXT   NOT NULL, -- JSON
    step    TEXT   NOT NULL,
    object  TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    data    TEXT,            -- JSON
    prev    TEXT   NOT NULL,
    hash    TEXT   NOT NULL,
    PRIMARY KEY (case_id, n)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER journal_never_changed BEFORE UPDATE ON journal BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER journal_never_shortened BEFORE DELETE ON journal BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
-- +goose StatementEnd

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE cards (
    case_id  INTEGER NOT NULL PRIMARY KEY REFERENCES cases (id),
    channel  TEXT   NOT NULL,
    ts       TEXT   NOT NULL,
    drawn    INTEGER NOT NULL,
    thread   INTEGER NOT NULL,
    tried_at INTEGER
) STRICT;

-- For people at an SQL shell. Times are UTC; the amount is in minor units (cents).
CREATE VIEW cases_v AS
SELECT id, key, mode, state, step,
    reason ->> 'code' AS reason,
    customer_number, customer_name, agent_email,
    terms ->> '$.outstanding.minor' AS outstanding_minor,
    terms ->> '$.outstanding.currency' AS currency,
    terms ->> 'cancel_on' AS cancel_on,
    ticket ->> 'mask' AS ticket,
    strftime('%Y-%m-%d %H:%M:%S', due_at / 1000, 'unixepoch') AS due,
    strftime('%Y-%m-%d %H:%M:%S', created_at / 1000, 'unixepoch') AS created,
    strftime('%Y-%m-%d %H:%M:%S', updated_at / 1000, 'unixepoch') AS updated,
    strftime('%Y-%m-%d %H:%M:%S', ended_at / 1000, 'unixepoch') AS ended,
    CASE WHEN lease_token <> '' THEN strftime('%Y-%m-%d %H:%M:%S', lease_until / 1000, 'unixepoch') END AS leased_until,
    version, journal_n AS journal_entries
FROM cases;
