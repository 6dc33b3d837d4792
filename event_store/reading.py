"""Rows of the record become Recorded; the gap-safe read, for whoever holds a connection."""

from typing import TYPE_CHECKING

import asyncpg

from event_store.queries import load
from event_store.record import Position, Recorded

if TYPE_CHECKING:
    from event_store.pool import Connection

SQL = load("events")

_COLUMNS = tuple(name for name in Recorded.model_fields if name != "position")


def recorded(row: asyncpg.Record) -> Recorded:
    """The event in a row of the record; the row may hold more columns."""
    position = Position(row["transaction_id"], row["position"])
    return Recorded(position=position, **{name: row[name] for name in _COLUMNS})


async def read_after(connection: "Connection", position: Position, limit: int) -> list[Recorded]:
    """At most ``limit`` events after ``position``, in the order in which the whole record is followed.

    An event appears only when nothing can commit in front of it any more; so no event is ever skipped, and within
    a case versions ascend.
    """
    rows = await connection.fetch(SQL["read_after"], *position, limit)
    return [recorded(row) for row in rows]


async def read_up_to(connection: "Connection", case_no: str, position: Position) -> list[Recorded]:
    """All events of a case up to ``position``, its versions ascending."""
    return [recorded(row) for row in await connection.fetch(SQL["read_up_to"], case_no, *position)]


async def anything_after(connection: "Connection", position: Position) -> bool:
    """Whether there is an event after ``position``, be it one that ``read_after`` still holds back."""
    return bool(await connection.fetchval(SQL["anything_after"], *position))
