-- Holiday notices as data: due dates follow a published calendar without a new release.

CREATE TABLE calendars (
    publication   integer     PRIMARY KEY CHECK (publication > 0),
    year          integer     NOT NULL,
    notice        text        NOT NULL,
    document      json        NOT NULL,
    published_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE calendars IS 'Holiday notices in the order of their publication; a later one for the same year replaces the earlier. Append-only.';
COMMENT ON COLUMN calendars.document IS 'The year as the domain reads it: days off and make-up workdays.';

CREATE TRIGGER calendars_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON calendars
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE calendars ENABLE ALWAYS TRIGGER calendars_only_grow;

ALTER TABLE cases ADD COLUMN provisional boolean NOT NULL DEFAULT false;
ALTER TABLE cases ADD COLUMN calendar integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN cases.provisional IS 'A date of it lies in a year whose calendar was not published when it was reckoned.';
COMMENT ON COLUMN cases.calendar IS 'The last publication that the case was told of.';
CREATE INDEX cases_with_provisional_dates ON cases (case_no) WHERE provisional;

-- Cases of before: what their items say, and the windows that only their state knows of.
UPDATE cases SET provisional = true
WHERE phase = 'open' AND (
    EXISTS (SELECT FROM items WHERE items.case_no = cases.case_no AND items.provisional)
    OR jsonb_path_exists(cases.state::jsonb, '$.items.*.window_provisional ? (@ == true)')
);
