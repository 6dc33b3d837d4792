"""Decisions as departments really send them: with corrections, before the reply, twice, late, to the wrong case."""

import json
from typing import Any

from adapters.sandbox.behaviours import OutOfOrder, Silent, Twice
from one_things.case import ItemStatus
from one_things.events import CaseOutcome, DecisionSetAside, ItemApproved
from tests.flows import stories
from tests.flows.companies import APPLICANT as APPLICANT_NAME
from tests.flows.companies import SIMPLE, SMALL, company
from tests.flows.soundness import assert_sound
from tests.flows.town import APPLICANT, Town, of_kind

TAX = stories.TAX


def decision(case_no: str, item: str = TAX, **changes: Any) -> bytes:
    body = {
        "decision_id": f"{case_no}:{item}:by-hand",
        "case_no": case_no,
        "item": item,
        "attempt": 1,
        "verdict": "approved",
        "results": [],
        "decided_at": "2026-03-02T09:30:00+08:00",
    }
    return json.dumps({**body, **changes}).encode()


async def waiting_for_tax(town: Town) -> str:
    """A case in which the tax department has to decide."""
    closing = company(SIMPLE, chosen=(TAX,))
    await town.switch(closing, TAX, Silent())
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
    return case_no


async def test_a_correction_is_asked_answered_and_decided_at_the_second_attempt(town: Town) -> None:
    case_no = await stories.corrected(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is CaseOutcome.COMPLETED
    assert state.items[TAX].attempt == 2
    keys = [key.key for key in (await town.journal(case_no)).keys if f":{TAX}:" in key.key]
    assert keys == [f"{case_no}:{TAX}:1", f"{case_no}:{TAX}:2"]


async def test_a_correction_is_shown_whole_and_only_its_applicant_answers_it(town: Town) -> None:
    case_no = await waiting_for_tax(town)
    answer = await town.correct(case_no, TAX)
    assert (answer.status_code, answer.json()["code"]) == (409, "no-correction-asked")
    points = [
        {"code": "phone", "field_or_material": "legal_representative.phone", "text": "手机号已停机（模拟）"},
        {"code": "name", "field_or_material": "legal_representative.name", "text": "姓名与登记不符（模拟）"},
    ]
    await town.decide(case_no, TAX, "correction", points=points)
    await town.until_items(case_no, ItemStatus.CORRECTION, TAX)
    item = (await town.view(case_no))["items"][0]
    assert [point["text"] for point in item["correction_points"]] == [point["text"] for point in points]

    path, form = f"/cases/{case_no}/items/{TAX}/correction", {"form": {"legal_representative.phone": "1380013"}}
    wrong = await town.http.post(path, json=form, headers=town.bearer())
    assert (wrong.status_code, wrong.json()["faults"][0]["field"]) == (422, "form.legal_representative.phone")
    foreign = await town.http.post(path, json={"form": {}}, headers=town.bearer("somebody-else"))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "unknown-case")
    operator = await town.http.post(path, json={"form": {}}, headers=town.operator())
    assert (operator.status_code, operator.json()["code"]) == (403, "not-allowed")

    answer = {"legal_representative.phone": "13800138001", "legal_representative.name": APPLICANT_NAME}
    assert (await town.correct(case_no, TAX, **answer)).status_code == 200
    await town.until(case_no, lambda state: state.items[TAX].attempt == 2, "the second attempt")
    stale = await town.send_decision("tax", decision(case_no))
    assert (stale.status_code, stale.json()["code"]) == (409, "too-late"), "it is about the first attempt"
    await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
    await town.decide(case_no, TAX)
    await assert_sound(town, case_no)


async def test_a_decision_before_the_reply_counts_once(town: Town) -> None:
    closing = company(SMALL)
    await town.switch(closing, TAX, OutOfOrder())
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.APPROVED, TAX)
    await town.skip_notice(case_no, "simple-notice")
    await assert_sound(town, case_no)
    assert await town.until_answered(case_no, f"{case_no}:{TAX}:1:decision") == [(200, "counted")]
    assert len(of_kind(town.events(case_no), ItemApproved, TAX)) == 1


