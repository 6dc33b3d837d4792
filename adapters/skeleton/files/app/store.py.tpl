"""What was taken, what was answered and what {% if polled %}was decided{% else %}waits to be sent{% endif %}: SQLite, one transaction per call.

The one rule that matters: a key is looked up, handled and written down in the same transaction. So the same call
again, also at the same moment, has the answer of the first time and no second effect.
"""

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

_TABLES = """
CREATE TABLE IF NOT EXISTS taken (
    key      TEXT PRIMARY KEY,
    digest   TEXT NOT NULL,
    status   INTEGER NOT NULL,
    answer   TEXT NOT NULL,
    standing TEXT
);
{% if polled %}
CREATE TABLE IF NOT EXISTS undecided (
    decision_id TEXT PRIMARY KEY,
    key         TEXT NOT NULL,
    body        TEXT NOT NULL,
    standing    TEXT NOT NULL,
    due_at      REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS undecided_due ON undecided (due_at);
CREATE TABLE IF NOT EXISTS listed (
    position    INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, also after a deletion
    key         TEXT NOT NULL,
    body        TEXT NOT NULL
);
{% else %}
CREATE TABLE IF NOT EXISTS outbox (
    decision_id TEXT PRIMARY KEY,
    key         TEXT NOT NULL,
    url         TEXT NOT NULL,
    body        TEXT NOT NULL,
    standing    TEXT NOT NULL,
    due_at      REAL NOT NULL,
    tries       INTEGER NOT NULL DEFAULT 0,
    state       TEXT NOT NULL DEFAULT 'open'
);
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due_at) WHERE state = 'open';
{% endif %}
"""


class Answer(NamedTuple):
    """Status and body."""

    status: int
    body: dict[str, Any]


{% if polled %}
class Listed(NamedTuple):
    """A decision, and where it stands in the list."""

    position: int
    body: bytes
{% else %}
class Due(NamedTuple):
    """A decision that is to be sent now."""

    decision_id: str
    url: str
    body: bytes
    tries: int
{% endif %}


CONFLICT = Answer(409, {"code": "key-conflict", "title": "Another body was taken under this key.", "status": 409})
NEVER_ARRIVED = Answer(404, {"code": "never-arrived", "title": "Nothing arrived under this key.", "status": 404})
UNDONE = Answer(400, {"code": "undone", "reason": "已按申请人要求撤回"})


