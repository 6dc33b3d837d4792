-- How departments do, from the read models: what lies with them now, and what they did, counted by the day.

-- name: lying
-- $1 departments or NULL, $2 now, $3 by item. What is with the applicant is neither pressing nor late.
SELECT i.department,
       CASE WHEN $3 THEN c.bundle ELSE '' END AS bundle,
       CASE WHEN $3 THEN i.item_id ELSE '' END AS item,
       count(*) FILTER (WHERE i.lies_with = 'department') AS open,
       count(*) FILTER (WHERE i.lies_with = 'applicant') AS with_applicant,
       count(*) FILTER (WHERE i.breached OR i.late_from <= $2) AS overdue,
       count(*) FILTER (WHERE NOT i.breached AND i.soon_from <= $2 AND (i.late_from > $2 OR i.late_from IS NULL)) AS due_soon
FROM items AS i LEFT JOIN cases AS c ON $3 AND c.case_no = i.case_no
WHERE i.lies_with IS NOT NULL AND ($1::text[] IS NULL OR i.department = ANY ($1))
GROUP BY 1, 2, 3;

-- name: bounds
-- $1 departments or NULL, $2 the first day or NULL.
SELECT min(since) AS first, max(day) AS last FROM department_days
WHERE ($1::text[] IS NULL OR department = ANY ($1)) AND ($2::date IS NULL OR day >= $2);

-- name: figures
-- $1 departments or NULL, $2 the first day or NULL, $3 by item; $4 days, $5 which are working days, $6 how many of them until
-- then. Working days count as limits do: not the first one, and none that a stop touches (one_things/clock.py).
WITH calendar AS MATERIALIZED (
    SELECT * FROM unnest($4::date[], $5::boolean[], $6::integer[]) AS given (day, working, nth)
),
timed AS MATERIALIZED (
    SELECT department, CASE WHEN $3 THEN bundle ELSE '' END AS bundle, CASE WHEN $3 THEN item_id ELSE '' END AS item,
           measure, reason, responsible, since, day, stopped, hours, promised, late, sum(count)::bigint AS count
    FROM department_days
    WHERE ($1::text[] IS NULL OR department = ANY ($1)) AND ($2::date IS NULL OR day >= $2)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
)
SELECT department, bundle, item, measure, reason, responsible, hours, promised, late,
       CASE WHEN hours = 0 THEN 0
            WHEN stopped = '{}' THEN ended.nth - began.nth
            ELSE ended.nth - began.nth - (
                SELECT count(*) FROM calendar AS still
                WHERE still.working AND still.day > since AND still.day <= timed.day AND still.day <@ stopped)
       END::integer AS working_days,
       sum(count)::bigint AS times
FROM timed
JOIN calendar AS ended ON ended.day = timed.day
JOIN calendar AS began ON began.day = timed.since
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;

-- name: lying_cases
-- $1 department, $2 now, $3 which (open, due_soon, overdue, with_applicant), $4 item or NULL, $5 to $7 the last row seen or NULL,
-- $8 how many. What is late for longest comes first, what has no date last.
SELECT at, case_no, item, status, due_on, NULL AS reason, NULL AS responsible FROM (
    SELECT case_no, item_id AS item, status, due_on, coalesce(late_from, soon_from, '9999-01-01T00:00Z') AS at
    FROM items
    WHERE department = $1 AND lies_with IS NOT NULL AND ($4::text IS NULL OR item_id = $4)
      AND CASE $3::text
              WHEN 'open' THEN lies_with = 'department'
              WHEN 'with_applicant' THEN lies_with = 'applicant'
              WHEN 'overdue' THEN breached OR late_from <= $2
              ELSE NOT breached AND soon_from <= $2 AND (late_from > $2 OR late_from IS NULL)
          END
) AS lying
WHERE $5::timestamptz IS NULL OR (at, case_no, item) > ($5, $6::text, $7::text)
ORDER BY at, case_no, item
LIMIT $8;

-- name: handled_cases
-- $1 department, $2 type of event, $3 from when or NULL, $4 item or NULL, $5 to $7 the last row seen or NULL, $8 how many, $9
-- reason or NULL, $10 responsible or NULL. The last one first.
SELECT t.at, t.case_no, t.item, i.status, i.due_on, t.data->>'reason' AS reason, t.data->>'responsible' AS responsible
FROM timeline AS t JOIN items AS i ON i.case_no = t.case_no AND i.item_id = t.item
WHERE t.type = $2 AND i.department = $1
  AND ($3::timestamptz IS NULL OR t.at >= $3)
  AND ($4::text IS NULL OR t.item = $4)
  AND ($5::timestamptz IS NULL OR (t.at, t.case_no, t.item) < ($5, $6::text, $7::text))
  AND ($9::text IS NULL OR t.data->>'reason' = $9)
  AND ($10::text IS NULL OR t.data->>'responsible' = $10)
ORDER BY t.at DESC, t.case_no DESC, t.item DESC
LIMIT $8;
