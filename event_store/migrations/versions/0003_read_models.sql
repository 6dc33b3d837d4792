-- What people look at: projections of the events, disposable, rebuilt from the record at any time.

CREATE TABLE checkpoints (
    projection      text   PRIMARY KEY,
    transaction_id  xid8   NOT NULL,
    position        bigint NOT NULL
);
COMMENT ON TABLE checkpoints IS 'How far each projection has followed the record; moves in the transaction that writes its tables.';

CREATE TABLE cases (
    case_no         text        COLLATE "C" PRIMARY KEY,
    bundle          text        NOT NULL,
    bundle_version  text        NOT NULL,
    owner           text        NOT NULL,
    channel         text        NOT NULL,
    phase           text        NOT NULL,
    outcome         text,
    stop_reason     text,
    open_tasks      integer     NOT NULL,
    opened_at       timestamptz NOT NULL,
    changed_at      timestamptz NOT NULL,
    closed_at       timestamptz,
    version         integer     NOT NULL,
    state           json        NOT NULL
);
CREATE INDEX cases_of_owner ON cases (owner, opened_at, case_no);
CREATE INDEX cases_by_age ON cases (opened_at, case_no);
CREATE INDEX cases_with_tasks ON cases (case_no) WHERE open_tasks > 0;
COMMENT ON COLUMN cases.state IS 'The fold of the case''s events, personal data sealed.';

CREATE TABLE items (
    case_no            text        COLLATE "C" NOT NULL REFERENCES cases DEFERRABLE INITIALLY DEFERRED,
    item_id            text        COLLATE "C" NOT NULL,
    place              integer     NOT NULL,
    department         text        NOT NULL,
    title              json        NOT NULL,
    status             text        NOT NULL,
    attempt            integer     NOT NULL,
    reference          text,
    accepted_at        timestamptz,
    due_on             date,
    due_at             timestamptz,
    provisional        boolean     NOT NULL,
    breached           boolean     NOT NULL,
    notice_ends_at     timestamptz,
    unreachable_since  timestamptz,
    PRIMARY KEY (case_no, item_id)
);
CREATE INDEX items_of_department ON items (department, status, case_no);
CREATE INDEX items_due ON items (due_at) WHERE due_at IS NOT NULL;
COMMENT ON COLUMN items.place IS 'The item''s place in the plan, from 0.';

CREATE TABLE timeline (
    case_no         text        COLLATE "C" NOT NULL,
    version         integer     NOT NULL,
    transaction_id  xid8        NOT NULL,
    position        bigint      NOT NULL,
    type            text        NOT NULL,
    at              timestamptz NOT NULL,
    item            text,
    data            json        NOT NULL,
    PRIMARY KEY (case_no, version)
);
CREATE UNIQUE INDEX timeline_in_order ON timeline (transaction_id, position);
