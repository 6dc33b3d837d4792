"""Decisions that are fetched: each counts once, whoever dies meanwhile; what is refused is recorded and passed over."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from event_store.collecting import Collecting
from event_store.department_slots import DepartmentSlots
from gateway.collecting import Collector
from gateway.services import CollectsBy
from one_things.case import ItemStatus
from tests.gateway.gateway_city import City
from tests.gateway.test_gateway_decisions import ITEM, a_decision


class Pace(NamedTuple):
    every_seconds: float = 3600
    jitter_seconds: float = 0
    longest_seconds: float = 7200


class Entry(NamedTuple):
    cursor: str
    body: bytes
    door: str = "decisions"
    refused: str = ""
    named: str = ""


class Page(NamedTuple):
    entries: Sequence[Entry] = ()
    more: bool = False
    away: str = ""
    gap: str = ""


@dataclass
class Listed:
    """A department's list, page by page; positions are whole numbers."""

    entries: list[Entry] = field(default_factory=list)
    page: int = 2
    away: str = ""
    rests: datetime | None = None
    polling: Pace = field(default_factory=Pace)
    asked: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    asking: int = 0
    most_at_once: int = 0

    def add(self, body: bytes, **entry: Any) -> None:
        self.entries.append(Entry(str(len(self.entries) + 1), body, **entry))

    def rests_until(self, now: datetime) -> datetime | None:
        return self.rests

    async def collect(self, after: str) -> Page:
        self.asked.append(after)
        self.asking += 1
        self.most_at_once = max(self.most_at_once, self.asking)
        await asyncio.sleep(0.02)
        self.asking -= 1
        if self.away:
            return Page(away=self.away)
        start = int(after or 0)
        return Page(tuple(self.entries[start : start + self.page]), more=start + self.page < len(self.entries))

    async def settle(self, page: Page) -> None:
        self.settled += [entry.cursor for entry in page.entries]


@pytest.fixture
async def turns(city: City) -> AsyncIterator[DepartmentSlots]:
    async with DepartmentSlots(city.database.settings) as opened:
        yield opened


@pytest.fixture
def collecting(city: City) -> Collecting:
    return Collecting(city.database)


def collector(city: City, listed: Listed, turns: DepartmentSlots) -> Collector:
    by = CollectsBy(lambda: {"tax": listed}, Collecting(city.database), turns)
    return Collector(city.services, by, city.live)


async def due_again(city: City) -> None:
    async with city.database.connection() as connection:
        await connection.execute("UPDATE department_collecting SET next_at = now()")


async def accepted(city: City) -> str:
    case_no = await city.apply()
    await city.cases.submitted(case_no, ITEM)
    await city.cases.accepted(case_no, ITEM)
    return case_no


async def test_all_pages_of_one_list_are_handed_over_and_asked_for_once(
    city: City, collecting: Collecting, turns: DepartmentSlots
) -> None:
    cases, listed = [await accepted(city) for _ in range(3)], Listed()
    for number, case_no in enumerate(cases):
        listed.add(a_decision(case_no, decision_id=f"d-{number}"))
    collects = collector(city, listed, turns)
    assert await collects.collect_due("tax") == pytest.approx(3600, abs=60)
    assert [city.cases.states[case_no].item(ITEM).status for case_no in cases] == [ItemStatus.APPROVED] * 3
    assert (listed.asked, listed.settled) == (["", "2"], ["1", "2", "3"])
    await collects.collect_due("tax")
    assert listed.asked == ["", "2"], "it is not due yet"
    await due_again(city)
    await collects.collect_due("tax")
    assert listed.asked == ["", "2", "3"], "only what is new is asked for"
    (standing,) = await collecting.standings()
    assert (standing.position, standing.failures, standing.cause) == ("3", 0, None)
    assert standing.succeeded_at is not None


async def test_what_is_refused_is_recorded_once_and_holds_up_nothing(
    city: City, collecting: Collecting, turns: DepartmentSlots
) -> None:
    case_no, listed = await accepted(city), Listed(page=20)
    listed.add(b"{")
    listed.add(a_decision(case_no, verdict="refused"))
    listed.add(a_decision("4419-2026-999999"))
    listed.add(a_decision(case_no, item="registry-deregistration"))
    listed.add(a_decision(case_no, attempt=2, decision_id="d-5"))
    listed.add(b'{"case_no": "' + b"9" * 300_000 + b'"}')
    listed.add(a_decision(case_no), refused="signature-invalid", named="tax-7.zip")
    listed.add(b'{"act": "dance"}', door="acts")
    listed.add(a_decision(case_no, item="SW-0042"))
    listed.add(a_decision(case_no, decision_id="d-2", verdict="objection", reason="其实不行", results=[]))
    collects = collector(city, listed, turns)
    await collects.collect_due("tax")
    assert city.cases.states[case_no].item(ITEM).status is ItemStatus.APPROVED
    refusals = {one.position: one for one in await collecting.refusals("tax")}
    assert {position: one.code for position, one in refusals.items()} == {
        "1": "body-unreadable",
        "2": "input-invalid",
        "3": "unknown-case",
        "4": "foreign",
        "5": "too-late",
        "6": "body-too-large",
        "7": "signature-invalid",
        "8": "input-invalid",
        "10": refusals["10"].code,
    }
    assert refusals["10"].code in {"too-late", "contradicting", "case-closed"}
    assert (refusals["2"].case_no, refusals["6"].case_no, refusals["7"].named) == (case_no, "", "tax-7.zip")
    assert "其实" not in repr(list(refusals.values()))
    async with city.database.connection() as connection:
        await connection.execute("UPDATE department_collecting SET position = '', next_at = now()")
    await collects.collect_due("tax")
    again = await collecting.refusals("tax")
    assert len(again) == len(refusals)
    assert {one.position: one.times for one in again} == {**dict.fromkeys(refusals, 2)}


