-- Calls of departments' systems that were refused at the door, counted by the hour: signed by nobody, by a stranger, with a
-- key that is not valid, over another body. However many come, there is one row for each kind of them and hour.
CREATE TABLE refused_calls (
    department text NOT NULL,
    door text NOT NULL,
    code text NOT NULL,
    hour timestamptz NOT NULL,
    times bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (department, door, code, hour)
);
COMMENT ON COLUMN refused_calls.department IS 'Of the address that was called; "unknown" where it is none of ours.';

CREATE INDEX refused_calls_by_time ON refused_calls (last_at DESC);
