-- Who is asked to sign where.

-- name: open_cases
SELECT c.state::text AS state
FROM cases AS c
WHERE c.phase = 'open' AND c.case_no IN (SELECT case_no FROM signers WHERE identity_mac = $1)
ORDER BY c.opened_at DESC, c.case_no DESC
LIMIT $2;

-- name: put
-- Not for a case whose key is destroyed: the lock keeps an erasure from coming in between.
INSERT INTO signers (case_no, party, identity_mac)
SELECT $1, asked.* FROM unnest($2::text[], $3::bytea[]) AS asked
WHERE EXISTS (SELECT FROM case_keys WHERE case_no = $1 AND destroyed_at IS NULL FOR SHARE)
ON CONFLICT DO NOTHING;
