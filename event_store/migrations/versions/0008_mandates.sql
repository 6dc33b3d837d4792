-- Whom each agent acts for: read off the cases like the other read models, and rebuilt with them.
CREATE TABLE mandates (
    case_no     text        COLLATE "C" NOT NULL REFERENCES cases DEFERRABLE INITIALLY DEFERRED,
    agent       text        NOT NULL,
    scope       text[]      NOT NULL,
    given_at    timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    revoked_at  timestamptz,
    PRIMARY KEY (case_no, agent)
);
CREATE INDEX mandates_of_agent ON mandates (agent, case_no) WHERE revoked_at IS NULL;
COMMENT ON TABLE mandates IS 'The last mandate of each agent in each case; agents are opaque accounts.';

-- Cases of before: their mandates stood in their state only.
INSERT INTO mandates (case_no, agent, scope, given_at, ends_at, revoked_at)
SELECT cases.case_no, held.key, array(SELECT json_array_elements_text(held.value->'scope')),
       (held.value->>'given_at')::timestamptz, (held.value->>'ends_at')::timestamptz,
       (held.value->>'revoked_at')::timestamptz
FROM cases CROSS JOIN LATERAL json_each(cases.state->'mandates') AS held
WHERE json_typeof(cases.state->'mandates') = 'object';
