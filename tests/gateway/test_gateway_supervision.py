"""How departments do: numbers from the read models, for whoever supervises them, and the cases behind the numbers."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from event_store.collecting import Collecting
from event_store.department_health import DepartmentHealth, Tally, Trouble
from gateway.supervising.figures import percentile
from gateway.supervising.gauges import DepartmentGauges
from gateway.supervising.reading import SQL
from gateway.supervising.views import DepartmentCard
from observability.metrics import REGISTRY
from one_things import commands as c
from one_things import events as e
from one_things.office_days import OfficeNotice
from one_things.text import Text
from security.tokens import Role
from tests.gateway.gateway_city import City
from tests.gateway.seeded_items import seed

TAX = "tax-clearance"
ROUTES = ("/supervision", "/supervision/tax", "/supervision/tax/cases")


def returned(reason: e.ReturnReason, responsible: e.Responsible) -> c.ReturnItem:
    return c.ReturnItem(
        item=TAX, department="tax", attempt=1, act_id=f"act-{reason}", reason=reason, responsible=responsible
    )


async def five_cases(city: City) -> list[str]:
    """At the tax bureau: decided, overdue, under review, returned for two reasons."""
    numbers = [await city.apply() for _ in range(5)]
    for case_no in numbers:
        await city.cases.submitted(case_no, TAX)
    for case_no in numbers[:3]:
        await city.cases.accepted(case_no, TAX, working_days=10)
    results = tuple(
        e.DecidedResult(id=result.id, kind=result.kind, reference=f"GD-{result.id}")
        for result in city.cases.states[numbers[0]].plan.item(TAX).results
    )
    decided = c.Decide(
        decision_id="d-1", department="tax", item=TAX, attempt=1, verdict=c.Verdict.APPROVED, results=results
    )
    await city.cases.play(numbers[0], decided)
    await city.cases.ahead(numbers[1], days=60)
    await city.cases.play(numbers[3], returned(e.ReturnReason.FORM_FAULTY, e.Responsible.APPLICANT))
    await city.cases.play(numbers[4], returned(e.ReturnReason.TECHNICAL, e.Responsible.SYSTEM))
    await city.project()
    return numbers


async def read(city: City, path: str, **query: str | int) -> Any:
    answer = await city.http.get(path, params=query, headers=city.operator())
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_lies_with_a_department_and_what_it_did(city: City) -> None:
    await five_cases(city)
    seen = await read(city, "/supervision")
    assert seen["departments"][0]["code"] == "tax", "who has the most overdue comes first"
    tax = seen["departments"][0]
    assert tax["lies"] == {"open": 2, "due_soon": 0, "overdue": 1, "with_applicant": 2}
    figures = tax["figures"]
    assert (figures["handed_in"], figures["accepted"], figures["returned"], figures["approved"]) == (5, 3, 2, 1)
    assert (figures["return_rate"], figures["correction_rate"], figures["in_time_rate"]) == (0.4, 0.0, 1.0)
    assert figures["decision"] == {
        "timed": 1, "p50_working_days": 0, "p90_working_days": 0, "p50_hours": 1, "p90_hours": 1,
    }  # fmt: skip
    assert figures["acceptance"]["timed"] == 3
    assert [(one["reason"], one["responsible"], one["count"], one["share"]) for one in figures["returns"]] == [
        ("form-faulty", "applicant", 1, 0.2),
        ("technical", "system", 1, 0.2),
    ]
    detail = await read(city, "/supervision/tax")
    assert (detail["lies"], detail["figures"]) == (tax["lies"], figures)
    assert [(one["bundle"], one["item"], one["lies"]) for one in detail["items"]] == [
        ("enterprise-exit", TAX, tax["lies"])
    ]
    untouched = next(one for one in seen["departments"] if one["code"] == "customs")
    assert (untouched["lies"]["open"], untouched["figures"]["return_rate"]) == (0, None)


async def test_a_day_before_its_limit_an_item_is_due_soon(city: City) -> None:
    case_no = await city.apply()
    await city.cases.submitted(case_no, TAX)
    await city.cases.accepted(case_no, TAX)
    due_at = city.cases.states[case_no].item(TAX).due_at
    assert due_at is not None
    await city.cases.play(case_no, c.FastForward(seconds=int((due_at - datetime.now(UTC)).total_seconds()) - 3600))
    await city.project()
    lies = (await read(city, "/supervision/tax"))["lies"]
    assert lies == {"open": 1, "due_soon": 1, "overdue": 0, "with_applicant": 0}
    found = await read(city, "/supervision/tax/cases", which="due_soon")
    assert [one["case_no"] for one in found["cases"]] == [case_no]


async def test_the_cases_behind_each_number(city: City) -> None:
    numbers = await five_cases(city)

    async def behind(**query: str | int) -> list[str]:
        return [one["case_no"] for one in (await read(city, "/supervision/tax/cases", **query))["cases"]]

    assert await behind(which="overdue") == [numbers[1]]
    assert sorted(await behind(which="open")) == numbers[1:3]
    assert sorted(await behind(which="with_applicant")) == numbers[3:]
    assert await behind(which="returned") == [numbers[4], numbers[3]]
    assert await behind(which="returned", reason="technical") == [numbers[4]]
    assert await behind(which="returned", responsible="applicant", period="7") == [numbers[3]]
    assert await behind(which="returned", item="registry") == []
    assert await behind(which="corrected") == []
    first = await read(city, "/supervision/tax/cases", which="open", limit=1)
    second = await read(city, "/supervision/tax/cases", which="open", limit=1, cursor=first["next"])
    assert [one["case_no"] for page in (first, second) for one in page["cases"]] == [numbers[1], numbers[2]]
    assert second["next"] is None
    case = (await read(city, "/supervision/tax/cases", which="returned", limit=1))["cases"][0]
    assert (case["reason"], case["responsible"], case["status"]) == ("technical", "system", "returned")


async def test_a_period_ends_where_it_says(city: City) -> None:
    case_no = await city.apply()
    await city.cases.play(case_no, c.BeginSubmission(item=TAX), datetime.now(UTC) - timedelta(days=40))
    await city.project()
    counted = {
        period: (await read(city, "/supervision/tax", period=period))["figures"]["handed_in"]
        for period in ("7", "30", "90", "all")
    }
    assert counted == {"7": 0, "30": 0, "90": 1, "all": 1}


MOVING = Text(zh="搬迁（测试）", en="The office moves (test)")


async def test_how_its_system_does(city: City) -> None:
    until = datetime(2026, 12, 24, 12, 0, tzinfo=UTC)
    city.cards["tax"] = DepartmentCard(
        code="tax",
        title=Text(zh="税务局", en="Tax bureau"),
        kind="http-push",
        maintenance_until=until,
        office=(OfficeNotice(kind="closed", begins=date(2026, 12, 24), last=date(2026, 12, 25), reason=MOVING),),
    )
    since = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    trouble = Trouble("tax", "open", since, 7, "timed_out", 30.0)
    await DepartmentHealth(city.database).note("worker:7", [trouble], {"tax": Tally(200, 3)})
    tax = await read(city, "/supervision/tax")
    assert tax["title"] == {"zh": "税务局", "en": "Tax bureau"}
    system = tax["system"]
    assert (system["kind"], system["calls"], system["failures"], system["error_rate"]) == ("http-push", 200, 3, 0.015)
    assert system["maintenance_until"] == "2026-12-24T12:00:00Z"
    assert [(one["process"], one["state"], one["failures"], one["cause"]) for one in system["left_alone"]] == [
        ("worker:7", "open", 7, "timed_out")
    ]
    page = await city.http.get("/supervision/tax?lang=en", headers={**city.operator(), "Accept": "text/html"})
    assert "1.5 %" in page.text
    assert "7 calls in a row without an answer (timed_out)" in page.text
    assert "In maintenance until 24 December 2026, 20:00" in page.text
    assert [one["kind"] for one in system["office"]] == ["closed"]
    assert "The office is closed from 24 December 2026 to 25 December 2026: The office moves (test)" in page.text


async def test_how_fetching_its_decisions_does(city: City) -> None:
    collecting = Collecting(city.database)
    await collecting.due("tax")
    await collecting.succeed("tax", 30, "batch 7")
    await collecting.fail("tax", 30, "timed_out")
    await collecting.refuse("tax", "d" * 64, "unknown-case", "3", "decisions", "", "")
    system = (await read(city, "/supervision/tax"))["system"]
    fetching = system["fetching"]
    assert (fetching["failures"], fetching["cause"], fetching["gap"]) == (1, "timed_out", "batch 7")
    assert fetching["succeeded_at"] is not None
    assert system["passed_over"] == 1
    page = await city.http.get("/supervision/tax?lang=en", headers={**city.operator(), "Accept": "text/html"})
    for said in ("1 looks in a row brought nothing (timed_out)", "Batches that are missing: batch 7", "1 fetched in"):
        assert said in page.text
    assert (await read(city, "/supervision/customs"))["system"]["fetching"] is None


async def test_a_citys_worth_of_items_is_counted_without_looking_at_cases_or_events(city: City) -> None:
    await seed(city.database, 9_000)
    seen = (await read(city, "/supervision", period="all"))["departments"]
    tax = next(one for one in seen if one["code"] == "tax")
    assert sum(one["figures"]["handed_in"] for one in seen) == 9_000
    assert sum(one["lies"]["open"] for one in seen) == 3_600
    assert tax["figures"]["handed_in"] == tax["figures"]["approved"] == 1_000
    assert 0 < tax["figures"]["decision"]["p50_working_days"] < tax["figures"]["decision"]["p90_working_days"] < 18
    async with city.database.connection() as connection:
        for name, values in (
            ("lying", (["tax"], datetime.now(UTC), False)),
            ("bounds", (["tax"], None)),
            ("figures", (["tax"], None, False, datetime.now(UTC).date(), [0])),
        ):
            plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {SQL[name]}", *values))
            assert not set(re.findall(r" on (\w+)", plan)) - {"items", "items_undecided", "department_days",
                                                               "department_days_pkey", "unnest"}, plan  # fmt: skip


ALLOWED = {
    "operator": ROUTES,
    "officer of it": ROUTES[:2],
    "officer of another": ROUTES[:1],
    "applicant": (),
    "nobody": (),
}


async def test_each_role_at_each_route(city: City) -> None:
    await city.apply()
    headers = {
        "operator": city.operator(),
        "officer of it": city.officer("tax"),
        "officer of another": city.officer("customs"),
        "applicant": city.bearer(),
        "nobody": {},
    }
    for who, path, accept in product(ALLOWED, ROUTES, ("application/json", "text/html")):
        answer = await city.http.get(path, headers={**headers[who], "Accept": accept})
        expected = 200 if path in ALLOWED[who] else 403
        if who == "nobody":
            expected = 303 if accept == "text/html" else 401
        assert answer.status_code == expected, (who, path, accept)
        assert ("handed_in" in answer.text) == (expected == 200 and path != ROUTES[2] and accept != "text/html")


async def test_an_officer_sees_their_own_departments_and_no_case_of_theirs(city: City) -> None:
    numbers = await five_cases(city)
    seen = (await city.http.get("/supervision", headers=city.officer("tax", "bank"))).json()
    assert [one["code"] for one in seen["departments"]] == ["tax", "bank"]
    page = await city.http.get("/supervision/tax", headers={**city.officer("tax"), "Accept": "text/html"})
    assert page.status_code == 200
    assert "/cases?" not in page.text
    assert not [number for number in numbers if number in page.text]


async def test_a_role_of_an_operator_and_an_officer_sees_all(city: City) -> None:
    token = city.issuer.mint("both-1", [Role.OPERATOR, Role.OFFICER], ["customs"])
    seen = await city.http.get("/supervision/tax", headers={"Authorization": f"Bearer {token}"})
    assert seen.status_code == 200


async def test_what_there_is_not(city: City) -> None:
    for path, status, code in (
        ("/supervision/nowhere", 404, "unknown-department"),
        ("/supervision/No%20Such", 422, "input-invalid"),
        ("/supervision?period=31", 422, "input-invalid"),
        ("/supervision/tax/cases?which=all", 422, "input-invalid"),
        ("/supervision/tax/cases?reason=mood", 422, "input-invalid"),
        ("/supervision/tax/cases?cursor=x", 422, "input-invalid"),
        ("/supervision/tax/cases?cursor=WzEsMiwzXQ", 422, "input-invalid"),
    ):
        answer = await city.http.get(path, headers=city.operator())
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
        assert answer.headers["content-type"] == "application/problem+json"


async def test_metrics_say_what_lies_where(city: City) -> None:
    await five_cases(city)
    city.cards["customs"] = DepartmentCard(code="customs", kind="http-push", maintenance_until=datetime.now(UTC))
    await DepartmentGauges(city.services).renew()
    states = {state: REGISTRY.get_sample_value("onething_department_items", {"department": "tax", "state": state})
              for state in ("open", "due_soon", "overdue", "with_applicant")}  # fmt: skip
    assert states == {"open": 2, "due_soon": 0, "overdue": 1, "with_applicant": 2}
    away = [REGISTRY.get_sample_value("onething_department_in_maintenance", {"department": code})
            for code in ("tax", "customs")]  # fmt: skip
    assert away == [0, 1]


def test_percentiles_are_values_that_were_counted() -> None:
    assert percentile({3: 1}, 90) == 3
    assert [percentile({1: 5, 9: 5}, percent) for percent in (50, 51, 90)] == [1, 9, 9]
    assert percentile(dict.fromkeys(range(1, 11), 1), 90) == 9
    with pytest.raises(ValueError, match="nothing"):
        percentile({}, 50)


async def test_working_days_are_those_of_the_calendar(city: City) -> None:
    """Over the holiday of October 2026, with a made-up Saturday and a visit of two days that does not count."""
    case_no = await city.apply()
    moment = datetime(2026, 9, 25, 2, 0, tzinfo=UTC)
    state = city.cases.states[case_no]

    def at(days: int) -> datetime:
        return moment + timedelta(days=days)

    history: list[e.Event] = [
        e.ItemSubmitted(at=at(0), item=TAX, attempt=1),
        e.ItemAccepted(at=at(0), item=TAX, attempt=1, reference="税注-1"),
        e.SpecialProcedureBegan(at=at(3), item=TAX, attempt=1, act_id="p-1", procedure="visit", working_days=2),
        e.SpecialProcedureEnded(at=at(4), item=TAX, attempt=1, act_id="p-2", procedure="visit"),
        e.ItemApproved(at=at(17), item=TAX, decision_id="d-1"),
    ]
    await city.cases._append(case_no, state.version, tuple(history))
    await city.project()
    calendar = await city.services.known_calendar.current()
    worked = [day for ahead in range(1, 18) if calendar.is_working_day(day := at(ahead).date())[0]]
    expected = len([day for day in worked if day not in (at(3).date(), at(4).date())])
    decision = (await read(city, "/supervision/tax", period="all"))["figures"]["decision"]
    assert (decision["p50_working_days"], decision["p50_hours"]) == (expected, 16 * 24)
    assert 0 < expected < 15
