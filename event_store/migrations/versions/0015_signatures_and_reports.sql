-- Documents that an institution was handed to sign and has not signed. A read model like the others: made from the record.
CREATE TABLE signatures_awaited (
    case_no text COLLATE "C" NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    party text COLLATE "C" NOT NULL,
    department text NOT NULL,
    round integer NOT NULL,
    ends_at timestamptz NOT NULL,
    PRIMARY KEY (case_no, item_id, party)
);
CREATE INDEX signatures_awaited_on_desk ON signatures_awaited (department, ends_at, case_no, item_id, party);
COMMENT ON COLUMN signatures_awaited.department IS 'The institution that signs for the party.';

-- What supervising departments were told of promises, read newest first.
CREATE INDEX timeline_reports ON timeline ((data ->> 'department'), at DESC, case_no DESC, version DESC)
WHERE type = 'commitment_reported';
