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

-- name: passed_over
SELECT department, count(*) AS refused FROM department_refusals WHERE last_at >= $1 GROUP BY department;

-- name: bounds
-- $1 departments or NULL, $2 the first day or NULL.
SELECT min(since) AS first, max(day) AS last FROM department_days
WHERE ($1::text[] IS NULL OR department = ANY ($1)) AND ($2::date IS NULL OR day >= $2);

-- name: room
-- For this transaction: counting in memory instead of sorting on disk, which takes several times as long.
SET LOCAL work_mem = '64MB';

-- name: figures
-- $1 departments or NULL, $2 the first day or NULL, $3 by item; $4 the day before the calendar's first, $5 how many working days
-- there are from there until each day. Working days count as limits do: not the first one, and none that a stop touches
-- (one_things/clock.py). Arrays and no join: this is where the time goes.
SELECT department, CASE WHEN $3 THEN bundle ELSE '' END AS bundle, CASE WHEN $3 THEN item_id ELSE '' END AS item,
       measure, reason, responsible, hours, promised, late,
       CASE WHEN hours = 0 THEN 0
            WHEN stopped = '{}' THEN ($5::integer[])[day - $4] - ($5::integer[])[since - $4]
            ELSE ($5::integer[])[day - $4] - ($5::integer[])[since - $4] - (
                SELECT coalesce(sum(($5::integer[])[least(upper(still) - 1, day) - $4]
                                    - ($5::integer[])[greatest(lower(still) - 1, since) - $4]), 0)
                FROM unnest(stopped) AS still
                WHERE upper(still) - 1 > since AND lower(still) <= day)
       END::integer AS working_days,
       sum(count::integer) AS times
FROM department_days
WHERE ($1::text[] IS NULL OR department = ANY ($1)) AND ($2::date IS NULL OR day >= $2)
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
