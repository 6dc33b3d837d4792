-- Lists for people, from the read models; and requests whose case has not begun yet, from the intake.

-- name: page
-- $1 owners or NULL, $2 phase or NULL, $3 department or NULL, $4 only overdue, $5 now, $6 and $7 the last row seen or NULL,
-- $8 how many. A case of the embedded city has its own time, so many seconds ahead of the wall clock.
SELECT c.case_no, c.bundle, c.state->'plan'->>'title' AS title, c.phase, c.outcome, c.stop_reason, c.open_tasks,
       c.opened_at, c.changed_at, c.closed_at, i.total, i.approved, i.correction, i.overdue, i.next_due_on
FROM cases AS c
CROSS JOIN LATERAL (
    SELECT count(*) AS total,
           count(*) FILTER (WHERE status = 'approved') AS approved,
           count(*) FILTER (WHERE status = 'correction') AS correction,
           count(*) FILTER (WHERE status = 'accepted' AND (breached OR due_at <= $5::timestamptz
               + (c.state->>'seconds_ahead')::integer * interval '1 second')) AS overdue,
           min(due_on) FILTER (WHERE status = 'accepted') AS next_due_on,
           bool_or(department = $3) AS concerns
    FROM items WHERE items.case_no = c.case_no
) AS i
WHERE ($1::text[] IS NULL OR c.owner = ANY ($1))
  AND ($2::text IS NULL OR c.phase = $2)
  AND ($3::text IS NULL OR i.concerns)
  AND (NOT $4::boolean OR (c.phase <> 'closed' AND i.overdue > 0))
  AND ($6::timestamptz IS NULL OR (c.opened_at, c.case_no) < ($6, $7::text))
ORDER BY c.opened_at DESC, c.case_no DESC
LIMIT $8;

-- name: acting_for
-- $1 agent, $2 now, $3 and $4 the last row seen or NULL, $5 how many. A mandate that has ended, in the time of its case, or was
-- revoked is no mandate.
SELECT c.case_no, c.bundle, c.state->'plan'->>'title' AS title, c.phase, c.outcome, c.stop_reason, c.open_tasks,
       c.opened_at, c.changed_at, c.closed_at, i.total, i.approved, i.correction, i.overdue, i.next_due_on,
       m.scope, m.ends_at
FROM mandates AS m
JOIN cases AS c USING (case_no)
CROSS JOIN LATERAL (
    SELECT count(*) AS total,
           count(*) FILTER (WHERE status = 'approved') AS approved,
           count(*) FILTER (WHERE status = 'correction') AS correction,
           count(*) FILTER (WHERE status = 'accepted' AND (breached OR due_at <= $2::timestamptz
               + (c.state->>'seconds_ahead')::integer * interval '1 second')) AS overdue,
           min(due_on) FILTER (WHERE status = 'accepted') AS next_due_on
    FROM items WHERE items.case_no = c.case_no
) AS i
WHERE m.agent = $1 AND m.revoked_at IS NULL
  AND m.ends_at > $2::timestamptz + (c.state->>'seconds_ahead')::integer * interval '1 second'
  AND ($3::timestamptz IS NULL OR (c.opened_at, c.case_no) < ($3, $4::text))
ORDER BY c.opened_at DESC, c.case_no DESC
LIMIT $5;

-- name: request
-- A number that was given out, and its start as long as it lies in the outbox.
SELECT intake.owner, intake.allocated_at, workflow_starts.payload
FROM intake LEFT JOIN workflow_starts USING (case_no)
WHERE intake.case_no = $1;

-- name: alive
SELECT true;
