"""The desk of departments without a system, on PostgreSQL: the inbox, who works on what, and what they did.

What happens to a case stands in its record; here stands only what the record is not for: an officer's claim, a request
that waits for a second pair of eyes, the answer to an undoing by hand, and an audit log that only grows.
"""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from event_store.pool import Database
from event_store.queries import load
from one_things.inbox import InboxState, OfficerDid, UndoneByHand
from one_things.model import Record
from one_things.sealed import Sealed

if TYPE_CHECKING:
    from event_store.pool import Connection

SQL = load("workbench")
_SETTLED = {True: OfficerDid.UNDONE, False: OfficerDid.UNDO_REFUSED}
_ANSWERED = {True: OfficerDid.EXTENSION_APPROVED, False: OfficerDid.EXTENSION_DECLINED}


class InboxQuery(Record):
    """Which items of a department. ``after`` is the place of the last row of the page before."""

    department: str
    state: InboxState | None = None
    holder: str | None = None
    overdue: bool = False
    after: tuple[datetime, str, str] | None = None
    limit: int


class InboxRow(NamedTuple):
    """One item in the inbox, as the read models have it. ``version`` is that of its claim, 0 before the first."""

    case_no: str
    item_id: str
    title: str
    attempt: int
    state: str
    until: datetime | None
    warn_at: datetime | None
    provisional: bool
    breached: bool
    bundle_title: str
    seconds_ahead: int
    holder: str | None
    since: datetime | None
    version: int
    extension_asked: bool


class SignatureQuery(Record):
    """Which documents to sign of a department. ``after`` is the place of the last row of the page before."""

    department: str
    holder: str | None = None
    after: tuple[datetime, str, str, str] | None = None
    limit: int


class SignatureRow(NamedTuple):
    """One document that a department is to sign."""

    case_no: str
    item_id: str
    party: str
    round: int
    ends_at: datetime
    title: str
    bundle_title: str
    seconds_ahead: int
    holder: str | None
    since: datetime | None
    version: int


class ReportQuery(Record):
    """Which reports of promises to a department. ``after`` is the place of the last row of the page before."""

    department: str
    open: bool = False
    after: tuple[datetime, str, int] | None = None
    limit: int


class ReportRow(NamedTuple):
    """One report of what became of an item that a promise went with."""

    case_no: str
    version: int
    at: datetime
    item_id: str
    material: str
    verdict: str
    title: str
    bundle_title: str
    acknowledged_by: str | None
    acknowledged_at: datetime | None


class Acknowledged(NamedTuple):
    """Who acknowledged a report first, and when."""

    at: datetime
    officer: str


class Claim(NamedTuple):
    """Who works on an item, and since when; ``holder`` None when nobody does."""

    holder: str | None
    since: datetime | None
    version: int


UNCLAIMED = Claim(None, None, 0)


class LogEntry(NamedTuple):
    """What an officer did, and when."""

    at: datetime
    officer: str
    act: OfficerDid
    about: str | None


class AskedExtension(NamedTuple):
    """An extension that an officer asked for, and what became of it; ``approved`` None while it waits."""

    attempt: int
    act_id: str
    asked_by: str
    asked_at: datetime
    working_days: int
    reason: Sealed
    answered_by: str | None
    answered_at: datetime | None
    approved: bool | None


class AboutItem(NamedTuple):
    """Which item of which case, at which department, and the officer whose act it is."""

    department: str
    case_no: str
    item: str
    """The item; or what of it lies on this desk, by ``signature_place`` or ``report_place``."""
    officer: str


