-- The memory of the sandbox city. Times are Unix seconds.

CREATE TABLE IF NOT EXISTS submissions (
    department   TEXT NOT NULL,
    key          TEXT NOT NULL,
    operation    TEXT NOT NULL,
    case_no      TEXT NOT NULL,
    item         TEXT NOT NULL,
    attempt      INTEGER NOT NULL,
    subject      TEXT NOT NULL,
    body         BLOB NOT NULL,
    status       INTEGER NOT NULL,
    answer       BLOB NOT NULL,
    callback_url TEXT NOT NULL,
    traceparent  TEXT NOT NULL,
    tracestate   TEXT NOT NULL,
    received_at  REAL NOT NULL,
    PRIMARY KEY (department, key)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS submissions_by_case ON submissions (case_no);

CREATE TABLE IF NOT EXISTS calls (
    id          INTEGER PRIMARY KEY,
    at          REAL NOT NULL,
    department  TEXT NOT NULL,
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL,
    case_no     TEXT NOT NULL,
    status      INTEGER NOT NULL,  -- 0: the reply was dropped
    effect      INTEGER NOT NULL,  -- 1: this call changed something in the department
    traceparent TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS calls_by_case ON calls (case_no);

CREATE TABLE IF NOT EXISTS decisions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,  -- one on its way outlives a reset: it must not count for another
    decision_id  TEXT NOT NULL,
    department   TEXT NOT NULL,
    key          TEXT NOT NULL,
    case_no      TEXT NOT NULL,
    callback_url TEXT NOT NULL,
    body         BLOB NOT NULL,
    traceparent  TEXT NOT NULL,
    tracestate   TEXT NOT NULL,
    decided_at   REAL NOT NULL,
    due_at       REAL NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0,
    state        TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'sending', 'answered', 'withdrawn', 'unsent'))
);

CREATE INDEX IF NOT EXISTS decisions_due ON decisions (due_at) WHERE state = 'open';
CREATE INDEX IF NOT EXISTS decisions_by_key ON decisions (department, key);
CREATE INDEX IF NOT EXISTS decisions_by_case ON decisions (case_no);

-- Departments that send nothing: their decisions are fetched.
CREATE TABLE IF NOT EXISTS polled (
    department TEXT PRIMARY KEY
) WITHOUT ROWID;

-- Departments that exchange files: where batches come and go, how many they sent, and up to where decisions went.
CREATE TABLE IF NOT EXISTS folders (
    department TEXT PRIMARY KEY,
    out        TEXT NOT NULL,
    into_us    TEXT NOT NULL,
    sent       INTEGER NOT NULL DEFAULT 0,
    due_at     REAL NOT NULL DEFAULT 0,
    number     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS kept (
    decision INTEGER PRIMARY KEY REFERENCES decisions (id)
);

CREATE TABLE IF NOT EXISTS sendings (
    id       INTEGER PRIMARY KEY,
    decision INTEGER NOT NULL REFERENCES decisions (id),
    at       REAL NOT NULL,
    status   INTEGER NOT NULL,  -- 0: no answer
    answer   TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS sendings_by_decision ON sendings (decision);

CREATE TABLE IF NOT EXISTS switches (
    department TEXT NOT NULL,
    subject    TEXT NOT NULL,  -- '' : all
    item       TEXT NOT NULL,  -- '' : all
    operation  TEXT NOT NULL,
    behaviour  TEXT NOT NULL,
    PRIMARY KEY (department, subject, item, operation)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS records (
    department TEXT NOT NULL,
    dataset    TEXT NOT NULL,
    subject    TEXT NOT NULL,
    entry      TEXT NOT NULL,
    PRIMARY KEY (department, dataset, subject)
) WITHOUT ROWID;
