-- The desk of departments without a system: the inbox, who works on what, and what they did.

-- name: page
-- $1 department, $2 state or NULL, $3 holder or NULL, $4 only overdue, $5 now, $6 to $8 the last row seen or NULL, $9 how many.
-- A case of the embedded city has its own time, so many seconds ahead of the wall clock.
SELECT i.case_no, i.item_id, i.title::text AS title, i.attempt, i.inbox AS state, i.until, i.warn_at, i.provisional, i.breached,
       c.state->'plan'->>'title' AS bundle_title, (c.state->>'seconds_ahead')::integer AS seconds_ahead,
       w.holder, w.since, coalesce(w.version, 0) AS version,
       EXISTS (SELECT FROM workbench_extensions AS e
               WHERE e.case_no = i.case_no AND e.item_id = i.item_id AND e.answered_at IS NULL) AS extension_asked
FROM items AS i
JOIN cases AS c USING (case_no)
LEFT JOIN workbench_claims AS w USING (case_no, item_id)
WHERE i.department = $1 AND i.inbox IS NOT NULL
  AND ($2::text IS NULL OR i.inbox = $2)
  AND ($3::text IS NULL OR w.holder = $3)
  AND (NOT $4::boolean OR i.breached
       OR (i.inbox = 'to_decide' AND i.until <= $5::timestamptz + (c.state->>'seconds_ahead')::integer * interval '1 second'))
  AND ($6::timestamptz IS NULL OR (coalesce(i.until, '9999-12-31 23:59:59.999999+00'), i.case_no, i.item_id) > ($6, $7::text, $8::text))
ORDER BY coalesce(i.until, '9999-12-31 23:59:59.999999+00'), i.case_no, i.item_id
LIMIT $9;

-- name: claim
SELECT holder, since, version FROM workbench_claims WHERE case_no = $1 AND item_id = $2;

-- name: take
-- $1 case, $2 item, $3 department, $4 holder or NULL, $5 the version that was seen, 0 before the first claim
INSERT INTO workbench_claims AS w (case_no, item_id, department, holder, since, version)
SELECT $1, $2, $3, $4, now(), 1
WHERE $5::integer = 0 OR EXISTS (SELECT FROM workbench_claims WHERE case_no = $1 AND item_id = $2)
ON CONFLICT (case_no, item_id) DO UPDATE
SET holder = excluded.holder, since = excluded.since, version = w.version + 1
WHERE w.version = $5::integer
RETURNING holder, since, version;

-- name: note
INSERT INTO workbench_log (department, case_no, item_id, officer, act, act_id, about)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (case_no, item_id, act, act_id) DO NOTHING;

-- name: log
SELECT at, officer, act, about FROM workbench_log WHERE case_no = $1 AND item_id = $2 ORDER BY entry;

-- name: settle_undoing
INSERT INTO workbench_undoings (undo_key, officer, settled) VALUES ($1, $2, $3::json) ON CONFLICT DO NOTHING;

-- name: undoing
SELECT settled::text FROM workbench_undoings WHERE undo_key = $1;

-- name: ask_extension
INSERT INTO workbench_extensions (case_no, item_id, attempt, act_id, asked_by, working_days, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7::json)
ON CONFLICT DO NOTHING;

-- name: extension
-- The request that waits, or else the last one.
SELECT attempt, act_id, asked_by, asked_at, working_days, reason::text AS reason, answered_by, answered_at, approved
FROM workbench_extensions WHERE case_no = $1 AND item_id = $2
ORDER BY answered_at IS NULL DESC, asked_at DESC LIMIT 1;

-- name: answer_extension
UPDATE workbench_extensions SET answered_by = $4, answered_at = now(), approved = $5
WHERE case_no = $1 AND item_id = $2 AND act_id = $3 AND answered_at IS NULL;

-- name: signatures
-- $1 department, $2 holder or NULL, $3 to $6 the last row seen or NULL, $7 how many.
SELECT s.case_no, s.item_id, s.party, s.round, s.ends_at, i.title::text AS title,
       c.state->'plan'->>'title' AS bundle_title, (c.state->>'seconds_ahead')::integer AS seconds_ahead,
       w.holder, w.since, coalesce(w.version, 0) AS version
FROM signatures_awaited AS s
JOIN cases AS c USING (case_no)
JOIN items AS i USING (case_no, item_id)
LEFT JOIN workbench_claims AS w ON w.case_no = s.case_no AND w.item_id = s.item_id || ':sign:' || s.party
WHERE s.department = $1
  AND ($2::text IS NULL OR w.holder = $2)
  AND ($3::timestamptz IS NULL OR (s.ends_at, s.case_no, s.item_id, s.party) > ($3, $4::text, $5::text, $6::text))
ORDER BY s.ends_at, s.case_no, s.item_id, s.party
LIMIT $7;

-- name: reports
-- $1 department, $2 only those that nobody has acknowledged, $3 to $5 the last row seen or NULL, $6 how many.
SELECT t.case_no, t.version, t.at, t.item AS item_id, t.data->>'material' AS material, t.data->>'verdict' AS verdict,
       i.title::text AS title, c.state->'plan'->>'title' AS bundle_title,
       l.officer AS acknowledged_by, l.at AS acknowledged_at
FROM timeline AS t
JOIN cases AS c USING (case_no)
JOIN items AS i ON i.case_no = t.case_no AND i.item_id = t.item
LEFT JOIN workbench_log AS l ON l.case_no = t.case_no AND l.item_id = t.item || ':report:' || (t.data->>'material')
                            AND l.act = 'report_acknowledged' AND l.act_id = t.data->>'verdict'
WHERE t.type = 'commitment_reported' AND t.data->>'department' = $1
  AND (NOT $2::boolean OR l.entry IS NULL)
  AND ($3::timestamptz IS NULL OR (t.at, t.case_no, t.version) < ($3, $4::text, $5::integer))
ORDER BY t.at DESC, t.case_no DESC, t.version DESC
LIMIT $6;

-- name: acknowledged
-- Who was the first to acknowledge this report.
SELECT at, officer FROM workbench_log
WHERE case_no = $1 AND item_id = $2 AND act = 'report_acknowledged' AND act_id = $3;
