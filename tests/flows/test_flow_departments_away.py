"""Departments that are down, lose replies, take too long: the case is patient, says so, and sends nothing twice."""

from datetime import UTC, datetime, timedelta

from adapters.sandbox.behaviours import Down, ErrorForCalls, LostReply, Operation
from one_things.case import ItemStatus
from one_things.events import CaseOutcome, DepartmentUnreachable, ItemAccepted, ItemApproved, LimitBreached
from tests.flows import shop_stories, stories
from tests.flows.companies import SMALL, company
from tests.flows.directory import Directory
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, eventually, in_order

TAX = stories.TAX
PATIENT = {"first_seconds": 60.0, "factor": 10.0, "longest_seconds": 21_600.0}
"""A schedule for days."""


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


async def test_a_department_down_for_three_days_holds_up_nobody_else_and_gets_each_submission_once(
    town: Town, directory: Directory
) -> None:
    await directory.becomes(directory.with_more("tax", retries=PATIENT))
    await town.switch_department("tax", Down())
    try:
        waiting = [await town.apply(company(SMALL)) for _ in range(3)]
        for case_no in waiting:
            await town.until_event(case_no, DepartmentUnreachable, TAX)
            await town.until_items(case_no, ItemStatus.NOTICE, "simple-notice")
        elsewhere = await shop_stories.apply(town, shop_stories.shop())
        await shop_stories.finished(town, elsewhere)
        for case_no in waiting:
            await town.skip_days(case_no, 3)
            assert (await town.cases.state(case_no)).items[TAX].status is ItemStatus.SUBMITTED
        away = await eventually(town.record.department_health.trouble, bool, "the breaker seen")
        assert {(trouble.department, trouble.cause) for trouble in away} == {("tax", "unexpected_status")}
    finally:
        await town.switch_department("tax", None)
        await directory.becomes(directory.as_it_was)
    for case_no in waiting:
        await _skip_until_approved(town, case_no)
        await town.skip_notice(case_no, "simple-notice")
        assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
        assert town.types(case_no).count("department_unreachable") == 1, "said once, however long it lasts"
        (sent,) = [key for key in (await town.journal(case_no)).keys if key.key == f"{case_no}:{TAX}:1"]
        assert sent.effects == 1
    assert await eventually(town.record.department_health.trouble, lambda away: not away, "the breaker closed") == []


async def test_maintenance_is_waited_for_and_is_no_failure(town: Town, directory: Directory) -> None:
    window = {"from": _in(hours=-1), "to": _in(hours=30)}
    await directory.becomes(directory.with_more("tax", maintenance=[window]))
    try:
        case_no = await town.apply(company(SMALL))
        await town.until_items(case_no, ItemStatus.NOTICE, "simple-notice")
        await town.until_items(case_no, ItemStatus.SUBMITTED, TAX)
        assert not [key for key in (await town.journal(case_no)).keys if key.department == "tax"]
        shown = (await town.http.get(f"/cases/{case_no}", headers=town.bearer())).json()
        until = {item["id"]: item["maintenance_until"] for item in shown["items"]}
        assert datetime.fromisoformat(until.pop(TAX)) == datetime.fromisoformat(window["to"])
        assert not any(until.values())
        page = await town.http.get(f"/cases/{case_no}", headers={**town.bearer(), "Accept": "text/html"})
        assert "维护至" in page.text
        await _skip_until_approved(town, case_no)
    finally:
        await directory.becomes(directory.as_it_was)
    await town.skip_notice(case_no, "simple-notice")
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
    assert "department_unreachable" not in town.types(case_no)
    (sent,) = [key for key in (await town.journal(case_no)).keys if key.key == f"{case_no}:{TAX}:1"]
    assert (sent.times, sent.effects) == (1, 1)
    approved = await town.until_event(case_no, ItemApproved, TAX)
    assert approved.at >= datetime.fromisoformat(window["to"]), "by the clock of the case, which was skipped"


def _in(hours: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="seconds")


async def _skip_until_approved(town: Town, case_no: str) -> None:
    async def status() -> ItemStatus:
        state = await town.cases.state(case_no)
        if state.items[TAX].status is ItemStatus.SUBMITTED:
            await town.skip_days(case_no, 0.3)
        return state.items[TAX].status

    await eventually(status, lambda status: status is ItemStatus.APPROVED, f"{TAX} of {case_no}")
