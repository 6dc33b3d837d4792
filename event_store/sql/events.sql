-- The record: one statement appends, one reads a case, one follows the whole.

-- name: append
-- $1 case_no, $2 expected version, $3 hash at that version, $4 event ids, $5 types, $6 times, $7 data, $8 hashes,
-- $9 suite, $10 mac of the new head. The head's row lock lets one writer through; who comes second finds another version.
WITH opened AS (
    INSERT INTO heads (case_no, version, suite, hash, mac)
    SELECT $1, cardinality($4::uuid[]), $9, ($8::bytea[])[cardinality($4)], $10
    WHERE $2::integer = 0
    ON CONFLICT (case_no) DO NOTHING
    RETURNING case_no
), advanced AS (
    UPDATE heads
    SET version = $2 + cardinality($4), suite = $9, hash = ($8)[cardinality($4)], mac = $10
    WHERE case_no = $1 AND version = $2 AND hash = $3 AND $2 > 0
    RETURNING case_no
), allowed AS (
    SELECT case_no FROM opened UNION ALL SELECT case_no FROM advanced
), recorded AS (
    INSERT INTO events (case_no, version, event_id, type, occurred_at, data, suite, previous_hash, hash)
    SELECT allowed.case_no, $2 + incoming.place, incoming.event_id, incoming.type, incoming.occurred_at,
           incoming.data::json, $9, lag(incoming.hash, 1, $3) OVER (ORDER BY incoming.place), incoming.hash
    FROM allowed
    CROSS JOIN unnest($4, $5::text[], $6::timestamptz[], $7::text[], $8)
         WITH ORDINALITY AS incoming(event_id, type, occurred_at, data, hash, place)
    ORDER BY incoming.place
    RETURNING version
)
SELECT (SELECT count(pg_notify('events_appended', case_no)) FROM allowed) AS woken,
       (SELECT count(*) FROM recorded) > 0 AS appended;

-- name: head
SELECT version, hash FROM heads WHERE case_no = $1;

-- name: read_case
SELECT transaction_id, position, case_no, version, event_id, type, occurred_at, data::text AS data, suite,
       previous_hash, hash
FROM events
WHERE case_no = $1 AND version > $2
ORDER BY version
LIMIT $3;

-- name: read_after
-- Everything older than the oldest running transaction is final: nothing can still commit in front of it.
SELECT transaction_id, position, case_no, version, event_id, type, occurred_at, data::text AS data, suite,
       previous_hash, hash
FROM events
WHERE (transaction_id, position) > ($1::xid8, $2::bigint)
  AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY transaction_id, position
LIMIT $3;

-- name: read_up_to
SELECT transaction_id, position, case_no, version, event_id, type, occurred_at, data::text AS data, suite,
       previous_hash, hash
FROM events
WHERE case_no = $1 AND (transaction_id, position) <= ($2::xid8, $3::bigint)
ORDER BY version;

-- name: anything_after
-- Also sees what an older running transaction still holds back. By the record's last row and not by EXISTS: with that the
-- planner expects to meet such a row early, reads the record from its beginning, and finds it at the end or nowhere.
SELECT coalesce((
    SELECT (transaction_id, position) > ($1::xid8, $2::bigint)
    FROM events
    ORDER BY transaction_id DESC, position DESC
    LIMIT 1
), false);

-- name: last_position
SELECT transaction_id, position
FROM events
WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY transaction_id DESC, position DESC
LIMIT 1;
