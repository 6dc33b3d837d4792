-- Writing the read models. Every value comes from the events; nothing here reads a clock.

-- name: states
SELECT case_no, state::text FROM cases WHERE case_no = ANY($1::text[]);

-- name: write_cases
INSERT INTO cases (case_no, bundle, bundle_version, owner, channel, phase, outcome, stop_reason, open_tasks,
                   opened_at, changed_at, closed_at, version, state, provisional, calendar)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::integer[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::integer[],
                     $14::json[], $15::boolean[], $16::integer[])
ON CONFLICT (case_no) DO UPDATE
SET phase = excluded.phase, outcome = excluded.outcome, stop_reason = excluded.stop_reason,
    open_tasks = excluded.open_tasks, changed_at = excluded.changed_at, closed_at = excluded.closed_at,
    version = excluded.version, state = excluded.state, provisional = excluded.provisional,
    calendar = excluded.calendar;

-- name: write_items
INSERT INTO items (case_no, item_id, place, department, title, status, attempt, reference, accepted_at, due_on, due_at,
                   provisional, breached, notice_ends_at, unreachable_since, lies_with, soon_from, late_from,
                   inbox, until, warn_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::json[], $6::text[], $7::integer[],
                     $8::text[], $9::timestamptz[], $10::date[], $11::timestamptz[], $12::boolean[], $13::boolean[],
                     $14::timestamptz[], $15::timestamptz[], $16::text[], $17::timestamptz[], $18::timestamptz[],
                     $19::text[], $20::timestamptz[], $21::timestamptz[])
ON CONFLICT (case_no, item_id) DO UPDATE
SET place = excluded.place, status = excluded.status, attempt = excluded.attempt, reference = excluded.reference,
    accepted_at = excluded.accepted_at, due_on = excluded.due_on, due_at = excluded.due_at,
    provisional = excluded.provisional, breached = excluded.breached, notice_ends_at = excluded.notice_ends_at,
    unreachable_since = excluded.unreachable_since, lies_with = excluded.lies_with, soon_from = excluded.soon_from,
    late_from = excluded.late_from, inbox = excluded.inbox, until = excluded.until, warn_at = excluded.warn_at;

-- name: write_mandates
INSERT INTO mandates (case_no, agent, scope, given_at, ends_at, revoked_at)
SELECT case_no, agent, string_to_array(scope, ','), given_at, ends_at, revoked_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[])
     AS given (case_no, agent, scope, given_at, ends_at, revoked_at)
ON CONFLICT (case_no, agent) DO UPDATE
SET scope = excluded.scope, given_at = excluded.given_at, ends_at = excluded.ends_at, revoked_at = excluded.revoked_at;

-- name: write_signatures
INSERT INTO signatures_awaited (case_no, item_id, party, department, round, ends_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::timestamptz[])
ON CONFLICT (case_no, item_id, party) DO UPDATE SET round = excluded.round, ends_at = excluded.ends_at;

-- name: drop_signatures
DELETE FROM signatures_awaited
WHERE (case_no, item_id, party) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]));

-- name: write_timeline
INSERT INTO timeline (case_no, version, transaction_id, position, type, at, item, data)
SELECT * FROM unnest($1::text[], $2::integer[], $3::xid8[], $4::bigint[], $5::text[], $6::timestamptz[], $7::text[],
                     $8::json[]);

-- name: count_figures
INSERT INTO department_days (department, bundle, item_id, day, measure, since, reason, responsible, stopped, hours,
                             promised, late, count)
SELECT department, bundle, item_id, day, measure, since, reason, responsible, stopped::datemultirange, hours, promised,
       late, count
FROM unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::text[], $6::date[], $7::text[], $8::text[], $9::text[],
            $10::integer[], $11::integer[], $12::boolean[], $13::bigint[])
     AS counted (department, bundle, item_id, day, measure, since, reason, responsible, stopped, hours, promised, late,
                 count)
ON CONFLICT (department, day, bundle, item_id, measure, reason, responsible, since, stopped, hours, promised, late)
DO UPDATE SET count = department_days.count + excluded.count;

-- name: left_behind
-- The next event of each of these cases lies before the checkpoint, and yet it is not shown.
SELECT heads.case_no
FROM heads
LEFT JOIN cases ON cases.case_no = heads.case_no
JOIN events ON events.case_no = heads.case_no AND events.version = coalesce(cases.version, 0) + 1
WHERE heads.version > coalesce(cases.version, 0)
  AND (events.transaction_id, events.position) <= ($1::xid8, $2::bigint)
ORDER BY heads.case_no;

-- name: clear_figures
DELETE FROM department_days;

-- name: clear_timeline
DELETE FROM timeline;

-- name: clear_mandates
DELETE FROM mandates;

-- name: clear_signatures
DELETE FROM signatures_awaited;

-- name: clear_items
DELETE FROM items;

-- name: clear_cases
DELETE FROM cases;