async def test_the_same_decision_twice_counts_once_and_the_repeat_is_a_success(town: Town) -> None:
    closing = company(SMALL)
    await town.switch(closing, TAX, Twice(delay_seconds=0.05, gap_seconds=0.1))
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.APPROVED, TAX)
    answers = await town.until_answered(case_no, f"{case_no}:{TAX}:1:decision", times=2)
    assert sorted(answers) == [(200, "counted"), (200, "repeat")]
    await town.skip_notice(case_no, "simple-notice")
    await assert_sound(town, case_no)


async def test_a_second_decision_that_contradicts_the_first_is_set_aside(town: Town) -> None:
    closing = company(SMALL)
    await town.switch(closing, TAX, Silent())
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
    await town.decide(case_no, TAX)
    await town.until_items(case_no, ItemStatus.APPROVED, TAX)
    contradicting = await town.decide(case_no, TAX, "refused", code="changed-our-mind", reason="改变决定（模拟）")
    assert await town.until_answered(case_no, contradicting) == [(409, "contradicting")]
    await town.until_event(case_no, DecisionSetAside)
    await town.skip_notice(case_no, "simple-notice")
    assert (await assert_sound(town, case_no)).outcome is CaseOutcome.COMPLETED


async def test_a_decision_for_an_item_that_was_not_handed_in_yet(town: Town) -> None:
    case_no = await town.apply(company(SMALL))
    await town.until_items(case_no, ItemStatus.NOTICE, "simple-notice")
    for item, department in ((stories.REGISTRY, "market-regulation"), ("simple-notice", "market-regulation")):
        answer = await town.send_decision(department, decision(case_no, item))
        assert (answer.status_code, answer.json()["code"]) == (409, "not-waiting")
    unknown = await town.send_decision("tax", decision(case_no, "no-such-item"))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-item")
    assert (await town.cancel(case_no)).status_code == 200
    await assert_sound(town, case_no)


async def test_a_foreign_department_decides_nothing(town: Town) -> None:
    case_no = await waiting_for_tax(town)
    through_its_own_door = await town.send_decision("bank", decision(case_no))
    with_its_own_key = await town.send_decision("tax", decision(case_no), signed_by="bank")
    for answer in (through_its_own_door, with_its_own_key):
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign")
    assert (await town.send_decision("tax", decision(case_no))).json() == {"outcome": "counted"}
    await assert_sound(town, case_no)


async def test_after_the_end_a_repeat_is_a_success_and_news_is_not(town: Town) -> None:
    case_no = await waiting_for_tax(town)
    assert (await town.send_decision("tax", decision(case_no))).json() == {"outcome": "counted"}
    await assert_sound(town, case_no)
    repeat = await town.send_decision("tax", decision(case_no))
    assert (repeat.status_code, repeat.json()) == (200, {"outcome": "repeat"})
    news = await town.send_decision("tax", decision(case_no, decision_id="another"))
    assert (news.status_code, news.json()["code"]) == (409, "case-closed")
    nobody = await town.send_decision("tax", decision("4419-2026-999999"))
    assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown-case")


async def test_a_watcher_that_comes_back_again_and_again_misses_no_event(town: Town) -> None:
    """Each connection takes a single change and is dropped; `Last-Event-ID` carries on."""
    case_no = await waiting_for_tax(town)
    assert (await town.send_decision("tax", decision(case_no))).status_code == 200
    await town.closed(case_no)
    seen: list[tuple[int, str]] = []
    while not seen or seen[-1][1] != "case_closed":
        last = {"Last-Event-ID": str(seen[-1][0])} if seen else {}
        headers = {**town.bearer(APPLICANT), **last}
        async with town.http.stream("GET", f"/cases/{case_no}/panorama/stream", headers=headers) as stream:
            version = 0
            async for line in stream.aiter_lines():
                if line.startswith("id:"):
                    version = int(line.removeprefix("id:"))
                if line.startswith("data:"):
                    change = json.loads(line.removeprefix("data:"))
                    seen.append((version or change["version"], change["type"]))
                    break
    assert seen == list(enumerate(town.types(case_no), start=1))
