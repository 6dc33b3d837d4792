"""Cases that a department's event begins (免申即办): the event at the door, and the applicant who confirms it.

An event is a CloudEvent 1.0 in JSON, signed like a decision. Sent again with the same source and id it is a repeat: the
same case, and never a second one. What it says about a person leaves this module only sealed.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field, JsonValue
from starlette.requests import Request

from event_store.case_secrets import seal_fields
from gateway import errors
from gateway.access import person_of
from gateway.acting import closed, require_owner, told
from gateway.body import JSON, content_type, parse, raw_body
from gateway.decisions import prove_origin
from gateway.identities import recognised, signers
from gateway.offers import OfferedBundle
from gateway.open_case import DEPARTMENT_OWNER, SeenCase
from gateway.opening import Submitted, open_once, opened_before, request_of
from gateway.services import GatewayServices
from observability.correlation import bind
from one_things.application import Application
from one_things.case import CasePhase, CaseState
from one_things.clock import shanghai_date
from one_things.commands import ConfirmCase, OpenCase
from one_things.definition import FormField, Material, Situation, Slug, StartingEvent
from one_things.department_bodies import FromOutside, Identifier
from one_things.eligibility import reckoned_form
from one_things.events import Channel
from one_things.faults import ApplicationRefused
from one_things.model import Record
from one_things.plan import HandedIn
from one_things.planning import needed_for, open_situations
from one_things.proposal import Proposal
from one_things.starting import confirmed_plan, filled_in, foreign_changes, proposal_of, proposed_plan
from one_things.text import Text
from security.sealing import CaseKey, CaseKeyErased
from workflows.messages import Receipt

CLOUD_EVENT = "application/cloudevents+json"


class DepartmentEvent(FromOutside):
    """An event at a department: a CloudEvent 1.0 in the structured mode, its data in JSON."""

    specversion: Literal["1.0"]
    id: Identifier
    source: Identifier
    """With ``id`` it names the event; the same two again are a repeat."""
    type: Identifier
    """The event's name in the bundle that it begins."""
    time: AwareDatetime | None = None
    datacontenttype: Literal["application/json"] | None = None
    data: dict[str, JsonValue] = Field(max_length=300)
    """The fields that the bundle maps to its form; others are not read."""


class EventOutcome(StrEnum):
    """What became of an event."""

    PROPOSED = "proposed"
    REPEAT = "repeat"


class EventReceipt(Record):
    """The answer to an event: the cases that it proposed, now or when it came first."""

    outcome: EventOutcome
    cases: tuple[str, ...]


class ConfirmRequest(Record):
    """The applicant confirms in person, and adds what the event left open; an agent never decides for them."""

    answers: dict[str, str | bool] = Field(default={}, max_length=100)
    form: dict[str, JsonValue] = Field(default={}, max_length=300)
    materials: tuple[HandedIn, ...] = Field(default=(), max_length=100)
    authorisations: tuple[Slug, ...] = Field(default=(), max_length=100)
    deferred: tuple[Slug, ...] = Field(default=(), max_length=100)
    channel: Channel = Channel.WEB


class ProposalDetail(Record):
    """What an applicant has to add when they confirm."""

    proposal: Proposal
    situations: tuple[Situation, ...]
    """What has to be answered; the answers may bring fields and materials along."""
    fields: tuple[FormField, ...]
    materials: tuple[Material, ...]


async def receive(services: GatewayServices, department: str, request: Request, now: datetime) -> list[Submitted]:
    """Take an event in. Raises the problems its route publishes."""
    if content_type(request) not in {JSON, CLOUD_EVENT}:
        raise errors.ContentTypeWrong(Text(zh=f"请使用 {CLOUD_EVENT}", en=f"send {CLOUD_EVENT}"))
    body = await raw_body(request, services.settings.largest_body)
    await prove_origin(services, department, request, body)
    event = parse(DepartmentEvent, body)
    with bind(department=department):
        return await _proposed(services, department, event, now)


async def confirm(services: GatewayServices, seen: SeenCase, request: ConfirmRequest, now: datetime) -> Receipt:
    """Confirm what was proposed. Raises ApplicationNotAccepted with every fault, NotAllowed, CommandNotPossible."""
    require_owner(seen)
    state = seen.state
    proposal = _open_proposal(state)
    offered = _version_of(services, state)
    faults = tuple(foreign_changes(proposal, request.form, request.answers))
    try:
        filled = await services.secrets.open_fields(state.case_no, [state.form])
        settled = await _settled_answers(services, state)
        application = Application(
            answers={**request.answers, **settled},
            form={**request.form, **{field: filled[field] for field in proposal.filled}},
            materials=request.materials,
            authorisations=request.authorisations,
            deferred=request.deferred,
        )
        today, proposed_on = shanghai_date(now), shanghai_date(state.opened_at)
        plan = confirmed_plan(offered.bundle, application, offered.digest, proposed_on, today)
        if faults:
            raise ApplicationRefused(faults)
        form = reckoned_form(offered.bundle, application.answers, application.form, today)
        parties = await recognised(services, state.case_no, plan.parties, form)
        command = ConfirmCase(
            plan=plan.model_copy(update={"answers": {}, "parties": parties}),
            form=await services.secrets.seal_fields(state.case_no, form),
            answers=await services.secrets.seal_fields(state.case_no, plan.answers),
            channel=request.channel,
        )
    except ApplicationRefused as refused:
        raise errors.ApplicationNotAccepted(faults=tuple(dict.fromkeys((*faults, *refused.faults)))) from None
    except CaseKeyErased:
        raise closed() from None
    # Before it is confirmed, so that nobody who is asked to sign is left without a way to find the case.
    if state.phase is CasePhase.PROPOSED:
        await services.signers.put(state.case_no, signers(services, plan.parties, form))
    return await told(seen, services.cases.confirm(state.case_no, command))


