-- The inbox of a department is a question to the read model of items: what lies with it, and by when.
ALTER TABLE items ADD COLUMN inbox text, ADD COLUMN until timestamptz, ADD COLUMN warn_at timestamptz;
COMMENT ON COLUMN items.inbox IS 'What its department has to do with it; NULL when nothing.';
COMMENT ON COLUMN items.until IS 'By when: the end of the silence, of the limit or of the notice; NULL while no clock runs.';

-- Items of before, as far as their state tells.
UPDATE items
SET inbox = CASE items.status WHEN 'received' THEN 'to_accept' WHEN 'accepted' THEN 'to_decide'
                              WHEN 'notice' THEN 'on_notice' ELSE 'with_applicant' END,
    until = CASE items.status
                WHEN 'received' THEN (cases.state->'items'->items.item_id->'received'->>'deemed_at')::timestamptz
                WHEN 'accepted' THEN items.due_at
                WHEN 'notice' THEN items.notice_ends_at END,
    warn_at = (cases.state->'items'->items.item_id->'watch'->'dates'->>'warn_at')::timestamptz
FROM cases
WHERE cases.case_no = items.case_no AND cases.phase = 'open'
  AND items.status IN ('received', 'accepted', 'notice', 'correction');

CREATE INDEX items_on_desk ON items (department, coalesce(until, '9999-12-31 23:59:59.999999+00'), case_no, item_id) WHERE inbox IS NOT NULL;

-- Who works on an item of such a department. A row stays when it is released: its version goes on counting.
CREATE TABLE workbench_claims (
    case_no text COLLATE "C" NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    department text NOT NULL,
    holder text,
    since timestamptz NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    PRIMARY KEY (case_no, item_id)
);
CREATE INDEX workbench_claims_of_holder ON workbench_claims (holder) WHERE holder IS NOT NULL;
COMMENT ON COLUMN workbench_claims.holder IS 'The officer''s account, opaque; NULL while nobody works on it.';

-- What officers did, for whoever audits it. It only grows.
CREATE TABLE workbench_log (
    entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    department text NOT NULL,
    case_no text COLLATE "C" NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    officer text NOT NULL,
    act text NOT NULL,
    act_id text,
    about text,
    UNIQUE (case_no, item_id, act, act_id)
);
CREATE INDEX workbench_log_of_item ON workbench_log (case_no, item_id, entry);
COMMENT ON COLUMN workbench_log.act_id IS 'Of an act on the case: its id there, once. NULL for claims and for looking.';
COMMENT ON COLUMN workbench_log.about IS 'To whom it was handed over, which content was looked at; never what somebody wrote.';

CREATE TRIGGER workbench_log_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON workbench_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE workbench_log ENABLE ALWAYS TRIGGER workbench_log_only_grows;

-- What an officer said of an undoing by hand: once, under the key under which it is asked for.
CREATE TABLE workbench_undoings (
    undo_key text PRIMARY KEY,
    officer text NOT NULL,
    settled json NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN workbench_undoings.settled IS 'Done, with what was given back; or not possible, with a sealed reason.';

-- An extension that one officer asks for and another one, who may, approves (行政许可法 42).
CREATE TABLE workbench_extensions (
    case_no text COLLATE "C" NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    attempt integer NOT NULL,
    act_id text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    working_days integer NOT NULL CHECK (working_days > 0),
    reason json NOT NULL,
    answered_by text,
    answered_at timestamptz,
    approved boolean,
    PRIMARY KEY (case_no, item_id, attempt, act_id),
    CHECK (answered_by IS NULL OR answered_by <> asked_by)
);
CREATE UNIQUE INDEX workbench_extensions_open ON workbench_extensions (case_no, item_id) WHERE answered_at IS NULL;
