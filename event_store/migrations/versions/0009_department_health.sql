-- Departments that a process of ours has stopped calling, because they did not answer. A row lives as long as that lasts
-- and its process says so.
CREATE TABLE department_health (
    department text NOT NULL,
    process text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'probing')),
    since timestamptz NOT NULL,
    failures integer NOT NULL,
    cause text NOT NULL,
    next_probe_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (department, process)
);

-- Calls to each department by the hour, and how many of them had no clear answer.
CREATE TABLE department_calls (
    department text NOT NULL,
    hour timestamptz NOT NULL,
    calls bigint NOT NULL,
    failures bigint NOT NULL,
    PRIMARY KEY (department, hour)
);
