-- Who is asked to sign where.

-- name: open_cases
SELECT c.state::text AS state
FROM cases AS c
WHERE c.phase = 'open' AND c.case_no IN (SELECT case_no FROM signers WHERE identity_mac = $1)
ORDER BY c.opened_at DESC, c.case_no DESC
LIMIT $2;
