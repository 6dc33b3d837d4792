"""Every way in which PostgreSQL can be away is one error; faults of ours stay what they are."""

import asyncio

import asyncpg
import pytest

from event_store.errors import StoreError, StoreUnavailable
from event_store.pool import Database, StoreSettings
from event_store.store import EventStore
from runtime.embedded.ports import HOST
from tests.event_store.given import CASE, a_case


async def test_sessions_carry_their_limits_and_their_name(settings: StoreSettings) -> None:
    limited = settings.model_copy(update={"application_name": "one-thing-test", "statement_timeout": 7})
    async with Database(limited) as database, database.connection() as connection:
        assert await connection.fetchval("SHOW application_name") == "one-thing-test"
        assert await connection.fetchval("SHOW statement_timeout") == "7s"
        assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "10s"
        assert await connection.fetchval("SHOW timezone") == "UTC"


async def test_a_statement_that_takes_too_long(settings: StoreSettings) -> None:
    async with Database(settings.model_copy(update={"statement_timeout": 0.05})) as database:
        with pytest.raises(StoreUnavailable) as raised:
            async with database.connection() as connection:
                await connection.execute("SELECT pg_sleep(60)")
        assert raised.value.code == "store-unavailable"


async def test_no_free_connection(settings: StoreSettings) -> None:
    async with Database(settings.model_copy(update={"largest_pool": 1, "acquire_timeout": 0.05})) as database:
        async with database.connection():
            with pytest.raises(StoreUnavailable):
                async with database.connection():
                    pass
        async with database.connection() as connection:
            assert await connection.fetchval("SELECT 1") == 1


async def forget_a_transaction(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("SELECT pg_current_xact_id()")
        await asyncio.sleep(0.3)
        await connection.execute("SELECT 1")


async def lose_the_session(database: Database, superuser: "asyncpg.Connection[asyncpg.Record]") -> None:
    async with database.connection() as connection:
        await superuser.execute("SELECT pg_terminate_backend($1)", connection.get_server_pid())
        await connection.execute("SELECT pg_sleep(60)")


async def test_a_transaction_forgotten_open_is_cut(settings: StoreSettings) -> None:
    async with Database(settings.model_copy(update={"idle_in_transaction_timeout": 0.05})) as database:
        with pytest.raises(StoreUnavailable):
            await forget_a_transaction(database)


async def test_a_session_that_is_terminated(store: EventStore, superuser: "asyncpg.Connection[asyncpg.Record]") -> None:
    with pytest.raises(StoreUnavailable):
        await lose_the_session(store.database, superuser)
    await a_case(store)
    assert len(await store.read(CASE)) == 3


async def test_nobody_listens_at_the_address(unused_tcp_port: int) -> None:
    url = f"postgresql://nobody:nothing@{HOST}:{unused_tcp_port}/nothing"
    with pytest.raises(StoreUnavailable):
        await Database(StoreSettings(url=url)).__aenter__()
    with pytest.raises(StoreUnavailable):
        async with Database(StoreSettings(url=url)).connection():
            pass


async def test_a_fault_of_ours_stays_what_it_is(database: Database) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        async with database.connection() as connection:
            await connection.execute("SELECT * FROM nowhere")


def test_every_error_has_its_own_code() -> None:
    tree: list[type[StoreError]] = [StoreError, *StoreError.__subclasses__()]
    codes = [error.code for error in tree]
    assert len(set(codes)) == len(codes)
