-- The record itself. It only ever grows: the database refuses everything else, to every role, superusers included
-- (ENABLE ALWAYS also holds when session_replication_role is "replica").

CREATE TABLE events (
    position        bigint      GENERATED ALWAYS AS IDENTITY,
    transaction_id  xid8        NOT NULL DEFAULT pg_current_xact_id(),
    case_no         text        COLLATE "C" NOT NULL,
    version         integer     NOT NULL CHECK (version > 0),
    event_id        uuid        NOT NULL UNIQUE,
    type            text        NOT NULL,
    occurred_at     timestamptz NOT NULL,
    data            json        NOT NULL,
    suite           text        NOT NULL,
    previous_hash   bytea       NOT NULL,
    hash            bytea       NOT NULL,
    PRIMARY KEY (case_no, version)
);
COMMENT ON TABLE events IS 'Everything that happened to every case; personal data only sealed. Append-only.';
COMMENT ON COLUMN events.transaction_id IS 'Together with position: the order in which the record can be followed without gaps.';
COMMENT ON COLUMN events.data IS 'json, not jsonb: the text stays exactly as it was hashed.';
COMMENT ON COLUMN events.suite IS 'The crypto suite that made the hash: a later change of suite leaves old rows verifiable.';
CREATE UNIQUE INDEX events_in_order ON events (transaction_id, position);

CREATE TABLE heads (
    case_no  text    COLLATE "C" PRIMARY KEY,
    version  integer NOT NULL CHECK (version > 0),
    suite    text    NOT NULL,
    hash     bytea   NOT NULL,
    mac      bytea   NOT NULL
) WITH (fillfactor = 80);
COMMENT ON TABLE heads IS 'Where each case ends, with a MAC whose key the database never sees: shows a tail that was cut off.';

CREATE TABLE case_keys (
    case_no       text        COLLATE "C" PRIMARY KEY,
    wrapped       bytea,
    created_at    timestamptz NOT NULL DEFAULT now(),
    destroyed_at  timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
COMMENT ON TABLE case_keys IS 'The key that seals the personal data of a case, wrapped by a master key; without it the person is erased.';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the record only grows', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER events_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE events ENABLE ALWAYS TRIGGER events_only_grow;

CREATE TRIGGER heads_stay BEFORE DELETE OR TRUNCATE ON heads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE heads ENABLE ALWAYS TRIGGER heads_stay;

CREATE TRIGGER heads_only_advance BEFORE UPDATE ON heads
    FOR EACH ROW WHEN (NEW.case_no <> OLD.case_no OR NEW.version <= OLD.version)
    EXECUTE FUNCTION refuse_change();
ALTER TABLE heads ENABLE ALWAYS TRIGGER heads_only_advance;

CREATE TRIGGER case_keys_leave_a_tombstone BEFORE DELETE OR TRUNCATE ON case_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE case_keys ENABLE ALWAYS TRIGGER case_keys_leave_a_tombstone;

CREATE TRIGGER case_keys_stay_destroyed BEFORE UPDATE ON case_keys
    FOR EACH ROW WHEN (OLD.destroyed_at IS NOT NULL OR NEW.case_no <> OLD.case_no)
    EXECUTE FUNCTION refuse_change();
ALTER TABLE case_keys ENABLE ALWAYS TRIGGER case_keys_stay_destroyed;
