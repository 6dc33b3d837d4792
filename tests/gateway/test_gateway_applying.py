"""Applying: one case per request, every fault at once, nothing lost while the orchestrator is away."""

import asyncio
from datetime import date
from typing import Any

import pytest

from gateway.offers import OfferedBundle
from tests.gateway.applications import IDENTITY_NUMBER, SIMPLE, an_application
from tests.gateway.gateway_city import City, until


def with_key(city: City, key: str = "key-a", subject: str = "applicant-1") -> dict[str, str]:
    return {**city.bearer(subject), "Idempotency-Key": key}


def backwards(entries: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(entries.items()))


async def test_an_application_becomes_a_running_case(city: City) -> None:
    response = await city.http.post("/cases", json=an_application(), headers=with_key(city))
    assert response.status_code == 201, response.text
    case_no = response.json()["case_no"]
    assert response.headers["location"] == f"/cases/{case_no}"
    assert city.cases.starts == [case_no]
    assert city.cases.states[case_no].owner == "applicant-1"


async def test_answers_tell_about_a_person_and_are_only_kept_sealed(city: City) -> None:
    response = await city.http.post("/cases", json=an_application(), headers=with_key(city))
    state = city.cases.states[response.json()["case_no"]]
    assert state.plan.answers == {}
    assert state.answers is not None
    assert "route" not in state.model_dump_json()


async def test_the_same_request_again_gives_the_same_case(city: City) -> None:
    first = await city.http.post("/cases", json=an_application(), headers=with_key(city))
    again = await city.http.post("/cases", json=an_application(), headers=with_key(city))
    assert (again.status_code, again.json()["case_no"]) == (200, first.json()["case_no"])


async def test_the_order_of_answers_and_fields_makes_no_other_request(city: City) -> None:
    wanted = an_application()
    first = await city.http.post("/cases", json=wanted, headers=with_key(city))
    turned = {**wanted, "answers": backwards(wanted["answers"]), "form": backwards(wanted["form"])}
    again = await city.http.post("/cases", json=backwards(turned), headers=with_key(city))
    assert (again.status_code, again.json()["case_no"]) == (200, first.json()["case_no"])


@pytest.mark.parametrize("withdrawn", [True, False], ids=["withdrawn", "changed"])
async def test_a_retry_finds_its_case_after_the_bundle_has_changed(
    city: City, monkeypatch: pytest.MonkeyPatch, withdrawn: bool
) -> None:
    first = await city.http.post("/cases", json=an_application(), headers=with_key(city))
    offered = city.services.catalogue.to_apply_for("enterprise-exit", None, date(2026, 3, 2))
    changed = offered.bundle.model_copy(update={"situations": offered.bundle.situations[1:]})
    now_offered = () if withdrawn else (OfferedBundle(bundle=changed, digest="0" * 64),)
    monkeypatch.setattr(city.services.catalogue, "_offered", now_offered)
    again = await city.http.post("/cases", json=an_application(), headers=with_key(city))
    assert (again.status_code, again.json()["case_no"]) == (200, first.json()["case_no"])


async def test_twenty_twins_at_once_make_one_case(city: City) -> None:
    answers = await asyncio.gather(
        *(city.http.post("/cases", json=an_application(), headers=with_key(city)) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["case_no"] for answer in answers}) == 1


async def test_numbers_have_no_gaps_even_after_refusals(city: City) -> None:
    numbers = []
    for place in range(3):
        refused = await city.http.post("/cases", json=an_application(form={}), headers=with_key(city, f"bad-{place}"))
        assert refused.status_code == 422
        made = await city.http.post("/cases", json=an_application(), headers=with_key(city, f"good-{place}"))
        numbers.append(int(made.json()["case_no"].rpartition("-")[2]))
    assert numbers == [1, 2, 3]


async def test_the_same_key_with_another_body_is_a_conflict(city: City) -> None:
    await city.http.post("/cases", json=an_application(), headers=with_key(city))
    other = await city.http.post(
        "/cases", json=an_application({**SIMPLE, "has_employees": False}), headers=with_key(city)
    )
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-conflict")


async def test_the_same_key_of_somebody_else_is_another_case(city: City) -> None:
    mine = await city.http.post("/cases", json=an_application(), headers=with_key(city))
    theirs = await city.http.post("/cases", json=an_application(), headers=with_key(city, subject="applicant-2"))
    assert theirs.status_code == 201
    assert theirs.json()["case_no"] != mine.json()["case_no"]


async def test_all_faults_come_at_once_and_repeat_nothing_personal(city: City) -> None:
    wrong_number = IDENTITY_NUMBER[:-1] + "1"
    form = {
        **an_application()["form"],
        "company.credit_code": "91110000600037341X",
        "legal_representative.identity_number": wrong_number,
        "no_such.field": "x",
    }
    response = await city.http.post(
        "/cases", json=an_application({**SIMPLE, "pending_suit": True}, form=form, materials=[]), headers=with_key(city)
    )
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    fields = {fault["field"] for fault in problem["faults"]}
    assert {
        "answers.pending_suit",
        "form.company.credit_code",
        "form.legal_representative.identity_number",
        "form.no_such.field",
        "materials.deregistration-application",
    } <= fields
    assert all(fault["reason"]["zh"] and fault["fix"]["en"] for fault in problem["faults"])
    assert wrong_number not in response.text
    assert city.cases.starts == []


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"bundle": "no-such-thing"}, 404, "unknown-bundle"),
        ({"answers": {**SIMPLE, "no_such": True}}, 422, "application-refused"),
        ({"answers": "all of them"}, 422, "input-invalid"),
        ({"chosen": ["no-such-item"]}, 422, "application-refused"),
        ({"surprise": 1}, 422, "input-invalid"),
        ({"channel": "pigeon"}, 422, "input-invalid"),
    ],
)
async def test_wrong_applications(city: City, changes: dict[str, object], status: int, code: str) -> None:
    response = await city.http.post("/cases", json={**an_application(), **changes}, headers=with_key(city))
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert city.cases.starts == []


async def test_a_key_is_required(city: City) -> None:
    response = await city.http.post("/cases", json=an_application(), headers=city.bearer())
    assert (response.status_code, response.json()["code"]) == (422, "input-invalid")
    assert response.json()["faults"][0]["field"] == "header.Idempotency-Key"


async def test_while_the_orchestrator_is_away_a_case_is_taken_and_starts_later(city: City) -> None:
    city.cases.is_up = False
    response = await city.http.post("/cases", json=an_application(), headers=with_key(city))
    assert (response.status_code, response.json()["started"]) == (202, False)
    case_no = response.json()["case_no"]

    waiting = await city.http.get(f"/cases/{case_no}", headers=city.bearer())
    assert (waiting.status_code, waiting.json()["version"]) == (200, 0)
    assert waiting.json()["phase_text"]["en"] == "Received"

    city.cases.is_up = True

    async def begun() -> bool:
        shown = await city.http.get(f"/cases/{case_no}", headers=city.bearer())
        return shown.status_code == 200 and shown.json()["version"] > 0

    async def noted() -> bool:
        return not await city.services.intake.unstarted()

    await until(begun)
    await until(noted)
    assert city.cases.starts == [case_no]


async def test_nothing_personal_lies_readable_in_the_outbox(city: City) -> None:
    city.cases.is_up = False
    await city.http.post("/cases", json=an_application(), headers=with_key(city))
    (pending,) = await city.services.intake.unstarted()
    assert IDENTITY_NUMBER.encode() not in pending.payload
    assert b"has_employees" not in pending.payload
