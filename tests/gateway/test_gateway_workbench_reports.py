"""The department that supervises promises and has no system: it sees what became of them, and says that it read it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.embedded.postgres import EmbeddedPostgres
from tests.gateway.desks import CREDIT_CODE, PROMISE, PROMISED, REGISTRATION, OnTheDesk, at, look, report, send, told
from tests.gateway.gateway_city import City
from tests.gateway.house_sales import sales_city


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with sales_city(gateway_postgres, tmp_path) as running:
        yield running


async def listed(city: City, on: OnTheDesk, **query: str) -> list[tuple[str, str, str | None]]:
    """Case, verdict and who acknowledged it."""
    await city.project()
    answer = await city.http.get(f"/workbench/{on.department}/reports", params=query, headers=at(on, city))
    assert answer.status_code == 200, answer.text
    return [(one["case_no"], one["verdict"], one["acknowledged_by"]) for one in answer.json()["reports"]]


async def test_an_officer_sees_a_report_and_acknowledges_it_once(city: City) -> None:
    on = await report(city)
    assert await listed(city, on, unread="1") == [(on.case_no, "approved", None)]
    view = await look(city, on)
    assert (view["material"], view["verdict"], view["verdict_text"]["zh"]) == (PROMISED, "approved", "已准予")
    assert view["promise"]["zh"] == PROMISE
    assert {one["id"]: one["value"] for one in view["fields"]}["company.credit_code"] == CREDIT_CODE

    assert (await send(city, on, "acknowledge", verdict="approved")).json() == {"outcome": "counted"}
    assert (await send(city, on, "acknowledge", verdict="approved")).json() == {"outcome": "repeat"}
    assert await listed(city, on, unread="1") == []
    assert await listed(city, on) == [(on.case_no, "approved", "officer-1")]
    after = await look(city, on)
    assert after["acknowledged_by"] == "officer-1"
    assert [one["act"] for one in after["officers"]] == ["report_acknowledged"]


async def test_of_two_officers_the_second_reads_who_was_first(city: City) -> None:
    on = await report(city, "refused")
    answers = await asyncio.gather(
        *(send(city, on, "acknowledge", who, verdict="refused") for who in ("officer-1", "officer-2"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (late,) = [answer.json() for answer in answers if answer.status_code == 409]
    assert late["code"] == "acknowledged"
    assert (await look(city, on))["acknowledged_by"] in late["detail"]


async def test_what_was_approved_and_undone_is_a_report_of_its_own(city: City) -> None:
    on = await report(city)
    await send(city, on, "acknowledge", verdict="approved")
    await told(city, on.case_no, "withdrawn")
    assert (await look(city, on))["acknowledged_by"] is None
    stale = await send(city, on, "acknowledge", verdict="approved")
    assert (stale.status_code, stale.json()["code"]) == (409, "report-changed")
    assert (await send(city, on, "acknowledge", "officer-2", verdict="withdrawn")).json() == {"outcome": "counted"}
    assert await listed(city, on) == [
        (on.case_no, "withdrawn", "officer-2"), (on.case_no, "approved", "officer-1")
    ]  # fmt: skip


async def test_nothing_else_of_the_case_is_there(city: City) -> None:
    on = await report(city)
    for there in (
        on.here.replace(REGISTRATION, "hygiene-permit"),
        on.here.replace(PROMISED, "equipment-list"),
        f"/workbench/{on.department}/items/{on.case_no}/{REGISTRATION}",
    ):
        answer = await city.http.get(there, headers=at(on, city))
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-case"), there


async def test_once_erased_the_promise_is_shown_and_nobodys_data(city: City) -> None:
    on = await report(city)
    await city.erase(on.case_no)
    view = await look(city, on)
    assert (view["erased"], view["fields"]) == (True, [])


async def test_the_list_goes_on_where_it_stopped(city: City) -> None:
    numbers = [(await report(city)).case_no for _ in range(3)]
    await city.project()
    on = await report(city)
    here = f"/workbench/{on.department}/reports"
    first = (await city.http.get(f"{here}?limit=2", headers=at(on, city))).json()
    rest = (await city.http.get(f"{here}?limit=2&cursor={first['next']}", headers=at(on, city))).json()
    assert [one["case_no"] for page in (first, rest) for one in page["reports"]] == numbers[::-1]
    assert (await city.http.get(f"{here}?cursor=x", headers=at(on, city))).status_code == 422


async def test_the_pages_acknowledge_without_scripts(city: City) -> None:
    on = await report(city)
    await city.project()
    header = {**at(on, city), "Accept": "text/html", "Accept-Language": "en"}
    page = await city.http.get(f"/workbench/{on.department}/reports", headers=header)
    assert on.here in page.text
    assert "Not acknowledged" in page.text
    one = await city.http.get(on.here, headers=header)
    assert "I promise that the premises are real" in one.text
    answer = await city.http.post(f"{on.here}/acknowledge", data={"verdict": "approved"}, headers=header)
    assert (answer.status_code, answer.headers["location"]) == (303, on.here)
    chinese = await city.http.get(on.here, headers={**header, "Accept-Language": "zh"})
    assert "officer-1 已于" in chinese.text
