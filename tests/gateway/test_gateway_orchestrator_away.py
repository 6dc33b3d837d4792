"""While Temporal was never reached yet, and where one start fails: a clear answer, and nothing stops for good."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from gateway.beside import without_end
from one_things import commands as c
from one_things.events import Channel
from one_things.plan import Plan
from one_things.sealed import Sealed
from one_things.text import Text
from tests.gateway.applications import an_application
from tests.gateway.gateway_city import City, until
from workflows import handles
from workflows.handles import OrchestratorUnavailable, TemporalCases

NOWHERE = "127.0.0.1:1"


@pytest.fixture
async def never_reached() -> TemporalCases:
    """Handles through a lazy client whose server has not come up."""
    return TemporalCases(await Client.connect(NOWHERE, lazy=True, data_converter=pydantic_data_converter), "onething")


def an_opening() -> c.OpenCase:
    exit_ = Text(zh="企业注销", en="Enterprise exit")
    plan = Plan(
        bundle="enterprise-exit", version="1", digest="0" * 64, title=exit_, answers={}, items=(), departments={}
    )
    sealed = Sealed(suite="international", data="c2VhbGVk")
    return c.OpenCase(case_no="4419-2026-000001", plan=plan, form=sealed, owner="applicant-1", channel=Channel.WEB)


async def test_a_client_that_never_got_through_means_away(never_reached: TemporalCases) -> None:
    assert not await never_reached.reachable()
    calls: list[Awaitable[object]] = [
        never_reached.start("enterprise-exit", an_opening()),
        never_reached.cancel("4419-2026-000001", c.Cancel(channel=Channel.WEB)),
        never_reached.state("4419-2026-000001"),
    ]
    for call in calls:
        with pytest.raises(OrchestratorUnavailable):
            await call


@pytest.fixture
async def met_with_silence(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TemporalCases]:
    """Handles through a lazy client whose server lets it connect and then says nothing, as a firewall may."""
    for patience in ("_PATIENCE", "_START_PATIENCE", "_LOOK_PATIENCE"):
        monkeypatch.setattr(handles, patience, timedelta(seconds=0.3))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        client = await Client.connect(address, lazy=True, data_converter=pydantic_data_converter)
        yield TemporalCases(client, "onething")


async def test_a_server_that_keeps_silent_is_away_before_long(met_with_silence: TemporalCases) -> None:
    async with asyncio.timeout(30):
        assert not await met_with_silence.reachable()
        waiting = [
            asyncio.create_task(met_with_silence.start("enterprise-exit", an_opening())),
            asyncio.create_task(met_with_silence.cancel("4419-2026-000001", c.Cancel(channel=Channel.WEB))),
            asyncio.create_task(met_with_silence.state("4419-2026-000001")),
        ]
        answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(answer) for answer in answers] == [OrchestratorUnavailable] * 3


async def test_an_application_is_taken_while_temporal_keeps_silent(
    city: City, met_with_silence: TemporalCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        for name in ("start", "reachable"):
            patched.setattr(city.cases, name, getattr(met_with_silence, name))
        headers = {**city.bearer(), "Idempotency-Key": "a"}
        async with asyncio.timeout(30):
            applied = await city.http.post("/cases", json=an_application(), headers=headers)
        assert (applied.status_code, applied.json()["started"]) == (202, False)
        seen = await city.http.get(f"/cases/{applied.json()['case_no']}", headers=city.bearer())
        assert (seen.status_code, seen.json()["version"]) == (200, 0)
    await until(begun(city, applied.json()["case_no"]))


async def test_the_gateway_takes_cases_before_it_ever_reached_temporal(
    city: City, never_reached: TemporalCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("start", "decide", "cancel", "reachable"):
        monkeypatch.setattr(city.cases, name, getattr(never_reached, name))
    headers = {**city.bearer(), "Idempotency-Key": "a"}
    applied = await city.http.post("/cases", json=an_application(), headers=headers)
    assert (applied.status_code, applied.json()["started"]) == (202, False)
    ready = await city.http.get("/ready")
    assert (ready.status_code, ready.json()["orchestrator"]) == (200, "away")
    cancelled = await city.http.post(f"/cases/{applied.json()['case_no']}/cancel", headers=city.bearer())
    assert (cancelled.status_code, cancelled.json()["code"]) == (503, "out-of-service")
    await asyncio.sleep(2 * city.services.settings.leftover_interval)  # several rounds that all fail
    monkeypatch.undo()
    await until(begun(city, applied.json()["case_no"]))


@pytest.mark.parametrize("fault", [OrchestratorUnavailable("not this one"), ValueError("unreadable")], ids=repr)
async def test_a_start_that_fails_holds_back_no_younger_one(
    city: City, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.cases.is_up = False
    older, younger = await city.apply(), await city.apply()
    start = city.cases.start

    async def start_all_but_the_older(bundle: str, opening: c.OpenCase) -> None:
        if opening.case_no == older:
            raise fault
        await start(bundle, opening)

    with monkeypatch.context() as patched:
        patched.setattr(city.cases, "start", start_all_but_the_older)
        city.cases.is_up = True
        await until(begun(city, younger))
        assert older not in city.cases.starts
    await until(begun(city, older))


async def test_work_beside_the_requests_begins_anew_and_says_why(caplog: pytest.LogCaptureFixture) -> None:
    third = asyncio.Event()
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise RuntimeError("a fault of ours")
        if runs == 3:
            third.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(without_end(work, "work", pause=0))
    async with asyncio.timeout(20):
        await third.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert "to work has failed" in caplog.text
    assert "to work has ended" in caplog.text


def begun(city: City, case_no: str) -> Callable[[], Awaitable[bool]]:
    """Whether the case runs."""

    async def asked() -> bool:
        return case_no in city.cases.states

    return asked
