"""The pre-check over HTTP: everything is said, nothing is started, kept, logged or repeated."""

import logging

import pytest

from tests.gateway.applications import EXIT, IDENTITY_NUMBER, NAME, SIMPLE, an_application
from tests.gateway.gateway_city import City

UNTOUCHED = (
    "SELECT (SELECT count(*) FROM intake) + (SELECT count(*) FROM workflow_starts) + (SELECT count(*) FROM events)"
)


async def test_a_complete_application_would_be_accepted_with_dates(city: City) -> None:
    response = await city.http.post("/precheck", json=an_application(), headers=city.bearer())
    assert response.status_code == 200, response.text
    said = response.json()
    assert (said["accepted"], said["decided"], said["faults"]) == (True, True, [])
    items = {item["id"]: item for item in said["items"]}
    assert items["tax-clearance"]["department"] == {"id": "tax", "title": {"zh": "税务局", "en": "Tax"}}
    assert items["tax-clearance"]["working_days"] == 10
    assert items["simple-notice"]["calendar_days"] == 20
    assert (
        items["tax-clearance"]["ends_on"] <= items["registry-deregistration"]["ends_on"] <= said["expected"]["ends_on"]
    )
    assert said["expected"]["working_days"] > 10
    assert {item["id"] for item in said["left_out"]} >= {"general-notice"}
    assert all(item["reason"]["zh"] and item["reason"]["en"] for item in said["left_out"])


async def test_what_departments_hold_is_fetched_and_named_with_its_source(city: City) -> None:
    said = (await city.http.post("/precheck", json=an_application(), headers=city.bearer())).json()
    fetched = {(data["department"]["id"], data["dataset"]): data for data in said["fetched"]}
    basic = fetched["market-regulation", "enterprise-basic"]
    held = {field["id"] for field in basic["fields"]}
    assert "company.name" in held
    assert basic["department"]["title"]["zh"]
    assert held.isdisjoint(field["id"] for field in said["fields"])


async def test_only_the_bundle_has_to_be_named(city: City) -> None:
    response = await city.http.post("/precheck", json={"bundle": "enterprise-exit"}, headers=city.bearer())
    said = response.json()
    assert response.status_code == 200
    assert (said["accepted"], said["decided"], said["items"], said["expected"]) == (False, False, [], None)
    assert "answers.route" in {fault["field"] for fault in said["faults"]}


async def test_what_is_missing_is_a_fault_beside_what_is_asked(city: City) -> None:
    body = {"bundle": "enterprise-exit", "answers": {**SIMPLE, "pending_suit": True}}
    said = (await city.http.post("/precheck", json=body, headers=city.bearer())).json()
    codes = {fault["code"] for fault in said["faults"]}
    assert codes >= {"field-missing", "material-missing", "simple-route-pending-suit"}
    assert all(fault["reason"]["zh"] and fault["fix"]["en"] for fault in said["faults"])
    missing = {fault["field"] for fault in said["faults"] if fault["code"] == "material-missing"}
    assert missing == {f"materials.{material['id']}" for material in said["materials"] if material["required"]}


async def test_what_comes_along_says_with_what(city: City) -> None:
    body = {"bundle": "enterprise-exit", "answers": SIMPLE, "chosen": ["seal-destruction"]}
    said = (await city.http.post("/precheck", json=body, headers=city.bearer())).json()
    items = {item["id"]: item for item in said["items"]}
    assert items["seal-destruction"]["required_by"] is None
    along = items["registry-deregistration"]
    assert along["required_by"] == "seal-destruction"
    title = next(item.title for item in EXIT.items if item.id == "seal-destruction")
    assert title.zh in along["reason"]["zh"]
    assert title.en in along["reason"]["en"]


async def test_nothing_is_started_stored_logged_or_repeated(city: City, caplog: pytest.LogCaptureFixture) -> None:
    wrong = IDENTITY_NUMBER[:-1] + "1"
    form = {**an_application()["form"], "legal_representative.identity_number": wrong}
    with caplog.at_level(logging.DEBUG):
        response = await city.http.post("/precheck", json=an_application(form=form), headers=city.bearer())
    assert "form.legal_representative.identity_number" in {fault["field"] for fault in response.json()["faults"]}
    for personal in (wrong, NAME, "13800000000"):
        assert personal not in response.text
        assert personal not in caplog.text
    assert response.headers["cache-control"] == "no-store"
    assert city.cases.starts == []
    async with city.database.connection() as connection:
        assert await connection.fetchval(UNTOUCHED) == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"bundle": "no-such-thing"}, 404, "unknown-bundle"),
        ({}, 422, "input-invalid"),
        ({"bundle": "enterprise-exit", "surprise": 1}, 422, "input-invalid"),
        ({"bundle": "enterprise-exit", "answers": "all"}, 422, "input-invalid"),
        ([], 422, "input-invalid"),
    ],
)
async def test_wrong_bodies(city: City, body: object, status: int, code: str) -> None:
    response = await city.http.post("/precheck", json=body, headers=city.bearer())
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_unknown_names_and_items_are_faults_not_failures(city: City) -> None:
    body = {**an_application(), "answers": {**SIMPLE, "no_such": True}, "chosen": ["no-such-item"]}
    response = await city.http.post("/precheck", json=body, headers=city.bearer())
    assert response.status_code == 200
    assert {fault["code"] for fault in response.json()["faults"]} >= {"item-unknown"}


async def test_it_needs_a_token_and_json(city: City) -> None:
    assert (await city.http.post("/precheck", json=an_application())).status_code == 401
    form = await city.http.post("/precheck", data={"bundle": "enterprise-exit"}, headers=city.bearer())
    assert (form.status_code, form.json()["code"]) == (415, "content-type")
    foreign = {"Cookie": f"session={city.token()}", "Origin": "https://elsewhere.example"}
    assert (await city.http.post("/precheck", json=an_application(), headers=foreign)).status_code == 403
