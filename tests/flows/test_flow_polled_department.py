"""A department that sends nothing: its decisions are fetched, count once, and outlive the gateway that fetches them."""

from collections.abc import AsyncIterator

import pytest

from adapters.sandbox.behaviours import Silent
from event_store.collecting import Collecting, Refusal
from one_things.case import ItemStatus
from one_things.events import CaseOutcome
from tests.flows import stories
from tests.flows.companies import SIMPLE, company
from tests.flows.directory import Directory
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, eventually

TAX = stories.TAX
POLLED = {"kind": "http-poll", "polling": {"every_seconds": 0.2, "jitter_seconds": 0.1, "longest_seconds": 1.0}}


@pytest.fixture
async def polled_tax(town: Town, directory: Directory) -> AsyncIterator[Town]:
    await town.control.keep_decisions("tax")
    await directory.becomes(directory.with_more("tax", **POLLED))
    try:
        yield town
    finally:
        await town.control.keep_decisions("tax", polled=False)
        await directory.becomes(directory.as_it_was)


async def waiting(town: Town) -> str:
    closing = company(SIMPLE, chosen=(TAX,))
    await town.switch(closing, TAX, Silent())
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
    return case_no


async def test_decisions_that_nobody_sends_are_fetched_and_a_late_one_holds_up_no_other(polled_tax: Town) -> None:
    town = polled_tax
    first, second, third = [await waiting(town) for _ in range(3)]
    await town.decide(first, TAX)
    await town.until_items(first, ItemStatus.APPROVED, TAX)
    # Before the late one: what comes after the end is kept in the record, and the workflow hears of it no more.
    assert (await assert_sound(town, first)).outcome is CaseOutcome.COMPLETED
    await town.decide(first, TAX, "refused", code="owes-tax", reason="复核不通过（模拟）")
    await town.decide(second, TAX)
    await town.until_items(second, ItemStatus.APPROVED, TAX)

    async def refused() -> list[Refusal]:
        return [one for one in await Collecting(town.record.database).refusals("tax") if one.case_no == first]

    (late,) = await eventually(refused, bool, "the late decision in the list of what was refused")
    assert late.code == "case-closed"

    await town.city.kill("serve", restart=False)
    await town.decide(third, TAX)
    town.city.release("serve")
    await town.until_items(third, ItemStatus.APPROVED, TAX)
    for case_no in (second, third):
        assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
    for case_no in (first, second, third):
        sent = [one for one in (await town.journal(case_no)).decisions if one.sendings]
        assert sent == []
