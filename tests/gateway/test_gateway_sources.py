"""Sources, e-licences and what is handed in for them, as the API and the pages show and take them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from one_things import commands as c
from one_things.licences import LicenceFault
from runtime.embedded.postgres import EmbeddedPostgres
from tests.gateway.gateway_city import City, city_of, fresh_database

BUNDLES = Path(__file__).parents[1] / "flows" / "bundles"
REGISTRY, LICENCE = "market-regulation.enterprise-basic", "business-licence"
DIGEST = "sha-256:" + "0" * 64
NAME, ADDRESS = "测试企业丁有限公司", "测试路九十九号"
WHOLE = {"company.name": NAME, "company.registered_address": ADDRESS}
APPLICATION: dict[str, Any] = {
    "bundle": "courier-station",
    "answers": {"has_warehouse": False},
    "form": {"company.credit_code": "91110000600037341L", "contact.phone": "13800000000"},
    "materials": [{"id": "floor-plan", "digest": DIGEST}],
    "authorisations": [LICENCE],
}


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with city_of(await fresh_database(gateway_postgres), tmp_path, sandbox=True, bundles=BUNDLES) as running:
        yield running


async def applied(city: City) -> str:
    headers = {**city.bearer(), "Idempotency-Key": "key"}
    answer = await city.http.post("/cases", json=APPLICATION, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_no"])


async def source_down(city: City) -> str:
    """A case whose registry does not answer."""
    case_no = await applied(city)
    await city.cases.play(case_no, c.RecordSourceDown(lookup=REGISTRY))
    return case_no


async def fetched(city: City, case_no: str) -> None:
    fields = await city.services.secrets.seal_fields(case_no, {**WHOLE, "company.name": f"{NAME}13800000000"})
    await city.cases.play(case_no, c.RecordSharedData(lookup=REGISTRY, fields=fields, digest="d"))


async def view_of(city: City, case_no: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    answer = await city.http.get(f"/cases/{case_no}", headers=headers or city.bearer())
    view: dict[str, Any] = answer.json()
    return view


async def page_of(city: City, path: str, language: str = "en") -> httpx.Response:
    return await city.http.get(path, headers={**city.bearer(), "Accept": "text/html", "Accept-Language": language})


async def hand_in(city: City, case_no: str, lookup: str = REGISTRY, **body: Any) -> httpx.Response:
    path = f"/cases/{case_no}/sources/{lookup}/hand-in"
    return await city.http.post(path, json=body, headers=city.bearer())


async def test_a_source_that_is_down_is_said_everywhere_and_never_an_empty_field(city: City) -> None:
    case_no = await source_down(city)
    view = await view_of(city, case_no)
    (source,) = view["sources"]
    assert (source["standing"], source["values"], source["may_be_handed_in"]) == ("unavailable", [], True)
    (filing,) = [item for item in view["items"] if item["id"] == "station-filing"]
    assert filing["waits_for"]["en"] == "Market regulation is unavailable: hand it in, or wait"
    assert view["headline"]["your_part"] == filing["waits_for"]
    drawn = (await city.http.get(f"/cases/{case_no}/panorama", headers=city.bearer())).json()["items"]
    assert [item["id"] for item in drawn if item["held_up"]] == ["station-filing"], "what comes after just waits"
    for language, words in (("zh", "来源暂不可用：可自行提交，或继续等待"), ("en", "Source unavailable: hand it in")):
        page = await page_of(city, f"/cases/{case_no}", language)
        assert words in page.text
        assert f'href="/cases/{case_no}/sources/{REGISTRY}/hand-in"' in page.text


async def test_the_page_to_hand_in_tells_every_fault_beside_its_field_and_keeps_what_was_written(city: City) -> None:
    case_no = await source_down(city)
    path = f"/cases/{case_no}/sources/{REGISTRY}/hand-in"
    asked = await page_of(city, path)
    assert asked.status_code == 200
    assert 'name="form.company.name"' in asked.text
    headers = {**city.bearer(), "Accept": "text/html"}
    wrong = await city.http.post(path, data={"form.company.name": NAME}, headers=headers)
    assert wrong.status_code == 422
    assert 'id="in-form.company.registered_address-fault"' in wrong.text
    assert f'value="{NAME}"' in wrong.text
    right = await city.http.post(path, data={f"form.{name}": value for name, value in WHOLE.items()}, headers=headers)
    assert (right.status_code, right.headers["location"]) == (303, f"/cases/{case_no}")
    state = city.cases.states[case_no]
    assert await city.services.secrets.open_fields(case_no, [state.handed_instead[REGISTRY].form]) == WHOLE
    view = await view_of(city, case_no)
    assert [value["value"] for value in view["sources"][0]["values"]] == [NAME, ADDRESS]
    assert view["sources"][0]["standing"] == "handed_in"
    assert "does not replace it" not in (await page_of(city, path)).text, "once is enough"


async def test_the_digest_of_what_is_handed_in_is_that_of_the_same_answer_of_the_source(city: City) -> None:
    case_no = await source_down(city)
    assert (await hand_in(city, case_no, form=dict(reversed(WHOLE.items())))).json()["outcome"] == "counted"
    said = await city.services.secrets.commit_fields(case_no, WHOLE, f"shared-data {REGISTRY}")
    assert city.cases.states[case_no].handed_instead[REGISTRY].digest == said.digest
    assert (await hand_in(city, case_no, form=WHOLE)).json()["outcome"] == "repeat"
    other = await hand_in(city, case_no, form={**WHOLE, "company.name": "别的名称"})
    assert (other.status_code, other.json()["code"]) == (409, "handed-in-already")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"form.company.name", "form.company.registered_address"}),
        ({"form": {**WHOLE, "shoe.size": 43}}, {"form.shoe.size"}),
        ({"form": {**WHOLE, "company.name": "甲" * 201}}, {"form.company.name"}),
        ({"form": {**WHOLE, "company.name": ["甲"]}}, {"form.company.name"}),
        ({"form": WHOLE, "materials": [{"id": "passport", "digest": DIGEST}]}, {"materials.passport"}),
        ({"form": WHOLE, "channel": "pigeon"}, {"channel"}),
        ({"form": WHOLE, "shoe": 43}, {"shoe"}),
    ],
    ids=["nothing", "a field of nobody's", "too long", "no text", "a paper", "no channel", "another word"],
)
async def test_what_is_wrong_with_it_is_told_at_once(city: City, body: dict[str, Any], fields: set[str]) -> None:
    case_no = await source_down(city)
    answer = await hand_in(city, case_no, **body)
    assert answer.status_code == 422
    problem = answer.json()
    assert {fault["field"] for fault in problem["faults"]} == fields
    assert all(fault["reason"]["zh"] and fault["fix"]["en"] for fault in problem["faults"])
    assert NAME not in answer.text
    assert REGISTRY not in city.cases.states[case_no].handed_instead


async def test_who_may_and_when(city: City) -> None:
    case_no = await applied(city)
    early = await hand_in(city, case_no, form=WHOLE)
    assert (early.status_code, early.json()["code"]) == (409, "source-not-down")
    assert (await hand_in(city, case_no, "no.such", form=WHOLE)).json()["code"] == "unknown-source"
    path = f"/cases/{case_no}/sources/{REGISTRY}/hand-in"
    operator = await city.http.post(path, json={"form": WHOLE}, headers=city.operator())
    assert (operator.status_code, operator.json()["code"]) == (403, "not-allowed")
    stranger = await city.http.post(path, json={"form": WHOLE}, headers=city.bearer("applicant-2"))
    assert stranger.status_code == 404


async def test_what_departments_provided_is_shown_masked_and_names_only_to_their_owner(city: City) -> None:
    case_no = await applied(city)
    await fetched(city, case_no)
    own = (await view_of(city, case_no))["sources"][0]
    assert own["standing"] == "provided"
    assert [value["title"]["en"] for value in own["values"]] == ["Name of the company", "Registered address"]
    assert own["values"][0]["value"] == f"{NAME}138****0000", "a number within a text is masked for everybody"
    others = (await view_of(city, case_no, city.operator()))["sources"][0]
    assert NAME not in str(others)
    page = await page_of(city, f"/cases/{case_no}")
    assert ADDRESS in page.text
    await city.erase(case_no)
    assert (await view_of(city, case_no))["sources"][0]["values"] == []


async def test_a_licence_that_fails_is_told_with_the_way_to_hand_the_paper_in(city: City) -> None:
    case_no = await applied(city)
    await fetched(city, case_no)
    (before,) = (await view_of(city, case_no))["licences"]
    assert (before["outcome"], before["may_be_handed_in"]) == (None, False)
    fails = c.LicenceFails(fault=LicenceFault.NOT_IN_FORCE)
    await city.cases.play(case_no, c.RecordLicence(material=LICENCE, verdict=fails))
    view = await view_of(city, case_no)
    (licence,) = view["licences"]
    assert (licence["outcome"], licence["may_be_handed_in"]) == ("rejected", True)
    assert licence["outcome_text"]["en"].startswith("Please hand in “Business licence”: it is suspended")
    assert view["headline"]["needs_you"]
    page = await page_of(city, f"/cases/{case_no}")
    assert f'href="/cases/{case_no}/materials"' in page.text
    handed = {"materials": [{"id": LICENCE, "digest": DIGEST}]}
    answer = await city.http.post(f"/cases/{case_no}/materials", json=handed, headers=city.bearer())
    assert answer.json()["outcome"] == "counted"
    (after,) = (await view_of(city, case_no))["licences"]
    assert (after["handed_in"], after["may_be_handed_in"]) == (True, False)


async def test_the_pre_check_knows_what_an_e_licence_can_replace(city: City) -> None:
    headers = city.bearer()
    asked = (await city.http.post("/precheck", json={**APPLICATION, "authorisations": []}, headers=headers)).json()
    (paper,) = asked["replaceable"]
    assert (paper["id"], paper["issuer"]["id"], paper["authorised"]) == (LICENCE, "market-regulation", False)
    assert f"materials.{LICENCE}" in {fault["field"] for fault in asked["faults"]}
    authorised = (await city.http.post("/precheck", json=APPLICATION, headers=headers)).json()
    assert authorised["accepted"]
    assert authorised["replaceable"][0]["authorised"]
    assert LICENCE not in {material["id"] for material in authorised["materials"]}
    nothing = {**APPLICATION, "chosen": ["tax-registration"], "materials": [], "authorisations": []}
    assert (await city.http.post("/precheck", json=nothing, headers=headers)).json()["replaceable"] == []


async def test_the_receipt_says_what_was_authorised_and_nothing_where_nothing_was(city: City) -> None:
    case_no = await applied(city)
    saved = (await city.http.get(f"/cases/{case_no}/receipt.json", headers=city.bearer())).json()
    assert json.loads(saved["content"])["authorisations"] == [LICENCE]
    paper = {"id": LICENCE, "digest": DIGEST}
    body = {**APPLICATION, "authorisations": [], "materials": [*APPLICATION["materials"], paper]}
    headers = {**city.bearer(), "Idempotency-Key": "another"}
    other = (await city.http.post("/cases", json=body, headers=headers)).json()["case_no"]
    saved = (await city.http.get(f"/cases/{other}/receipt.json", headers=city.bearer())).json()
    assert "authorisations" not in json.loads(saved["content"])


async def test_a_paper_that_the_licence_stands_for_is_not_asked_for(city: City) -> None:
    case_no = await applied(city)
    handed = {"materials": [{"id": LICENCE, "digest": DIGEST}]}
    answer = await city.http.post(f"/cases/{case_no}/materials", json=handed, headers=city.bearer())
    assert answer.status_code == 422
    assert [fault["code"] for fault in answer.json()["faults"]] == ["material-not-awaited"]
