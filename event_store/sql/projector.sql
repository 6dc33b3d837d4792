-- How far a projection has come, and who may move it.

-- name: try_lock
SELECT pg_try_advisory_xact_lock(hashtextextended('projection ' || $1, 0));

-- name: lock
SELECT pg_advisory_xact_lock(hashtextextended('projection ' || $1, 0));

-- name: checkpoint
SELECT transaction_id, position FROM checkpoints WHERE projection = $1;

-- name: move
INSERT INTO checkpoints (projection, transaction_id, position, shape) VALUES ($1, $2::xid8, $3, $4)
ON CONFLICT (projection) DO UPDATE SET transaction_id = excluded.transaction_id, position = excluded.position;

-- name: is_older
SELECT shape < $2 FROM checkpoints WHERE projection = $1;

-- name: begin_anew
DELETE FROM checkpoints WHERE projection = $1;

-- name: behind
SELECT count(*) FROM events WHERE (transaction_id, position) > ($1::xid8, $2);

-- name: ring
SELECT pg_notify('events_projected', $1);
