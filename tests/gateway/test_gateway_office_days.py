"""An office closed on days of its own: applicants and officers read it, the light turns in time, no date moves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gateway.views.clock_view import Light
from gateway.workbench.inbox import light_of
from one_things.clock import OFFICIAL, end_of_day, shanghai_date
from one_things.inbox import InboxState
from one_things.office_days import OfficeDays
from tests.gateway.gateway_city import City
from tests.gateway.officers import DEPARTMENT, ITEM, officer

REASON = {"zh": "办公地点搬迁（测试）", "en": "The office moves (test)"}
TOMORROW = shanghai_date(datetime.now(UTC)) + timedelta(days=1)


def closed(first: date, last: date | None = None) -> OfficeDays:
    """Closed on these days."""
    return OfficeDays.model_validate({"closed": [{"from": first, "to": last or first, "reason": REASON}]})


async def item_of(city: City, case_no: str) -> dict[str, Any]:
    shown = (await city.http.get(f"/cases/{case_no}", headers=city.bearer())).json()
    found: dict[str, Any] = next(one for one in shown["items"] if one["id"] == ITEM)
    return found


async def test_the_applicant_reads_when_and_why_and_no_date_moves(city: City) -> None:
    case_no = await city.apply()
    await city.cases.submitted(case_no, ITEM)
    await city.cases.accepted(case_no, ITEM, 10)
    before, state = await item_of(city, case_no), city.cases.states[case_no]
    city.office[DEPARTMENT] = closed(TOMORROW, TOMORROW + timedelta(days=1))

    after = await item_of(city, case_no)
    assert (before["office"], [(one["kind"], one["begins"], one["reason"]) for one in after["office"]]) == (
        [], [("closed", TOMORROW.isoformat(), REASON)]
    )  # fmt: skip
    assert {**after, "office": []} == before
    assert city.cases.states[case_no] == state
    page = await city.http.get(f"/cases/{case_no}?lang=en", headers={**city.bearer(), "Accept": "text/html"})
    assert "The office moves (test) The limit runs on and ends when it would." in " ".join(page.text.split())


async def test_what_does_not_lie_with_the_office_says_nothing_of_its_days(city: City) -> None:
    case_no = await city.apply()
    city.office[DEPARTMENT] = closed(TOMORROW)
    assert (await item_of(city, case_no))["office"] == [], "not handed in yet"
    await city.cases.done(case_no, ITEM)
    assert (await item_of(city, case_no))["office"] == [], "decided"


async def test_officers_read_it_above_their_inbox(city: City) -> None:
    city.office[DEPARTMENT] = closed(TOMORROW)
    inbox = f"/workbench/{DEPARTMENT}/items"
    shown = (await city.http.get(inbox, headers=officer(city))).json()["office"]
    assert [(one["kind"], one["begins"], one["last"]) for one in shown] == [
        ("closed", TOMORROW.isoformat(), TOMORROW.isoformat())
    ]
    page = await city.http.get(f"{inbox}?lang=zh", headers={**officer(city), "Accept": "text/html"})
    assert "不办公：办公地点搬迁（测试）" in page.text


MONDAY, THURSDAY, FRIDAY = date(2026, 6, 8), date(2026, 6, 11), date(2026, 6, 12)


@pytest.mark.parametrize(
    ("today", "office", "warn_on", "light"),
    [
        (MONDAY, OfficeDays(), None, Light.IN_TIME),
        (THURSDAY, OfficeDays(), None, Light.SOON),
        # Wednesday is the last day on which somebody works there, and Tuesday the one before
        (MONDAY, closed(THURSDAY, FRIDAY), None, Light.IN_TIME),
        (date(2026, 6, 9), closed(THURSDAY, FRIDAY), None, Light.SOON),
        (date(2026, 6, 9), closed(THURSDAY, FRIDAY), THURSDAY, Light.SOON),
        (date(2026, 6, 9), closed(date(2026, 6, 15)), THURSDAY, Light.IN_TIME),
        (date(2026, 6, 13), closed(THURSDAY, FRIDAY), None, Light.OVER),
    ],
)  # fmt: skip
def test_the_light_turns_while_somebody_still_works_there(
    today: date, office: OfficeDays, warn_on: date | None, light: Light
) -> None:
    noon = end_of_day(today) - timedelta(hours=12)
    warn_at = None if warn_on is None else end_of_day(warn_on) - timedelta(days=1)
    found = light_of(InboxState.TO_DECIDE, end_of_day(FRIDAY), warn_at, noon, OFFICIAL, office=office)
    assert found is light
