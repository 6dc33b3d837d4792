-- Answers of sources that may be used again for a while, sealed under the key of their case; a row without an answer says
-- that somebody is asking.
CREATE TABLE look_up_cache (
    case_no text NOT NULL,
    key text NOT NULL,
    sealed bytea,
    over_at timestamptz NOT NULL,
    PRIMARY KEY (case_no, key)
);

CREATE INDEX look_up_cache_over ON look_up_cache (over_at);

-- Look-ups made at a department, and what it said that did not count: both read newest first.
CREATE INDEX timeline_look_ups ON timeline ((data -> 'looked_up' ->> 'department'), at DESC, case_no DESC, version DESC)
WHERE (data -> 'looked_up') IS NOT NULL;

CREATE INDEX timeline_set_aside ON timeline ((data ->> 'department'), at DESC, case_no DESC, version DESC)
WHERE type IN ('decision_set_aside', 'more_set_aside');
