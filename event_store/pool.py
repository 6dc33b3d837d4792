"""The way to PostgreSQL: a limit on every wait, a name on every connection, one kind of error when it is away."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from event_store.errors import StoreUnavailable

if TYPE_CHECKING:
    from asyncpg.pool import Pool, PoolConnectionProxy

    Connection: TypeAlias = PoolConnectionProxy[asyncpg.Record]

_AWAY = (
    OSError,  # refused, reset, unreachable
    TimeoutError,  # no free connection, no answer
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up, cancelled by the statement time-out
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,  # deadlock, serialisation: nothing happened, repeat it
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,  # the server's farewell came in between two of our statements
    asyncpg.ReadOnlySQLTransactionError,  # a standby that was not promoted yet
)


class StoreSettings(BaseModel):
    """How to reach the record. All times are seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    application_name: str = "one-thing"
    smallest_pool: int = Field(default=1, ge=0)
    largest_pool: int = Field(default=8, ge=1)
    acquire_timeout: float = Field(default=5, gt=0)
    connect_timeout: float = Field(default=5, gt=0)
    statement_timeout: float = Field(default=10, gt=0)
    idle_in_transaction_timeout: float = Field(default=10, gt=0)
    """A forgotten open transaction would hold back everybody who follows the record."""
    poll_interval: float = Field(default=5, gt=0)
    """How often the record is read without having been woken, in case a wake-up was lost."""
    projection_pause: float = Field(default=0.2, ge=0)
    """How long a projection that has caught up lets events gather, under load longer; live streams do not wait."""
    reconnect_interval: float = Field(default=0.5, gt=0)

    def session(self) -> dict[str, str]:
        """What every session of ours is set to. Times in milliseconds, as PostgreSQL reads them."""
        return {
            "application_name": self.application_name,
            "statement_timeout": str(round(self.statement_timeout * 1000)),
            "idle_in_transaction_session_timeout": str(round(self.idle_in_transaction_timeout * 1000)),
            "timezone": "UTC",
        }


class Database:
    """A pool of connections whose failures are all StoreUnavailable. Use as ``async with Database(settings)``."""

    def __init__(self, settings: StoreSettings) -> None:
        self.settings = settings
        self._pool: Pool[asyncpg.Record] | None = None

    async def __aenter__(self) -> Self:
        settings = self.settings
        with unavailable_when_away():
            self._pool = await asyncpg.create_pool(
                settings.url,
                min_size=settings.smallest_pool,
                max_size=settings.largest_pool,
                timeout=settings.connect_timeout,
                # The server's own limit comes first; this one is for a network that swallows the answer.
                command_timeout=settings.statement_timeout + 1,
                server_settings=settings.session(),
                reset=_nothing_to_reset,
            )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["Connection"]:
        """A connection of one's own for a while. Raises StoreUnavailable."""
        if self._pool is None:
            raise StoreUnavailable("the pool is not open")
        with unavailable_when_away():
            async with self._pool.acquire(timeout=self.settings.acquire_timeout) as connection:
                yield connection

    @asynccontextmanager
    async def transaction(
        self, *, isolation: Literal["read_committed", "repeatable_read"] = "read_committed", readonly: bool = False
    ) -> AsyncIterator["Connection"]:
        """A connection within one transaction: all of it or nothing. Raises StoreUnavailable."""
        async with self.connection() as connection, connection.transaction(isolation=isolation, readonly=readonly):
            yield connection


async def _nothing_to_reset(_connection: object) -> None:
    # Only transaction-scoped locks and settings are used, so the pool's own reset would be a wasted round trip.
    return


@contextmanager
def unavailable_when_away() -> Iterator[None]:
    """Turns every way in which PostgreSQL can be away into StoreUnavailable; faults of ours pass as they are."""
    try:
        yield
    except _AWAY as error:
        raise StoreUnavailable(f"PostgreSQL is away: {type(error).__name__}") from error
    except asyncpg.InterfaceError as error:
        # The driver has one class for a connection that is gone and for a wrong call; only its words tell them apart.
        if any(word in str(error) for word in ("closed", "closing", "released")):
            raise StoreUnavailable("PostgreSQL is away: the connection is gone") from error
        raise
