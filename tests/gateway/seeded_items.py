"""A city's worth of items in the read models, made by SQL: many cases are to be counted, none of them is looked at."""

from event_store.pool import Database

DEPARTMENTS = ("tax", "customs", "bank", "market-regulation", "human-resources", "medical-insurance", "commerce",
               "provident-fund", "public-security")  # fmt: skip

_CASES = """
INSERT INTO cases (case_no, bundle, bundle_version, owner, channel, phase, open_tasks, opened_at, changed_at, version,
                   state)
SELECT 'S-' || n, 'enterprise-exit', '2026.1', 'seeded', 'web', 'open', 0, now(), now(), 1,
       json_build_object('padding', repeat('x', 4000))
FROM generate_series(0, $1::integer - 1) AS n
"""
_ITEMS = """
INSERT INTO items (case_no, item_id, place, department, title, status, attempt, provisional, breached, lies_with,
                   soon_from, late_from)
SELECT 'S-' || n / 4, 'item-' || n % 4, n % 4, ($2::text[])[1 + n % 9], '{}', 'accepted', 1, false, false,
       CASE WHEN n % 10 < 4 THEN 'department' WHEN n % 10 = 4 THEN 'applicant' END,
       CASE WHEN n % 10 < 4 THEN now() + (n % 20 - 3) * interval '1 day' END,
       CASE WHEN n % 10 < 4 THEN now() + (n % 20 - 2) * interval '1 day' END
FROM generate_series(0, $1::integer - 1) AS n
"""
_DAYS = """
INSERT INTO department_days (department, day, bundle, item_id, measure, reason, responsible, since, stopped, hours,
                             promised, late, count)
SELECT ($2::text[])[1 + n % 9], day, 'enterprise-exit', 'item-' || n % 4, measure, '', '',
       CASE measure WHEN 'handed_in' THEN day ELSE day - n % 23 END,
       CASE WHEN n % 50 = 0 AND measure = 'approved'
            THEN datemultirange(daterange(day - 3, day - 1)) ELSE '{}'::datemultirange END,
       CASE measure WHEN 'handed_in' THEN 0 ELSE greatest(24 * (n % 23), 1 + n % 24) END,
       CASE measure WHEN 'approved' THEN 20 ELSE -1 END, measure = 'approved' AND n % 23 > 20, count(*)
FROM generate_series(0, $1::integer - 1) AS n
CROSS JOIN LATERAL (SELECT current_date - (hashint4(n) & 1023) % 730 AS day) AS lain
CROSS JOIN unnest(ARRAY['handed_in', 'accepted', 'approved']) AS measure
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
"""


async def seed(database: Database, items: int) -> None:
    """So many items, four to a case: four in ten lie with a department, all were handled within two years."""
    async with database.transaction() as connection:
        await connection.execute(_CASES, items // 4, timeout=None)
        await connection.execute(_ITEMS, items, DEPARTMENTS, timeout=None)
        await connection.execute(_DAYS, items, DEPARTMENTS, timeout=None)
    async with database.connection() as connection:
        await connection.execute("VACUUM ANALYZE items", timeout=None)
        await connection.execute("ANALYZE department_days", timeout=None)
