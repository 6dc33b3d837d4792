"""An agent at the door: sees the case while the mandate holds, acts within its scope, never in the place of another."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.gateway.gateway_city import City

AGENT = "agent-1"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


async def give(city: City, case_no: str, **changes: Any) -> httpx.Response:
    said = {"agent": AGENT, "scope": ["correct", "hand_in"], "ends_on": in_days(10), **changes}
    return await city.http.post(f"/cases/{case_no}/mandates", json=said, headers=city.bearer())


async def look(city: City, case_no: str, who: str = AGENT) -> httpx.Response:
    return await city.http.get(f"/cases/{case_no}", headers=city.bearer(who))


async def test_an_agent_finds_the_case_from_the_mandate_until_its_end(city: City) -> None:
    case_no = await city.apply()
    assert (await look(city, case_no)).status_code == 404
    assert (await give(city, case_no)).json()["outcome"] == "counted"
    seen = await look(city, case_no)
    assert seen.status_code == 200
    assert [(one["agent"], one["holds"]) for one in seen.json()["mandates"]] == [(AGENT, True)]
    await city.cases.ahead(case_no, days=12)
    assert (await look(city, case_no)).status_code == 404


async def test_an_agent_whose_mandate_was_revoked_finds_nothing(city: City) -> None:
    case_no = await city.apply()
    await give(city, case_no)
    revoked = await city.http.post(f"/cases/{case_no}/mandates/revoke", json={"agent": AGENT}, headers=city.bearer())
    assert revoked.json()["outcome"] == "counted"
    assert (await look(city, case_no)).status_code == 404
    stream = await city.http.get(f"/cases/{case_no}/panorama/stream", headers=city.bearer(AGENT))
    assert stream.status_code == 404


async def test_an_agent_never_decides_for_the_applicant(city: City) -> None:
    case_no = await city.apply()
    await give(city, case_no, scope=["correct", "hand_in", "rest"])
    headers = city.bearer(AGENT)
    for path, said in (
        ("cancel", {}),
        ("mandates", {"agent": "agent-2", "scope": ["follow"], "ends_on": in_days(3)}),
        ("mandates/revoke", {"agent": AGENT}),
        ("ratings", {"grade": 1}),
    ):
        refused = await city.http.post(f"/cases/{case_no}/{path}", json=said, headers=headers)
        assert (path, refused.status_code) == (path, 403)


async def test_an_agent_reads_no_form_and_no_content_of_the_receipt(city: City) -> None:
    case_no = await city.apply()
    await give(city, case_no)
    receipt = (await city.http.get(f"/cases/{case_no}/receipt", headers=city.bearer(AGENT))).json()
    assert (receipt["content"], receipt["code"]) == (None, None)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"agent": ""}, 422, None),
        ({"agent": "x" * 201}, 422, None),
        ({"agent": "a\u0000b"}, 422, None),
        ({"scope": []}, 422, None),
        ({"scope": ["cancel"]}, 422, None),
        ({"ends_on": "soon"}, 422, None),
        ({"ends_on": "2020-01-01"}, 409, "mandate-ends-before"),
        ({"agent": "applicant-1"}, 409, "own-agent"),
    ],
)
async def test_bad_input_is_told(city: City, changes: dict[str, Any], status: int, code: str | None) -> None:
    case_no = await city.apply()
    answer = await give(city, case_no, **changes)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    if code is not None:
        assert answer.json()["code"] == code


async def test_the_page_gives_and_revokes_it(city: City) -> None:
    case_no = await city.apply()
    headers = {**city.bearer(), **FORM, "Origin": "http://127.0.0.1", "Accept": "text/html"}
    sent = await city.http.post(
        f"/cases/{case_no}/mandates",
        content=f"agent={AGENT}&scope=correct&scope=rest&ends_on={in_days(5)}",
        headers=headers,
    )
    assert sent.status_code == 303, sent.text
    page = await city.http.get(f"/cases/{case_no}", headers={**city.bearer(), "Accept": "text/html"})
    assert f'action="/cases/{case_no}/mandates/revoke"' in page.text
    agents = await city.http.get(f"/cases/{case_no}", headers={**city.bearer(AGENT), "Accept": "text/html"})
    assert f'action="/cases/{case_no}/mandates/revoke"' not in agents.text
    assert f'href="/cases/{case_no}/cancel"' not in agents.text
    gone = await city.http.post(f"/cases/{case_no}/mandates/revoke", content=f"agent={AGENT}", headers=headers)
    assert gone.status_code == 303
    assert (await look(city, case_no)).status_code == 404


async def test_the_start_page_names_the_account_that_an_applicant_needs(city: City) -> None:
    page = await city.http.get("/", headers={**city.bearer(AGENT), "Accept": "text/html"})
    assert AGENT in page.text
