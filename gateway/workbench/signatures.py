"""A document that an institution without a system signs on our pages: what it states, and the signature.

Signing needs the claim, as deciding does; an officer's signature becomes what the institution's own system would send.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import Depends
from pydantic import Field, RootModel, StringConstraints

from event_store.workbench import AboutItem, Claim
from gateway import department_acts, errors
from gateway.access import Services
from gateway.acting import closed
from gateway.open_case import check_case_number
from gateway.services import GatewayServices
from gateway.signing import StatedPayment, stated_payments
from gateway.views.moments import last_day
from gateway.workbench.act_models import ActReceipt, OfficerAct, Reason
from gateway.workbench.acts import until_on_record
from gateway.workbench.claims import ClaimView, claim_view, require_claim
from gateway.workbench.desk import Desk, DeskNow, DeskView, head_of
from gateway.workbench.item import FieldView, OfficerActView, officer_acts, shown_fields
from gateway.workbench.signature_list import signature_location
from observability.correlation import bind
from one_things.case import CaseState
from one_things.department_bodies import ActOfDepartmentBody
from one_things.events import event_from_json
from one_things.evolving import fold
from one_things.inbox import OfficerDid, signature_place, signatures_awaited
from one_things.model import Record
from one_things.plan import PlannedItem
from one_things.planned_parties import PlannedParty
from one_things.signing import SigningState, document_of
from one_things.text import Text, Word
from security.sealing import CaseKeyErased
from security.suites import SealBroken
from workflows.handles import CaseNotRunning


class SignDocument(OfficerAct):
    """Sign the document of this digest; ``attempt`` is the round in which it was read."""

    act: Literal["signed"]
    digest: Annotated[Word, StringConstraints(min_length=1)]


class RefuseToSign(OfficerAct):
    """Do not sign it, and say why: the case stops."""

    act: Literal["signature_refused"]
    reason: Reason
    code: Word = ""


class SigningActBody(RootModel[Annotated[SignDocument | RefuseToSign, Field(discriminator="act")]]):
    """One act; ``act`` says which."""


class SignerView(Record):
    """A party to the document, and when it signed."""

    id: str
    title: Text
    signed_at: datetime | None
    ours: bool
    """The department signs for it."""


class DocumentMaterial(Record):
    """A material that the document names, by its digest."""

    id: str
    title: Text
    digest: str


class DeskSignatureView(DeskView):
    """The document as the institution reads it before it signs; its content as long as the signature is awaited."""

    item_title: Text
    party: str
    party_title: Text
    document: Text
    attempt: int
    """The round: it rises when a correction has made another document of it."""
    digest: str
    until: date
    awaited: bool
    claim: ClaimView
    stated: tuple[FieldView, ...]
    payments: tuple[StatedPayment, ...]
    materials: tuple[DocumentMaterial, ...]
    signers: tuple[SignerView, ...]
    erased: bool
    officers: tuple[OfficerActView, ...]


class DeskSignature(NamedTuple):
    """A document that the department was handed to sign for a party, and who works on it."""

    desk: Desk
    state: CaseState
    planned: PlannedItem
    party: PlannedParty
    signing: SigningState
    claim: Claim

    @property
    def is_mine(self) -> bool:
        """Whether the officer who looks works on it."""
        return self.claim.holder == self.desk.officer.subject

    @property
    def about(self) -> AboutItem:
        """For what is written down."""
        place = signature_place(self.planned.id, self.party.id)
        return AboutItem(self.desk.department, self.state.case_no, place, self.desk.officer.subject)

    @property
    def awaited(self) -> bool:
        """Whether the signature is still to be given."""
        return (self.planned.id, self.party.id) in signatures_awaited(self.state)

    @property
    def location(self) -> str:
        """Its path."""
        return signature_location(self.desk.department, self.state.case_no, self.planned.id, self.party.id)


async def desk_signature(services: Services, desk: DeskNow, case_no: str, item: str, party: str) -> DeskSignature:
    """The document. Raises CaseNotFound for one that was never handed to this department for this party."""
    check_case_number(case_no)
    records = await services.store.read(case_no)
    if not records:
        raise errors.CaseNotFound
    state = fold(event_from_json(record.data) for record in records)
    planned = next((one for one in state.plan.items if one.id == item), None)
    signs = next((one for one in state.plan.parties if one.id == party), None)
    signing = state.items[item].signing if planned is not None else None
    if planned is None or signs is None or signing is None or signs.department != desk.department:
        raise errors.CaseNotFound
    if party not in signing.requested and not signing.signed(party):
        raise errors.CaseNotFound
    claim = await services.workbench.claim(case_no, signature_place(item, party))
    return DeskSignature(desk, state, planned, signs, signing, claim)


DeskSignatureNow = Annotated[DeskSignature, Depends(desk_signature)]


async def desk_signature_view(services: GatewayServices, seen: DeskSignature, language: str) -> DeskSignatureView:
    """The document, for an officer of the institution that signs it."""
    state, planned, signing = seen.state, seen.planned, seen.signing
    document = document_of(state.plan, state.case_no, planned.id)
    awaited = seen.awaited
    stated, erased = await _stated(services, seen, language) if awaited else ((), False)
    signed_at = {signature.party: signature.at for signature in signing.signatures}
    return DeskSignatureView(
        **head_of(seen.desk, state, planned.id),
        item_title=planned.title,
        party=seen.party.id,
        party_title=seen.party.title,
        document=document.title,
        attempt=signing.round,
        digest=signing.digest,
        until=last_day(signing.ends_at),
        awaited=awaited,
        claim=claim_view(seen.claim, seen.desk.officer.subject),
        stated=stated,
        payments=stated_payments(state, document) if awaited else (),
        materials=tuple(
            DocumentMaterial(id=one.id, title=one.title, digest=one.digest)
            for one in (document.materials if awaited else ())
        ),
        signers=tuple(
            SignerView(id=one, title=party.title, signed_at=signed_at.get(one),
                       ours=party.department == seen.desk.department)
            for one in (planned.signing.parties if planned.signing is not None else ())
            if (party := state.plan.party(one))
        ),
        erased=erased,
        officers=await officer_acts(services, state.case_no, seen.about.item),
    )  # fmt: skip


async def sign_or_refuse(
    services: GatewayServices, seen: DeskSignature, said: SignDocument | RefuseToSign
) -> ActReceipt:
    """Carry it out.

    Raises CommandNotPossible (not claimed, or what the case says), OutOfService.
    """
    require_claim(seen)
    about = {"case_no": seen.state.case_no, "item": seen.planned.id, "party": seen.party.id}
    with bind(case_no=about["case_no"], item=about["item"], department=seen.desk.department):
        try:
            await services.secrets.open_fields(about["case_no"], ())
            act = ActOfDepartmentBody.model_validate({**said.model_dump(), **about}).root
            told = await department_acts.hand_over(services, seen.desk.department, act, seen.desk.officer.subject)
        except (CaseNotRunning, CaseKeyErased):
            raise closed() from None  # what was erased is not signed any more
        await services.workbench.note(seen.about, OfficerDid(said.act), said.act_id)
        await until_on_record(services, about["case_no"], about["item"], said.act_id)
    return ActReceipt(outcome=told.outcome.value)


def act_of_page(fields: dict[str, str]) -> dict[str, Any]:
    """What the form of the document's page says."""
    said: dict[str, Any] = {
        name: fields[name] for name in ("act", "act_id", "attempt", "digest", "reason") if fields.get(name)
    }
    if str(said.get("attempt", "")).isdigit():
        said["attempt"] = int(said["attempt"])
    return {key: value for key, value in said.items() if key != ("reason" if said.get("act") == "signed" else "digest")}


async def _stated(services: GatewayServices, seen: DeskSignature, language: str) -> tuple[tuple[FieldView, ...], bool]:
    state = seen.state
    document = document_of(state.plan, state.case_no, seen.planned.id)
    try:
        known = await services.secrets.open_fields(state.case_no, (state.form, *state.corrections))
    except (CaseKeyErased, SealBroken):
        return (), True
    return shown_fields(services, state.plan, document.fields, known, language), False
