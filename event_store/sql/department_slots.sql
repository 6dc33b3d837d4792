-- name: take
-- The first of these slots that nobody holds. Row by row, without sorting: none is locked beyond the one that is taken.
SELECT slot FROM unnest($2::int[]) AS slot WHERE pg_try_advisory_lock(hashtext('department ' || $1), slot) LIMIT 1;

-- name: give_back
SELECT pg_advisory_unlock(hashtext('department ' || $1), $2), pg_notify('department_slots', $1);
