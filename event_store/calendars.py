"""Holiday notices that were published, in order; and which cases have dates that wait for one."""

from datetime import datetime
from typing import NamedTuple

from event_store.pool import Database
from event_store.queries import load
from one_things.clock import CalendarYear

SQL = load("calendars")


class Published(NamedTuple):
    """A holiday notice with its place in the city's list."""

    publication: int
    year: CalendarYear
    published_at: datetime


class Calendars:
    """Publishes and reads calendars. All methods raise StoreUnavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def publish(self, year: CalendarYear) -> tuple[int, bool]:
        """The number of this publication, and whether it is new: what is in force for the year already is no news.

        All or nothing: whoever is killed here has published, or has not, and may say it again.
        """
        document = year.model_dump_json()
        async with self._database.connection() as connection, connection.transaction():
            await connection.execute(SQL["lock"])
            latest = await connection.fetchrow(SQL["latest_of_year"], year.year)
            if latest is not None and CalendarYear.model_validate_json(latest["document"]) == year:
                return int(latest["publication"]), False
            number = await connection.fetchval(SQL["publish"], year.year, year.notice, document)
            return int(number), True

    async def newest(self) -> int:
        """The number of the newest publication; 0 when there is none."""
        async with self._database.connection() as connection:
            return int(await connection.fetchval(SQL["newest"]))

    async def published(self) -> tuple[Published, ...]:
        """Every publication, the oldest first; of one year the last is in force."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL["published"])
        return tuple(
            Published(
                publication=row["publication"],
                year=CalendarYear.model_validate_json(row["document"]),
                published_at=row["published_at"],
            )
            for row in rows
        )

    async def waiting(self, publication: int, after: str = "", limit: int = 200) -> list[str]:
        """Open cases with provisional dates that were not told of this publication, in the order of their numbers."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL["waiting"], publication, after, limit)
        return [row["case_no"] for row in rows]

    async def count_waiting(self, publication: int) -> int:
        """How many such cases there are."""
        async with self._database.connection() as connection:
            return int(await connection.fetchval(SQL["count_waiting"], publication))
