-- name: claim
-- Nobody has it, or what they have is over: then it is ours to ask.
INSERT INTO look_up_cache AS held (case_no, key, over_at)
VALUES ($1, $2, now() + interval '10 seconds')
ON CONFLICT (case_no, key) DO UPDATE SET over_at = excluded.over_at, sealed = NULL
WHERE held.over_at <= now()
RETURNING true;

-- name: fresh
SELECT sealed FROM look_up_cache WHERE case_no = $1 AND key = $2 AND over_at > now();

-- name: keep
UPDATE look_up_cache SET sealed = $3, over_at = $4 WHERE case_no = $1 AND key = $2;

-- name: give_up
DELETE FROM look_up_cache WHERE case_no = $1 AND key = $2 AND sealed IS NULL;

-- name: forget
DELETE FROM look_up_cache WHERE over_at < now() - interval '1 minute';
