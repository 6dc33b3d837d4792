"""Parties sign: what a signer sees of a case (no more than it takes to sign), and the signature itself.

Whoever signs need not be the applicant: a party is recognised by the identity that the token proves.
"""

from datetime import date, datetime
from typing import Annotated, NamedTuple

from fastapi import Depends, Path
from pydantic import JsonValue, StringConstraints

from gateway import errors
from gateway.access import Caller, Services, is_operator, is_owner
from gateway.acting import closed, told
from gateway.identities import identity_mac, parties_of, proved_identity
from gateway.open_case import SeenCase, check_case_number
from gateway.services import GatewayServices
from gateway.views.moments import last_day
from gateway.views.party_words import yuan_text
from one_things.case import CasePhase, CaseState
from one_things.commands import Sign
from one_things.definition import Slug
from one_things.events import Channel, event_from_json
from one_things.evolving import fold
from one_things.model import Record
from one_things.signing import AgreedDocument, document_of
from one_things.text import Text, Word
from security.redaction import mask_identity_number, redact
from security.sealing import CaseKeyErased
from security.tokens import Principal
from workflows.messages import Receipt


class SignatureRequest(Record):
    """A signature under the document of this digest. ``party`` is needed only by who signs for several."""

    digest: Annotated[Word, StringConstraints(min_length=1)]
    party: Slug | None = None
    channel: Channel = Channel.WEB


class StatedField(Record):
    """One thing that the document states."""

    id: str
    title: Text
    value: str


class StatedPayment(Record):
    """Money that the document agrees on; ``amount`` None stands for all that remains."""

    title: Text
    role: str
    payer: Text | None
    payee: Text | None
    amount: Text | None


class SigningPartyView(Record):
    """Whether a party has signed. ``you`` says that the caller is it."""

    id: str
    title: Text
    signed_at: datetime | None
    you: bool


class SigningView(Record):
    """What a signer reads: the document in words, its digest, who has signed and who is awaited."""

    case_no: str
    title: Text
    item: str
    item_title: Text
    document: Text
    digest: str
    ends_on: date
    """The last day to sign, in Asia/Shanghai."""
    open: bool
    """Signatures are still awaited."""
    may_sign: bool
    stated: tuple[StatedField, ...]
    payments: tuple[StatedPayment, ...]
    parties: tuple[SigningPartyView, ...]


class AwaitedSignature(Record):
    """A signature that the caller is asked for."""

    case_no: str
    item: str
    title: Text
    document: Text
    party: Text
    ends_on: date
    location: str


class AwaitedSignatures(Record):
    """All that wait for the caller's signature, the newest case first."""

    signatures: tuple[AwaitedSignature, ...]


class SeenSigning(NamedTuple):
    """A case as a signer may see it: for one item only."""

    state: CaseState
    item: str
    caller: Principal
    parties: frozenset[str]
    """The parties that the caller has proved to be."""


async def seen_signing(
    services: Services, caller: Caller, case_no: Annotated[str, Path()], item: Annotated[str, Path()]
) -> SeenSigning:
    """The signing, for its parties, the applicant and operators. Raises CaseNotFound for everybody else."""
    check_case_number(case_no)
    records = await services.store.read(case_no)
    if not records:
        raise errors.CaseNotFound
    state = fold(event_from_json(record.data) for record in records)
    try:
        parties = await parties_of(services, state, caller)
    except CaseKeyErased:
        parties = frozenset()
    if not parties and not is_owner(caller, state.owner) and not is_operator(caller):
        raise errors.CaseNotFound
    if item not in state.items or state.plan.item(item).signing is None:
        raise errors.ItemNotFound
    return SeenSigning(state, item, caller, parties)


SeenSigningNow = Annotated[SeenSigning, Depends(seen_signing)]


