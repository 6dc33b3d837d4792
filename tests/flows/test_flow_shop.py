"""What follows an application, on real servers: deferrals, promises, silence, returns, second notices."""

import json
from typing import Any

import pytest

from adapters.sandbox.behaviours import Down, Operation, Received, Silent
from one_things.case import ItemStatus
from one_things.events import (
    CaseOutcome,
    CommitmentReportFailed,
    DepartmentUnreachable,
    ItemAccepted,
    ItemReturned,
    OperatorTaskOpened,
    TaskKind,
)
from tests.flows import shop_stories as shops
from tests.flows.shop_stories import CERTIFICATES, EQUIPMENT, FIRE, HYGIENE, LEASE, NEW, OPENING, PHOTOS, REGISTRATION
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, in_order, of_kind


def owed(view: dict[str, Any]) -> dict[str, str]:
    return {material["id"]: material["why"] for material in view["owed"]}


async def test_what_was_deferred_comes_in_time_and_what_comes_on_the_way_is_waited_for(town: Town) -> None:
    case_no = await shops.deferred_in_time(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert in_order(town.types(case_no), "material_deferred", "material_handed_in", "material_supplied", "case_closed")
    supplied = [call for call in (await town.journal(case_no)).calls if call.kind == "supply"]
    assert [(call.key, call.effect) for call in supplied] == [(f"{case_no}:{HYGIENE}:1:material:{CERTIFICATES}", True)]
    submitted = next(
        event.at for event in town.events(case_no) if event.type == "item_submitted" and event.item == FIRE
    )
    came = [event.at for event in town.events(case_no) if event.type == "material_handed_in"][-1]
    assert submitted >= came, "the check waited for its photos"


async def test_the_applicant_is_told_what_is_missing_and_until_when(town: Town) -> None:
    opening = shops.shop(deferred=[EQUIPMENT])
    await town.switch(opening, HYGIENE, Silent())
    case_no = await shops.apply(town, opening)
    await town.until_items(case_no, ItemStatus.APPROVED, REGISTRATION)
    await town.until(case_no, lambda state: EQUIPMENT in state.deferrals, "the date")
    view = await town.view(case_no)
    assert owed(view) == {PHOTOS: "on_the_way", EQUIPMENT: "deferred"}
    assert [bool(material["due_on"]) for material in view["owed"]] == [False, True]
    assert view["headline"]["needs_you"]
    assert "消防" in view["headline"]["now"]["zh"]
    page = await town.http.get(f"/cases/{case_no}/materials", headers={**town.bearer(), "Accept": "text/html"})
    assert f'name="file.{PHOTOS}"' in page.text
    assert f'name="file.{CERTIFICATES}"' not in page.text

    wrong = await shops.hand_in(town, case_no, PHOTOS, "application-form", "love-letter")
    assert wrong.status_code == 422
    faults = {fault["field"]: fault["code"] for fault in wrong.json()["faults"]}
    assert faults == {
        "materials.application-form": "material-handed-in",
        "materials.love-letter": "material-unknown",
    }, "and nothing of it was taken"
    operator = await town.http.post(
        f"/cases/{case_no}/materials", json={"materials": [{"id": PHOTOS, "digest": NEW}]}, headers=town.operator()
    )
    assert (operator.status_code, operator.json()["code"]) == (403, "not-allowed")
    assert (await shops.hand_in(town, case_no, PHOTOS, EQUIPMENT)).json()["outcome"] == "counted"
    assert (await shops.hand_in(town, case_no, PHOTOS, EQUIPMENT)).json()["outcome"] == "repeat"
    await town.until_items(case_no, ItemStatus.APPROVED, FIRE)
    await town.decide(case_no, HYGIENE)
    await assert_sound(town, case_no)


async def test_what_was_deferred_and_never_came_refuses_its_item_as_announced(town: Town) -> None:
    case_no = await shops.deferred_and_missed(town)
    state = await assert_sound(town, case_no)
    assert (state.outcome, state.items[HYGIENE].code) == (CaseOutcome.REFUSED, "material-missing")
    assert in_order(town.types(case_no), "material_missed", "item_refused", "case_stopped", "submission_withdrawn")
    item = next(item for item in (await town.view(case_no))["items"] if item["id"] == HYGIENE)
    assert "容缺材料" in item["reason"]


async def test_late_material_is_refused_with_its_date_and_nothing_is_lost(town: Town) -> None:
    opening = shops.shop(deferred=[EQUIPMENT])
    await town.switch(opening, REGISTRATION, Silent())
    await town.switch(opening, HYGIENE, Silent())
    case_no = await shops.apply(town, opening)
    await town.until_items(case_no, ItemStatus.ACCEPTED, REGISTRATION, HYGIENE)
    await town.skip_until(case_no, lambda state: state.deferrals[EQUIPMENT].missed, "the list is missed")
    late = await shops.hand_in(town, case_no, EQUIPMENT)
    assert (late.status_code, late.json()["faults"][0]["code"]) == (422, "material-late")
    state = await town.until(case_no, lambda state: bool(state.tasks), "a person is asked")
    assert state.deferrals[EQUIPMENT].due_on.isoformat() in late.json()["faults"][0]["reason"]["zh"]
    assert (await town.settle(case_no, REGISTRATION)).status_code == 200
    for item in (REGISTRATION, HYGIENE):
        await town.decide(case_no, item)
    await shops.finished(town, case_no)
    await assert_sound(town, case_no)


async def test_silence_accepts_from_the_day_of_hand_in(town: Town) -> None:
    case_no = await shops.deemed_accepted(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    received = next(event for event in town.events(case_no) if event.type == "item_received")
    accepted = of_kind(town.events(case_no), ItemAccepted, REGISTRATION)[0]
    assert accepted.since == received.handed_in_at
    assert accepted.due_on is not None
    assert accepted.due_on < received.deemed_on, "three working days from hand-in are over after five of silence"
    types = [event.type for event in town.events(case_no) if getattr(event, "item", "") == REGISTRATION]
    assert in_order(types, "item_received", "item_deemed_accepted", "item_accepted", "item_approved")


async def test_after_silence_no_correction_is_taken(town: Town) -> None:
    opening = shops.shop()
    await town.switch(opening, REGISTRATION, Received())
    case_no = await shops.apply(town, opening)
    await town.until_items(case_no, ItemStatus.RECEIVED, REGISTRATION)
    await town.skip_until(case_no, lambda state: state.items[REGISTRATION].deemed_accepted, "silence accepts")
    notice = {
        "decision_id": "late-notice", "case_no": case_no, "item": REGISTRATION, "attempt": 1, "verdict": "correction",
        "points": [{"code": "x", "field_or_material": "contact.phone", "text": "晚了（模拟）"}],
    }  # fmt: skip
    answer = await town.send_decision("market-regulation", json.dumps(notice).encode())
    assert (answer.status_code, answer.json()["code"]) == (409, "deemed-accepted")
    says = {"act": "returned", "reason": "technical", "responsible": "system"}
    answer = await shops.act(town, "market-regulation", case_no, REGISTRATION, "late-return", **says)
    assert (answer.status_code, answer.json()["code"]) == (409, "accepted-already")
    assert (await town.cancel(case_no)).status_code == 200
    await assert_sound(town, case_no)


async def test_a_returned_item_is_put_right_and_its_return_is_on_the_record(town: Town) -> None:
    case_no = await shops.returned_and_handed_in_again(town)
    state = await assert_sound(town, case_no)
    assert (state.outcome, state.items[REGISTRATION].attempt) == (CaseOutcome.COMPLETED, 2)
    returned = of_kind(town.events(case_no), ItemReturned, REGISTRATION)[0]
    assert (returned.reason, returned.responsible) == ("data-differs", "applicant")
    assert "手机号" not in returned.model_dump_json(), "what an official wrote is sealed"


@pytest.mark.parametrize(
    ("says", "status", "code"),
    [
        ({"act": "returned", "reason": "bad-mood", "responsible": "applicant"}, 422, "input-invalid"),
        ({"act": "returned", "reason": "technical", "responsible": "nobody"}, 422, "input-invalid"),
        ({"act": "returned", "reason": "technical"}, 422, "input-invalid"),
        ({"act": "accepted", "attempt": 7}, 409, "too-late"),
        ({"act": "accepted", "item": "love-letter"}, 404, "unknown-item"),
    ],
)
async def test_acts_that_cannot_be(town: Town, waiting: str, says: dict[str, Any], status: int, code: str) -> None:
    answer = await shops.act(town, "market-regulation", waiting, REGISTRATION, "nonsense", **says)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


@pytest.fixture(scope="session")
async def waiting(town: Town) -> str:
    """A case whose registration was received and waits."""
    opening = shops.shop()
    await town.switch(opening, REGISTRATION, Received())
    case_no = await shops.apply(town, opening)
    await town.until_items(case_no, ItemStatus.RECEIVED, REGISTRATION)
    return case_no


async def test_a_second_notice_in_a_reply_waits_for_an_operator(town: Town) -> None:
    case_no = await shops.second_notice_permitted(town)
    assert (await assert_sound(town, case_no)).items[REGISTRATION].attempt == 3


async def test_a_promise_stands_for_its_material_and_who_supervises_hears_the_result(town: Town) -> None:
    case_no = await shops.promised_and_reported(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert [(one.text.zh, bool(one.digest)) for one in state.plan.commitments] == [(shops.PROMISE, True)]
    reports = [call for call in (await town.journal(case_no)).calls if call.kind == "report"]
    assert [(call.department, call.key, call.effect) for call in reports] == [
        ("urban-management", f"{case_no}:{REGISTRATION}:1:commitment:{LEASE}:approved", True)
    ]
    receipt = (await town.http.get(f"/cases/{case_no}/receipt.json", headers=town.bearer())).json()
    assert json.loads(receipt["content"])["commitments"] == {LEASE: state.plan.commitments[0].digest}


async def test_who_may_not_promise_is_told_and_hands_the_material_in(town: Town) -> None:
    case_no = await shops.promise_excluded(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert in_order(town.types(case_no), "commitment_excluded", "material_handed_in", "case_closed")
    assert "commitment_reported" not in town.types(case_no), "nothing was promised in the end"


async def test_a_supervising_department_that_is_down_holds_up_nothing_and_is_told_later(town: Town) -> None:
    opening = shops.shop(commitments=shops.promised())
    await town.switch(opening, REGISTRATION, Down(), Operation.REPORT)
    case_no = await shops.apply(town, opening)
    await town.until_items(case_no, ItemStatus.APPROVED, REGISTRATION)
    assert (await shops.hand_in(town, case_no, PHOTOS)).status_code == 200
    await town.until_items(case_no, ItemStatus.APPROVED, OPENING)
    assert "commitment_reported" not in town.types(case_no)
    await town.switch_back(opening, REGISTRATION, Operation.REPORT)
    await assert_sound(town, case_no)
    assert "commitment_reported" in town.types(case_no)


async def test_a_list_that_does_not_answer_is_not_read_as_an_empty_one(town: Town) -> None:
    case_no = await shops.list_down(town)
    await assert_sound(town, case_no)


async def test_promises_and_deferrals_that_cannot_be_are_refused_all_at_once(town: Town) -> None:
    wrong = shops.shop(
        deferred=["application-form", EQUIPMENT],
        commitments=[
            {"material": LEASE, "text": "我随便承诺一下"},
            {"material": "application-form", "text": shops.PROMISE},
            {"material": "love-letter", "text": shops.PROMISE},
        ],
    )
    answer = await town.post_application(wrong)
    assert answer.status_code == 422, answer.text
    assert {fault["field"]: fault["code"] for fault in answer.json()["faults"]} == {
        "deferred.application-form": "deferral-not-allowed",
        "materials.application-form": "material-missing",
        f"commitments.{LEASE}": "commitment-text-differs",
        "commitments.application-form": "commitment-not-allowed",
        "commitments.love-letter": "material-unknown",
    }


async def test_nobody_answers_and_the_case_does_not_wait_unseen(town: Town) -> None:
    case_no = await shops.applicant_silent(town)
    state = await assert_sound(town, case_no)
    assert (state.outcome, state.tasks) == (CaseOutcome.COMPLETED, ())
    assert in_order(
        town.types(case_no), "applicant_asked", "applicant_reminded", "operator_task_opened", "correction_answered"
    )


async def test_a_liquidation_report_comes_when_the_creditors_are_paid(town: Town) -> None:
    case_no = await shops.report_on_the_way(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert state.handed_in == {shops.REPORT: NEW}


async def test_what_departments_will_not_take_afterwards_is_seen_to_by_a_person(town: Town) -> None:
    case_no = await shops.what_follows_is_refused(town)
    state = await assert_sound(town, case_no)
    assert (state.outcome, state.tasks) == (CaseOutcome.COMPLETED, ())
    opened = {task.item: task for task in of_kind(town.events(case_no), OperatorTaskOpened)}
    assert {item: task.kind for item, task in opened.items()} == {
        HYGIENE: TaskKind.MATERIAL_NOT_TAKEN, REGISTRATION: TaskKind.COMMITMENT_UNREPORTED
    }  # fmt: skip
    assert all(task.reason is not None for task in opened.values()), "what the department wrote, sealed"
    (failed,) = of_kind(town.events(case_no), CommitmentReportFailed)
    assert (failed.department, failed.material, failed.verdict) == ("urban-management", LEASE, "approved")
    assert "commitment_reported" not in town.types(case_no)


async def test_what_a_department_will_not_give_back_after_a_refusal_is_settled_by_a_person(town: Town) -> None:
    case_no = await shops.withdrawal_refused(town)
    state = await assert_sound(town, case_no)
    assert (state.outcome, state.tasks) == (CaseOutcome.REFUSED, ())
    assert (state.items[HYGIENE].status, state.items[REGISTRATION].status) == (ItemStatus.REFUSED, ItemStatus.UNDONE)
    (task,) = of_kind(town.events(case_no), OperatorTaskOpened)
    assert (task.item, task.kind, task.reason is not None) == (HYGIENE, TaskKind.WITHDRAWAL_FAILED, True)


async def test_what_follows_late_arrives_once_and_is_taken_back_once(town: Town) -> None:
    case_no = await shops.supplied_late_and_taken_back_late(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.CANCELLED
    assert {state.items[item].status for item in (REGISTRATION, HYGIENE)} == {ItemStatus.UNDONE}
    away = of_kind(town.events(case_no), DepartmentUnreachable, HYGIENE)
    assert len(away) == 2, "once about the certificates, once about the withdrawal"
    calls = (await town.journal(case_no)).calls
    supplied = [call.effect for call in calls if call.kind == "supply"]
    assert (supplied[-1], sum(supplied)) == (True, 1)
    undo = f"{case_no}:{HYGIENE}:1:undo"
    assert [call.kind for call in calls if call.key == undo][:2] == ["undo", "ask"], "asked before it was sent again"
    assert [key.times for key in (await town.journal(case_no)).keys if key.key == undo] == [1]
