"""Cases begun by a department's event, at the doors: signed events, one case each, confirmed by its applicant."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from event_store.intake import Signer
from gateway.offers import OfferedBundle
from one_things import commands as c
from one_things.bundle_file import read_bundle
from one_things.case import CasePhase
from security.signatures import sign
from tests.gateway.applications import EXIT
from tests.gateway.gateway_city import City

BUNDLE = read_bundle(Path(__file__).parents[1] / "flows/bundles/new-home.yaml")
# The gateway of these tests knows the keys of other departments.
STARTING = BUNDLE.started_by[0].model_copy(update={"department": "tax"})
SHARED = read_bundle(Path(__file__).parents[1] / "flows/bundles/shared-home.yaml")
OTHER = BUNDLE.started_by[0].model_copy(update={"id": "other", "event": "other-event", "department": "bank"})
OWNER, SOMEBODY = "11010519491231002X", "440524188001010014"
DATA = {"name": "测试申请人甲", "identity_number": OWNER, "address": "测试路九十九号"}
PHONE = "13800138000"


@pytest.fixture(autouse=True)
def new_home(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    departments = tuple(
        department.model_copy(update={"id": new}) if department.id == old else department
        for department in BUNDLE.departments
        for old, new in (("land-registry", "tax"),)
    )
    bundle = BUNDLE.model_copy(update={"started_by": (STARTING, OTHER), "departments": departments})
    shared = SHARED.model_copy(
        update={"started_by": tuple(one.model_copy(update={"department": "tax"}) for one in SHARED.started_by),
                "departments": (*SHARED.departments, departments[0])}
    )  # fmt: skip
    offered = tuple(OfferedBundle(bundle=one, digest="0" * 64) for one in (EXIT, bundle, shared))
    monkeypatch.setattr(city.services.catalogue, "_offered", offered)


def an_event(**changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "event-1",
        "source": "/land-registry/transfers",
        "type": "transfer-registered",
        "time": "2026-03-02T10:00:00+08:00",
        "datacontenttype": "application/json",
        "data": DATA,
        **changes,
    }


async def send(
    city: City,
    event: Any,
    department: str = "tax",
    key: str | None = None,
    content: str = "application/cloudevents+json",
) -> httpx.Response:
    body = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
    path = f"/departments/{department}/events"
    headers = {"Content-Type": content}
    signed = sign("POST", city.url + path, headers, body, city.keys[key or department])
    return await city.http.post(path, content=body, headers={**headers, **signed})


def person(city: City, identity: str = OWNER, subject: str = "person-1") -> dict[str, str]:
    token = city.issuer.mint(subject, ["applicant"], valid_for=timedelta(hours=1), identity=identity)  # type: ignore[list-item]
    return {"Authorization": f"Bearer {token}"}


async def proposed(city: City) -> str:
    answer = await send(city, an_event())
    assert answer.status_code == 201, answer.text
    (case_no,) = answer.json()["cases"]
    return str(case_no)


async def test_an_event_proposes_a_case_once_however_often_it_comes(city: City) -> None:
    case_no = await proposed(city)
    again = await send(city, an_event(time="2026-03-03T10:00:00+08:00"), content="application/json")
    assert (again.status_code, again.json()) == (200, {"outcome": "repeat", "cases": [case_no]})
    other = await send(city, an_event(data={**DATA, "address": "测试路一号"}))
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-conflict")
    another = await send(city, an_event(id="event-2"))
    assert another.json()["cases"] != [case_no]
    assert city.cases.states[case_no].phase is CasePhase.PROPOSED
    assert len(set(city.cases.starts)) == 2


async def test_only_the_person_it_is_about_finds_it(city: City) -> None:
    case_no = await proposed(city)
    view = (await city.http.get(f"/cases/{case_no}", headers=person(city))).json()
    assert (view["phase"], view["may_be_confirmed"], view["headline"]["needs_you"]) == ("proposed", True, True)
    assert [item["status"] for item in view["items"]] == ["waiting"] * 3
    await city.project()
    listed = (await city.http.get("/cases", headers=person(city))).json()["cases"]
    assert case_no in {case["case_no"] for case in listed}
    for headers in (person(city, SOMEBODY, "person-2"), city.bearer()):
        for method, path in (("GET", ""), ("GET", "/proposal"), ("POST", "/confirm"), ("GET", "/panorama/stream")):
            refused = await city.http.request(method, f"/cases/{case_no}{path}", json={}, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (404, "unknown-case"), path


async def test_an_operator_sees_it_and_cannot_confirm_it(city: City) -> None:
    case_no = await proposed(city)
    assert (await city.http.get(f"/cases/{case_no}", headers=city.operator())).status_code == 200
    answer = {"form": {"owner.phone": PHONE}}
    refused = await city.http.post(f"/cases/{case_no}/confirm", json=answer, headers=city.operator())
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")


async def test_what_is_missing_is_asked_and_what_the_department_said_stays(city: City) -> None:
    case_no = await proposed(city)
    detail = (await city.http.get(f"/cases/{case_no}/proposal", headers=person(city))).json()
    assert [field["id"] for field in detail["fields"]] == ["owner.phone", "home.since"]
    assert (detail["situations"], detail["materials"]) == ([], [])
    path = f"/cases/{case_no}/confirm"
    wrong = {"form": {"owner.name": "测试申请人乙", "nonsense": "x"}, "answers": {"moves_family": True}}
    refused = await city.http.post(path, json=wrong, headers=person(city))
    assert refused.status_code == 422
    faults = {(fault["field"], fault["code"]) for fault in refused.json()["faults"]}
    assert faults >= {
        ("form.owner.name", "field-filled-in"),
        ("answers.moves_family", "field-filled-in"),
        ("form.owner.phone", "field-missing"),
        ("form.nonsense", "field-unknown"),
    }
    assert city.cases.states[case_no].phase is CasePhase.PROPOSED
    confirmed = await city.http.post(path, json={"form": {"owner.phone": PHONE}}, headers=person(city))
    assert (confirmed.status_code, confirmed.json()["outcome"]) == (200, "counted")
    state = city.cases.states[case_no]
    assert state.phase is CasePhase.OPEN
    form = await city.services.secrets.open_fields(case_no, [state.form])
    assert (form["owner.name"], form["owner.phone"], form["owner.identity_number"]) == ("测试申请人甲", PHONE, OWNER)
    again = await city.http.post(path, json={"form": {"owner.phone": PHONE}}, headers=person(city))
    assert (again.status_code, again.json()["outcome"]) == (200, "repeat")


async def test_there_is_no_receipt_before_it_is_confirmed(city: City) -> None:
    case_no = await proposed(city)
    early = await city.http.get(f"/cases/{case_no}/receipt.json", headers=person(city))
    assert (early.status_code, early.json()["code"]) == (409, "case-not-confirmed")
    await city.http.post(f"/cases/{case_no}/confirm", json={"form": {"owner.phone": PHONE}}, headers=person(city))
    receipt = await city.http.get(f"/cases/{case_no}/receipt.json", headers=person(city))
    assert receipt.status_code == 200, receipt.text
    confirmed_at = city.cases.states[case_no].confirmation.confirmed_at
    assert confirmed_at is not None
    assert datetime.fromisoformat(receipt.json()["handed_in_at"]) == confirmed_at.astimezone(UTC).replace(microsecond=0)


async def test_who_declines_is_left_alone(city: City) -> None:
    case_no = await proposed(city)
    declined = await city.http.post(f"/cases/{case_no}/cancel", json={}, headers=person(city))
    assert declined.status_code == 200, declined.text
    view = (await city.http.get(f"/cases/{case_no}", headers=person(city))).json()
    assert (view["phase"], view["outcome"]) == ("closed", "declined")
    late = await city.http.post(
        f"/cases/{case_no}/confirm", json={"form": {"owner.phone": PHONE}}, headers=person(city)
    )
    assert (late.status_code, late.json()["code"]) == (409, "case-closed")


async def test_the_page_asks_shows_and_confirms_without_a_script(city: City) -> None:
    case_no = await proposed(city)
    browser = {**person(city), "Accept": "text/html"}
    page = (await city.http.get(f"/cases/{case_no}", headers=browser)).text
    assert f'href="/cases/{case_no}/confirm"' in page
    assert "不动产转移登记完成" in page
    await city.project()
    assert "待您确认" in (await city.http.get("/", headers=browser)).text
    question = (await city.http.get(f"/cases/{case_no}/confirm", headers=browser)).text
    assert re.findall(r'name="(form\.[^"]+)"', question) == ["form.owner.phone", "form.home.since"]
    assert "测试申请人甲" not in question
    answered = await city.http.post(
        f"/cases/{case_no}/confirm", data={"form.owner.phone": PHONE, "form.home.since": ""}, headers=person(city)
    )
    assert answered.status_code == 303, answered.text
    assert city.cases.states[case_no].phase is CasePhase.OPEN


async def test_an_application_is_not_confirmed(city: City) -> None:
    case_no = await city.apply()
    refused = await city.http.post(f"/cases/{case_no}/confirm", json={}, headers=city.bearer())
    assert (refused.status_code, refused.json()["code"]) == (409, "not-proposed")


@pytest.mark.parametrize(
    ("department", "key", "event", "status", "code"),
    [
        ("bank", "bank", an_event(), 403, "foreign"),
        ("tax", "bank", an_event(), 403, "foreign"),
        ("tax", "tax", an_event(type="nothing-of-ours"), 404, "unknown-event"),
        ("tax", "tax", an_event(specversion="0.3"), 422, "input-invalid"),
        ("tax", "tax", an_event(id=""), 422, "input-invalid"),
        ("tax", "tax", an_event(data=[]), 422, "input-invalid"),
        ("tax", "tax", an_event(data={}), 422, "input-invalid"),
        ("tax", "tax", an_event(data={**DATA, "identity_number": "1"}), 422, "input-invalid"),
        ("tax", "tax", an_event(data={**DATA, "name": "\x00"}), 422, "input-invalid"),
        ("tax", "tax", b"{", 400, "body-unreadable"),
        ("tax", "tax", b'{"data": "' + b"x" * 2_000_000 + b'"}', 413, "body-too-large"),
    ],
)
async def test_an_event_that_is_not_in_order_begins_nothing(
    city: City, department: str, key: str, event: Any, status: int, code: str
) -> None:
    answer = await send(city, event, department, key)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert city.cases.starts == []
    assert OWNER not in answer.text


async def test_an_unsigned_event_or_one_of_another_type_is_refused(city: City) -> None:
    unsigned = await city.http.post("/departments/tax/events", json=an_event())
    assert (unsigned.status_code, unsigned.json()["code"]) == (401, "signature-missing")
    text = await send(city, an_event(), content="text/plain")
    assert (text.status_code, text.json()["code"]) == (415, "content-type")


async def test_while_the_orchestrator_is_away_the_proposal_is_kept(city: City) -> None:
    city.cases.is_up = False
    answer = await send(city, an_event())
    assert answer.status_code == 202, answer.text
    (case_no,) = answer.json()["cases"]
    view = (await city.http.get(f"/cases/{case_no}", headers=person(city))).json()
    assert (view["version"], view["phase"]) == (0, "proposed")


async def test_what_an_event_began_is_signed_by_those_whom_the_confirmation_names(city: City) -> None:
    answer = await send(city, an_event(type="shared-transfer-registered"))
    (case_no,) = answer.json()["cases"]
    signing = f"/cases/{case_no}/items/residence/signatures"
    assert (await city.http.get(signing, headers=person(city, SOMEBODY, "person-2"))).status_code == 404
    added = {"spouse.name": "测试申请人乙", "spouse.identity_number": SOMEBODY}
    said = await city.http.post(f"/cases/{case_no}/confirm", json={"form": added}, headers=person(city))
    assert said.status_code == 200, said.text
    state = city.cases.states[case_no]
    assert [(party.id, party.commitment is not None) for party in state.plan.parties] == [
        ("owner", True), ("spouse", True)
    ]  # fmt: skip
    assert SOMEBODY not in state.model_dump_json()
    ends_at = datetime.now(UTC) + timedelta(days=10)
    await city.cases.play(case_no, c.BeginSigning(item="residence", digest="d" * 64, corrections=0, ends_at=ends_at))
    await city.project()
    items = (await city.http.get(f"/cases/{case_no}", headers=person(city))).json()["items"]
    assert {one["id"]: one["status_text"]["zh"] for one in items}["residence"] == "等待签署", (
        "not: for what goes before"
    )
    for who, subject in ((OWNER, "person-1"), (SOMEBODY, "person-2")):
        listed = (await city.http.get("/signatures", headers=person(city, who, subject))).json()["signatures"]
        assert [one["case_no"] for one in listed] == [case_no]
        signed = await city.http.post(signing, json={"digest": "d" * 64}, headers=person(city, who, subject))
        assert signed.json()["outcome"] == "counted", signed.text
    assert city.cases.states[case_no].items["residence"].signing.completed  # type: ignore[union-attr]
    entries = (await city.http.get(f"/cases/{case_no}/timeline", headers=person(city))).json()["entries"]
    acted = [(one["type"], one["by_agent"], one["acted"] and one["acted"]["zh"]) for one in entries]
    assert acted[0] == ("case_opened", False, None), "a department's event began it"
    assert ("case_confirmed", False, "申请人本人 · 网上") in acted
    assert acted.count(("signature_given", False, "签署方本人 · 网上")) == 2


async def test_a_case_that_is_proposed_until_a_provisional_day_is_told_of_a_published_calendar(city: City) -> None:
    case_no = await proposed(city)
    ends_at = datetime.now(UTC) + timedelta(days=9)
    certain, unsure = (
        c.RecordConfirmation(confirm_by=ends_at.date(), ends_at=ends_at, provisional=one, reckoning=0)
        for one in (False, True)
    )
    await city.cases.play(case_no, unsure)
    other = (await send(city, an_event(id="event-2"))).json()["cases"][0]
    await city.cases.play(other, certain)
    await city.project()
    assert await city.services.calendars.waiting(1, "", 10) == [case_no]


async def test_an_erased_case_names_no_signers_again(city: City) -> None:
    case_no = await proposed(city)
    signer = Signer(party="owner", identity_mac=b"m" * 32)
    await city.services.signers.put(case_no, [signer, signer.model_copy(update={"identity_mac": b"n" * 32})])
    await city.services.signers.put(case_no, [signer])
    async with city.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM signers") == 2
    await city.erase(case_no)
    await city.services.signers.put(case_no, [signer])
    async with city.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM signers") == 0
