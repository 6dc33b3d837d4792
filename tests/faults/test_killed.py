"""SIGKILL in the middle: every case ends as it would have, each submission takes effect once, the record is whole.

Each role is killed once while several cases are at different moments: applied a moment ago, submitting, awaiting a
decision that is on its way, undoing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from temporalio.client import WorkflowExecutionStatus

from adapters.sandbox.behaviours import Callback, Down, OutOfOrder, Silent
from event_store.verify import Verifier
from one_things.case import CaseState, ItemStatus
from one_things.events import CaseOutcome, DepartmentUnreachable, ItemSubmitted
from security.suites import suite, suite_names
from tests.flows import stories
from tests.flows.away_stories import store_away
from tests.flows.companies import SIMPLE, SMALL, Company, company
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, eventually
from tests.runtime.watch_command import watch_command, watched_lines

TAX, NOTICE = stories.TAX, "simple-notice"
ROLES = ("worker", "serve", "postgres", "temporal", "departments")


class CasesUnderWay:
    """Cases at all moments at which a kill could hurt."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._posting: asyncio.Task[str] | None = None
        self._submitting = ""
        self._asking = ""
        self._awaiting = ""
        self._undoing = ""
        self._asked = company(SMALL)

    async def begin(self) -> None:
        """Bring every case to its moment; the last ones are reached by the caller's next step."""
        town = self._town
        awaiting, submitting = company(SMALL), company(SMALL)
        await town.switch(awaiting, TAX, Callback(delay_seconds=1.0))
        await town.switch(self._asked, TAX, Down())
        # It holds its reply back until the decision was sent, so that the submission is under way for two seconds.
        await town.switch(submitting, TAX, OutOfOrder())
        self._undoing = await town.apply(company(SIMPLE))
        self._asking = await town.apply(self._asked)
        await town.until_items(self._undoing, ItemStatus.NOTICE, NOTICE)
        await town.until_items(self._undoing, ItemStatus.APPROVED, TAX, *stories.SIDE_BY_SIDE[:3])
        await town.until_event(self._asking, DepartmentUnreachable, TAX)
        self._awaiting = await town.apply(awaiting)
        await town.until_items(self._awaiting, ItemStatus.ACCEPTED, TAX)
        self._submitting = await town.apply(submitting)
        await until_handed_in(town, self._submitting, TAX)
        assert (await town.cancel(self._undoing)).status_code == 200
        self._posting = asyncio.create_task(patiently_applied(town, company(SMALL)))
        await asyncio.sleep(0)  # so that the request is on its way

    async def end(self) -> None:
        """See every case to its end, and that it is the right one."""
        town = self._town
        await town.switch_back(self._asked, TAX)
        assert self._posting is not None
        posted = await self._posting
        for case_no in (posted, self._submitting, self._asking, self._awaiting):
            await town.skip_notice(case_no, NOTICE)
            assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
        assert (await assert_sound(town, self._undoing)).outcome is CaseOutcome.CANCELLED


async def until_handed_in(town: Town, case_no: str, item: str) -> None:
    """The department holds it; what our side knows of that does not matter."""
    key = f"{case_no}:{item}:1"

    async def held() -> list[str]:
        return [seen.key for seen in (await town.journal(case_no)).keys if seen.effects]

    await eventually(held, lambda keys: key in keys, f"{key} handed in")


async def patiently_applied(town: Town, closing: Company) -> str:
    """Apply again and again under the same key, as a careful client does."""
    key = town.new_key()

    async def post() -> httpx.Response:
        await town.prepare(closing)
        return await town.post_application(closing, key)

    answer = await eventually(post, lambda answer: answer.status_code in (200, 201, 202), "the application")
    return str(answer.json()["case_no"])


async def assert_whole(town: Town) -> None:
    """Nothing was changed or is missing in the whole record, and no case number was lost."""
    hashers = [suite(name) for name in suite_names()]
    verifier = Verifier(town.record.database, hashers, town.settings.record_mac_key_bytes())
    assert await verifier.verify() == []


@pytest.mark.parametrize("role", ROLES)
async def test_every_case_ends_as_if_nothing_had_been_killed(town: Town, role: str) -> None:
    under_way = CasesUnderWay(town)
    await under_way.begin()
    await town.city.kill(role)
    await town.city.until_ready(role)
    await under_way.end()
    await assert_whole(town)


