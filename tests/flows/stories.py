"""How a case can go, one function per branch: each drives a case to its end and returns its number.

The tests assert on them, and `tests.histories.record` keeps the Temporal history of each for replaying.
"""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from adapters.sandbox.behaviours import Correction, Down, Operation, Refuse, Silent
from one_things.case import CasePhase, ItemStatus
from one_things.events import DepartmentUnreachable, SharedDataFetched, SharedDataUnavailable
from tests.flows.companies import GENERAL, OTHER_PHONE, SIMPLE, SMALL, company
from tests.flows.sale_stories import SALE_STORIES
from tests.flows.stations import STATION_STORIES
from tests.flows.town import Town

Story = Callable[[Town], Awaitable[str]]

REGISTRY = "registry-deregistration"
SEALS = "seal-destruction"
BANK = "bank-account-closing"
TAX = "tax-clearance"
SIDE_BY_SIDE = (
    "social-insurance-closing",
    "medical-insurance-closing",
    "provident-fund-closing",
    "customs-closing",
    "commerce-closing",
)


_STANDS_STILL, _GOES = 0.25, 0.1  # seconds, in turns
_MAKE_A_CROWD = 8


async def simple(town: Town) -> str:
    """The simple route to its end."""
    case_no = await town.apply(company(SIMPLE))
    await town.skip_notice(case_no, "simple-notice")
    await town.closed(case_no)
    return case_no


async def general(town: Town) -> str:
    """The general route to its end, through all nine departments."""
    case_no = await town.apply(company(GENERAL))
    await town.skip_notice(case_no, "general-notice")
    await town.closed(case_no)
    return case_no


async def out_of_place(town: Town) -> str:
    """Departments decide what is not theirs, an old attempt, what nobody asked; then one contradicts itself."""
    closing = company(SIMPLE, chosen=(TAX, REGISTRY))
    await town.switch(closing, TAX, Silent())
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
    await out_of_place_decision(town, "bank", case_no, "b-1", attempt=1)
    await out_of_place_decision(town, "tax", case_no, "t-1", attempt=2)
    await out_of_place_decision(town, "market-regulation", case_no, "m-1", item="no-such-item")
    await out_of_place_decision(town, "market-regulation", case_no, "m-2", item=REGISTRY)
    extended = await town.act(case_no, TAX, "extended", approver="测试负责人戊", reason="情况复杂（模拟）")
    assert extended.status_code == 409, extended.text
    await town.decide(case_no, TAX)
    await town.until_items(case_no, ItemStatus.APPROVED, TAX)
    await out_of_place_decision(town, "tax", case_no, "t-2", verdict="refused", reason="改变决定（模拟）")
    for number in range(3, 9):
        await out_of_place_decision(town, "tax", case_no, f"t-{number}")
    await town.skip_notice(case_no, "simple-notice")
    await town.closed(case_no)
    return case_no


async def out_of_place_decision(town: Town, department: str, case_no: str, number: str, **says: Any) -> None:
    """A decision, signed by the department, that does not count."""
    body = {"decision_id": number, "case_no": case_no, "item": TAX, "attempt": 1, "verdict": "approved", **says}
    answer = await town.send_decision(department, json.dumps(body).encode())
    assert answer.status_code in (403, 404, 409), answer.text


async def refused(town: Town) -> str:
    """The tax department refuses when everything beside it is done; all of it is undone."""
    closing = company(GENERAL)
    await town.switch(closing, TAX, Silent())
    case_no = await town.apply(closing)
    await town.skip_notice(case_no, "general-notice")
    await town.until_items(case_no, ItemStatus.APPROVED, *SIDE_BY_SIDE)
    await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
    await town.decide(
        case_no, TAX, "refused", code="late-fee-unpaid", reason="有一笔滞纳金未缴清（模拟）", article="第十六条"
    )
    await town.closed(case_no)
    return case_no


async def objected(town: Town) -> str:
    """A creditor objects to the public notice of the simple route."""
    closing = company(SIMPLE)
    await town.switch(closing, "simple-notice", Silent())
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.NOTICE, "simple-notice")
    await town.until_items(case_no, ItemStatus.APPROVED, TAX, *SIDE_BY_SIDE[:3])
    await town.decide(case_no, "simple-notice", "objection", reason="有债权人提出异议（模拟）")
    await town.closed(case_no)
    return case_no


async def lapsed(town: Town) -> str:
    """The tax department is silent until the 20 days after the notice are over."""
    closing = company(SMALL)
    await town.switch(closing, TAX, Silent())
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
    await town.skip_until(case_no, lambda state: state.phase is not CasePhase.OPEN, "the window closed")
    await town.closed(case_no)
    return case_no


async def cancelled(town: Town) -> str:
    """The applicant takes the application back during the public notice of the general route."""
    case_no = await town.apply(company(GENERAL))
    await town.until_items(case_no, ItemStatus.NOTICE, "general-notice")
    answer = await town.cancel(case_no)
    assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


async def corrected(town: Town) -> str:
    """The tax department asks for a correction; the applicant answers; the second attempt goes through."""
    closing = company(SMALL)
    await town.switch(closing, TAX, Correction())
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.CORRECTION, TAX)
    answer = await town.correct(case_no, TAX, **{"legal_representative.phone": OTHER_PHONE})
    assert answer.status_code == 200, answer.text
    await town.until_items(case_no, ItemStatus.APPROVED, TAX)
    await town.skip_notice(case_no, "simple-notice")
    await town.closed(case_no)
    return case_no


