"""Departments that are down, lose replies, take too long: the case is patient, says so, and sends nothing twice."""

from datetime import UTC, datetime, timedelta

from adapters.sandbox.behaviours import Down, ErrorForCalls, LostReply, Operation
from one_things.case import ItemStatus
from one_things.events import (
    CaseOutcome,
    DepartmentUnreachable,
    ItemAccepted,
    ItemApproved,
    LimitBreached,
    OperatorTaskOpened,
    TaskKind,
)
from tests.flows import away_stories, shop_stories, stories
from tests.flows.companies import SMALL, company
from tests.flows.directory import Directory
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, eventually, in_order

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


async def test_a_department_down_for_three_days_holds_up_nobody_else_and_gets_each_submission_once(
    town: Town, directory: Directory
) -> None:
    await directory.becomes(directory.with_more("tax", retries=away_stories.PATIENT))
    await town.switch_department("tax", Down())
    try:
        waiting = [await town.apply(company(SMALL)) for _ in range(2)]
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
        await away_stories.skip_until_approved(town, case_no)
        await town.skip_notice(case_no, "simple-notice")
        assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
        assert town.types(case_no).count("department_unreachable") == 1, "said once, however long it lasts"
        (sent,) = [key for key in (await town.journal(case_no)).keys if key.key == f"{case_no}:{TAX}:1"]
        assert sent.effects == 1
    assert await eventually(town.record.department_health.trouble, lambda away: not away, "the breaker closed") == []


async def test_a_department_that_is_silent_for_a_day_is_told_of_and_gets_its_submission_once(town: Town) -> None:
    case_no = await away_stories.silent_for_a_day(town, _shown_as_silent)
    state = await assert_sound(town, case_no)
    assert (state.outcome, state.tasks) == (CaseOutcome.COMPLETED, ()), "the task goes by itself when it answers"
    types = [event.type for event in town.events(case_no) if getattr(event, "item", "") == TAX]
    assert types == [
        "item_submitted",
        "department_unreachable",
        "operator_task_opened",
        "item_accepted",
        "item_approved",
    ]
    silent = await town.until_event(case_no, DepartmentUnreachable, TAX)
    told = await town.until_event(case_no, OperatorTaskOpened, TAX)
    accepted = await town.until_event(case_no, ItemAccepted, TAX)
    assert told.kind is TaskKind.DEPARTMENT_SILENT
    assert timedelta(days=1) <= told.at - silent.at < timedelta(days=1, minutes=5)
    assert accepted.at >= told.at, "since when it was silent, and until when"
    (sent,) = [key for key in (await town.journal(case_no)).keys if key.key == f"{case_no}:{TAX}:1"]
    assert sent.effects == 1
    assert sent.times >= 5, "its schedule went on for the whole day: after a minute, ten, a hundred, every six hours"


async def _shown_as_silent(town: Town, case_no: str) -> None:
    """What its applicant and an operator see after a day."""
    view = await town.view(case_no)
    (item,) = view["items"]
    silent = await town.until_event(case_no, DepartmentUnreachable, TAX)
    assert datetime.fromisoformat(item["unreachable_since"]) == silent.at
    assert (item["status"], view["headline"]["needs_you"]) == ("submitted", False)
    assert "税务局" in view["headline"]["trouble"]["zh"]
    (task,) = (await town.http.get(f"/cases/{case_no}", headers=town.operator())).json()["tasks"]
    assert (task["item"], task["kind"]) == (TAX, "department_silent")


async def test_a_registry_that_holds_nothing_is_said_to_and_its_fields_are_not_sent_empty(town: Town) -> None:
    case_no = await away_stories.nothing_held(town)
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
    assert "shared_data_unavailable" not in town.types(case_no), "it answered"
    (source,) = (await town.view(case_no))["sources"]
    assert (source["standing"], source["values"], source["may_be_handed_in"]) == ("nothing_held", [], False)
    assert "company.name" not in (await town.submitted(case_no, TAX))["fields"]


async def test_maintenance_is_waited_for_and_is_no_failure(town: Town) -> None:
    until: list[datetime] = []

    async def shown(town: Town, case_no: str) -> None:
        assert not [key for key in (await town.journal(case_no)).keys if key.department == "tax"]
        items = {item["id"]: item["maintenance_until"] for item in (await town.view(case_no))["items"]}
        until.append(datetime.fromisoformat(items.pop(TAX)))
        assert not any(items.values())
        page = await town.http.get(f"/cases/{case_no}", headers={**town.bearer(), "Accept": "text/html"})
        assert "维护至" in page.text

    case_no = await away_stories.in_maintenance(town, shown)
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
    assert "department_unreachable" not in town.types(case_no)
    (sent,) = [key for key in (await town.journal(case_no)).keys if key.key == f"{case_no}:{TAX}:1"]
    assert (sent.times, sent.effects) == (1, 1)
    approved = await town.until_event(case_no, ItemApproved, TAX)
    assert timedelta(hours=29) < until[0] - datetime.now(UTC) < timedelta(hours=30)
    assert approved.at >= until[0], "by the clock of the case, which was skipped"


async def test_nobody_waits_for_a_department_that_was_slow_and_it_gets_its_submission_once(town: Town) -> None:
    case_no = await away_stories.slow_in_company(town)
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED
    assert "department_unreachable" not in town.types(case_no)
    calls = [call for call in (await town.journal(case_no)).calls if call.key == f"{case_no}:{TAX}:1"]
    assert [call.kind for call in calls] == ["submit"]
