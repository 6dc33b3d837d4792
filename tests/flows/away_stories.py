"""Departments that are away, or hold nothing: silent for a day, in maintenance, without an entry for who applies."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from adapters.sandbox.behaviours import Down, SlowReply
from one_things.case import ItemStatus
from one_things.events import DepartmentUnreachable, SharedDataMissing
from tests.flows.clock_stories import FIRE, FOOD, under_review
from tests.flows.companies import SIMPLE, SMALL, Company, company
from tests.flows.directory import Directory
from tests.flows.town import Town, eventually

TAX, NOTICE = "tax-clearance", "simple-notice"
PATIENT = {"first_seconds": 60.0, "factor": 10.0, "longest_seconds": 21_600.0}
"""A schedule for days: after a minute, ten, a hundred, and then every six hours."""
Meanwhile = Callable[[Town, str], Awaitable[None]]


async def _nothing(_town: Town, _case_no: str) -> None:
    """What a recording looks at meanwhile."""


async def silent_for_a_day(town: Town, meanwhile: Meanwhile = _nothing) -> str:
    """The tax department answers no submission for a day: a person is told; then it does, and that is settled."""
    directory, closing = Directory(town), company(SIMPLE, chosen=(TAX,))
    await directory.becomes(directory.with_more("tax", retries=PATIENT))
    try:
        await town.switch(closing, TAX, Down())
        case_no = await town.apply(closing)
        await town.until_event(case_no, DepartmentUnreachable, TAX)
        await town.skip_until(case_no, lambda state: bool(state.tasks), "a person is told")
        await meanwhile(town, case_no)
        await town.switch_back(closing, TAX)
        await skip_until_approved(town, case_no)
    finally:
        await directory.becomes(directory.as_it_was)
    await town.closed(case_no)
    return case_no


async def in_maintenance(town: Town, meanwhile: Meanwhile = _nothing) -> str:
    """The tax department has said that it is in maintenance for thirty hours more, and is not called until then."""
    directory = Directory(town)
    window = {"from": _in(hours=-1), "to": _in(hours=30)}
    await directory.becomes(directory.with_more("tax", maintenance=[window]))
    try:
        case_no = await town.apply(company(SMALL))
        await town.until_items(case_no, ItemStatus.NOTICE, NOTICE)
        await town.until_items(case_no, ItemStatus.SUBMITTED, TAX)
        await meanwhile(town, case_no)
        await skip_until_approved(town, case_no)
    finally:
        await directory.becomes(directory.as_it_was)
    await town.skip_notice(case_no, NOTICE)
    await town.closed(case_no)
    return case_no


async def store_away(town: Town, meanwhile: Meanwhile = _nothing) -> str:
    """Our own store is away when the next item can begin: its department is called later, and not said to be silent."""
    case_no = await under_review(town, FOOD)
    await town.until_items(case_no, ItemStatus.APPROVED, FIRE)
    await town.city.kill("worker")  # the one that comes back has to ask the store for the key of the case
    await town.city.until_ready("worker")
    decision = {
        "decision_id": "approved-in-the-dark", "case_no": case_no, "item": FOOD, "attempt": 1,
        "verdict": "approved", "results": [],
    }  # fmt: skip
    await town.city.kill("postgres", restart=False)
    try:
        counted = await town.send_decision("market-regulation", json.dumps(decision).encode())
        assert counted.json() == {"outcome": "counted"}, counted.text
        await eventually(lambda: _in_turn(town, case_no), bool, "a call that waits for our store")
        await meanwhile(town, case_no)
    finally:
        town.city.release("postgres")
    await town.city.until_ready("postgres")
    await town.closed(case_no)
    return case_no


async def slow_in_company(town: Town) -> str:
    """The tax department was slow to take an item of another case: in this one nobody else waits for it."""
    for _ in ("the case that meets it", "the next one"):
        closing = company(SMALL)
        await town.switch(closing, TAX, SlowReply(reply_seconds=1.5, delay_seconds=2.0))
        case_no = await town.apply(closing)
        await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
        await town.skip_notice(case_no, NOTICE)
        await town.closed(case_no)
    assert f"{TAX}:1" in await calls_of(town, case_no), "asked alone"
    return case_no


async def calls_of(town: Town, case_no: str) -> list[str]:
    """The ids of the activities of a case."""
    history = await town.cases.handle(case_no).fetch_history()
    ids = [event.activity_task_scheduled_event_attributes.activity_id for event in history.events]
    return [one for one in ids if one]


async def _in_turn(town: Town, case_no: str) -> list[str]:
    """What the case calls again because something of ours failed."""
    return [one for one in await calls_of(town, case_no) if one.endswith(":in-turn")]


async def nothing_held(town: Town) -> str:
    """The registry answers that it knows no such company; its items are decided without what it would say."""
    closing: Company = company(SIMPLE, chosen=(TAX,))
    place = ("market-regulation", "enterprise-basic", closing.credit_code)
    await town.control.record(*place, {"entry": "none"})
    answer = await town.post_application(closing)
    assert answer.status_code in (201, 202), answer.text
    case_no = str(answer.json()["case_no"])
    await town.until_event(case_no, SharedDataMissing)
    await town.closed(case_no)
    return case_no


async def skip_until_approved(town: Town, case_no: str) -> None:
    """Skip some hours at a time, until the department has been asked again and has decided."""

    async def status() -> ItemStatus:
        state = await town.cases.state(case_no)
        if state.items[TAX].status is ItemStatus.SUBMITTED:
            await town.skip_days(case_no, 0.3)
        return state.items[TAX].status

    await eventually(status, lambda status: status is ItemStatus.APPROVED, f"{TAX} of {case_no}")


def _in(hours: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="seconds")


AWAY_STORIES: dict[str, Callable[[Town], Awaitable[str]]] = {
    "silent-for-a-day": silent_for_a_day,
    "in-maintenance": in_maintenance,
    "nothing-held": nothing_held,
    "store-away": store_away,
    "slow-in-company": slow_in_company,
    "in-maintenance-in-company": in_maintenance,
}
"""Every branch, under the name of its recorded history."""
