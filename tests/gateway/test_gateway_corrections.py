"""Correction notices at the door: every fault of an answer at once, once for each item, a second one by an operator."""

import json
from typing import Any

import httpx
import pytest

from one_things.case import ItemStatus
from tests.gateway.applications import GENERAL
from tests.gateway.gateway_city import City

FILING = "liquidation-group-filing"
RESOLUTION = "shareholders-resolution"
NEW = "sha-256:" + "1" * 64
POINTS = [
    {"code": "stamp", "field_or_material": RESOLUTION, "text": "决议未盖章（模拟）"},
    {"code": "phone", "field_or_material": "liquidation.leader_phone", "text": "手机号已停机（模拟）"},
]


@pytest.fixture
async def case_no(city: City) -> str:
    """A case in which the filing is asked to be corrected at two points."""
    number = await city.apply(answers=GENERAL)
    points = await city.sealed(number, json.dumps(POINTS, ensure_ascii=False))
    await city.cases.correction(number, FILING, points, tuple(point["field_or_material"] for point in POINTS))
    return number


async def answer(city: City, case_no: str, **body: Any) -> httpx.Response:
    return await city.http.post(f"/cases/{case_no}/items/{FILING}/correction", json=body, headers=city.bearer())


def faults(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 422, response.text
    return {fault["field"]: fault["code"] for fault in response.json()["faults"]}


async def test_fields_and_materials_are_answered_together(city: City, case_no: str) -> None:
    materials = [{"id": RESOLUTION, "digest": NEW}]
    form = {"liquidation.leader_phone": "13900000009"}
    answered = await answer(city, case_no, form=form, materials=materials)
    assert (answered.status_code, answered.json()["outcome"]) == (200, "counted")
    state = city.cases.states[case_no]
    assert state.handed_in == {RESOLUTION: NEW}
    assert await city.services.secrets.open_fields(case_no, state.corrections) == form
    assert state.item(FILING).status is ItemStatus.WAITING


async def test_every_fault_of_an_answer_at_once(city: City, case_no: str) -> None:
    wrong = await answer(
        city,
        case_no,
        form={"liquidation.leader_phone": "12", "dissolution.reason": "resolution", "company.name": "x"},
        materials=[
            {"id": "liquidation-report", "digest": NEW},
            {"id": "love-letter", "digest": NEW},
            {"id": "love-letter", "digest": NEW},
        ],
    )
    assert faults(wrong) == {
        "form.liquidation.leader_phone": "mobile-phone-length",
        "form.dissolution.reason": "not-asked",
        "form.company.name": "field-not-needed",
        "materials.liquidation-report": "material-not-needed",
        "materials.love-letter": "material-twice",
        f"materials.{RESOLUTION}": "point-unanswered",
    }
    assert city.cases.states[case_no].item(FILING).status is ItemStatus.CORRECTION, "nothing was taken"


async def test_all_points_are_answered_or_none(city: City, case_no: str) -> None:
    assert faults(await answer(city, case_no)) == {
        "form.liquidation.leader_phone": "point-unanswered",
        f"materials.{RESOLUTION}": "point-unanswered",
    }


async def test_the_page_asks_exactly_for_the_points(city: City, case_no: str) -> None:
    path = f"/cases/{case_no}/items/{FILING}/correction"
    page = await city.http.get(path, headers={**city.bearer(), "Accept": "text/html"})
    asked = {part.split('"')[0] for part in page.text.split('name="')[1:]}
    assert {name for name in asked if name.startswith(("form.", "file."))} == {
        "form.liquidation.leader_phone",
        f"file.{RESOLUTION}",
    }
    sent = await city.http.post(
        path,
        data={"form.liquidation.leader_phone": "13900000009", f"material.{RESOLUTION}": NEW},
        headers=city.bearer(),
    )
    assert sent.status_code == 303
    assert city.cases.states[case_no].handed_in == {RESOLUTION: NEW}


async def test_a_second_notice_is_told_off_at_the_door_until_an_operator_permits_it(city: City, case_no: str) -> None:
    form = {"liquidation.leader_phone": "13900000009"}
    await answer(city, case_no, form=form, materials=[{"id": RESOLUTION, "digest": NEW}])
    await city.cases.submitted(case_no, FILING)
    notice = {
        "decision_id": "second", "case_no": case_no, "item": FILING, "attempt": 2, "verdict": "correction",
        "points": POINTS[:1],
    }  # fmt: skip
    body = json.dumps(notice).encode()
    refused = await city.decide("market-regulation", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "correction-once")

    path = f"/cases/{case_no}/items/{FILING}/correction/permission"
    page = await city.http.get(f"/cases/{case_no}", headers={**city.operator(), "Accept": "text/html"})
    assert path in page.text
    for headers, wrong, code in (
        (city.bearer(), {"reason": "x"}, "not-allowed"),
        (city.operator(), {"reason": ""}, "input-invalid"),
        (city.operator(), {}, "input-invalid"),
    ):
        assert (await city.http.post(path, json=wrong, headers=headers)).json()["code"] == code
    permitted = await city.http.post(path, json={"reason": "首次告知遗漏（模拟）"}, headers=city.operator())
    assert permitted.status_code == 200
    assert (await city.http.post(path, json={"reason": "x"}, headers=city.operator())).json()["code"] == (
        "correction-open"
    )
    assert (await city.decide("market-regulation", body)).json() == {"outcome": "counted"}