async def signing_view(services: GatewayServices, seen: SeenSigning) -> SigningView:
    """The document as it stands. Raises CommandNotPossible before the signing has begun or when it is erased."""
    state, planned, item = seen.state, seen.state.plan.item(seen.item), seen.state.items[seen.item]
    signing = item.signing
    if signing is None or planned.signing is None:
        raise errors.CommandNotPossible(
            "signing-not-begun", Text(zh="签署尚未开始。", en="The signing has not begun yet.")
        )
    document = document_of(state.plan, state.case_no, seen.item)
    try:
        values = await services.secrets.open_fields(state.case_no, (state.form, *state.corrections))
    except CaseKeyErased:
        raise closed() from None
    signed_at = {signature.party: signature.at for signature in signing.signatures}
    awaits = item.awaits_signatures and state.phase is CasePhase.OPEN
    return SigningView(
        case_no=state.case_no,
        title=state.plan.title,
        item=seen.item,
        item_title=planned.title,
        document=planned.signing.document,
        digest=signing.digest,
        ends_on=last_day(signing.ends_at),
        open=awaits,
        may_sign=awaits and any(party not in signed_at for party in _own(seen)),
        stated=tuple(_stated(seen, document, document.stated(values))),
        payments=stated_payments(state, document),
        parties=tuple(
            SigningPartyView(
                id=party, title=state.plan.party(party).title, signed_at=signed_at.get(party), you=party in seen.parties
            )
            for party in planned.signing.parties
        ),
    )


async def sign(services: GatewayServices, seen: SeenSigning, request: SignatureRequest) -> Receipt:
    """The caller signs for the party they have proved to be. Raises NotAllowed, CommandNotPossible, OutOfService."""
    own = _own(seen)
    if not own:
        raise errors.NotAllowed(
            Text(
                zh="登录凭证没有证明您是签署方之一；请以本人实名登录后签署。",
                en="Your sign-in does not prove that you are one of those who sign: sign in as yourself.",
            )
        )
    if request.party is not None and request.party not in own:
        raise errors.NotAllowed(Text(zh="您不能替另一方签署。", en="You cannot sign for another party."))
    signing = seen.state.items[seen.item].signing
    awaited = [party for party in own if signing is None or not signing.signed(party)]
    party = request.party or (awaited or own)[0]
    command = Sign(item=seen.item, party=party, digest=request.digest, channel=request.channel, by=seen.caller.subject)
    return await told(
        SeenCase(seen.state, (), seen.state.version, seen.caller), services.cases.sign(seen.state.case_no, command)
    )


async def awaited_of(services: GatewayServices, caller: Principal) -> AwaitedSignatures:
    """What waits for this caller's signature, in all cases; nothing for who proves no identity."""
    number = proved_identity(caller)
    if number is None:
        return AwaitedSignatures(signatures=())
    awaited: list[AwaitedSignature] = []
    for state in await services.signers.cases_of(identity_mac(services, number)):
        try:
            parties = await parties_of(services, state, caller)
        except CaseKeyErased:
            continue
        awaited += _awaited(state, parties)
    return AwaitedSignatures(signatures=tuple(awaited))


def _awaited(state: CaseState, parties: frozenset[str]) -> list[AwaitedSignature]:
    found: list[AwaitedSignature] = []
    for planned in state.plan.items:
        item = state.items[planned.id]
        if planned.signing is None or item.signing is None or not item.awaits_signatures:
            continue
        found += [
            AwaitedSignature(
                case_no=state.case_no,
                item=planned.id,
                title=state.plan.title,
                document=planned.signing.document,
                party=state.plan.party(party).title,
                ends_on=last_day(item.signing.ends_at),
                location=f"/cases/{state.case_no}/items/{planned.id}/signatures",
            )
            for party in planned.signing.parties
            if party in parties and not item.signing.signed(party)
        ]
    return found


def _own(seen: SeenSigning) -> list[str]:
    planned = seen.state.plan.item(seen.item).signing
    return [party for party in planned.parties if party in seen.parties] if planned is not None else []


def _stated(seen: SeenSigning, document: AgreedDocument, values: dict[str, JsonValue]) -> list[StatedField]:
    """Signers read everything in full but the numbers of the others; who does not sign reads it masked."""
    of_others = {
        party.identity
        for party in seen.state.plan.parties
        if party.identity is not None and party.id not in seen.parties
    }
    in_full = bool(seen.parties) or is_owner(seen.caller, seen.state.owner)
    stated: list[StatedField] = []
    for field, value in values.items():
        written = str(value)
        if field in of_others:
            written = mask_identity_number(written)
        stated.append(
            StatedField(id=field, title=document.fields[field], value=written if in_full else redact(written))
        )
    return stated


def stated_payments(state: CaseState, document: AgreedDocument) -> tuple[StatedPayment, ...]:
    """The money that the document agrees on, in words."""
    return tuple(
        StatedPayment(
            title=payment.title,
            role=payment.role,
            payer=state.plan.party(payment.payer).title if payment.payer is not None else None,
            payee=state.plan.party(payment.payee).title if payment.payee is not None else None,
            amount=yuan_text(payment.amount_fen) if payment.amount_fen is not None else None,
        )
        for payment in document.payments
    )
