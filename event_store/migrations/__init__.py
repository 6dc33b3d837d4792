"""The schema is the sum of these migrations, each one SQL file; ``migrate`` brings a database up to the last of them.

A migration that was released is never edited; a change is the next file.
"""

from collections.abc import Callable
from importlib import resources
from typing import Any

from alembic import command, op
from alembic.config import Config
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from event_store.errors import ClusterTooYoung
from event_store.pool import unavailable_when_away

_ONE_AT_A_TIME = 0x6F6E655F7468696E  # an arbitrary number of ours: processes that start together migrate one by one


async def migrate(database_url: str) -> None:
    """Brings the schema up to date, in one transaction; several processes may call it at once.

    Raises StoreUnavailable, and ClusterTooYoung when the record was restored into a cluster that would hide it.
    """
    engine = create_async_engine(make_url(database_url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    try:
        with unavailable_when_away():
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def run_file(name: str) -> None:
    """Executes ``versions/<name>`` inside the running migration. For migrations only."""
    script = resources.files("event_store.migrations").joinpath("versions", name).read_text(encoding="utf-8")
    adapted: Any = op.get_bind().connection.dbapi_connection
    # The driver's own simple protocol takes a whole script; a prepared statement takes one command.
    execute: Callable[[Any], Any] = lambda driver: driver.execute(script)  # noqa: E731
    adapted.run_async(execute)


def _upgrade(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "event_store:migrations")
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")
    _refuse_young_cluster(connection)


def _refuse_young_cluster(connection: Connection) -> None:
    # Followers read what is older than every running transaction. A logical restore carries transaction ids over into
    # a cluster that may not have reached them: everything would look unfinished, for months. `pg_resetwal --epoch`.
    ahead = connection.scalar(
        text("SELECT EXISTS (SELECT FROM events WHERE transaction_id >= pg_snapshot_xmax(pg_current_snapshot()))")
    )
    if ahead:
        raise ClusterTooYoung
