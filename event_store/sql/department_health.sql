-- name: note
INSERT INTO department_health (department, process, state, since, failures, cause, next_probe_at, seen_at)
SELECT department, $1, state, since, failures, cause, now() + make_interval(secs => probes_in), now()
FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::int[], $6::text[], $7::float8[])
    AS noted (department, state, since, failures, cause, probes_in)
ON CONFLICT (department, process) DO UPDATE SET
    state = excluded.state, since = excluded.since, failures = excluded.failures, cause = excluded.cause,
    next_probe_at = excluded.next_probe_at, seen_at = excluded.seen_at;

-- name: forget
DELETE FROM department_health
WHERE process = $1 AND department != ALL ($2::text[]) OR seen_at < now() - interval '1 hour';

-- name: count
INSERT INTO department_calls (department, hour, calls, failures)
SELECT department, date_trunc('hour', now(), 'UTC'), calls, failures
FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS counted (department, calls, failures)
ON CONFLICT (department, hour) DO UPDATE SET
    calls = department_calls.calls + excluded.calls, failures = department_calls.failures + excluded.failures;

-- name: trouble
SELECT department, process, state, since, failures, cause, next_probe_at FROM department_health
WHERE seen_at > now() - make_interval(secs => $1)
ORDER BY department, since, process;

-- name: calls
SELECT department, sum(calls)::bigint AS calls, sum(failures)::bigint AS failures FROM department_calls
WHERE hour >= date_trunc('hour', $1::timestamptz, 'UTC')
GROUP BY department
ORDER BY department;
