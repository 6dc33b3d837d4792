"""What the sandbox city remembers, in SQLite: submissions by key, calls as seen, decisions due and their answers.

One process writes, from one thread, and each call is one short transaction: a pending callback survives a kill of the
process (WAL, synchronous=NORMAL). A power cut may cost the last moments, which a simulation can bear.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, NamedTuple


class Kept(NamedTuple):
    """A submission or an undoing as taken, and the answer it was given."""

    department: str
    key: str
    operation: str
    case_no: str
    item: str
    attempt: int
    subject: str
    body: bytes
    status: int
    answer: bytes
    callback_url: str
    traceparent: str
    tracestate: str
    received_at: float


class Call(NamedTuple):
    """One call to a department as seen; status 0 when the reply was dropped."""

    at: float
    department: str
    kind: str
    key: str
    case_no: str
    status: int
    effect: bool
    traceparent: str


class DueDecision(NamedTuple):
    """A decision to be sent, with the number of tries made before."""

    id: int
    decision_id: str
    department: str
    key: str
    callback_url: str
    body: bytes
    traceparent: str
    tracestate: str
    tries: int


class KeptDecision(NamedTuple):
    """A decision that waits to be fetched; its place is (``due_at``, ``id``)."""

    id: int
    due_at: float
    callback_url: str
    body: bytes


_KEPT = ", ".join(Kept._fields)
_KEEP = f"INSERT INTO submissions ({_KEPT}) VALUES ({', '.join('?' * len(Kept._fields))})"  # noqa: S608
_NOTE = f"INSERT INTO calls ({', '.join(Call._fields)}) VALUES ({', '.join('?' * len(Call._fields))})"  # noqa: S608
_FIND = f"SELECT {_KEPT} FROM submissions WHERE department = ? AND key = ?"  # noqa: S608
_CALLS_OF = f"SELECT {', '.join(Call._fields)} FROM calls WHERE case_no = ? ORDER BY id"  # noqa: S608
_DUE = ", ".join(DueDecision._fields)
# What was said first about a key is answered before anything else is sent about it.
_NEXT = (
    "d.state = 'open' AND NOT EXISTS (SELECT 1 FROM decisions e WHERE e.department = d.department AND e.key = d.key "
    "AND e.id < d.id AND e.decided_at <= d.decided_at AND e.state IN ('open', 'sending'))"
)
_CLAIM = (
    "UPDATE decisions SET state = 'sending' WHERE id IN "  # noqa: S608
    f"(SELECT id FROM decisions d WHERE {_NEXT} AND due_at <= ? ORDER BY due_at, id LIMIT ?) RETURNING {_DUE}"
)


_ALL = ("polled", "kept", "folders", "sendings", "decisions", "calls", "submissions", "switches", "records")


def _is_sent(kept: Kept) -> bool:
    return kept.operation in ("submit", "sign", "deliver")


class Ledger:
    """The city's memory. Not for use from several threads."""

    def __init__(self, database: str) -> None:
        self._connection = sqlite3.connect(database, isolation_level=None, cached_statements=64)
        self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
        self._connection.executescript(files("adapters.sandbox").joinpath("ledger.sql").read_text(encoding="utf-8"))
        # What was on its way when an earlier process ended is due again: the receiver recognises a repeat.
        self._connection.execute("UPDATE decisions SET state = 'open' WHERE state = 'sending'")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; what happened and what follows from it are remembered together."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    # Submissions and calls

    def find(self, department: str, key: str) -> Kept | None:
        """What was taken under this key."""
        row = self._connection.execute(_FIND, (department, key)).fetchone()
        return None if row is None else Kept(*row)

    def latest(self, case_no: str, item: str, operation: str) -> Kept | None:
        """The latest attempt at an item."""
        row = self._connection.execute(
            f"SELECT {_KEPT} FROM submissions WHERE case_no = ? AND item = ? AND operation = ? "  # noqa: S608
            "ORDER BY attempt DESC, received_at DESC LIMIT 1",
            (case_no, item, operation),
        ).fetchone()
        return None if row is None else Kept(*row)

    def keep(self, kept: Kept) -> None:
        """Remember what was taken. Raises sqlite3.IntegrityError for a key that is taken already."""
        self._connection.execute(_KEEP, kept)

    def count_calls(self, department: str, kind: str, case_no: str, key: str) -> int:
        """How often this was called before."""
        count: int = self._connection.execute(
            "SELECT count(*) FROM calls WHERE case_no = ? AND department = ? AND kind = ? AND key = ?",
            (case_no, department, kind, key),
        ).fetchone()[0]
        return count

    def note(self, call: Call) -> None:
        """Remember that a call was seen."""
        self._connection.execute(_NOTE, call)

    # Decisions

    def schedule(self, kept: Kept, decision_id: str, body: bytes, decided_at: float, due_at: float) -> int:
        """Remember a decision that is to be sent at ``due_at``; returns the number of this sending.

        Only what was decided about a submission, signed or done to papers is sent: the contract knows no callback for
        anything else, and a receiver would take it for a decision about the item. Whoever asks is told.
        """
        cursor = self._connection.execute(
            "INSERT INTO decisions (decision_id, department, key, case_no, callback_url, body, traceparent, tracestate,"
            " decided_at, due_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                decision_id,
                kept.department,
                kept.key,
                kept.case_no,
                kept.callback_url,
                body,
                kept.traceparent,
                kept.tracestate,
                decided_at,
                due_at,
                "open" if _is_sent(kept) and not self.is_polled(kept.department) else "unsent",
            ),
        )
        assert cursor.lastrowid is not None
        if _is_sent(kept) and self.is_polled(kept.department):
            self._connection.execute("INSERT INTO kept VALUES (?)", (cursor.lastrowid,))
        return cursor.lastrowid

    def is_polled(self, department: str) -> bool:
        """Whether the department keeps its decisions until they are fetched."""
        return (
            self._connection.execute("SELECT 1 FROM polled WHERE department = ?", (department,)).fetchone() is not None
        )

    def keep_for_polling(self, department: str) -> None:
        """From now on it sends nothing, also of what is still to be sent."""
        with self.transaction():
            self._connection.execute("INSERT OR IGNORE INTO polled VALUES (?)", (department,))
            still_open = "SELECT id FROM decisions WHERE department = ? AND state = 'open'"
            self._connection.execute(f"INSERT INTO kept {still_open}", (department,))
            self._connection.execute(
                f"UPDATE decisions SET state = 'unsent' WHERE id IN ({still_open})",  # noqa: S608
                (department,),
            )

    def send_again(self, department: str) -> None:
        """From now on it sends what it decides; what was kept stays to be fetched."""
        self._connection.execute("DELETE FROM polled WHERE department = ?", (department,))

    def kept_after(self, department: str, due_at: float, number: int, now: float, limit: int) -> list[KeptDecision]:
        """What was decided by ``now`` and kept, behind this place."""
        rows = self._connection.execute(
            "SELECT id, due_at, callback_url, body FROM decisions JOIN kept ON id = decision "
            "WHERE department = ? AND state = 'unsent' AND due_at <= ? AND (due_at, id) > (?, ?) "
            "ORDER BY due_at, id LIMIT ?",
            (department, now, due_at, number, limit),
        )
        return [KeptDecision(*row) for row in rows]

    def claim_due(self, now: float, limit: int) -> list[DueDecision]:
        """Decisions whose time has come; they are this process's to send until answered, repeated or restarted."""
        return [DueDecision(*row) for row in self._connection.execute(_CLAIM, (now, limit)).fetchall()]

    def next_due(self) -> float | None:
        """When the next decision is due."""
        due: float | None = self._connection.execute(
            f"SELECT min(due_at) FROM decisions d WHERE {_NEXT}"  # noqa: S608
        ).fetchone()[0]
        return due

    def note_sending(self, decision: int, at: float, status: int, answer: str, repeat_at: float | None) -> None:
        """Remember one try at sending and, when ``repeat_at`` is given, when the next is due."""
        with self.transaction():
            self._connection.execute(
                "INSERT INTO sendings (decision, at, status, answer) VALUES (?, ?, ?, ?)",
                (decision, at, status, answer),
            )
            # A decision that was withdrawn while it was on its way stays withdrawn.
            self._connection.execute(
                "UPDATE decisions SET tries = tries + 1, due_at = coalesce(?, due_at), state = ? "
                "WHERE id = ? AND state = 'sending'",
                (repeat_at, "answered" if repeat_at is None else "open", decision),
            )

    def withdraw_decisions(self, department: str, key: str) -> None:
        """What is still to be sent about this key is not sent any more."""
        self._connection.execute(
            "UPDATE decisions SET state = 'withdrawn' "
            "WHERE department = ? AND key = ? AND (state IN ('open', 'sending') OR id IN (SELECT decision FROM kept))",
            (department, key),
        )

    def decided(self, kept: Kept, now: float) -> bytes | None:
        """The latest decision that was made about this by ``now``, as it is sent; an act on the way to it is none."""
        row = self._connection.execute(
            "SELECT body FROM decisions WHERE department = ? AND key = ? AND callback_url = ? AND decided_at <= ? "
            "AND state <> 'withdrawn' ORDER BY decided_at DESC, id DESC LIMIT 1",
            (kept.department, kept.key, kept.callback_url, now),
        ).fetchone()
        return None if row is None else bytes(row[0])

    def count_decisions(self, department: str, key: str) -> int:
        """How many different decisions were made about this key."""
        count: int = self._connection.execute(
            "SELECT count(DISTINCT decision_id) FROM decisions WHERE department = ? AND key = ?", (department, key)
        ).fetchone()[0]
        return count

    # Switches and records: written through by those who hold them in memory

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """One statement on the tables `switches`, `records` and `folders`."""
        return self._connection.execute(statement, parameters).fetchall()

    # The journal

    def calls_of(self, case_no: str) -> list[Call]:
        """Every call about this case, in order."""
        rows = self._connection.execute(_CALLS_OF, (case_no,))
        return [Call(*row) for row in rows]

    def sendings_of(
        self, case_no: str
    ) -> list[tuple[int, str, str, str, bytes, str, float, float | None, int | None, str | None]]:
        """(id, decision id, department, key, body, state, due, and per try: at, status, answer), in order."""
        return self._connection.execute(
            "SELECT d.id, d.decision_id, d.department, d.key, d.body, d.state, d.due_at, s.at, s.status, s.answer "
            "FROM decisions d LEFT JOIN sendings s ON s.decision = d.id WHERE d.case_no = ? ORDER BY d.id, s.id",
            (case_no,),
        ).fetchall()

    def clear(self) -> None:
        """Forget everything."""
        with self.transaction():
            for table in (
                "polled",
                "kept",
                "folders",
                "sendings",
                "decisions",
                "calls",
                "submissions",
                "switches",
                "records",
            ):
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608
