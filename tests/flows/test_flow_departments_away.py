"""Departments that are down, lose replies, take too long: the case is patient, says so, and sends nothing twice."""

from adapters.sandbox.behaviours import ErrorForCalls, LostReply, Operation
from one_things.case import ItemStatus
from one_things.events import CaseOutcome, DepartmentUnreachable, ItemAccepted, ItemApproved, LimitBreached
from tests.flows import stories
from tests.flows.companies import SMALL, company
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, in_order

TAX = stories.TAX


async def test_a_department_that_was_down_gets_each_submission_once(town: Town) -> None:
    case_no = await stories.unreachable(town)
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
    types = [event.type for event in town.events(case_no) if getattr(event, "item", "") == TAX]
    assert in_order(types, "item_submitted", "department_unreachable", "item_approved")
    assert types.count("department_unreachable") == 1, "said once, however long it lasts"
    calls = [call for call in (await town.journal(case_no)).calls if call.key == f"{case_no}:{TAX}:1"]
    assert [call.kind for call in calls[:2]] == ["submit", "ask"], "asked before it was sent again"
    assert sum(call.effect for call in calls) == 1


async def test_errors_for_some_calls_are_outlasted(town: Town) -> None:
    closing = company(SMALL)
    await town.switch(closing, TAX, ErrorForCalls(calls=3))
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.APPROVED, TAX)
    await town.skip_notice(case_no, "simple-notice")
    await assert_sound(town, case_no)
    sent = next(key for key in (await town.journal(case_no)).keys if key.key == f"{case_no}:{TAX}:1")
    assert (sent.times, sent.effects) == (4, 1)


async def test_a_lost_reply_is_asked_for_and_never_sent_again(town: Town) -> None:
    closing = company(SMALL)
    await town.switch(closing, TAX, LostReply(delay_seconds=3600))
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
    await town.until_event(case_no, DepartmentUnreachable, TAX)
    calls = [call.kind for call in (await town.journal(case_no)).calls if call.key == f"{case_no}:{TAX}:1"]
    assert calls == ["submit", "ask"]
    await town.decide(case_no, TAX)
    await town.skip_notice(case_no, "simple-notice")
    await assert_sound(town, case_no)


async def test_an_undoing_whose_reply_was_lost_is_asked_for(town: Town) -> None:
    closing = company(SMALL)
    await town.switch(closing, "simple-notice", LostReply(delay_seconds=3600), Operation.UNDO)
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.NOTICE, "simple-notice")
    await town.until_items(case_no, ItemStatus.APPROVED, TAX)
    assert (await town.cancel(case_no)).status_code == 200
    await town.until_event(case_no, DepartmentUnreachable, "simple-notice")
    undo_key = f"{case_no}:simple-notice:1:undo"
    await town.until_items(case_no, ItemStatus.UNDONE, TAX)
    await town.decide_undoing(case_no, "simple-notice")
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.CANCELLED
    undo = next(key for key in (await town.journal(case_no)).keys if key.key == undo_key)
    assert (undo.times, undo.effects) == (1, 1)


async def test_a_source_that_is_down_is_never_read_as_an_empty_field(town: Town) -> None:
    case_no = await stories.source_down(town)
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
    types = town.types(case_no)
    assert in_order(types, "shared_data_unavailable", "shared_data_fetched")
    assert types.count("shared_data_unavailable") == 1
    assert "shared_data_missing" not in types


async def test_a_limit_that_passes_is_noted_and_the_decision_still_counts(town: Town) -> None:
    case_no = await stories.breached(town)
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
    accepted = await town.until_event(case_no, ItemAccepted, TAX)
    breach = await town.until_event(case_no, LimitBreached, TAX)
    approved = await town.until_event(case_no, ItemApproved, TAX)
    assert accepted.at < breach.at < approved.at
    assert breach.due_on == accepted.due_on
    assert accepted.due_at is not None
    assert breach.at >= accepted.due_at, "not before the last day is over in Shanghai"
