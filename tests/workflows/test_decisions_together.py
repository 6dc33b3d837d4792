"""Decisions about one case: one update at a time, what comes meanwhile goes together, and each hears of its own."""

import asyncio
from typing import TypeVar

import pytest

from one_things.commands import Decide, Verdict
from one_things.faults import CommandRefused
from one_things.model import Record
from one_things.text import Text
from workflows.decisions_together import DecisionsTogether
from workflows.handles import OrchestratorUnavailable
from workflows.messages import DECIDE, DecisionAnswered, Decisions, DecisionsAnswered, Receipt

CASE, OTHER_CASE = "4419-2026-000001", "4419-2026-000002"
TOO_LATE = CommandRefused("too-late", Text(zh="该事项已有决定。", en="The item is decided already."))
COUNTED = Receipt(outcome="counted", version=7)
Answer = TypeVar("Answer", bound=Record)


def decision(item: str) -> Decide:
    return Decide(decision_id=f"d-{item}", department="tax", item=item, attempt=1, verdict=Verdict.APPROVED)


class Cases:
    """Cases that answer when the test lets them; items named ``late…`` are refused, and only those leave no trace."""

    def __init__(self) -> None:
        self.told: list[tuple[str, list[str]]] = []
        self.away = False
        self._turn = asyncio.Semaphore(0)

    def answer(self, times: int = 1) -> None:
        for _ in range(times):
            self._turn.release()

    async def tell(self, case_no: str, name: str, message: Record, answer: type[Answer]) -> Answer:
        decisions = message.decisions if isinstance(message, Decisions) else (message,)
        items = [one.item for one in decisions if isinstance(one, Decide)]
        self.told.append((case_no, items))
        await self._turn.acquire()
        if self.away:
            raise OrchestratorUnavailable("Temporal did not answer")
        late = [item.startswith("late") for item in items]
        if all(late):
            raise TOO_LATE if name == DECIDE else CommandRefused("none-counts", Text(zh="无", en="none"))
        if name == DECIDE:
            told: Record = COUNTED
        else:
            refused = DecisionAnswered.of_refusal(TOO_LATE)
            told = DecisionsAnswered(
                answers=tuple(refused if is_late else DecisionAnswered(receipt=COUNTED) for is_late in late)
            )
        assert isinstance(told, answer)
        return told


async def handed(together: DecisionsTogether, *items: str, case_no: str = CASE) -> "list[asyncio.Task[Receipt]]":
    """The decisions, on their way."""
    tasks = [asyncio.create_task(together.decide(case_no, decision(item))) for item in items]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_what_comes_while_one_is_under_way_goes_together() -> None:
    cases = Cases()
    together = DecisionsTogether(cases.tell)
    tasks = await handed(together, "a", "b", "c")
    cases.answer(2)
    assert [await task for task in tasks] == [COUNTED] * 3
    assert cases.told == [(CASE, ["a"]), (CASE, ["b", "c"])]


async def test_decisions_about_other_cases_wait_for_nobody() -> None:
    cases = Cases()
    together = DecisionsTogether(cases.tell)
    tasks = [*await handed(together, "a"), *await handed(together, "b", case_no=OTHER_CASE)]
    assert cases.told == [(CASE, ["a"]), (OTHER_CASE, ["b"])]
    cases.answer(2)
    assert [await task for task in tasks] == [COUNTED] * 2


async def test_one_that_is_refused_is_refused_alone() -> None:
    cases = Cases()
    first, late, last = await handed(DecisionsTogether(cases.tell), "a", "late", "c")
    cases.answer(2)
    assert [await first, await last] == [COUNTED, COUNTED]
    with pytest.raises(CommandRefused) as raised:
        await late
    assert (raised.value.code, raised.value.reason) == (TOO_LATE.code, TOO_LATE.reason)


async def test_when_none_counts_each_hears_why_by_itself() -> None:
    cases = Cases()
    first, late, later = await handed(DecisionsTogether(cases.tell), "a", "late-1", "late-2")
    cases.answer(4)
    assert await first == COUNTED
    for refused in (late, later):
        with pytest.raises(CommandRefused) as raised:
            await refused
        assert raised.value.code == "too-late"
    assert cases.told == [(CASE, ["a"]), (CASE, ["late-1", "late-2"]), (CASE, ["late-1"]), (CASE, ["late-2"])]


async def test_while_temporal_is_away_everybody_hears_that_and_may_say_it_again() -> None:
    cases = Cases()
    cases.away = True
    together = DecisionsTogether(cases.tell)
    tasks = await handed(together, "a", "b", "c")
    cases.answer(2)
    for task in tasks:
        with pytest.raises(OrchestratorUnavailable):
            await task
    cases.away = False
    cases.answer()
    (again,) = await handed(together, "b")
    assert await again == COUNTED


async def test_a_sender_that_goes_away_takes_nobody_along() -> None:
    cases = Cases()
    first, gone, last = await handed(DecisionsTogether(cases.tell), "a", "b", "c")
    for task in (first, gone):
        task.cancel()
    await asyncio.sleep(0)
    cases.answer(2)
    assert await last == COUNTED
    assert cases.told == [(CASE, ["a"]), (CASE, ["b", "c"])]
