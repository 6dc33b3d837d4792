"""Who looked up what about whom, for what: as applicants, departments and operators read it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from one_things import commands as c
from one_things.looked_up import LookedUp
from runtime.embedded.postgres import EmbeddedPostgres
from security.signatures import sign
from tests.gateway.gateway_city import City, city_of, fresh_database
from tests.gateway.test_gateway_decisions import ITEM, a_decision

LOOKUP = "market-regulation.enterprise-basic"
MADE = LookedUp(
    department="market-regulation",
    source="enterprise-basic",
    kind="shared_data",
    by="company.credit_code",
    fields=("name",),
    basis="政务数据共享条例",
    answer="found",
)


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with city_of(await fresh_database(gateway_postgres), tmp_path) as running:
        yield running


async def looked_up(city: City, subject: str = "applicant-1", **said: Any) -> str:
    case_no = await city.apply(subject)
    fields = await city.services.secrets.seal_fields(case_no, {"company.name": "测试企业丁有限公司"})
    made = MADE.model_copy(update=said)
    await city.cases.play(case_no, c.RecordSharedData(lookup=LOOKUP, fields=fields, digest="d", looked_up=made))
    return case_no


async def asked_by(city: City, department: str, path: str, key: str | None = None) -> httpx.Response:
    """As the department's own system asks: signed, without a body."""
    headers = sign("GET", city.url + path, {}, b"", city.keys[key or department])
    return await city.http.get(path, headers=headers)


async def test_an_applicant_reads_who_looked_up_what_about_them_and_for_what(city: City) -> None:
    case_no = await looked_up(city)
    answer = await city.http.get(f"/cases/{case_no}/look-ups", headers=city.bearer())
    [made] = answer.json()["look_ups"]
    assert (made["source"], made["fields"], made["basis"]) == ("enterprise-basic", ["name"], "政务数据共享条例")
    assert (made["authorised"], made["cached"]) == (False, False)
    assert made["items"]
    for foreign in (city.bearer("somebody-else"),):
        assert (await city.http.get(f"/cases/{case_no}/look-ups", headers=foreign)).status_code == 404
    page = await city.http.get(
        f"/cases/{case_no}", headers={**city.bearer(), "Accept": "text/html", "Accept-Language": "en"}
    )
    assert "Who looked up what about you" in page.text
    assert "Basis: 政务数据共享条例." in page.text


async def test_a_department_reads_the_look_ups_made_at_it_and_no_others(city: City) -> None:
    first = await looked_up(city)
    second = await looked_up(city, "applicant-2", cached=True)
    await city.project()
    path = "/departments/market-regulation/look-ups"
    answer = await asked_by(city, "market-regulation", path)
    assert answer.status_code == 200, answer.text
    assert [(one["case_no"], one["cached"]) for one in answer.json()["look_ups"]] == [(second, True), (first, False)]
    assert (await asked_by(city, "tax", "/departments/tax/look-ups")).json() == {"look_ups": [], "next": None}
    foreign = await asked_by(city, "market-regulation", path, key="tax")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "foreign")
    operator = await city.http.get(path, params={"limit": 1}, headers=city.operator())
    assert [one["case_no"] for one in operator.json()["look_ups"]] == [second]
    rest = await city.http.get(path, params={"cursor": operator.json()["next"]}, headers=city.operator())
    assert [one["case_no"] for one in rest.json()["look_ups"]] == [first]
    assert rest.json()["next"] is None


@pytest.mark.parametrize("which", ["look-ups", "set-aside"])
async def test_nobody_else_reads_what_is_kept_of_a_department(city: City, which: str) -> None:
    path = f"/departments/tax/{which}"
    assert (await city.http.get(path)).status_code == 401
    applicant = await city.http.get(path, headers=city.bearer())
    assert (applicant.status_code, applicant.json()["code"]) == (403, "not-allowed")
    wrong = await city.http.get(path, params={"cursor": "x"}, headers=city.operator())
    assert (wrong.status_code, wrong.json()["faults"][0]["code"]) == (422, "cursor-invalid")


async def test_a_department_reads_what_it_said_that_did_not_count(city: City) -> None:
    case_no = await city.apply()
    await city.cases.submitted(case_no, ITEM)
    await city.decide("tax", a_decision(case_no, attempt=2))
    await city.decide("tax", a_decision(case_no, decision_id="d-2", item="no-such-item"))
    await city.project()
    answer = await asked_by(city, "tax", "/departments/tax/set-aside")
    assert [(one["decision_id"], one["why"], one["item"]) for one in answer.json()["set_aside"]] == [
        ("d-2", "wrong_item", "no-such-item"),
        ("d-1", "wrong_attempt", ITEM),
    ]
    assert {one["case_no"] for one in answer.json()["set_aside"]} == {case_no}
