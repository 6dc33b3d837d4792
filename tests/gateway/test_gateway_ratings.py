"""Ratings over HTTP: by whom, when, and what an operator and the applicant see of them."""

import asyncio
import itertools
from typing import Any

import httpx
import pytest

from one_things import commands as c
from one_things.events import CaseOutcome
from tests.gateway.gateway_city import City

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
COMMENT = "等了三天没有人接电话"


async def closed_case(city: City) -> str:
    case_no = await city.apply()
    await city.cases.play(case_no, c.Close(outcome=CaseOutcome.COMPLETED))
    return case_no


async def rate(city: City, case_no: str, said: dict[str, Any], headers: dict[str, str] | None = None) -> httpx.Response:
    return await city.http.post(f"/cases/{case_no}/ratings", json=said, headers=headers or city.bearer())


async def seen(city: City, case_no: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    response = await city.http.get(f"/cases/{case_no}", headers=headers or city.bearer())
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_a_bad_rating_becomes_a_task_whose_answer_the_applicant_reads(city: City) -> None:
    case_no = await closed_case(city)
    given = await rate(city, case_no, {"item": "tax-clearance", "grade": 5, "comment": COMMENT, "channel": "phone"})
    assert (given.status_code, given.json()["outcome"]) == (200, "counted")

    async def tasks() -> int:
        await city.project()
        listed = (await city.http.get("/cases", headers=city.operator())).json()["cases"]
        return sum(int(case["open_tasks"]) for case in listed if case["case_no"] == case_no)

    assert await tasks() == 1
    said = {"item": "tax-clearance", "answer": "已核查，已改进电话值守。"}
    answered = await city.http.post(f"/cases/{case_no}/ratings/answer", json=said, headers=city.operator())
    assert answered.json()["outcome"] == "counted"
    (rating,) = (await seen(city, case_no))["ratings"]["given"]
    assert (rating["comment"], rating["answer"], rating["grade"]) == (COMMENT, said["answer"], 5)
    assert await tasks() == 0
    timeline = (await city.http.get(f"/cases/{case_no}/timeline", headers=city.bearer())).json()["entries"]
    assert [entry["type"] for entry in timeline[-3:]] == ["case_closed", "case_rated", "rating_answered"]
    assert COMMENT not in str(timeline)


async def test_the_record_of_a_rated_case_is_whole(city: City) -> None:
    case_no = await closed_case(city)
    await rate(city, case_no, {"grade": 2})
    records = await city.services.store.read(case_no)
    assert [record.version for record in records] == list(range(1, len(records) + 1))
    assert all(later.previous_hash == earlier.hash for earlier, later in itertools.pairwise(records))


async def test_ratings_that_come_at_once_all_count_once(city: City) -> None:
    case_no = await closed_case(city)
    items = [None, "tax-clearance", "simple-notice", None, "tax-clearance"]
    answers = await asyncio.gather(*(rate(city, case_no, {"item": item, "grade": 1}) for item in items))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert sorted(answer.json()["outcome"] for answer in answers) == ["counted"] * 3 + ["repeat"] * 2
    assert len((await seen(city, case_no))["ratings"]["given"]) == 3


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"grade": 0}, 422, None),
        ({"grade": 6}, 422, None),
        ({}, 422, None),
        ({"grade": "very good"}, 422, None),
        ({"grade": 1, "item": "no-such-item"}, 404, None),
        ({"grade": 1, "comment": "\u0000"}, 422, None),
        ({"grade": 1, "comment": "长" * 4001}, 422, None),
    ],
)
async def test_bad_input_is_told_and_nothing_is_recorded(
    city: City, said: dict[str, Any], status: int, code: str | None
) -> None:
    case_no = await closed_case(city)
    before = len(await city.services.store.read(case_no))
    answer = await rate(city, case_no, said)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(await city.services.store.read(case_no)) == before


async def test_only_the_applicant_rates_and_only_an_operator_answers(city: City) -> None:
    case_no = await closed_case(city)
    assert (await rate(city, case_no, {"grade": 1}, city.operator())).status_code == 403
    assert (await rate(city, case_no, {"grade": 1}, city.bearer("applicant-2"))).status_code == 404
    await rate(city, case_no, {"grade": 5})
    answer = await city.http.post(f"/cases/{case_no}/ratings/answer", json={"answer": "好"}, headers=city.bearer())
    assert answer.status_code == 403


async def test_before_the_end_there_is_nothing_to_rate(city: City) -> None:
    case_no = await city.apply()
    answer = await rate(city, case_no, {"grade": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "not-closed")
    assert (await seen(city, case_no))["ratings"] is None


async def test_the_page_offers_the_form_and_takes_it(city: City) -> None:
    case_no = await closed_case(city)
    page = await city.http.get(f"/cases/{case_no}", headers={**city.bearer(), "Accept": "text/html"})
    assert 'name="grade"' in page.text
    sent = await city.http.post(
        f"/cases/{case_no}/ratings",
        content="item=&grade=4&comment=",
        headers={**city.bearer(), **FORM, "Origin": "http://127.0.0.1", "Accept": "text/html"},
    )
    assert sent.status_code == 303, sent.text
    (rating,) = (await seen(city, case_no))["ratings"]["given"]
    assert (rating["item"], rating["grade"], rating["awaits_answer"]) == (None, 4, True)
    page = await city.http.get(f"/cases/{case_no}", headers={**city.operator(), "Accept": "text/html"})
    assert f'action="/cases/{case_no}/ratings/answer"' in page.text


async def test_a_follower_who_saw_the_end_is_not_called_back_by_a_rating(city: City) -> None:
    case_no = await closed_case(city)
    last = (await seen(city, case_no))["version"]
    await rate(city, case_no, {"grade": 1})
    for version in (last, last + 1):
        answer = await city.http.get(
            f"/cases/{case_no}/panorama/stream", headers={**city.bearer(), "Last-Event-ID": str(version)}
        )
        assert answer.status_code == 204
