-- How a case comes to its number: counter, request, key and the start of its workflow in one transaction.

CREATE TABLE case_counters (
    city  text    COLLATE "C" NOT NULL,
    year  integer NOT NULL,
    last  integer NOT NULL CHECK (last > 0),
    PRIMARY KEY (city, year)
) WITH (fillfactor = 50);
COMMENT ON TABLE case_counters IS 'The last serial given out. A row and not a sequence: a sequence leaves gaps when a transaction rolls back.';

CREATE TABLE intake (
    case_no          text        COLLATE "C" PRIMARY KEY,
    city             text        COLLATE "C" NOT NULL,
    year             integer     NOT NULL,
    serial           integer     NOT NULL,
    owner            text        NOT NULL,
    idempotency_key  text        NOT NULL,
    body_digest      bytea       NOT NULL,
    allocated_at     timestamptz NOT NULL DEFAULT now(),
    started_at       timestamptz,
    UNIQUE (city, year, serial),
    UNIQUE (owner, idempotency_key)
);
COMMENT ON TABLE intake IS 'Every case number ever given out, to whose request, and when its workflow started.';

CREATE TABLE workflow_starts (
    case_no        text        COLLATE "C" PRIMARY KEY REFERENCES intake,
    workflow_type  text        NOT NULL,
    payload        bytea       NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX workflow_starts_by_age ON workflow_starts (created_at);
COMMENT ON TABLE workflow_starts IS 'Outbox: workflows still to be started; payload is encrypted and goes when the workflow runs.';

CREATE TRIGGER case_counters_stay BEFORE DELETE OR TRUNCATE ON case_counters
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE case_counters ENABLE ALWAYS TRIGGER case_counters_stay;

CREATE TRIGGER case_counters_count_one_by_one BEFORE UPDATE ON case_counters
    FOR EACH ROW WHEN (NEW.last <> OLD.last + 1 OR NEW.city <> OLD.city OR NEW.year <> OLD.year)
    EXECUTE FUNCTION refuse_change();
ALTER TABLE case_counters ENABLE ALWAYS TRIGGER case_counters_count_one_by_one;

CREATE TRIGGER intake_stays BEFORE DELETE OR TRUNCATE ON intake
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE intake ENABLE ALWAYS TRIGGER intake_stays;

CREATE TRIGGER intake_only_starts BEFORE UPDATE ON intake
    FOR EACH ROW WHEN (
        OLD.started_at IS NOT NULL
        OR (NEW.case_no, NEW.city, NEW.year, NEW.serial, NEW.owner, NEW.idempotency_key, NEW.body_digest)
           IS DISTINCT FROM (OLD.case_no, OLD.city, OLD.year, OLD.serial, OLD.owner, OLD.idempotency_key, OLD.body_digest)
    )
    EXECUTE FUNCTION refuse_change();
ALTER TABLE intake ENABLE ALWAYS TRIGGER intake_only_starts;
