-- name: known
INSERT INTO department_collecting (department) VALUES ($1) ON CONFLICT DO NOTHING;

-- name: due
SELECT position, failures, greatest(0, extract(epoch FROM next_at - now()))::float8 AS due_in
FROM department_collecting WHERE department = $1;

-- name: move
-- Only from where this collector believes to be: one that lost its lock without noticing moves nothing back.
UPDATE department_collecting SET position = $3 WHERE department = $1 AND position = $2;

-- name: succeed
UPDATE department_collecting
SET succeeded_at = now(), failures = 0, cause = NULL, gap = $3, next_at = now() + make_interval(secs => $2)
WHERE department = $1;

-- name: fail
UPDATE department_collecting
SET failures = failures + 1, cause = $3, next_at = now() + make_interval(secs => $2)
WHERE department = $1;

-- name: put_off
UPDATE department_collecting SET next_at = now() + make_interval(secs => $2) WHERE department = $1;

-- name: refuse
INSERT INTO department_refusals (department, digest, code, position, door, named, case_no)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (department, digest, code)
DO UPDATE SET last_at = now(), times = department_refusals.times + 1, position = excluded.position
RETURNING times;

-- name: refusals
SELECT department, digest, code, position, door, named, case_no, first_at, last_at, times
FROM department_refusals WHERE department = $1 ORDER BY first_at, digest, code LIMIT $2;

-- name: collectings
SELECT department, position, next_at, succeeded_at, failures, cause, gap, since
FROM department_collecting ORDER BY department;
