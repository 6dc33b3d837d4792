"""Materials that follow the application, at the door: taken all together, or refused with every fault at once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from pydantic import Field

from gateway import errors
from gateway.acting import acting_for, told
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from gateway.views.case_view import time_of_case
from one_things.case import CaseState
from one_things.commands import HandInMaterials
from one_things.deciding.materials import is_late
from one_things.events import Channel
from one_things.faults import Fault
from one_things.hand_in import owed, titles_of
from one_things.model import Record
from one_things.plan import HandedIn
from one_things.text import Text
from workflows.messages import Receipt


class HandInRequest(Record):
    """Materials that the case waits for; each by its id and the digest of its content."""

    materials: tuple[HandedIn, ...] = Field(min_length=1, max_length=100)
    channel: Channel = Channel.WEB


async def hand_in(services: GatewayServices, seen: SeenCase, request: HandInRequest) -> Receipt:
    """Hand materials in. Raises InputInvalid, NotAllowed (no applicant), CommandNotPossible, OutOfService."""
    by = acting_for(seen)
    faults = tuple(_faults(seen.state, request.materials))
    if faults:
        raise errors.InputInvalid(faults=faults)
    command = HandInMaterials(
        materials={material.id: material.digest for material in request.materials}, channel=request.channel, by=by
    )
    return await told(seen, services.cases.hand_in(seen.state.case_no, command))


def _faults(state: CaseState, materials: tuple[HandedIn, ...]) -> Iterator[Fault]:
    awaited = {one.id for one in owed(state)}
    known = titles_of(state.plan)
    given = [material.id for material in materials]
    for name in dict.fromkeys(given):
        place = f"materials.{name[:80]}"
        if given.count(name) > 1:
            yield _fault(place, "material-twice", "同一材料提交了两次。", "It was handed in twice.", *_KEEP_ONE)
        if name not in known:
            yield _fault(place, "material-unknown", *_UNKNOWN, *_LEAVE_OUT)
        elif _is_a_repeat(state, materials, name) or (name in awaited and not _late(state, name)):
            continue
        elif _late(state, name):
            due_on = state.deferrals[name].due_on
            yield _fault(place, "material-late", *_late_since(due_on), *_ASK)
        elif name in state.handed_in or name in {one.id for one in state.plan.materials}:
            yield _fault(place, "material-handed-in", *_THERE, *_WAIT_FOR_A_NOTICE)
        else:
            yield _fault(place, "material-not-awaited", *_NOT_AWAITED, *_LEAVE_OUT)


def _is_a_repeat(state: CaseState, materials: tuple[HandedIn, ...], name: str) -> bool:
    return all(state.handed_in.get(name) == material.digest for material in materials if material.id == name)


def _late(state: CaseState, name: str) -> bool:
    return name not in state.handed_in and is_late(state, name, time_of_case(state, datetime.now(UTC)))


def _late_since(due_on: date) -> tuple[str, str]:
    return f"补交期限 {due_on} 已过，不再接收。", f"It had to be there by {due_on} and is not taken any more."


def _fault(field: str, code: str, zh: str, en: str, fix_zh: str, fix_en: str) -> Fault:
    return Fault(field=field, code=code, reason=Text(zh=zh, en=en), fix=Text(zh=fix_zh, en=fix_en))


_UNKNOWN = ("该办件没有这份材料。", "The case has no such material.")
_KEEP_ONE = ("请只保留一份。", "Keep one of them.")
_LEAVE_OUT = ("请删去该材料。", "Leave it out.")
_ASK = ("请联系平台工作人员；已提交的内容不受影响。", "Talk to our staff; what was handed in before stays as it is.")
_THERE = ("该材料已经提交。", "The material is there already.")
_WAIT_FOR_A_NOTICE = ("如需更换，请待部门要求补正。", "It can be replaced when a department asks for a correction.")
_NOT_AWAITED = ("该办件现在不需要这份材料。", "The case does not await this material any more.")
