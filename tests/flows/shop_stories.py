"""How the opening of a shop can go: what follows the application, what a department only receives, what it returns."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx

from adapters.port import CorrectionPoint
from adapters.sandbox.behaviours import Correction, Down, LostReply, Operation, Received, Refuse, Silent
from one_things.case import ItemStatus
from one_things.events import (
    CommitmentExcluded,
    CommitmentReported,
    CommitmentStands,
    CorrectionHeldBack,
    DepartmentUnreachable,
    ExclusionUnavailable,
    ItemSubmitted,
    MaterialSupplied,
)
from security.signatures import sign
from tests.flows.companies import GENERAL, PHONE, Company, company, credit_code
from tests.flows.town import Town

REGISTRATION, HYGIENE, FIRE, OPENING = "shop-registration", "hygiene-permit", "fire-check", "opening"
EQUIPMENT, CERTIFICATES, PHOTOS, LEASE = "equipment-list", "health-certificates", "fire-photos", "lease-contract"
ALL = ("application-form", LEASE, EQUIPMENT, CERTIFICATES)
REGISTRY, REPORT = "registry-deregistration", "liquidation-report"
DIGEST, NEW = "sha-256:" + "0" * 64, "sha-256:" + "1" * 64
PROMISE = "本人承诺经营场所真实、合法，可供查验。"


def shop(deferred: Sequence[str] = (), **further: Any) -> Company:
    """A shop whose application hands in all but what is deferred, promised or comes on the way."""
    code = credit_code()
    promised = [promise["material"] for promise in further.get("commitments", ())]
    return Company(
        code,
        {
            "bundle": "shop-opening",
            "form": {"company.credit_code": code, "contact.phone": PHONE},
            "materials": [{"id": name, "digest": DIGEST} for name in ALL if name not in (*deferred, *promised)],
            "deferred": list(deferred),
            **further,
        },
    )


async def apply(town: Town, opening: Company) -> str:
    answer = await town.post_application(opening)
    assert answer.status_code in (201, 202), answer.text
    return str(answer.json()["case_no"])


async def hand_in(town: Town, case_no: str, *materials: str, digest: str = NEW) -> httpx.Response:
    body = {"materials": [{"id": name, "digest": digest} for name in materials], "channel": "counter"}
    return await town.http.post(f"/cases/{case_no}/materials", json=body, headers=town.bearer())


async def act(town: Town, department: str, about: str, which: str, act_id: str, **says: Any) -> httpx.Response:
    """An act of a department, signed as its own system signs."""
    body = json.dumps({"act_id": act_id, "case_no": about, "item": which, "attempt": 1, **says}).encode()
    path = f"/departments/{department}/acts"
    headers = {"Content-Type": "application/json"}
    key = town.city.secrets.departments.signing_key(department)
    signature = sign("POST", town.city.urls["gateway"] + path, headers, body, key)
    return await town.http.post(path, content=body, headers={**headers, **signature})


async def finished(town: Town, case_no: str) -> str:
    """The photos come, and everything is decided."""
    await town.until_items(case_no, ItemStatus.APPROVED, REGISTRATION)
    answer = await hand_in(town, case_no, PHOTOS)
    assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


async def deferred_in_time(town: Town) -> str:
    """The certificates follow while the permit is decided, and reach its department; the photos come on the way."""
    opening = shop(deferred=[CERTIFICATES])
    await town.switch(opening, HYGIENE, Silent())
    case_no = await apply(town, opening)
    await town.until_items(case_no, ItemStatus.ACCEPTED, HYGIENE)
    assert (await hand_in(town, case_no, CERTIFICATES)).status_code == 200
    await town.until_event(case_no, MaterialSupplied, HYGIENE)
    await town.decide(case_no, HYGIENE)
    return await finished(town, case_no)


async def deferred_and_missed(town: Town) -> str:
    """The certificates never come: the permit is refused, its submission withdrawn, and the case stops."""
    opening = shop(deferred=[CERTIFICATES])
    await town.switch(opening, HYGIENE, Silent())
    case_no = await apply(town, opening)
    await town.until_items(case_no, ItemStatus.ACCEPTED, HYGIENE)
    await town.until_items(case_no, ItemStatus.APPROVED, REGISTRATION)
    await town.skip_until(case_no, lambda state: state.deferrals[CERTIFICATES].missed, "the certificates are missed")
    await town.closed(case_no)
    return case_no


async def deemed_accepted(town: Town) -> str:
    """A department receives and keeps silent: accepted from the day of hand-in; then it decides."""
    opening = shop()
    await town.switch(opening, REGISTRATION, Received())
    case_no = await apply(town, opening)
    await town.until_items(case_no, ItemStatus.RECEIVED, REGISTRATION)
    await town.skip_until(case_no, lambda state: state.items[REGISTRATION].deemed_accepted, "silence accepts")
    await town.until_items(case_no, ItemStatus.ACCEPTED, REGISTRATION)
    await town.decide(case_no, REGISTRATION)
    return await finished(town, case_no)


def promised(text: str = PROMISE) -> list[dict[str, str]]:
    """The lease is promised instead of handed in."""
    return [{"material": LEASE, "text": text}]


async def promised_and_reported(town: Town) -> str:
    """A promise stands for the lease; its result reaches the department that supervises it."""
    case_no = await apply(town, shop(commitments=promised()))
    await town.until_event(case_no, CommitmentReported, REGISTRATION)
    return await finished(town, case_no)


async def promise_excluded(town: Town) -> str:
    """Who is on the list may not promise: the registration waits until the lease is handed in."""
    opening = shop(commitments=promised())
    await town.control.record(
        "market-regulation", "dishonesty-list", opening.credit_code, {"entry": "set", "fields": {"listed": True}}
    )
    case_no = await apply(town, opening)
    await town.until_event(case_no, CommitmentExcluded)
    await town.until_items(case_no, ItemStatus.APPROVED, HYGIENE)
    assert (await hand_in(town, case_no, LEASE)).status_code == 200
    return await finished(town, case_no)


async def returned_and_handed_in_again(town: Town) -> str:
    """A department receives and returns; the applicant puts it right; the next attempt is accepted by word."""
    opening = shop()
    await town.switch(opening, REGISTRATION, Received())
    case_no = await apply(town, opening)
    await town.until_items(case_no, ItemStatus.RECEIVED, REGISTRATION)
    says = {
        "act": "returned",
        "reason": "data-differs",
        "responsible": "applicant",
        "note": "手机号与登记不一致（模拟）",
    }
    assert (await act(town, "market-regulation", case_no, REGISTRATION, "return-1", **says)).status_code == 200
    await town.until_items(case_no, ItemStatus.RETURNED, REGISTRATION)
    answer = await town.correct(case_no, REGISTRATION, **{"contact.phone": "13800138001"})
    assert answer.status_code == 200, answer.text
    await town.until(case_no, lambda state: state.items[REGISTRATION].received is not None, "received again")
    accepts = {"act": "accepted", "attempt": 2}
    assert (await act(town, "market-regulation", case_no, REGISTRATION, "accept-1", **accepts)).status_code == 200
    await town.until_items(case_no, ItemStatus.ACCEPTED, REGISTRATION)
    await town.decide(case_no, REGISTRATION)
    return await finished(town, case_no)


async def applicant_silent(town: Town) -> str:
    """Nobody answers a correction notice: a reminder, then a person who asks; then the answer comes."""
    opening = shop()
    point = CorrectionPoint(code="phone", field_or_material="contact.phone", text="手机号已停机（模拟）")
    await town.switch(opening, REGISTRATION, Correction(points=(point,)))
    case_no = await apply(town, opening)
    await town.until_items(case_no, ItemStatus.APPROVED, HYGIENE)
    await town.until_items(case_no, ItemStatus.CORRECTION, REGISTRATION)
    await town.skip_until(case_no, lambda state: state.items[REGISTRATION].reminded, "a reminder")
    await town.skip_until(case_no, lambda state: bool(state.tasks), "a person asks")
    answer = await town.correct(case_no, REGISTRATION, **{"contact.phone": "13800138001"})
    assert answer.status_code == 200, answer.text
    return await finished(town, case_no)


async def report_on_the_way(town: Town) -> str:
    """A company closes by the general route, and its liquidation report comes when the claims are settled."""
    closing = company(GENERAL)
    materials = [one for one in closing.application["materials"] if one["id"] != REPORT]
    await town.prepare(closing)
    case_no = await apply(town, Company(closing.credit_code, {**closing.application, "materials": materials}))
    await town.skip_notice(case_no, "general-notice")
    await town.until(case_no, lambda state: state.items[REGISTRY].asked_at is not None, "the registry waits")
    assert (await hand_in(town, case_no, REPORT)).status_code == 200
    await town.closed(case_no)
    return case_no


async def second_notice_permitted(town: Town) -> str:
    """The registry asks a second time, and its notice waits until an operator permits it."""
    opening = shop()
    point = CorrectionPoint(code="phone", field_or_material="contact.phone", text="手机号已停机（模拟）")
    await town.switch(opening, REGISTRATION, Correction(points=(point,), every_time=True))
    case_no = await apply(town, opening)
    await town.until_items(case_no, ItemStatus.CORRECTION, REGISTRATION)
    assert (await town.correct(case_no, REGISTRATION, **{"contact.phone": "13800138001"})).status_code == 200
    await town.until_event(case_no, CorrectionHeldBack, REGISTRATION)
    path = f"/cases/{case_no}/items/{REGISTRATION}/correction/permission"
    permitted = await town.http.post(path, json={"reason": "首次告知有遗漏（模拟）"}, headers=town.operator())
    assert permitted.status_code == 200, permitted.text
    state = await town.until_items(case_no, ItemStatus.CORRECTION, REGISTRATION)
    assert state.tasks == ()
    await town.switch_back(opening, REGISTRATION)
    assert (await town.correct(case_no, REGISTRATION, **{"contact.phone": "13800138002"})).status_code == 200
    await finished(town, case_no)
    return case_no


async def list_down(town: Town) -> str:
    """The list of those who may not promise does not answer for a while, and is not read as an empty one."""
    opening = shop(commitments=promised())
    place = ("market-regulation", "dishonesty-list", opening.credit_code)
    await town.control.record(*place, {"entry": "unavailable"})
    case_no = await apply(town, opening)
    await town.until_event(case_no, ExclusionUnavailable)
    await town.until_items(case_no, ItemStatus.APPROVED, HYGIENE)
    submitted = [event.item for event in town.events(case_no) if isinstance(event, ItemSubmitted)]
    assert REGISTRATION not in submitted
    await town.control.record(*place, {"entry": "set", "fields": {"listed": False}})
    await town.until_event(case_no, CommitmentStands)
    await finished(town, case_no)
    return case_no


async def what_follows_is_refused(town: Town) -> str:
    """One department will not take the certificates, another one the report of a promise: a person sees to both."""
    opening = shop(deferred=[CERTIFICATES], commitments=promised())
    await town.switch(opening, HYGIENE, Silent())
    await town.switch(opening, HYGIENE, Refuse(), Operation.SUPPLY)
    await town.switch(opening, REGISTRATION, Refuse(), Operation.REPORT)
    case_no = await apply(town, opening)
    await town.until_items(case_no, ItemStatus.ACCEPTED, HYGIENE)
    assert (await hand_in(town, case_no, CERTIFICATES)).status_code == 200
    await town.until(case_no, lambda state: {task.item for task in state.tasks} == {HYGIENE, REGISTRATION}, "two tasks")
    for item in (HYGIENE, REGISTRATION):
        answer = await town.settle(case_no, item)
        assert answer.status_code == 200, answer.text
    await town.decide(case_no, HYGIENE)
    return await finished(town, case_no)


async def withdrawal_refused(town: Town) -> str:
    """The certificates never come, and their department will not take back what is refused now: a person settles it."""
    opening = shop(deferred=[CERTIFICATES])
    await town.switch(opening, HYGIENE, Silent())
    await town.switch(opening, HYGIENE, Refuse(), Operation.UNDO)
    case_no = await apply(town, opening)
    await town.until_items(case_no, ItemStatus.ACCEPTED, HYGIENE)
    await town.until_items(case_no, ItemStatus.APPROVED, REGISTRATION)
    await town.skip_until(case_no, lambda state: state.deferrals[CERTIFICATES].missed, "the certificates are missed")
    await town.until(case_no, lambda state: bool(state.tasks), "a person is asked")
    answer = await town.settle(case_no, HYGIENE)
    assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


async def supplied_late_and_taken_back_late(town: Town) -> str:
    """A department takes the certificates when it is back; the reply to the withdrawal is lost, and asked for."""
    opening = shop(deferred=[CERTIFICATES])
    await town.switch(opening, HYGIENE, Silent())
    await town.switch(opening, HYGIENE, Down(), Operation.SUPPLY)
    await town.switch(opening, HYGIENE, LostReply(delay_seconds=3600), Operation.UNDO)
    case_no = await apply(town, opening)
    await town.until_items(case_no, ItemStatus.ACCEPTED, HYGIENE)
    assert (await hand_in(town, case_no, CERTIFICATES)).status_code == 200
    await town.until_event(case_no, DepartmentUnreachable, HYGIENE)
    await town.switch_back(opening, HYGIENE, Operation.SUPPLY)
    await town.until_event(case_no, MaterialSupplied, HYGIENE)
    await town.until_items(case_no, ItemStatus.APPROVED, REGISTRATION)
    assert (await town.cancel(case_no)).status_code == 200
    await town.until_items(case_no, ItemStatus.UNDONE, REGISTRATION)
    await town.until(case_no, lambda state: state.items[HYGIENE].unreachable_since is not None, "the reply is lost")
    await town.decide_undoing(case_no, HYGIENE)
    await town.closed(case_no)
    return case_no


SHOP_STORIES: dict[str, Callable[[Town], Awaitable[str]]] = {
    "deferred-in-time": deferred_in_time,
    "deferred-and-missed": deferred_and_missed,
    "deemed-accepted": deemed_accepted,
    "promised-and-reported": promised_and_reported,
    "promise-excluded": promise_excluded,
    "returned-and-handed-in-again": returned_and_handed_in_again,
    "applicant-silent": applicant_silent,
    "report-on-the-way": report_on_the_way,
    "second-notice-permitted": second_notice_permitted,
    "list-down": list_down,
    "withdrawal-refused": withdrawal_refused,
    "what-follows-is-refused": what_follows_is_refused,
    "supplied-late-and-taken-back-late": supplied_late_and_taken_back_late,
}
"""Every branch, under the name of its recorded history."""
