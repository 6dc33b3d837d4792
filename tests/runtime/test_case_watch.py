"""`onething case watch` across connections that end, are refused and are made again: every event once, in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway import errors as gateway_errors
from one_things import commands as c
from runtime.cli.commands import CommandFailed
from runtime.cli.gateway_client import Access, GatewayClient
from tests.gateway.gateway_city import City, city_of, fresh_database, postgres_server, until
from tests.runtime.watch_command import watch_command, watched_lines


@pytest.fixture(scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """A gateway whose streams live for less than a second, and which serves one at a time."""
    async with postgres_server() as postgres:
        url, folder = await fresh_database(postgres), tmp_path_factory.mktemp("issuer")
        async with city_of(url, folder, sandbox=True, stream_lifetime=0.7, most_streams=1) as running:
            yield running


class Places:
    """The gateway's only place for a stream, as the test sees it and takes it away."""

    def __init__(self, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
        self._city = city
        self._take = city.live.watching
        self.opened = self.refused = 0
        monkeypatch.setattr(city.live, "watching", self._counted)

    @asynccontextmanager
    async def _counted(self, case_no: str) -> AsyncIterator[object]:
        try:
            async with self._take(case_no) as watcher:
                self.opened += 1
                yield watcher
        except gateway_errors.TooManyStreams:
            self.refused += 1
            raise

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Take the place as soon as it is free, and give it back."""
        async with asyncio.timeout(30):
            while True:
                try:
                    async with self._take("4419-2026-999999"):
                        yield
                    return
                except gateway_errors.TooManyStreams:
                    await asyncio.sleep(0.02)

    async def until_opened(self, times: int) -> None:
        async def opened() -> bool:
            return self.opened >= times

        await until(opened)

    async def until_refused(self, times: int) -> None:
        async def refused() -> bool:
            return self.refused >= times

        await until(refused)


async def test_nothing_is_missed_or_said_twice_over_many_connections(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(city, monkeypatch)
    case_no = await city.apply()

    async def days(count: int) -> None:
        for _ in range(count):
            await city.cases.play(case_no, c.FastForward(seconds=86_400))

    async with watch_command(city.url, city.token(), case_no) as process:
        await places.until_opened(1)
        await days(5)  # while it watches
        async with places.taken():  # its connection was over; it cannot come back
            await days(5)
            await places.until_refused(2)
        await places.until_opened(2)
        await places.until_opened(3)  # with nothing new in between
        await days(3)
        await city.cases.finished(case_no)
        said, told = await process.communicate()
        assert process.returncode == 0, told
    assert said.decode().splitlines() == await watched_lines(city.services.store, case_no)
    # Once: it was refused twice in a row, and a connection that ended in its time is no news.
    assert told.decode().splitlines() == [
        "the connection is lost (Too many live views are open; try again shortly); connecting again"
    ]


async def test_who_may_not_watch_any_more_is_told_so_and_not_connected_for_ever(city: City) -> None:
    case_no = await city.apply()

    def connect() -> None:
        with GatewayClient(Access(city.url, city.token("somebody-else"))) as gateway, gateway.following(case_no, "1"):
            pytest.fail("somebody else's case cannot be watched")

    with pytest.raises(CommandFailed, match="No such case was found"):
        await asyncio.to_thread(connect)
