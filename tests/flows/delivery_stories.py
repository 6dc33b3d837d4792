"""How a result on paper reaches its applicant, or does not: a courier's permit, by mail and at the window."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from adapters.sandbox.behaviours import Operation, Refuse, SentBack, Silent
from adapters.sandbox.delivering import CARRIER
from one_things.case import CaseState
from one_things.delivery import DeliveryStatus
from one_things.events import DeliveryNotTaken, DeliveryOrdered, PaperCameBack
from tests.flows.stations import PERMIT, apply, register, station
from tests.flows.town import Town

ADDRESSEE, ADDRESS, PHONE = "测试申请人甲", "测试市测试路 1 号", "13800138000"
ELSEWHERE = "测试市测试路 2 号"
MAIL = {"way": "mail", "addressee": ADDRESSEE, "address": ADDRESS, "phone": PHONE}
PICK_UP = {"way": "pick_up"}
NOTE, ANSWER = "信箱是空的", "已核实（模拟）"


def is_at(status: DeliveryStatus) -> Callable[[CaseState], bool]:
    """Whether the permit's paper is there."""
    return lambda state: PERMIT in state.deliveries and state.deliveries[PERMIT].status is status


async def say(
    town: Town, case_no: str, what: str, said: Mapping[str, Any], headers: dict[str, str] | None = None
) -> httpx.Response:
    """Something about the permit's paper, by the applicant unless somebody else is named."""
    path = f"/cases/{case_no}/items/{PERMIT}/delivery/{what}"
    return await town.http.post(path, json=dict(said), headers=headers or town.bearer())


async def mailed(town: Town) -> str:
    """The department sends the permit, and it arrives."""
    courier = station(delivery=MAIL)
    await register(town, courier)
    case_no = await apply(town, courier)
    await town.closed(case_no)
    return case_no


async def sent_back(town: Town) -> str:
    """The mail comes back; the applicant gives another address, and the next one arrives."""
    courier = station(delivery=MAIL)
    await register(town, courier)
    await town.control.scenario(SentBack(), item=PERMIT, operation=Operation.DELIVER.value)
    case_no = await apply(town, courier)
    await town.until_event(case_no, PaperCameBack, PERMIT)
    await town.reset_scenario(PERMIT, Operation.DELIVER)
    anew = {**MAIL, "address": ELSEWHERE, "channel": "phone"}
    answer = await town.http.post(f"/cases/{case_no}/delivery", json=anew, headers=town.bearer())
    assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


async def picked_up_late(town: Town) -> str:
    """The department is late: warned, breached, a person's task; then it lies ready, and is picked up when reminded."""
    courier = station(delivery=PICK_UP)
    await register(town, courier)
    await town.control.scenario(Silent(), item=PERMIT, operation=Operation.DELIVER.value)
    case_no = await apply(town, courier)
    await town.until_event(case_no, DeliveryOrdered, PERMIT)
    await town.reset_scenario(PERMIT, Operation.DELIVER)
    await town.skip_until(case_no, lambda state: bool(state.tasks), "the limit of the delivery passes")
    answer = await town.act(case_no, PERMIT, "ready_for_pick_up")
    assert answer.status_code == 200, answer.text
    await town.until(case_no, is_at(DeliveryStatus.READY), "it lies ready")
    await town.skip_until(case_no, lambda state: state.deliveries[PERMIT].reminded, "a reminder")
    noted = {"act": "picked_up", "act_id": "noted-1", "case_no": case_no, "item": PERMIT, "attempt": 1}
    answer = await say(town, case_no, "acts", noted, town.operator())
    assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


async def refused_missed_and_confirmed(town: Town) -> str:
    """The department will not send it, then sends it in vain, and at last the applicant says that it is there."""
    courier = station(delivery=MAIL)
    await register(town, courier)
    await town.control.scenario(Refuse(), item=PERMIT, operation=Operation.DELIVER.value)
    case_no = await apply(town, courier)
    await town.until_event(case_no, DeliveryNotTaken, PERMIT)
    await town.control.scenario(Silent(), item=PERMIT, operation=Operation.DELIVER.value)
    await answered(town, case_no, "send_again")
    await dispatched(town, case_no, 2)
    missed = await say(town, case_no, "not-arrived", {"note": NOTE, "channel": "phone"})
    assert missed.status_code == 200, missed.text
    await answered(town, case_no, "send_again")
    await dispatched(town, case_no, 3)
    await town.reset_scenario(PERMIT, Operation.DELIVER)
    confirmed = await say(town, case_no, "confirmation", {"channel": "counter"})
    assert confirmed.status_code == 200, confirmed.text
    await town.closed(case_no)
    return case_no


async def never_picked_up(town: Town) -> str:
    """It lies at the window, the applicant is reminded and does not come; an operator settles it with them."""
    courier = station(delivery=PICK_UP)
    await register(town, courier)
    await town.control.scenario(Silent(), item=PERMIT, operation=Operation.DELIVER.value)
    case_no = await apply(town, courier)
    await town.until_event(case_no, DeliveryOrdered, PERMIT)
    await town.reset_scenario(PERMIT, Operation.DELIVER)
    answer = await town.act(case_no, PERMIT, "ready_for_pick_up")
    assert answer.status_code == 200, answer.text
    await town.until(case_no, is_at(DeliveryStatus.READY), "it lies ready")
    await town.skip_until(case_no, lambda state: state.deliveries[PERMIT].missed, "nobody comes for long")
    await answered(town, case_no, "settled")
    await town.closed(case_no)
    return case_no


async def answered(town: Town, case_no: str, outcome: str) -> None:
    """An operator answers the applicant about the paper."""
    said = {"outcome": outcome, "answer": ANSWER}
    answer = await say(town, case_no, "answer", said, town.operator())
    assert answer.status_code == 200, answer.text


async def dispatched(town: Town, case_no: str, times: int) -> None:
    """The department has the order of this round, and hands the paper to a carrier."""
    await town.until(case_no, lambda state: _ordered(state, times), f"order {times}")
    answer = await town.act(case_no, PERMIT, "dispatched", carrier=CARRIER, number=f"SIM-{times}")
    assert answer.status_code == 200, answer.text
    await town.until(case_no, is_at(DeliveryStatus.DISPATCHED), "it is on its way")


def _ordered(state: CaseState, times: int) -> bool:
    delivery = state.deliveries[PERMIT]
    return delivery.ordered and delivery.round == times


DELIVERY_STORIES: dict[str, Callable[[Town], Awaitable[str]]] = {
    "paper-mailed": mailed,
    "paper-sent-back": sent_back,
    "paper-late-and-picked-up": picked_up_late,
    "paper-refused-missed-and-confirmed": refused_missed_and_confirmed,
    "paper-never-picked-up": never_picked_up,
}
"""Every branch, under the name of its recorded history."""
