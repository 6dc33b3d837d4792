-- Who is asked to sign in which case, by a keyed digest of the identity: found by whoever proves to be that person.
-- No event holds it, so that erasing a case can delete it.
CREATE TABLE signers (
    case_no text NOT NULL REFERENCES intake (case_no),
    party text NOT NULL,
    identity_mac bytea NOT NULL,
    PRIMARY KEY (case_no, party)
);

CREATE INDEX signers_by_identity ON signers (identity_mac, case_no);