async def test_a_collector_that_is_killed_anywhere_leaves_everything_to_the_next(
    city: City, collecting: Collecting, turns: DepartmentSlots
) -> None:
    cases, listed = [await accepted(city) for _ in range(3)], Listed()
    for number, case_no in enumerate(cases):
        listed.add(a_decision(case_no, decision_id=f"d-{number}"))
    told: list[str] = []
    decide = city.cases.decide

    async def dies_with_the_second(case_no: str, decision: Any) -> Any:
        receipt = await decide(case_no, decision)
        told.append(receipt.outcome)
        if len(told) == 2:
            raise asyncio.CancelledError  # it counted, and whoever asked is no more
        return receipt

    city.cases.decide = dies_with_the_second  # type: ignore[method-assign]
    with pytest.raises(asyncio.CancelledError):
        await collector(city, listed, turns).collect_due("tax")
    assert (await collecting.due("tax")).position == ""
    await collector(city, listed, turns).collect_due("tax")
    assert told == ["counted", "counted", "repeat", "repeat", "counted"]
    assert [city.cases.states[case_no].item(ITEM).status for case_no in cases] == [ItemStatus.APPROVED] * 3
    assert await collecting.refusals("tax") == []


async def test_while_a_part_of_ours_is_away_the_position_stands_before_what_was_not_handed_over(
    city: City, collecting: Collecting, turns: DepartmentSlots
) -> None:
    cases, listed = [await accepted(city) for _ in range(2)], Listed()
    for number, case_no in enumerate(cases):
        listed.add(a_decision(case_no, decision_id=f"d-{number}"))
    decide = city.cases.decide

    async def away_after_the_first(case_no: str, decision: Any) -> Any:
        receipt = await decide(case_no, decision)
        city.cases.is_up = False
        return receipt

    city.cases.decide = away_after_the_first  # type: ignore[method-assign]
    collects = collector(city, listed, turns)
    await collects.collect_due("tax")
    (standing,) = await collecting.standings()
    assert (standing.position, standing.cause, standing.failures) == ("1", "failed-here", 1)
    assert (listed.settled, await collecting.refusals("tax")) == ([], [])
    city.cases.is_up, city.cases.decide = True, decide  # type: ignore[method-assign]
    await due_again(city)
    await collects.collect_due("tax")
    assert city.cases.states[cases[1]].item(ITEM).status is ItemStatus.APPROVED


async def test_an_entry_that_meets_a_defect_of_ours_is_tried_three_times_and_then_passed_over(
    city: City, collecting: Collecting, turns: DepartmentSlots
) -> None:
    case_no, listed = await accepted(city), Listed()
    listed.add(a_decision(case_no, decision_id="poison"))
    listed.add(a_decision(case_no, decision_id="d-2"))
    decide = city.cases.decide

    async def defective(case_no: str, decision: Any) -> Any:
        if decision.decision_id == "poison":
            raise RuntimeError("a defect, for this test")
        return await decide(case_no, decision)

    city.cases.decide = defective  # type: ignore[method-assign]
    collects = collector(city, listed, turns)
    for expected in ([], [], ["internal"]):
        await collects.collect_due("tax")
        assert [one.code for one in await collecting.refusals("tax")] == expected
        await due_again(city)
    assert city.cases.states[case_no].item(ITEM).status is ItemStatus.APPROVED


async def test_a_department_that_is_away_is_asked_less_and_less_and_one_in_maintenance_has_not_failed(
    city: City, collecting: Collecting, turns: DepartmentSlots
) -> None:
    listed = Listed(away="unreachable")
    collects = collector(city, listed, turns)
    pauses = []
    for _ in range(3):
        pauses.append(await collects.collect_due("tax"))
        await due_again(city)
    assert pauses == [pytest.approx(3600, abs=60), pytest.approx(7200, abs=60), pytest.approx(7200, abs=60)]
    (standing,) = await collecting.standings()
    assert (standing.failures, standing.cause, standing.succeeded_at) == (3, "unreachable", None)
    listed.rests, asked = datetime.now(UTC) + timedelta(hours=5), len(listed.asked)
    assert await collects.collect_due("tax") == pytest.approx(5 * 3600, abs=60)
    assert (len(listed.asked), (await collecting.standings())[0].failures) == (asked, 3)


async def test_one_gateway_at_a_time_asks_a_department_and_together_they_ask_no_more_often(
    city: City, collecting: Collecting
) -> None:
    case_no, listed = await accepted(city), Listed(page=1)
    for number in range(4):
        listed.add(a_decision(case_no, decision_id=f"d-{number}"))
    async with DepartmentSlots(city.database.settings) as one, DepartmentSlots(city.database.settings) as another:
        await asyncio.gather(*(collector(city, listed, turns).collect_due("tax") for turns in (one, another)))
    assert listed.most_at_once == 1
    assert listed.asked == ["", "1", "2", "3"]
    assert len(await collecting.refusals("tax")) == 3


async def test_departments_come_and_go_while_the_collector_runs(city: City, turns: DepartmentSlots) -> None:
    case_no, listed = await accepted(city), Listed()
    listed.add(a_decision(case_no))
    sources: dict[str, Listed] = {}
    collects = Collector(city.services, CollectsBy(lambda: sources, Collecting(city.database), turns), city.live)
    running = asyncio.create_task(collects.run())
    try:
        sources["tax"] = listed
        async with asyncio.timeout(30):
            while city.cases.states[case_no].item(ITEM).status is not ItemStatus.APPROVED:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        del sources["tax"]
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()
