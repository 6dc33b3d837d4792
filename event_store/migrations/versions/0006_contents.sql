-- What was uploaded for an application that is not handed in yet. Its name is a keyed digest of whose it is and of the
-- token that the applicant has, so that nobody finds it in another's name.
CREATE TABLE content_drafts (
    draft bytea PRIMARY KEY,
    owner_mac bytea NOT NULL,
    wrapped bytea NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX content_drafts_by_expiry ON content_drafts (expires_at);
CREATE INDEX content_drafts_by_owner ON content_drafts (owner_mac, expires_at);

-- The contents of materials, each sealed under a key of its own; that key is sealed under the draft's or the case's.
CREATE TABLE contents (
    content_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    draft bytea REFERENCES content_drafts (draft) ON DELETE CASCADE,
    case_no text REFERENCES intake (case_no),
    digest text NOT NULL,
    media_type text NOT NULL,
    size integer NOT NULL CHECK (size > 0),
    key text NOT NULL,
    sealed bytea NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((draft IS NULL) <> (case_no IS NULL)),
    UNIQUE (draft, digest),
    UNIQUE (case_no, digest)
);

-- Sealed bytes do not compress: trying costs time and gains nothing.
ALTER TABLE contents ALTER COLUMN sealed SET STORAGE EXTERNAL;
