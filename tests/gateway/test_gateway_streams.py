"""Live streams: nothing missed, nothing twice, and one slow reader is nobody else's trouble."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from observability import metrics
from one_things import commands as c
from runtime.embedded.postgres import EmbeddedPostgres
from tests.gateway.gateway_city import City, city_of, fresh_database, until


@asynccontextmanager
async def watching(city: City, case_no: str, after: int = 0, **headers: str) -> AsyncIterator[AsyncIterator[Any]]:
    """The events of a stream, as dictionaries of their fields."""
    stream = city.http.stream(
        "GET", f"/cases/{case_no}/panorama/stream?after={after}", headers={**city.bearer(), **headers}
    )
    async with stream as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield events_of(response)


async def events_of(response: httpx.Response) -> AsyncIterator[dict[str, str]]:
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name or "comment"] = value.strip()
        elif fields:
            yield fields
            fields = {}


async def changes(events: AsyncIterator[dict[str, str]], count: int) -> list[tuple[int, str]]:
    """The next so many changes: version and type."""
    found: list[tuple[int, str]] = []
    async with asyncio.timeout(20):
        async for event in events:
            if event.get("event") == "change":
                found.append((int(event["id"]), json.loads(event["data"])["type"]))
                if len(found) == count:
                    break
    return found


async def test_a_watcher_gets_the_history_and_then_what_happens(city: City) -> None:
    case_no = await city.apply()
    async with watching(city, case_no) as events:
        assert await changes(events, 1) == [(1, "case_opened")]
        await city.cases.done(case_no, "tax-clearance")
        assert await changes(events, 2) == [(2, "item_submitted"), (3, "item_approved")]


async def test_a_change_says_it_in_words_and_shows_the_whole_case(city: City) -> None:
    case_no = await city.apply()
    await city.cases.done(case_no, "tax-clearance")
    async with watching(city, case_no, after=2) as events:
        async for event in events:
            if "data" in event:
                break
    change = json.loads(event["data"])
    assert change["text"]["zh"] == "税务局办结“清税申报”"
    assert change["progress"]["done"] == 1
    assert change["items"]["tax-clearance"] == "approved"
    assert "form" not in change


async def test_the_last_event_id_wins_over_after_and_nothing_comes_twice(city: City) -> None:
    case_no = await city.apply()
    for item in ("tax-clearance", "customs-closing"):
        await city.cases.done(case_no, item)
    async with watching(city, case_no, after=1, **{"Last-Event-ID": "3"}) as events:
        assert [version for version, _ in await changes(events, 2)] == [4, 5]


async def test_a_watcher_that_comes_and_goes_misses_nothing(city: City) -> None:
    """Events commit all the time while the watcher breaks off after each few; every version is seen once."""
    case_no = await city.apply()
    plan = city.cases.states[case_no].plan

    async def write() -> None:
        for lookup in plan.lookups:
            await city.cases.play(case_no, c.RecordSourceDown(lookup=lookup.id))
        for _ in range(60):
            await city.cases.play(case_no, c.FastForward(seconds=60))

    writing = asyncio.create_task(write())
    seen: list[int] = []
    last = len(plan.lookups) + 61
    while len(seen) < last:
        headers = {"Last-Event-ID": str(seen[-1])} if seen else {}
        async with watching(city, case_no, **headers) as events:
            seen += [version for version, _ in await changes(events, min(7, last - len(seen)))]
    await writing
    assert seen == list(range(1, last + 1))


async def test_only_a_decision_that_counts_is_measured_and_it_by_its_own_arrival(city: City) -> None:
    case_no = await city.apply()
    for item in ("tax-clearance", "customs-closing"):
        await city.cases.submitted(case_no, item)
        await city.cases.accepted(case_no, item)
    decided = {"case_no": case_no, "item": "tax-clearance", "attempt": 1, "verdict": "approved"}
    measured = metrics.DECISION_TO_WATCHER_SECONDS.collect

    def count() -> float:
        return sum(s.value for family in measured() for s in family.samples if s.name.endswith("_count"))

    async with watching(city, case_no, after=5) as events:
        before = count()
        waiting = asyncio.create_task(changes(events, 1))
        await until(partial(has_watchers, city))
        for decision_id, status in (("d-1", 200), ("d-1", 200), ("d-2", 409)):
            body = json.dumps({**decided, "decision_id": decision_id}).encode()
            assert (await city.decide("tax", body)).status_code == status
        assert await waiting == [(6, "item_approved")]
        assert city.live._decisions == {case_no: {}}
        assert count() == before + 1
        elsewhere = {"decision_id": "d-3", "department": "customs", "item": "customs-closing", "attempt": 1}
        await city.cases.play(case_no, c.Decide.model_validate({**elsewhere, "verdict": "approved"}))
        assert await changes(events, 1) == [(8, "item_approved")], "the trace of the late one is not an applicant's"
        assert count() == before + 1


async def has_watchers(city: City) -> bool:
    return city.live.watchers > 0


async def test_a_closed_case_ends_the_stream_and_then_says_not_to_come_back(city: City) -> None:
    case_no = await city.apply()
    await city.cases.finished(case_no)
    async with watching(city, case_no) as events:
        every = [event async for event in events]
    assert [event["id"] for event in every if "id" in event] == ["1", "2"]
    again = await city.http.get(f"/cases/{case_no}/panorama/stream", headers={**city.bearer(), "Last-Event-ID": "2"})
    assert again.status_code == 204


async def test_only_the_owner_and_operators_may_watch(city: City) -> None:
    case_no = await city.apply()
    path = f"/cases/{case_no}/panorama/stream"
    other = await city.http.get(path, headers=city.bearer("applicant-2"))
    assert (other.status_code, other.json()["code"]) == (404, "unknown-case")
    assert (await city.http.get(path)).status_code == 401
    async with city.http.stream("GET", path, headers=city.operator()) as response:
        assert response.status_code == 200


@pytest.mark.parametrize("wrong", ["-1", "abc", "99999999999999", "1-2"])
async def test_a_last_event_id_of_another_kind(city: City, wrong: str) -> None:
    case_no = await city.apply()
    headers = {**city.bearer(), "Last-Event-ID": wrong}
    response = await city.http.get(f"/cases/{case_no}/panorama/stream", headers=headers)
    assert (response.status_code, response.json()["code"]) == (422, "input-invalid")


async def test_silence_is_filled_with_heartbeats_and_life_is_bounded(
    gateway_postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    url = await fresh_database(gateway_postgres)
    async with city_of(url, tmp_path, sandbox=True, stream_heartbeat=0.1, stream_lifetime=1) as city:
        case_no = await city.apply()
        async with asyncio.timeout(20), watching(city, case_no) as events:
            every = [event async for event in events]
    assert "retry" in every[0]
    assert sum(event == {"comment": "ping"} for event in every) >= 3


async def test_too_many_streams_are_refused_and_places_become_free(
    gateway_postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    async with city_of(await fresh_database(gateway_postgres), tmp_path, sandbox=True, most_streams=1) as city:
        case_no = await city.apply()
        async with watching(city, case_no) as events:
            await changes(events, 1)
            path = f"/cases/{case_no}/panorama/stream"
            refused = await city.http.get(path, headers=city.bearer())
            assert (refused.status_code, refused.json()["code"]) == (503, "too-many-streams")

        async def nobody_watches() -> bool:
            return city.live.watchers == 0

        await until(nobody_watches)
        async with watching(city, case_no) as events:
            await changes(events, 1)


async def test_a_reader_that_takes_nothing_is_dropped_and_the_others_are_not(
    gateway_postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    url = await fresh_database(gateway_postgres)
    async with city_of(url, tmp_path, sandbox=True, stream_queue=40, send_buffer=4096) as city:
        case_no = await city.apply()
        expected = 2

        async def both_watch() -> bool:
            return city.live.watchers == 2

        with stuck_reader(city, case_no):
            async with watching(city, case_no) as events, asyncio.timeout(120):
                await changes(events, 1)
                await until(both_watch)
                while city.live.watchers == 2:
                    for _ in range(10):
                        await city.cases.play(case_no, c.FastForward(seconds=60))
                    got = await changes(events, 10)
                    assert [version for version, _ in got] == list(range(expected, expected + 10))
                    expected += 10
                assert city.live.watchers == 1


@contextmanager
def stuck_reader(city: City, case_no: str) -> Iterator[None]:
    """A connection that asks for the stream and then reads nothing."""
    address = urlsplit(city.url)
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect((address.hostname, address.port))
        reader.sendall(
            f"GET /cases/{case_no}/panorama/stream HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {city.token()}\r\n\r\n".encode()
        )
        yield
