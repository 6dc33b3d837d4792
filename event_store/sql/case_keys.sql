-- The wrapped key of every case, and the tombstone of those that were destroyed.

-- name: put
INSERT INTO case_keys (case_no, wrapped) VALUES ($1, $2) ON CONFLICT (case_no) DO NOTHING;

-- name: get
SELECT wrapped, destroyed_at FROM case_keys WHERE case_no = $1;

-- name: replace
UPDATE case_keys SET wrapped = $3 WHERE case_no = $1 AND wrapped = $2;

-- name: destroy
WITH forgotten AS (
    DELETE FROM signers WHERE case_no = $1
), emptied AS (
    DELETE FROM contents WHERE case_no = $1
)
UPDATE case_keys SET wrapped = NULL, destroyed_at = now() WHERE case_no = $1 AND destroyed_at IS NULL;

-- name: held_after
SELECT case_no, wrapped FROM case_keys
WHERE case_no > $1 AND destroyed_at IS NULL
ORDER BY case_no
LIMIT $2;
