"""Results on paper: what the applicant chooses and says of them, and what operators note and answer."""

from typing import Annotated, Literal

from pydantic import Field, RootModel, StringConstraints

from gateway import errors
from gateway.acting import closed, require_item, require_owner, told
from gateway.after_closing import told_or_added
from gateway.open_case import SeenCase
from gateway.paper_acts import paper_act
from gateway.services import GatewayServices
from gateway.submission import WrittenWish
from one_things.commands import AnswerDelivery, ChooseDelivery, ConfirmPaper, MissPaper
from one_things.delivery_admission import sent_to, wish_faults
from one_things.department_bodies import ActAtTheDoor, PaperActAtTheDoor
from one_things.events import Channel
from one_things.model import Record
from one_things.sealed import Sealed
from one_things.text import Prose
from security.sealing import CaseKeyErased
from workflows.handles import CaseNotRunning
from workflows.messages import Receipt

_Written = Annotated[Prose, StringConstraints(min_length=1)]


class DeliveryRequest(WrittenWish):
    """The choice of how papers come, made anew."""

    channel: Channel = Channel.WEB


class ArrivalRequest(Record):
    """The papers arrived."""

    channel: Channel = Channel.WEB


class NotArrivedRequest(Record):
    """The papers did not arrive."""

    note: _Written | None = None
    channel: Channel = Channel.WEB


class DeliveryAnswerRequest(Record):
    """An operator's answer: whether the papers are sent again, and what the applicant reads about it."""

    outcome: Literal["send_again", "settled"]
    answer: _Written


class NotedPaperAct(RootModel[Annotated[PaperActAtTheDoor, Field(discriminator="act")]]):
    """An act on papers that an operator notes for a department; sent again with the same id it is a repeat."""


async def choose(services: GatewayServices, seen: SeenCase, request: DeliveryRequest) -> Receipt:
    """The applicant, in person, chooses anew. Raises NotAllowed, ApplicationNotAccepted, CommandNotPossible."""
    require_owner(seen)
    faults = tuple(wish_faults(request))
    if faults:
        raise errors.ApplicationNotAccepted(faults=faults)
    to = sent_to(request)
    try:
        sealed = await services.secrets.seal_fields(seen.state.case_no, to) if to else None
    except CaseKeyErased:
        raise closed() from None
    command = ChooseDelivery(way=request.way, to=sealed, channel=request.channel)
    return await told(seen, services.cases.choose_delivery(seen.state.case_no, command))


async def confirm(services: GatewayServices, seen: SeenCase, item: str, request: ArrivalRequest) -> Receipt:
    """The applicant has the papers. Raises NotAllowed, ItemNotFound, CommandNotPossible, OutOfService."""
    require_owner(seen)
    require_item(seen, item)
    command = ConfirmPaper(item=item, channel=request.channel)
    return await told_or_added(
        services, seen, command, lambda: services.cases.confirm_paper(seen.state.case_no, command)
    )


async def not_arrived(services: GatewayServices, seen: SeenCase, item: str, request: NotArrivedRequest) -> Receipt:
    """The papers did not arrive: an operator sees to it. Raises as ``confirm`` does."""
    require_owner(seen)
    require_item(seen, item)
    note = await _sealed(services, seen, request.note) if request.note is not None else None
    command = MissPaper(item=item, channel=request.channel, note=note)
    return await told_or_added(services, seen, command, lambda: services.cases.miss_paper(seen.state.case_no, command))


async def answer(services: GatewayServices, seen: SeenCase, item: str, request: DeliveryAnswerRequest) -> Receipt:
    """An operator answers; the caller has been checked to be one. Raises as ``confirm`` does."""
    require_item(seen, item)
    sealed = await _sealed(services, seen, request.answer)
    command = AnswerDelivery(item=item, operator=seen.caller.subject, outcome=request.outcome, answer=sealed)
    return await told_or_added(
        services, seen, command, lambda: services.cases.answer_delivery(seen.state.case_no, command)
    )


async def note_act(services: GatewayServices, seen: SeenCase, item: str, act: ActAtTheDoor) -> Receipt:
    """An operator notes an act for the department; the caller has been checked. Raises as ``confirm`` does."""
    require_item(seen, item)
    assert isinstance(act, PaperActAtTheDoor)
    try:
        command = await paper_act(services, seen.state.plan.item(item).department, act, seen.caller.subject)
    except CaseNotRunning:
        raise closed() from None
    return await told_or_added(services, seen, command, lambda: services.cases.act(seen.state.case_no, command))


async def _sealed(services: GatewayServices, seen: SeenCase, written: str) -> Sealed:
    try:
        return await services.secrets.seal_text(seen.state.case_no, written)
    except CaseKeyErased:
        raise closed() from None