class Store:
    """All of it; safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def once(self, key: str, body: bytes, handle: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """The answer that this key has: that of the first time, or of now."""
        digest = hashlib.sha256(body).hexdigest()
        with self._transaction() as db:
            row = db.execute("SELECT digest, status, answer FROM taken WHERE key = ?", (key,)).fetchone()
            if row is not None:
                return Answer(row[1], json.loads(row[2])) if row[0] == digest else CONFLICT
            if db.execute("SELECT 1 FROM taken WHERE key = ?", (f"{key}:undo",)).fetchone():
                return UNDONE  # it comes limping after its undoing
            answer = handle(db)
            told = json.dumps(answer.body, ensure_ascii=False)
            db.execute("INSERT INTO taken (key, digest, status, answer) VALUES (?, ?, ?, ?)",
                       (key, digest, answer.status, told))
            return answer

    def standing(self, key: str) -> Answer:
        """Where it stands now."""
        with self._transaction() as db:
{% if polled %}
            self._decide_due(db)
{% endif %}
            row = db.execute("SELECT status, answer, standing FROM taken WHERE key = ?", (key,)).fetchone()
            if row is None:
                return NEVER_ARRIVED
            if db.execute("SELECT 1 FROM taken WHERE key = ?", (f"{key}:undo",)).fetchone():
                return UNDONE
            return Answer(**json.loads(row[2])) if row[2] else Answer(row[0], json.loads(row[1]))

    def is_known(self, db: sqlite3.Connection, key: str) -> bool:
        """Whether anything came under this key."""
        return db.execute("SELECT 1 FROM taken WHERE key = ?", (key,)).fetchone() is not None

{% if polled %}
    def will_list(self, db: sqlite3.Connection, key: str, decision: dict[str, Any], standing: Answer,
                  after_seconds: float) -> None:
        """Decide this later; from then on ``standing`` is what a question is answered with."""
        db.execute(
            "INSERT INTO undecided (decision_id, key, body, standing, due_at) VALUES (?, ?, ?, ?, ?)",
            (decision["decision_id"], key, json.dumps(decision, ensure_ascii=False),
             json.dumps(standing._asdict(), ensure_ascii=False), time.time() + after_seconds),
        )

    def take_back(self, db: sqlite3.Connection, key: str) -> None:
        """Decisions about this key are not made, and stand in the list no more."""
        db.execute("DELETE FROM undecided WHERE key = ?", (key,))
        db.execute("DELETE FROM listed WHERE key = ?", (key,))

    def listed_behind(self, position: int, number: int) -> list[Listed] | None:
        """What was decided behind a position, the oldest first; None for a position that was never given."""
        with self._transaction() as db:
            self._decide_due(db)
            (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'listed'").fetchone()
            if not 0 <= position <= last:
                return None
            rows = db.execute(
                "SELECT position, body FROM listed WHERE position > ? ORDER BY position LIMIT ?", (position, number)
            ).fetchall()
            return [Listed(row[0], row[1].encode()) for row in rows]

    def _decide_due(self, db: sqlite3.Connection) -> None:
        """Positions are given one after another, in the transaction in which a decision can first be seen: so none
        ever stands before a position that somebody has read."""
        rows = db.execute(
            "SELECT decision_id, key, body, standing FROM undecided WHERE due_at <= ? ORDER BY due_at", (time.time(),)
        ).fetchall()
        for decision_id, key, body, standing in rows:
            db.execute("INSERT INTO listed (key, body) VALUES (?, ?)", (key, body))
            db.execute("UPDATE taken SET standing = ? WHERE key = ?", (standing, key))
            db.execute("DELETE FROM undecided WHERE decision_id = ?", (decision_id,))
{% else %}
    def will_send(self, db: sqlite3.Connection, key: str, url: str, decision: dict[str, Any], standing: Answer,
                  after_seconds: float) -> None:
        """Send this decision later; from then on ``standing`` is what a question is answered with."""
        db.execute(
            "INSERT INTO outbox (decision_id, key, url, body, standing, due_at) VALUES (?, ?, ?, ?, ?, ?)",
            (decision["decision_id"], key, url, json.dumps(decision, ensure_ascii=False),
             json.dumps(standing._asdict(), ensure_ascii=False), time.time() + after_seconds),
        )

    def take_back(self, db: sqlite3.Connection, key: str) -> None:
        """Decisions about this key are not sent any more."""
        db.execute("UPDATE outbox SET state = 'taken back' WHERE key = ? AND state = 'open'", (key,))

    def due(self, number: int) -> list[Due]:
        """What is to be sent now; with the first sending it is decided."""
        with self._transaction() as db:
            rows = db.execute(
                "SELECT decision_id, url, body, tries, key, standing FROM outbox"
                " WHERE state = 'open' AND due_at <= ? ORDER BY due_at LIMIT ?", (time.time(), number)
            ).fetchall()
            for row in rows:
                db.execute("UPDATE taken SET standing = ? WHERE key = ?", (row[5], row[4]))
            return [Due(row[0], row[1], row[2].encode(), row[3]) for row in rows]

    def sent(self, decision_id: str, *, answered: bool, again_after: float) -> None:
        """It was sent: answered, or to be sent again."""
        with self._transaction() as db:
            db.execute(
                "UPDATE outbox SET tries = tries + 1, due_at = ?, state = CASE WHEN ? THEN 'answered' ELSE state END"
                " WHERE decision_id = ?", (time.time() + again_after, answered, decision_id)
            )
{% endif %}
