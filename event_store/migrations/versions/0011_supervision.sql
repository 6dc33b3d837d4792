-- What supervision of departments reads: where items lie now, and what happened to them, counted by the day. Projections
-- of the events like the other read models; the first gateway of this release projects them anew.
ALTER TABLE checkpoints ADD COLUMN shape integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN checkpoints.shape IS 'What the tables were made by; a release with another shape makes them anew.';

ALTER TABLE items ADD COLUMN lies_with text CHECK (lies_with IN ('department', 'applicant'));
ALTER TABLE items ADD COLUMN soon_from timestamptz;
ALTER TABLE items ADD COLUMN late_from timestamptz;
COMMENT ON COLUMN items.lies_with IS 'With whom it lies undecided; NULL for what is still to come, decided or given up.';
COMMENT ON COLUMN items.soon_from IS 'From when, by the wall clock, its limit is about to pass.';
COMMENT ON COLUMN items.late_from IS 'From when, by the wall clock, its limit has passed.';
CREATE INDEX items_undecided ON items (department, late_from, case_no)
    INCLUDE (lies_with, soon_from, breached) WHERE lies_with IS NOT NULL;

CREATE TABLE department_days (
    department   text           COLLATE "C" NOT NULL,
    day          date           NOT NULL,
    bundle       text           COLLATE "C" NOT NULL,
    item_id      text           COLLATE "C" NOT NULL,
    measure      text           COLLATE "C" NOT NULL,
    reason       text           COLLATE "C" NOT NULL,
    responsible  text           COLLATE "C" NOT NULL,
    since        date           NOT NULL,
    stopped      datemultirange NOT NULL,
    hours        integer        NOT NULL,
    promised     integer        NOT NULL,
    late         boolean        NOT NULL,
    count        bigint         NOT NULL,
    PRIMARY KEY (department, day, bundle, item_id, measure, reason, responsible, since, stopped, hours, promised, late)
);
COMMENT ON TABLE department_days IS 'How often it happened on this day. Working days are reckoned when it is read, by the calendar known then.';
COMMENT ON COLUMN department_days.since IS 'The day from which it is timed: of hand-in, of acceptance.';
COMMENT ON COLUMN department_days.stopped IS 'Days between that do not count.';

CREATE INDEX timeline_of_returns ON timeline (type, at, case_no, version)
    WHERE type IN ('item_returned', 'correction_requested');