async def detail_of(services: GatewayServices, seen: SeenCase, given: Mapping[str, str]) -> ProposalDetail:
    """What is left to add, by the answers ``given`` so far as texts (``true`` and ``false`` for yes and no).

    Raises CommandNotPossible for a case that is not, or no longer, proposed.
    """
    proposal = _open_proposal(seen.state)
    offered = _version_of(services, seen.state)
    try:
        settled = await _settled_answers(services, seen.state)
    except CaseKeyErased:
        raise closed() from None
    answers = {**answers_of_texts(given), **settled}
    needs = needed_for(offered.bundle, answers, None)
    return ProposalDetail(
        proposal=proposal,
        situations=open_situations(offered.bundle, answers),
        fields=tuple(field for field in needs.fields if field.id not in proposal.filled),
        materials=needs.materials,
    )


def answers_of_texts(given: Mapping[str, str]) -> dict[str, str | bool]:
    """Answers as a page sends them: yes and no are ``true`` and ``false``."""
    return {name: {"true": True, "false": False}.get(value, value) for name, value in given.items()}


async def _settled_answers(services: GatewayServices, state: CaseState) -> dict[str, JsonValue]:
    return await services.secrets.open_fields(state.case_no, [state.answers] if state.answers else [])


async def _proposed(
    services: GatewayServices, department: str, event: DepartmentEvent, now: datetime
) -> list[Submitted]:
    # What was proposed earlier comes before all judging: a bundle that has changed must not hide it from a repeat.
    today = shanghai_date(now)
    begun = services.catalogue.begun_by(event.type)
    own = [(offered, starting) for offered, starting in begun if starting.department == department]
    if begun and not own:
        raise errors.ForeignDepartment(
            Text(zh="该事件属于另一个部门。", en="This event is another department's to send.")
        )
    body = json.dumps(event.data, sort_keys=True, ensure_ascii=False).encode()
    made: dict[str, Submitted] = {}
    for bundle in dict.fromkeys(offered.bundle.bundle for offered, _ in own):
        request = request_of(
            services, f"{DEPARTMENT_OWNER}{department}", _key(services, department, event, bundle), body, now
        )
        if (earlier := await opened_before(services, request)) is not None:
            made[bundle] = earlier
            continue
        for offered, starting in own:
            if offered.bundle.bundle == bundle and services.catalogue.is_in_force(offered.bundle, today):
                opening = _Opening(services, offered, starting, event)
                made[bundle] = await open_once(services, request, bundle, opening.of)
    if not made:
        raise errors.EventUnknown
    return list(made.values())


class _Opening:
    """The command that opens a proposed case. Raises InputInvalid when the event does not fit the form."""

    def __init__(
        self, services: GatewayServices, offered: OfferedBundle, starting: StartingEvent, event: DepartmentEvent
    ) -> None:
        try:
            self._form = filled_in(offered.bundle, starting, event.data)
        except ApplicationRefused as refused:
            raise errors.InputInvalid(faults=refused.faults) from None
        self._services = services
        self._answers = dict(starting.answers)
        self._plan = proposed_plan(offered.bundle, starting, self._form, offered.digest)
        self._proposal = proposal_of(offered.bundle, starting, self._form)
        self._owner = person_of(services, str(self._form[starting.applicant]))

    def of(self, case_no: str, case_key: CaseKey) -> OpenCase:
        """The command for the case of this number."""
        return OpenCase(
            case_no=case_no,
            plan=self._plan.model_copy(update={"answers": {}}),
            form=seal_fields(case_key, self._form),
            answers=seal_fields(case_key, self._answers),
            owner=self._owner,
            channel=Channel.WEB,
            proposal=self._proposal,
            time_can_be_skipped=self._services.settings.sandbox,
        )


def _key(services: GatewayServices, department: str, event: DepartmentEvent, bundle: str) -> str:
    name = json.dumps([department, event.source, event.id, bundle]).encode()
    return services.fingerprint(b"event " + name).hex()


def _open_proposal(state: CaseState) -> Proposal:
    if state.proposal is None:
        raise errors.CommandNotPossible(
            "not-proposed",
            Text(zh="该办件由申请人提交，无需确认。", en="This case was applied for: nothing is to be confirmed."),
        )
    if state.phase is CasePhase.CLOSED:
        raise closed()
    return state.proposal


def _version_of(services: GatewayServices, state: CaseState) -> OfferedBundle:
    offered = services.catalogue.exact(state.plan.bundle, state.plan.version)
    if offered is None:
        raise errors.CommandNotPossible(
            "version-withdrawn",
            Text(
                zh="该版本已撤下，请按现行版本申请。",
                en="This version was withdrawn; please apply for the one in force.",
            ),
        )
    return offered
