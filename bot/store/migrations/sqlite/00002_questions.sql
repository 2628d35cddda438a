-- Questions to credit control, signals that one of several processes works on, and cases that are forgotten after their term.

-- +goose Up
CREATE TABLE questions (
    n               INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they were first written
    id              TEXT    NOT NULL UNIQUE,           -- the sender's own key
    case_id         INTEGER REFERENCES cases (id),     -- NULL: asked before there was a case
    customer_number TEXT    NOT NULL,
    customer_name   TEXT    NOT NULL,
    asked_by        TEXT    NOT NULL,                  -- JSON
    text            TEXT    NOT NULL,
    asked_at        INTEGER NOT NULL,
    channel         TEXT    NOT NULL,
    ts              TEXT    NOT NULL,                  -- Slack's message; empty: not posted
    tried_at        INTEGER,
    mailed_at       INTEGER,
    answer          TEXT    NOT NULL,
    answered_by     TEXT    NOT NULL,                  -- JSON
    answered_at     INTEGER,
    told_at         INTEGER                            -- when the answer reached the one who asked
) STRICT;
CREATE INDEX questions_case ON questions (case_id);

ALTER TABLE signals ADD COLUMN taken_until INTEGER; -- a process works on it until then
ALTER TABLE cases ADD COLUMN forgotten_at INTEGER;  -- personal data was taken out
CREATE INDEX cases_created ON cases (created_at);

-- The journal is append-only, but for this: an entry of a forgotten case may lose what it said. Number, time, step, kind and
-- the hashes stay, so that the chain can be walked.
DROP TRIGGER journal_never_changed;
-- +goose StatementBegin
CREATE TRIGGER journal_never_changed BEFORE UPDATE ON journal
WHEN NOT (NEW.case_id = OLD.case_id AND NEW.n = OLD.n AND NEW.at = OLD.at AND NEW.step = OLD.step AND NEW.kind = OLD.kind
    AND NEW.prev = OLD.prev AND NEW.hash = OLD.hash
    AND NEW.who = '{"name":""}' AND NEW.object = '' AND NEW.text = '' AND NEW.data IS NULL
    AND EXISTS (SELECT 1 FROM cases WHERE id = OLD.case_id AND forgotten_at IS NOT NULL AND state = 'ended'))
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
-- +goose StatementEnd