async def unreachable(town: Town) -> str:
    """The tax department is down, then back; its shared data as well."""
    closing = company(SMALL)
    await town.switch(closing, TAX, Down())
    case_no = await town.apply(closing)
    await town.until_event(case_no, DepartmentUnreachable, TAX)
    await town.switch_back(closing, TAX)
    await town.until_items(case_no, ItemStatus.APPROVED, TAX)
    await town.skip_notice(case_no, "simple-notice")
    await town.closed(case_no)
    return case_no


async def source_down(town: Town) -> str:
    """The registry's shared data cannot be had for a while."""
    closing = company(SMALL)
    place = ("market-regulation", "enterprise-basic", closing.credit_code)
    await town.control.record(*place, {"entry": "unavailable"})
    answer = await town.post_application(closing)
    case_no = str(answer.json()["case_no"])
    await town.until_event(case_no, SharedDataUnavailable)
    await town.prepare(closing)
    await town.until_event(case_no, SharedDataFetched)
    await town.skip_notice(case_no, "simple-notice")
    await town.closed(case_no)
    return case_no


async def refused_after_pivot(town: Town) -> str:
    """The bank refuses when the company is de-registered already; an operator puts it right."""
    closing = company(SMALL)
    await town.switch(closing, BANK, Refuse(code="balance-left", reason="账户仍有余额（模拟）", delay_seconds=0.05))
    case_no = await town.apply(closing)
    await town.skip_notice(case_no, "simple-notice")
    await town.until_items(case_no, ItemStatus.REFUSED, BANK)
    await town.until_items(case_no, ItemStatus.APPROVED, SEALS)
    answer = await town.settle(case_no, BANK)
    assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


async def undo_refused(town: Town) -> str:
    """A department will not undo what it did; the case waits for an operator."""
    closing = company(GENERAL)
    filing = "liquidation-group-filing"
    await town.switch(
        closing, filing, Refuse(code="already-published", reason="已公示，不能撤回（模拟）"), Operation.UNDO
    )
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.NOTICE, "general-notice")
    assert (await town.cancel(case_no)).status_code == 200
    await town.until_items(case_no, ItemStatus.UNDO_FAILED, filing)
    await town.until_items(case_no, ItemStatus.UNDONE, "general-notice")
    await out_of_place_decision(town, "market-regulation", case_no, "too-late", item="general-notice")
    assert (await town.settle(case_no, filing)).status_code == 200
    await town.closed(case_no)
    return case_no


async def breached(town: Town) -> str:
    """The tax department lets its committed limit pass, and decides then."""
    closing = company(SMALL)
    await town.switch(closing, TAX, Silent())
    case_no = await town.apply(closing)
    await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
    await town.skip_until(case_no, lambda state: state.items[TAX].breached, "the breach")
    await town.decide(case_no, TAX)
    await town.until_items(case_no, ItemStatus.APPROVED, TAX)
    await town.skip_notice(case_no, "simple-notice")
    await town.closed(case_no)
    return case_no


async def chosen(town: Town) -> str:
    """Only one item is chosen, with no pivot among what comes along."""
    case_no = await town.apply(company(SIMPLE, chosen=("medical-insurance-closing",)))
    await town.closed(case_no)
    return case_no


@asynccontextmanager
async def _few_turns(process: int) -> AsyncIterator[None]:
    """Meanwhile this process stands still most of the time, as on a machine that has too much to do."""

    async def stutter() -> None:
        while True:
            os.kill(process, signal.SIGSTOP)
            await asyncio.sleep(_STANDS_STILL)
            os.kill(process, signal.SIGCONT)
            await asyncio.sleep(_GOES)

    stuttering = asyncio.create_task(stutter())
    try:
        yield
    finally:
        stuttering.cancel()
        await asyncio.wait([stuttering])
        os.kill(process, signal.SIGCONT)


async def kept_waiting(town: Town) -> str:
    """The simple route while the worker keeps this case and others waiting: what happens gathers on its way."""
    async with _few_turns(town.city.pids["worker"]):
        others = await asyncio.gather(*(town.apply(company(SIMPLE)) for _ in range(_MAKE_A_CROWD)))
        case_no = await simple(town)
    for other in others:
        await town.skip_notice(other, "simple-notice")
        await town.closed(other)
    return case_no


STORIES: dict[str, Story] = {
    "simple": simple,
    "general": general,
    "refused-and-undone": refused,
    "objected": objected,
    "lapsed": lapsed,
    "cancelled": cancelled,
    "corrected": corrected,
    "unreachable-then-patient": unreachable,
    "source-down": source_down,
    "refused-after-pivot-and-settled": refused_after_pivot,
    "undo-refused-and-settled": undo_refused,
    "limit-breached": breached,
    "chosen": chosen,
    "said-out-of-place": out_of_place,
    "submitted-together": general,
    "unreachable-in-company": unreachable,
    "gathered-under-load": kept_waiting,
    "gathered-among-many": kept_waiting,
    **STATION_STORIES,
    "said-too-early-and-not-allowed": out_of_place,
    "undo-refused-and-decided-too-late": undo_refused,
    "looked-up-and-told": STATION_STORIES["licence-verified"],
    **SALE_STORIES,
}
"""Every branch, under the name of its recorded history."""
