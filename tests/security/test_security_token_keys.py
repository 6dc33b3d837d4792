import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from joserfc.jwk import KeySet

from security.suites import suite
from security.token_keys import FetchedKeys, IssuerUnavailable


class IssuerSite:
    """An HTTP server on a free port that publishes keys, or fails to."""

    def __init__(self) -> None:
        self.requests = 0
        self.status = 200
        self.body = ""
        self.url = ""
        self.asked = asyncio.Event()
        self.answers = asyncio.Event()
        self.answers.set()
        self.publish()

    def publish(self) -> str:
        key = suite("international").new_token_key()
        self.body = json.dumps(KeySet([key]).as_dict(private=False))
        return key.kid or ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.requests += 1
        self.asked.set()
        await self.answers.wait()
        head = f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(self.body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + self.body.encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()


class Clock:
    """Seconds the test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def site() -> AsyncIterator[IssuerSite]:
    site = IssuerSite()
    server = await asyncio.start_server(site.answer, "127.0.0.1", 0)
    site.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks"
    async with server:
        yield site


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def keys(site: IssuerSite, clock: Clock) -> AsyncIterator[FetchedKeys]:
    async with httpx.AsyncClient() as client:
        yield FetchedKeys(site.url, client, fresh_for=100, usable_for=1000, pause=5, clock=clock)


def ids(keys: KeySet) -> list[str | None]:
    return [key.kid for key in keys]


async def test_keys_are_fetched_once_for_many_callers(site: IssuerSite, keys: FetchedKeys) -> None:
    found = await asyncio.gather(*(keys.known() for _ in range(10)))
    assert all(len(ids(one)) == 1 for one in found)
    assert site.requests == 1


async def test_keys_are_fetched_again_when_no_longer_fresh(site: IssuerSite, keys: FetchedKeys, clock: Clock) -> None:
    await keys.known()
    renewed = site.publish()
    clock.seconds = 99
    assert ids(await keys.known()) != [renewed]
    clock.seconds = 100
    assert ids(await keys.known()) == [renewed]


async def test_unknown_key_ids_cannot_be_used_against_the_issuer(
    site: IssuerSite, keys: FetchedKeys, clock: Clock
) -> None:
    await keys.known()
    for _ in range(20):
        await keys.renewed()
    assert site.requests == 1
    clock.seconds = 5
    await keys.renewed()
    assert site.requests == 2


async def test_the_last_keys_serve_while_the_issuer_is_away_but_not_for_ever(
    site: IssuerSite, keys: FetchedKeys, clock: Clock
) -> None:
    known = ids(await keys.known())
    site.status = 503
    clock.seconds = 999
    assert ids(await keys.known()) == known
    clock.seconds = 1000
    with pytest.raises(IssuerUnavailable):
        await keys.known()


async def test_an_issuer_that_hangs_holds_up_nobody_who_needs_no_more_than_the_keys_held(
    site: IssuerSite, clock: Clock
) -> None:
    async with httpx.AsyncClient() as client:
        keys = FetchedKeys(site.url, client, fresh_for=100, pause=5, patience=0.01, clock=clock)
        held = ids(await keys.known())
        renewed = site.publish()
        site.answers.clear()
        clock.seconds = 100
        async with asyncio.timeout(20):
            for _ in range(20):
                assert ids(await keys.known()) == held
        site.answers.set()
        assert ids(await keys.renewed()) == [renewed]
    assert site.requests == 2


async def test_all_who_wait_for_an_issuer_that_hangs_share_one_attempt_and_its_end_begins_the_pause(
    site: IssuerSite, clock: Clock
) -> None:
    async with httpx.AsyncClient() as client:
        keys = FetchedKeys(site.url, client, pause=5, clock=clock)
        site.status = 503
        site.answers.clear()
        waiting = [asyncio.create_task(keys.known()) for _ in range(10)]
        await site.asked.wait()
        clock.seconds = 60  # so long did it hang
        site.answers.set()
        outcomes = await asyncio.gather(*waiting, keys.renewed(), return_exceptions=True)
        assert all(isinstance(outcome, IssuerUnavailable) for outcome in outcomes)
        with pytest.raises(IssuerUnavailable):
            await keys.known()
    assert site.requests == 1


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "{}", '{"keys": []}', '{"keys": [{"kty": "OKP"}]}', '{"keys": [1]}']
)
async def test_an_answer_without_keys_is_no_answer(site: IssuerSite, keys: FetchedKeys, body: str) -> None:
    site.body = body
    with pytest.raises(IssuerUnavailable):
        await keys.known()


async def test_an_issuer_nobody_answers_for_is_unavailable(clock: Clock) -> None:
    async with httpx.AsyncClient() as client:
        with pytest.raises(IssuerUnavailable):
            await FetchedKeys("http://127.0.0.1:1/jwks", client, clock=clock).known()
