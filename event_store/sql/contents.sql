-- The contents of materials: sealed, of a draft or of a case, each once.

-- name: drop_expired_draft
DELETE FROM content_drafts WHERE draft = $1 AND expires_at <= now();

-- name: open_draft
-- $1 draft, $2 whose, $3 its wrapped key, $4 how long it is kept, $5 most open drafts of one owner
INSERT INTO content_drafts (draft, owner_mac, wrapped, expires_at)
SELECT $1, $2, $3, now() + $4::interval
WHERE (SELECT count(*) FROM content_drafts WHERE owner_mac = $2 AND expires_at > now()) < $5
ON CONFLICT (draft) DO NOTHING;

-- name: draft
SELECT wrapped, expires_at FROM content_drafts WHERE draft = $1 AND expires_at > now();

-- name: put
-- $1 draft or NULL, $2 case or NULL, $3 digest, $4 media type, $5 size, $6 key, $7 sealed, $8 most bytes together
INSERT INTO contents (draft, case_no, digest, media_type, size, key, sealed)
SELECT $1::bytea, $2::text, $3::text, $4, $5::integer, $6, $7
WHERE $5::integer + (
    SELECT coalesce(sum(size), 0) FROM contents WHERE draft = $1::bytea OR case_no = $2::text
) <= $8::bigint
ON CONFLICT DO NOTHING;

-- name: holds
SELECT EXISTS (SELECT FROM contents WHERE (draft = $1::bytea OR case_no = $2::text) AND digest = $3);

-- name: of_draft
SELECT content_id, digest, media_type, size, key FROM contents WHERE draft = $1 ORDER BY stored_at, digest;

-- name: of_case
SELECT content_id, digest, media_type, size, key FROM contents WHERE case_no = $1 ORDER BY stored_at, digest;

-- name: read
SELECT content_id, digest, media_type, size, key, sealed FROM contents WHERE case_no = $1 AND digest = $2;

-- name: sweep
WITH gone AS (
    DELETE FROM content_drafts WHERE expires_at <= now() RETURNING draft
)
SELECT count(*) FROM gone;