class Workbench:
    """Reads the inbox, keeps claims and requests, and writes down who did what."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, query: InboxQuery, now: datetime) -> list[InboxRow]:
        """A page of the inbox, the soonest date first, and one row more if there is one."""
        after = query.after or (None, None, None)
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                SQL["page"], query.department, query.state, query.holder, query.overdue, now, *after, query.limit + 1
            )
        return [InboxRow(**dict(row)) for row in rows]

    async def signatures(self, query: SignatureQuery) -> list[SignatureRow]:
        """A page of what the department is to sign, the soonest end first, and one row more if there is one."""
        after = query.after or (None, None, None, None)
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL["signatures"], query.department, query.holder, *after, query.limit + 1)
        return [SignatureRow(**dict(row)) for row in rows]

    async def reports(self, query: ReportQuery) -> list[ReportRow]:
        """A page of what the department was told of promises, newest first, and one row more if there is one."""
        after = query.after or (None, None, None)
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL["reports"], query.department, query.open, *after, query.limit + 1)
        return [ReportRow(**dict(row)) for row in rows]

    async def acknowledge(self, about: AboutItem, verdict: str) -> Acknowledged:
        """An officer has read a report. Acknowledged before, that stays; returns who was first."""
        async with self._database.transaction() as connection:
            await _note(connection, about, OfficerDid.REPORT_ACKNOWLEDGED, verdict, None)
            row = await connection.fetchrow(SQL["acknowledged"], about.case_no, about.item, verdict)
        assert row is not None
        return Acknowledged(**dict(row))

    async def acknowledged(self, case_no: str, item: str, verdict: str) -> Acknowledged | None:
        """Who acknowledged it; None while nobody has."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(SQL["acknowledged"], case_no, item, verdict)
        return None if row is None else Acknowledged(**dict(row))

    async def claim(self, case_no: str, item: str) -> Claim:
        """Who works on this item."""
        async with self._database.connection() as connection:
            return await _claim(connection, case_no, item)

    async def take(self, about: AboutItem, holder: str | None, seen: int, act: OfficerDid) -> Claim | None:
        """From now on ``holder`` works on it (None: nobody), if its claim is still that of version ``seen``.

        None when somebody was quicker. What was done stands in the log as ``act``, in the same transaction.
        """
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(SQL["take"], about.case_no, about.item, about.department, holder, seen)
            if row is None:
                return None
            told = holder if holder != about.officer else None
            await _note(connection, about, act, None, told)
        return Claim(**dict(row))

    async def note(
        self, about: AboutItem, act: OfficerDid, act_id: str | None = None, thing: str | None = None
    ) -> None:
        """Write down what an officer did; the same act on a case once."""
        async with self._database.connection() as connection:
            await _note(connection, about, act, act_id, thing)

    async def log(self, case_no: str, item: str) -> list[LogEntry]:
        """What officers did with this item, the oldest first."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL["log"], case_no, item)
        return [LogEntry(row["at"], row["officer"], OfficerDid(row["act"]), row["about"]) for row in rows]

    async def settle_undoing(self, about: AboutItem, undo_key: str, settled: UndoneByHand) -> UndoneByHand:
        """What an officer says of an undoing; said before, that stays. Returns what counts."""
        async with self._database.transaction() as connection:
            await connection.execute(SQL["settle_undoing"], undo_key, about.officer, settled.model_dump_json())
            await _note(connection, about, _SETTLED[settled.refused is None], undo_key, None)
            counts = await connection.fetchval(SQL["undoing"], undo_key)
        return UndoneByHand.model_validate_json(counts)

    async def undoing(self, undo_key: str) -> UndoneByHand | None:
        """What was said of this undoing; None while nobody has."""
        async with self._database.connection() as connection:
            settled = await connection.fetchval(SQL["undoing"], undo_key)
        return None if settled is None else UndoneByHand.model_validate_json(settled)

    async def ask_extension(
        self, about: AboutItem, attempt: int, act_id: str, working_days: int, reason: Sealed
    ) -> AskedExtension:
        """An officer asks for an extension; while one waits, that one stays. Returns the one that counts."""
        async with self._database.transaction() as connection:
            await connection.execute(
                SQL["ask_extension"], about.case_no, about.item, attempt, act_id, about.officer, working_days,
                reason.model_dump_json(),
            )  # fmt: skip
            await _note(connection, about, OfficerDid.EXTENSION_ASKED, act_id, None)
            row = await connection.fetchrow(SQL["extension"], about.case_no, about.item)
        return _extension(row)

    async def extension(self, case_no: str, item: str) -> AskedExtension | None:
        """The request that waits, or else the last one."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(SQL["extension"], case_no, item)
        return None if row is None else _extension(row)

    async def answer_extension(self, about: AboutItem, act_id: str, *, approved: bool) -> None:
        """A supervisor answers a request; answered before, that stays."""
        async with self._database.transaction() as connection:
            await connection.execute(
                SQL["answer_extension"], about.case_no, about.item, act_id, about.officer, approved
            )
            await _note(connection, about, _ANSWERED[approved], act_id, None)


async def _claim(connection: "Connection", case_no: str, item: str) -> Claim:
    row = await connection.fetchrow(SQL["claim"], case_no, item)
    return UNCLAIMED if row is None else Claim(**dict(row))


async def _note(
    connection: "Connection", about: AboutItem, act: OfficerDid, act_id: str | None, thing: str | None
) -> None:
    await connection.execute(
        SQL["note"], about.department, about.case_no, about.item, about.officer, act, act_id, thing
    )


def _extension(row: object) -> AskedExtension:
    values = dict(row)  # type: ignore[call-overload]
    return AskedExtension(**{**values, "reason": Sealed.model_validate_json(values["reason"])})
