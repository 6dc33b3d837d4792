-- name: lock
-- One publication at a time, so that their numbers have no gaps and come in order.
SELECT pg_advisory_xact_lock(7237119);

-- name: latest_of_year
SELECT publication, document::text FROM calendars WHERE year = $1 ORDER BY publication DESC LIMIT 1;

-- name: publish
INSERT INTO calendars (publication, year, notice, document)
SELECT coalesce(max(publication), 0) + 1, $1, $2, $3::json FROM calendars
RETURNING publication;

-- name: newest
SELECT coalesce(max(publication), 0) FROM calendars;

-- name: published
SELECT publication, document::text, published_at FROM calendars ORDER BY publication;

-- name: waiting
SELECT case_no FROM cases
WHERE provisional AND calendar < $1 AND phase IN ('open', 'proposed') AND case_no > $2
ORDER BY case_no
LIMIT $3;

-- name: count_waiting
SELECT count(*) FROM cases WHERE provisional AND calendar < $1 AND phase IN ('open', 'proposed');
