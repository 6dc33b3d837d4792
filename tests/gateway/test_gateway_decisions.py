"""Decisions of departments: proved, counted once, and answered so that the sender knows what to do."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from one_things.case import ItemStatus
from one_things.events import CaseOutcome, DecisionSetAside, Event, event_from_json
from tests.gateway.gateway_city import City

ITEM = "tax-clearance"
TITLE = {"zh": "清税结果", "en": "Tax clearance"}
RESULT = {"id": "tax-clearance-confirmation", "title": TITLE, "kind": "confirmation", "reference": "R-1"}


def a_decision(number: str, /, **changes: Any) -> bytes:
    body = {
        "decision_id": "d-1",
        "case_no": number,
        "item": ITEM,
        "attempt": 1,
        "verdict": "approved",
        "results": [RESULT],
        "decided_at": "2026-11-22T08:00:00Z",
    }  # fmt: skip
    return json.dumps({**body, **changes}).encode()


@pytest.fixture
async def case_no(city: City) -> str:
    number = await city.apply()
    await city.cases.submitted(number, ITEM)
    await city.cases.accepted(number, ITEM)
    return number


async def test_a_decision_counts_once_and_a_repeat_is_a_success(city: City, case_no: str) -> None:
    first = await city.decide("tax", a_decision(case_no))
    assert (first.status_code, first.json()) == (200, {"outcome": "counted"})
    again = await city.decide("tax", a_decision(case_no))
    assert (again.status_code, again.json()) == (200, {"outcome": "repeat"})
    assert city.cases.states[case_no].item(ITEM).status is ItemStatus.APPROVED


async def test_a_reason_is_sealed_before_it_leaves_the_gateway(city: City, case_no: str) -> None:
    reason = "测试申请人甲尚有税款未缴。"
    answer = await city.decide(
        "tax", a_decision(case_no, verdict="refused", code="tax-owed", reason=reason, results=[])
    )
    assert answer.json() == {"outcome": "counted"}
    sealed = city.cases.states[case_no].item(ITEM).reason
    assert sealed is not None
    assert "测试" not in sealed.data
    assert await city.services.secrets.open_text(case_no, sealed) == reason


async def test_a_correction_notice_lists_its_points(city: City, case_no: str) -> None:
    points = [{"code": "unreadable", "field_or_material": "legal_representative.name", "text": "姓名与登记不符"}]
    answer = await city.decide("tax", a_decision(case_no, verdict="correction", points=points, results=[]))
    assert answer.status_code == 200
    shown = (await city.http.get(f"/cases/{case_no}", headers=city.bearer())).json()
    item = next(item for item in shown["items"] if item["id"] == ITEM)
    assert item["correction_points"] == points
    assert shown["headline"]["needs_you"] is True


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"decision_id": "d-2", "attempt": 2}, 409, "too-late"),
        ({"item": "registry-deregistration"}, 403, "foreign"),
        ({"item": "no-such-item"}, 404, "unknown-item"),
        ({"case_no": "4419-2026-999999"}, 404, "unknown-case"),
        ({"case_no": "'; DROP TABLE"}, 404, "unknown-case"),
        ({"verdict": "maybe"}, 422, "input-invalid"),
        ({"verdict": "refused"}, 422, "input-invalid"),
        ({"verdict": "correction"}, 422, "input-invalid"),
        ({"attempt": 0}, 422, "input-invalid"),
        ({"decision_id": "d\0"}, 422, "input-invalid"),
        ({"verdict": "refused", "code": "x\0", "reason": "y"}, 422, "input-invalid"),
        ({"verdict": "refused", "code": "x", "reason": "y\0"}, 422, "input-invalid"),
        ({"verdict": "refused", "code": "x", "reason": "y", "article": "z\x1b"}, 422, "input-invalid"),
        ({"results": [{**RESULT, "reference": "R-1\0"}]}, 422, "input-invalid"),
        ({"results": [{**RESULT, "reference": "R" * 301}]}, 422, "input-invalid"),
        ({"results": [{**RESULT, "digest": "d\0"}]}, 422, "input-invalid"),
        ({"verdict": "correction", "points": [{"code": "c\0", "text": "t"}]}, 422, "input-invalid"),
        ({"verdict": "correction", "points": [{"code": "c", "text": "t\0"}]}, 422, "input-invalid"),
    ],
)
async def test_decisions_that_do_not_count(
    city: City, case_no: str, changes: dict[str, object], status: int, code: str
) -> None:
    before = city.cases.states[case_no]
    answer = await city.decide("tax", a_decision(case_no, **changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    after = city.cases.states[case_no]
    assert after.items == before.items
    kept = status != 422 and "case_no" not in changes
    assert after.version == before.version + kept, "what can be read, and is about this case, leaves its trace"


async def test_an_item_that_waits_awaits_no_decision(city: City) -> None:
    number = await city.apply()
    answer = await city.decide("tax", a_decision(number))
    assert (answer.status_code, answer.json()["code"]) == (409, "not-waiting")


async def test_a_second_decision_about_the_same_item_is_too_late(city: City, case_no: str) -> None:
    await city.decide("tax", a_decision(case_no))
    answer = await city.decide("tax", a_decision(case_no, decision_id="d-2"))
    assert (answer.status_code, answer.json()["code"]) == (409, "too-late")


async def test_after_the_case_closed_a_repeat_is_still_a_success_and_news_is_not(city: City, case_no: str) -> None:
    await city.decide("tax", a_decision(case_no))
    await city.cases.finished(case_no, CaseOutcome.COMPLETED)
    assert (await city.decide("tax", a_decision(case_no))).json() == {"outcome": "repeat"}
    late = await city.decide("tax", a_decision(case_no, decision_id="d-9"))
    assert (late.status_code, late.json()["code"]) == (409, "case-closed")


async def test_after_the_case_closed_a_late_decision_is_kept_and_a_contradiction_is_an_operators(
    city: City, case_no: str
) -> None:
    await city.decide("tax", a_decision(case_no))
    await city.cases.finished(case_no, CaseOutcome.COMPLETED)
    for number in ("d-8", "d-8", "d-9"):
        late = await city.decide("tax", a_decision(case_no, decision_id=number))
        assert (late.status_code, late.json()["code"]) == (409, "case-closed")
    reason = "测试申请人甲尚有税款未缴。"
    against = a_decision(case_no, decision_id="d-10", verdict="refused", reason=reason, results=[])
    assert (await city.decide("tax", against)).json()["code"] == "case-closed"
    kept = [event for event in await recorded(city, case_no) if isinstance(event, DecisionSetAside)]
    assert [(one.decision_id, one.why.value) for one in kept] == [
        ("d-8", "case_closed"), ("d-9", "case_closed"), ("d-10", "contradicting"),
    ]  # fmt: skip
    shown = (await city.http.get(f"/cases/{case_no}", headers=city.operator())).json()
    assert [(task["kind"], task["item"]) for task in shown["tasks"]] == [("decisions_differ", ITEM)]
    settled = {"note": "已与税务局核实（测试）"}
    path = f"/cases/{case_no}/items/{ITEM}/settle"
    assert (await city.http.post(path, json=settled, headers=city.operator())).json()["outcome"] == "counted"
    again = await city.http.post(path, json=settled, headers=city.operator())
    assert (again.status_code, again.json()["code"]) == (409, "case-closed")


async def test_operators_read_what_was_set_aside_and_applicants_only_a_contradiction(city: City, case_no: str) -> None:
    await city.decide("tax", a_decision(case_no, decision_id="d-0", attempt=2))
    await city.decide("tax", a_decision(case_no, decision_id="d-0", item="no-such-item"))
    await city.decide("tax", a_decision(case_no))
    contradicting = a_decision(case_no, decision_id="d-2", verdict="refused", reason="改变决定（测试）", results=[])
    answer = await city.decide("tax", contradicting)
    assert (answer.status_code, answer.json()["code"]) == (409, "contradicting")
    told = {
        reader: (await city.http.get(f"/cases/{case_no}/timeline", headers=headers)).json()["entries"]
        for reader, headers in (("operator", city.operator()), ("applicant", city.bearer()))
    }
    read = {
        reader: [entry["text"]["en"] for entry in entries if entry["type"] == "decision_set_aside"]
        for reader, entries in told.items()
    }
    assert read["operator"] == [
        "“Approved” by Tax about “Tax clearance” does not count: it is about another submission than the present one",
        "“Approved” by Tax about “no-such-item” does not count: the case has no such item",
        "“Refused” by Tax about “Tax clearance” does not count: "
        "it contradicts the earlier decision, which counts; our staff looks into it",
    ]
    assert read["applicant"] == read["operator"][-1:]
    assert "改变决定" not in str(told)
    page = await city.http.get(f"/cases/{case_no}", headers={**city.bearer(), "Accept": "text/html"})
    assert "no-such-item" not in page.text


async def recorded(city: City, case_no: str) -> list[Event]:
    return [event_from_json(record.data) for record in await city.services.store.read(case_no)]


async def test_while_the_orchestrator_is_away_the_sender_is_told_to_come_again(city: City, case_no: str) -> None:
    city.cases.is_up = False
    answer = await city.decide("tax", a_decision(case_no))
    assert (answer.status_code, answer.json()["code"]) == (503, "out-of-service")
    assert answer.headers["retry-after"]


async def test_a_department_may_speak_in_its_own_codes(city: City, case_no: str) -> None:
    said = a_decision(case_no, item="SW-0042", verdict="refused", code="E17", reason="尚有税款未缴", results=[])
    answer = await city.decide("tax", said)
    assert answer.json() == {"outcome": "counted"}
    item = city.cases.states[case_no].item(ITEM)
    assert (item.status, item.code) == (ItemStatus.REFUSED, "tax-owed")


async def test_the_codes_of_one_department_say_nothing_to_another(city: City, case_no: str) -> None:
    answer = await city.decide("customs", a_decision(case_no, item="SW-0042"))
    assert (answer.status_code, answer.json()["code"]) == (422, "input-invalid")


@pytest.mark.parametrize("key", ["tax, expired", "tax, to come"])
async def test_a_decision_signed_with_a_key_that_is_not_valid_now(city: City, case_no: str, key: str) -> None:
    before = city.cases.states[case_no].version
    answer = await city.decide("tax", a_decision(case_no), key=key)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature-key-expired")
    assert city.cases.states[case_no].version == before


async def test_an_unsigned_decision(city: City, case_no: str) -> None:
    answer = await city.http.post(
        "/departments/tax/decisions", content=a_decision(case_no), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "signature-missing")


async def test_an_old_decision(city: City, case_no: str) -> None:
    old = datetime.now(UTC) - timedelta(minutes=10)
    answer = await city.decide("tax", a_decision(case_no), now=old)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature-too-old")


async def test_a_body_that_was_changed_on_the_way(city: City, case_no: str) -> None:
    signed = await city.decide("tax", a_decision(case_no, case_no="4419-2026-999999"))
    headers = {name: value for name, value in signed.request.headers.items() if name != "content-length"}
    answer = await city.http.post("/departments/tax/decisions", content=a_decision(case_no), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "digest-mismatch")


async def test_a_decision_replayed_to_another_departments_door(city: City, case_no: str) -> None:
    foreign = await city.decide("tax", a_decision(case_no), path="/departments/customs/decisions")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "foreign")


async def test_a_department_signing_with_anothers_key(city: City, case_no: str) -> None:
    answer = await city.decide("tax", a_decision(case_no), key="customs")
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign")


async def test_nonsense_that_is_signed(city: City) -> None:
    answer = await city.decide("tax", b"\xff\xfe not json")
    assert (answer.status_code, answer.json()["code"]) == (400, "body-unreadable")
