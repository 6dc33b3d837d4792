-- How a request becomes a case with a number, once.

-- name: earlier_request
SELECT case_no, body_digest FROM intake WHERE owner = $1 AND idempotency_key = $2;

-- name: next_serial
-- Holds the counter's row until the transaction ends: who rolls back gives the serial back.
INSERT INTO case_counters AS counter (city, year, last) VALUES ($1, $2, 1)
ON CONFLICT (city, year) DO UPDATE SET last = counter.last + 1
RETURNING last;

-- name: allocate
-- $1 case_no, $2 city, $3 year, $4 serial, $5 owner, $6 idempotency key, $7 digest, $8 key, $9 type, $10 payload,
-- $11 parties who sign, $12 the digests of who they are, $13 contents of a draft, $14 their keys under the case's key
WITH requested AS (
    INSERT INTO intake (case_no, city, year, serial, owner, idempotency_key, body_digest)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
), sealed AS (
    INSERT INTO case_keys (case_no, wrapped) VALUES ($1, $8)
), asked AS (
    INSERT INTO signers (case_no, party, identity_mac)
    SELECT $1, * FROM unnest($11::text[], $12::bytea[])
), adopted AS (
    UPDATE contents AS content SET case_no = $1, draft = NULL, key = own.key
    FROM unnest($13::uuid[], $14::text[]) AS own (content_id, key)
    WHERE content.content_id = own.content_id AND content.draft IS NOT NULL
)
INSERT INTO workflow_starts (case_no, workflow_type, payload) VALUES ($1, $9, $10);

-- name: mark_started
-- Gives the numbers that no case has.
WITH started AS (
    UPDATE intake SET started_at = now() WHERE case_no = ANY ($1::text[]) AND started_at IS NULL
), delivered AS (
    DELETE FROM workflow_starts WHERE case_no = ANY ($1)
)
SELECT array_agg(case_no) FROM unnest($1) AS told (case_no) WHERE NOT EXISTS (SELECT FROM intake WHERE intake.case_no = told.case_no);

-- name: unstarted
SELECT case_no, workflow_type, payload, created_at
FROM workflow_starts
WHERE created_at <= now() - $1::interval
ORDER BY created_at, case_no
LIMIT $2;
