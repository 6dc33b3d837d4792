-- name: count
INSERT INTO refused_calls (department, door, code, hour, times, first_at, last_at)
SELECT department, door, code, date_trunc('hour', last_at, 'UTC'), times, first_at, last_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[])
    AS counted (department, door, code, times, first_at, last_at)
ON CONFLICT (department, door, code, hour) DO UPDATE SET
    times = refused_calls.times + excluded.times, last_at = greatest(refused_calls.last_at, excluded.last_at);

-- name: forget
DELETE FROM refused_calls WHERE last_at < now() - make_interval(days => $1);

-- name: latest
SELECT department, door, code, times, first_at, last_at FROM refused_calls
ORDER BY last_at DESC, department, door, code LIMIT $1;
