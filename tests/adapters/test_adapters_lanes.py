"""Lanes: never more calls at once than lanes, and a lane comes back whatever happens to its call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import httpx
import pytest

from adapters.lanes import LaneTransport


class Server:
    """Counts calls at once and connections; answers when it is let."""

    def __init__(self) -> None:
        self.at_once = self.most_at_once = self.connections = 0
        self.arrived = asyncio.Event()
        self.let = asyncio.Event()
        self.let.set()
        self.breaks = False
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with closing(writer):
            while await reader.readline():
                await reader.readuntil(b"\r\n\r\n")
                self.at_once += 1
                self.arrived.set()
                self.most_at_once = max(self.most_at_once, self.at_once)
                await self.let.wait()
                await asyncio.sleep(0.005)
                self.at_once -= 1
                if self.breaks:
                    return
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@asynccontextmanager
async def serving(lanes: int, waiting_seconds: float = 30) -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    try:
        async with httpx.AsyncClient(transport=LaneTransport(lanes, waiting_seconds), timeout=30) as client:
            yield server, client
    finally:
        listening.close()


async def test_calls_share_the_lanes_and_their_connections() -> None:
    async with serving(lanes=3) as (server, client):
        answers = await asyncio.gather(*(client.get(server.url) for _ in range(20)))
        assert [answer.text for answer in answers] == ["ok"] * 20
        assert (server.most_at_once, server.connections) == (3, 3)


async def test_who_waits_too_long_for_a_lane_is_told() -> None:
    async with serving(lanes=1, waiting_seconds=0.1) as (server, client):
        server.let.clear()
        holding = asyncio.create_task(client.get(server.url))
        await server.arrived.wait()
        with pytest.raises(httpx.PoolTimeout):
            await client.get(server.url)
        server.let.set()
        assert (await holding).text == "ok"
        assert (await client.get(server.url)).text == "ok"


async def test_a_lane_comes_back_from_a_broken_and_from_a_cancelled_call() -> None:
    async with serving(lanes=1) as (server, client):
        server.breaks = True
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(server.url)
        server.breaks = False
        server.let.clear()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.get(server.url)
        server.let.set()
        assert (await client.get(server.url)).text == "ok"


async def test_a_lane_comes_back_from_an_answer_that_is_not_read() -> None:
    async with serving(lanes=1) as (server, client):
        for _ in range(3):
            async with client.stream("GET", server.url) as response:
                assert response.status_code == 200
        assert (await client.get(server.url)).text == "ok"