async def test_what_a_killed_worker_had_handed_in_is_not_forgotten_when_the_case_is_taken_back(town: Town) -> None:
    """The worker dies while a submission is under way; before anybody is back, the applicant cancels."""
    closing = company(SMALL)
    await town.switch(closing, TAX, OutOfOrder())
    case_no = await town.apply(closing)
    await until_handed_in(town, case_no, TAX)
    await town.until_event(case_no, ItemSubmitted, TAX)  # nobody can take back what the record does not know yet
    await town.city.kill("worker", restart=False)
    cancelling = asyncio.create_task(taken_back(town, case_no))
    await asyncio.sleep(0.5)  # so that the wish waits at Temporal when the worker comes back
    town.city.release("worker")
    await cancelling
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.CANCELLED


async def taken_back(town: Town, case_no: str) -> None:
    """Cancel until it counts, or has counted."""

    async def cancel() -> httpx.Response:
        return await town.cancel(case_no)

    await eventually(cancel, lambda answer: answer.status_code in (200, 409), f"{case_no} taken back")


async def test_while_temporal_is_down_an_application_gets_its_number_and_starts_later(town: Town) -> None:
    closing, key = company(SMALL), town.new_key()
    await town.prepare(closing)
    await town.city.kill("temporal", restart=False)
    try:
        taken = await town.post_application(closing, key)
        again = await town.post_application(closing, key)
        seen = await town.http.get(f"/cases/{taken.json()['case_no']}", headers=town.bearer())
    finally:
        town.city.release("temporal")
    assert (taken.status_code, taken.json()["started"]) == (202, False)
    case_no = taken.json()["case_no"]
    assert again.json()["case_no"] == case_no
    assert (seen.status_code, seen.json()["version"]) == (200, 0)
    await town.skip_notice(case_no, NOTICE)
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
    await assert_whole(town)


async def test_while_postgresql_is_down_decisions_count_and_no_case_ends_without_its_record(town: Town) -> None:
    """What comes next is handed in when it is back: a failure of our own is no silence of a department."""
    another, key = company(SMALL), town.new_key()
    await town.prepare(another)

    async def in_the_dark(town: Town, case_no: str) -> None:
        refused = await town.post_application(another, key)
        status = await town.http.get("/ready")
        described = await town.cases.handle(case_no).describe()
        assert (refused.status_code, refused.json()["code"]) == (503, "out-of-service")
        assert (status.status_code, status.json()["record"]) == (503, "away")
        assert described.status is WorkflowExecutionStatus.RUNNING

    case_no = await store_away(town, in_the_dark)
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
    assert "department_unreachable" not in town.types(case_no)
    assert all((key.times, key.effects) == (1, 1) for key in (await town.journal(case_no)).keys)

    async def post() -> httpx.Response:
        return await town.post_application(another, key)

    taken = await eventually(post, lambda answer: answer.status_code != 503, "the application")
    assert taken.status_code == 201, "it was not taken before"
    await town.skip_notice(taken.json()["case_no"], NOTICE)
    await assert_sound(town, taken.json()["case_no"])
    await assert_whole(town)


async def test_no_watcher_misses_an_event_or_sees_one_twice_when_the_gateway_is_killed(town: Town) -> None:
    """A browser, and `onething case watch`."""
    closing = company(SMALL)
    await town.switch(closing, TAX, Silent())
    case_no = await town.apply(closing)
    token = town.bearer()["Authorization"].removeprefix("Bearer ")
    async with watching(town, case_no) as seen, watch_command(town.city.urls["gateway"], token, case_no) as command:
        assert command.stdout is not None
        said = [await command.stdout.readline()]  # it watches
        await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
        await town.city.kill("serve")
        await town.decide(case_no, TAX)  # it is sent until the gateway is back
        await town.skip_notice(case_no, NOTICE)
        state: CaseState = await town.closed(case_no)
        async with asyncio.timeout(60):
            while not seen or seen[-1] < state.version:  # noqa: ASYNC110 - filled by the watcher
                await asyncio.sleep(0.05)
            rest, told = await command.communicate()
        said += rest.splitlines()
    assert seen == list(range(1, state.version + 1))
    assert [line.decode().rstrip() for line in said] == await watched_lines(town.record.events, case_no)
    assert (command.returncode, told.count(b"connecting again")) == (0, 1)
    await assert_sound(town, case_no)


@asynccontextmanager
async def watching(town: Town, case_no: str) -> AsyncIterator[list[int]]:
    """The versions that a watcher sees who comes back as a browser does, with the id of the last event."""
    seen: list[int] = []

    async def watch() -> None:
        while True:
            last = {"Last-Event-ID": str(seen[-1])} if seen else {}
            try:
                async with town.http.stream(
                    "GET", f"/cases/{case_no}/panorama/stream", headers={**town.bearer(), **last}
                ) as stream:
                    async for line in stream.aiter_lines():
                        if line.startswith("id:"):
                            seen.append(int(line.removeprefix("id:")))
            except httpx.TransportError:
                await asyncio.sleep(0.1)

    task = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
