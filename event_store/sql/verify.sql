-- The integrity check: everything in one pass, beside what should be there.

-- name: chain
-- Every event beside the head of its case; heads without events and events without a head come too. $1 one case or NULL.
SELECT case_no, e.version, e.transaction_id, e.position, e.event_id, e.type, e.occurred_at, e.data::text AS data,
       e.suite, e.previous_hash, e.hash,
       h.version AS head_version, h.suite AS head_suite, h.hash AS head_hash, h.mac AS head_mac
FROM (SELECT * FROM events WHERE $1::text IS NULL OR case_no = $1) AS e
FULL JOIN (SELECT * FROM heads WHERE $1::text IS NULL OR case_no = $1) AS h USING (case_no)
ORDER BY case_no, e.version;

-- name: started_without_record
-- $1 one case or NULL, $2 how long a started case may be without events. A case whose key was destroyed before it
-- left the outbox was erased before it began: it never had a record.
SELECT case_no
FROM intake
WHERE ($1::text IS NULL OR case_no = $1)
  AND started_at < now() - $2::interval
  AND NOT EXISTS (SELECT FROM heads WHERE heads.case_no = intake.case_no)
  AND NOT EXISTS (SELECT FROM events WHERE events.case_no = intake.case_no)
  AND NOT EXISTS (
      SELECT FROM case_keys WHERE case_keys.case_no = intake.case_no AND destroyed_at <= started_at
  )
ORDER BY case_no;

-- name: numbers_without_request
-- Serials that were counted but are not in the intake.
SELECT counters.city, counters.year, given.serial
FROM case_counters AS counters
CROSS JOIN LATERAL generate_series(1, counters.last) AS given(serial)
WHERE NOT EXISTS (
    SELECT FROM intake
    WHERE (intake.city, intake.year, intake.serial) = (counters.city, counters.year, given.serial)
)
ORDER BY counters.city, counters.year, given.serial;

-- name: is_allocated
SELECT EXISTS (SELECT FROM intake WHERE case_no = $1);
