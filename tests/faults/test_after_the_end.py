"""Who writes the record of a case that is closing: the case itself up to its end, everybody else only behind it.

Between the moment at which a case has closed and the moment at which its workflow is gone lies the append of its last
events. A worker that stands still just then makes that moment as long as one likes.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

from adapters.sandbox.behaviours import Operation, Silent
from one_things.case import CasePhase, ItemStatus
from one_things.delivery import DeliveryStatus
from one_things.events import CaseClosed, CaseOutcome, CaseRated, DeliveryOrdered, OperatorTaskSettled, PaperMissed
from tests.flows import delivery_stories as papers
from tests.flows.delivery_stories import PERMIT, PICK_UP
from tests.flows.soundness import whole_record
from tests.flows.stations import FILING, apply, register, station
from tests.flows.town import PATIENCE, Town, eventually, of_kind

_WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INTO heads%'
"""
"""Appends that wait for somebody else's lock."""
BEHIND = (CaseRated, PaperMissed, OperatorTaskSettled)


async def test_what_is_said_while_the_end_is_being_written_waits_until_it_is(town: Town) -> None:
    case_no = await _about_to_be_picked_up(town)
    with ExitStack() as still:
        async with _nobody_writes(town, case_no):
            assert (await town.act(case_no, PERMIT, "picked_up")).json() == {"outcome": "counted"}
            assert (await town.cases.state(case_no)).phase is CasePhase.CLOSED, "and its record does not say so yet"
            await _an_append_waits(town)
            early = [
                await papers.say(town, case_no, "not-arrived", {}),
                await town.settle(case_no, FILING),
                await town.act(case_no, PERMIT, "picked_up"),
            ]
            still.enter_context(_standing_still(town.city.pids["worker"]))
        await town.closed(case_no)
        rated = await town.http.post(f"/cases/{case_no}/ratings", json={"grade": 1}, headers=town.bearer())
    assert (rated.status_code, rated.json()["outcome"]) == (200, "counted")
    async with asyncio.timeout(PATIENCE):
        assert await town.cases.handle(case_no).result() == CaseOutcome.COMPLETED, "its workflow ends"
    assert [(said.status_code, said.json()["code"]) for said in early] == [(503, "out-of-service")] * 3

    again = [await papers.say(town, case_no, "not-arrived", {}), await town.settle(case_no, FILING)]
    assert [(said.status_code, said.json()["outcome"]) for said in again] == [(200, "counted")] * 2
    record = await whole_record(town, case_no)
    end = next(place for place, event in enumerate(record) if isinstance(event, CaseClosed))
    assert [len(of_kind(record[:end], kind)) for kind in BEHIND] == [0, 0, 0]
    assert [len(of_kind(record[end:], kind)) for kind in BEHIND] == [1, 1, 1]


async def _about_to_be_picked_up(town: Town) -> str:
    """A case that waits for nothing but its applicant at the window; an operator is to see to a contradiction."""
    courier = station(delivery=PICK_UP)
    await register(town, courier)
    await town.control.scenario(Silent(), item=PERMIT, operation=Operation.DELIVER.value)
    case_no = await apply(town, courier)
    await town.until_event(case_no, DeliveryOrdered, PERMIT)
    await town.reset_scenario(PERMIT, Operation.DELIVER)
    assert (await town.act(case_no, PERMIT, "ready_for_pick_up")).status_code == 200
    state = await town.until(case_no, papers.is_at(DeliveryStatus.READY), "it lies ready")
    await town.until_items(case_no, ItemStatus.APPROVED, *state.items)
    await town.decide(case_no, FILING, "refused", code="changed-our-mind", reason="改变决定（模拟）")
    await town.until(case_no, lambda state: bool(state.tasks), "the contradiction told to an operator")
    return case_no


@asynccontextmanager
async def _nobody_writes(town: Town, case_no: str) -> AsyncIterator[None]:
    """Appends to this case wait, as they do for a database that is slow."""
    async with town.record.database.transaction() as held:
        await held.execute("SELECT FROM heads WHERE case_no = $1 FOR UPDATE", case_no)
        yield


@contextmanager
def _standing_still(process: int) -> Iterator[None]:
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


async def _an_append_waits(town: Town) -> None:
    async def waiting() -> int:
        async with town.record.database.connection() as connection:
            return int(await connection.fetchval(_WAITING))

    await eventually(waiting, lambda appends: appends > 0, "the append of the end")
