"""Replies that say less than was done: the case asks, and goes on; and what departments say out of place is kept."""

from adapters.sandbox.behaviours import AlreadyExists, SlowReply
from one_things.case import ItemStatus
from one_things.events import CaseOutcome, DecisionSetAside, DepartmentUnreachable, MoreSetAside, OperatorTaskOpened
from tests.flows import stories
from tests.flows.companies import SIMPLE, company
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, of_kind

TAX = stories.TAX


async def test_already_exists_is_asked_about_and_the_case_goes_on(town: Town) -> None:
    closing = company(SIMPLE, chosen=(TAX,))
    await town.switch(closing, TAX, AlreadyExists(delay_seconds=0.2))
    case_no = await town.apply(closing)
    await assert_sound(town, case_no)
    assert len(of_kind(town.events(case_no), DepartmentUnreachable, TAX)) == 1
    assert await calls(town, case_no) == ["submit", "ask"]


async def test_a_time_out_after_taking_is_asked_for_and_taken_once(town: Town) -> None:
    closing = company(SIMPLE, chosen=(TAX,))
    await town.switch(closing, TAX, SlowReply(reply_seconds=20, delay_seconds=3600))
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
    assert len(of_kind(town.events(case_no), DepartmentUnreachable, TAX)) == 1
    assert await calls(town, case_no) == ["submit", "ask"]
    await town.decide(case_no, TAX)
    await assert_sound(town, case_no)


async def test_what_is_said_out_of_place_is_kept_changes_nothing_and_is_bounded(town: Town) -> None:
    case_no = await stories.out_of_place(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    kept = [event for event in town.events(case_no) if isinstance(event, DecisionSetAside)]
    assert [(one.department, one.why.value) for one in kept] == [
        ("bank", "wrong_department"),
        ("tax", "wrong_attempt"),
        ("market-regulation", "wrong_item"),
        ("market-regulation", "not_awaited"),
        ("tax", "not_allowed"),
        ("tax", "contradicting"),
        *[("tax", "decided")] * 2,
    ]
    assert len([event for event in town.events(case_no) if isinstance(event, MoreSetAside)]) == 1
    assert len(of_kind(town.events(case_no), OperatorTaskOpened, TAX)) == 1, "the case closed with it open"
    asked = {"note": "已核实（测试）"}
    settled = await town.http.post(f"/cases/{case_no}/items/{TAX}/settle", json=asked, headers=town.operator())
    assert (settled.status_code, settled.json()["outcome"]) == (200, "counted")


async def calls(town: Town, case_no: str) -> list[str]:
    return [call.kind for call in (await town.journal(case_no)).calls if call.key == f"{case_no}:{TAX}:1"]
