-- How far the decisions of each department that is asked for them were collected.
CREATE TABLE department_collecting (
    department text PRIMARY KEY,
    position text NOT NULL DEFAULT '',
    next_at timestamptz NOT NULL DEFAULT now(),
    succeeded_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    cause text,
    gap text,
    since timestamptz NOT NULL DEFAULT now()
);

-- What was collected and did not count: late, foreign, malformed. Told once however often it comes; no content.
CREATE TABLE department_refusals (
    department text NOT NULL,
    digest text NOT NULL,
    code text NOT NULL,
    position text NOT NULL,
    door text NOT NULL,
    named text NOT NULL,
    case_no text NOT NULL,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    times bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (department, digest, code)
);

CREATE INDEX department_refusals_by_time ON department_refusals (last_at DESC);
