-- What the read models hold about one department, newest first.

-- name: look_ups
-- $1 department, $2 to $4 the last row seen or NULL, $5 how many.
SELECT case_no, version, at, data::text AS data
FROM timeline
WHERE (data -> 'looked_up') IS NOT NULL
  AND data -> 'looked_up' ->> 'department' = $1
  AND ($2::timestamptz IS NULL OR (at, case_no, version) < ($2, $3::text, $4::integer))
ORDER BY at DESC, case_no DESC, version DESC
LIMIT $5;

-- name: set_aside
SELECT case_no, version, at, data::text AS data
FROM timeline
WHERE type IN ('decision_set_aside', 'more_set_aside')
  AND data ->> 'department' = $1
  AND ($2::timestamptz IS NULL OR (at, case_no, version) < ($2, $3::text, $4::integer))
ORDER BY at DESC, case_no DESC, version DESC
LIMIT $5;
