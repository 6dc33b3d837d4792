"""Telling cases of a published calendar: each once, going on where a process died, whatever single cases answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.calendar_teller import CalendarTeller
from one_things import commands as c
from one_things import events as e
from one_things.clock import OFFICIAL
from one_things.provisional import has_provisional_dates
from runtime.embedded.postgres import EmbeddedPostgres
from tests.flows.clock_stories import unpublished_years
from tests.gateway.gateway_city import City, city_of, fresh_database
from workflows.handles import CaseNotRunning, OrchestratorUnavailable
from workflows.messages import Receipt

BUNDLES = Path(__file__).parents[1] / "flows" / "bundles"


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    # Its own teller sleeps: the tests tell.
    url = await fresh_database(gateway_postgres)
    async with city_of(url, tmp_path, bundles=BUNDLES, calendar_interval=3600) as running:
        yield running


async def a_review(city: City, number: int) -> str:
    application = {
        "bundle": "long-review",
        "form": {"company.credit_code": "91110000600037341L"},
        "channel": "web",
    }
    headers = {**city.bearer(), "Idempotency-Key": f"review-{number}"}
    case_no = str((await city.http.post("/cases", json=application, headers=headers)).json()["case_no"])
    await city.cases.submitted(case_no, "review")
    await city.cases.accepted(case_no, "review")
    assert has_provisional_dates(city.cases.states[case_no])
    return case_no


class DyingCases:
    """Cases whose teller is killed after so many of them were told."""

    def __init__(self, city: City, told: int) -> None:
        self._city = city
        self._left = told

    async def learn_calendar(self, case_no: str, command: c.LearnCalendar) -> Receipt:
        if self._left == 0:
            raise OrchestratorUnavailable("killed for this test")
        self._left -= 1
        return await self._city.cases.learn_calendar(case_no, command)


def calendars_known(city: City) -> list[int]:
    return [state.calendar for state in city.cases.states.values()]


async def test_nobody_is_told_before_anything_is_published(city: City) -> None:
    await a_review(city, 1)
    await city.project()
    assert await CalendarTeller(city.services.calendars, city.cases, 1).tell_all() == 0


async def test_a_round_that_died_is_completed_by_the_next_and_nobody_is_told_twice(city: City) -> None:
    for number in range(4):
        await a_review(city, number)
    await city.apply()  # without provisional dates: it has nothing to learn
    await city.project()
    first, second = unpublished_years()
    city.cases.calendar = OFFICIAL.with_years(first, second)
    await city.services.calendars.publish(first)
    publication, _ = await city.services.calendars.publish(second)

    with pytest.raises(OrchestratorUnavailable):
        await CalendarTeller(city.services.calendars, DyingCases(city, 2), 1).tell_all()
    assert sorted(calendars_known(city)) == [0, 0, 0, 2, 2]
    # The read models lag behind: to tell a case again changes nothing.
    assert await CalendarTeller(city.services.calendars, city.cases, 1).tell_all() == 2
    await city.project()
    assert await city.services.calendars.count_waiting(publication) == 0
    assert await CalendarTeller(city.services.calendars, city.cases, 1).tell_all() == 0
    for state in city.cases.states.values():
        assert not has_provisional_dates(state)
        records = [e.event_from_json(one.data) for one in await city.services.store.read(state.case_no)]
        assert sum(isinstance(event, e.CalendarKnown) for event in records) == (state.plan.bundle == "long-review")


async def test_a_case_that_is_gone_holds_back_none_of_the_others(city: City) -> None:
    gone, there = await a_review(city, 1), await a_review(city, 2)
    await city.project()
    await city.services.calendars.publish(unpublished_years()[0])
    tell = city.cases.learn_calendar

    async def all_but_one(case_no: str, command: c.LearnCalendar) -> Receipt:
        if case_no == gone:
            raise CaseNotRunning("gone for this test")
        return await tell(case_no, command)

    city.cases.learn_calendar = all_but_one  # type: ignore[method-assign]
    assert await CalendarTeller(city.services.calendars, city.cases, 1).tell_all() == 1
    assert city.cases.states[there].calendar == 1


async def test_pages_and_the_precheck_count_by_what_was_published(city: City) -> None:
    case_no = await a_review(city, 1)
    left = next(
        item["working_days_left"]
        for item in (await city.http.get(f"/cases/{case_no}", headers=city.bearer())).json()["items"]
        if item["id"] == "review"
    )
    application = {"bundle": "long-review", "form": {"company.credit_code": "91110000600037341L"}, "channel": "web"}
    before = (await city.http.post("/precheck", json=application, headers=city.bearer())).json()["expected"]
    for year in unpublished_years():
        await city.services.calendars.publish(year)
    await city.services.known_calendar.current(2)

    shown = (await city.http.get(f"/cases/{case_no}", headers=city.bearer())).json()["items"]
    after = (await city.http.post("/precheck", json=application, headers=city.bearer())).json()["expected"]
    assert next(item["working_days_left"] for item in shown if item["id"] == "review") < left
    assert after["ends_on"] > before["ends_on"]
    assert (before["provisional"], after["provisional"]) == (True, False)
