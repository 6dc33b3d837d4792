"""Parties sign together: side by side, each once, the document as it stands, and by a date."""

from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.commands import (
    BeginSigning,
    LapseSigning,
    RecordSignatoryUnreachable,
    RecordSigningReply,
    RefuseSignature,
    Sign,
)
from one_things.deciding.contradicting import takes_signature_back
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of, not_waiting
from one_things.deciding.verdicts import refuse
from one_things.faults import CommandRefused
from one_things.order import precedes_pivot
from one_things.signing import SigningState
from one_things.text import Text


@decision.register
def _(command: BeginSigning, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if item.status is not ItemStatus.WAITING or state.phase is not CasePhase.OPEN:
        return ()
    if command.corrections != len(state.corrections):
        return ()  # corrected while it was drawn up: it is drawn up once more
    earlier = item.signing
    if earlier is not None and earlier.digest == command.digest:
        if earlier.corrections == command.corrections:
            return ()
        return (e.DocumentConfirmed(at=at, item=command.item, corrections=command.corrections),)
    return (
        e.SigningBegan(
            at=at,
            item=command.item,
            round=1 if earlier is None else earlier.round + 1,
            digest=command.digest,
            corrections=command.corrections,
            ends_at=command.ends_at,
        ),
    )


@decision.register
def _(command: Sign, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    _require_signatory(state, command.item, command.party, command.department)
    signing = item_of(state, command.item).signing
    if signing is not None and signing.signed(command.party) and signing.digest == command.digest:
        return ()
    _require_open(state, command.item, at)
    if signing is None or signing.digest != command.digest or signing.corrections != len(state.corrections):
        raise CommandRefused(
            "document-changed",
            Text(
                zh="文件已更改，请重新阅读后再签署。",
                en="The document is another one by now: read it again before you sign.",
            ),
        )
    return _signed(state, command.item, signing, command.party, at, command.channel, command.by)


@decision.register
def _(command: RecordSigningReply, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    signing = _asked_for(state, command.item, command.party, command.round)
    if signing is None:
        return ()
    if command.signed:
        return _signed(state, command.item, signing, command.party, at, None, None)
    if command.refused is not None:
        decision_id = f"{command.item}:{command.round}:sign:{command.party}"
        return refuse(state, command.item, decision_id, command.code, command.refused, command.article, at)
    return (
        e.SignatureRequested(
            at=at, item=command.item, party=command.party, round=command.round, reference=command.reference
        ),
    )


@decision.register
def _(command: RecordSignatoryUnreachable, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    signing = _asked_for(state, command.item, command.party, command.round)
    if signing is None or command.party in signing.silent:
        return ()
    return (e.SignatoryUnreachable(at=at, item=command.item, party=command.party, round=command.round),)


@decision.register
def _(command: RefuseSignature, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    _require_signatory(state, command.item, command.party, command.department)
    if command.act_id in item_of(state, command.item).decision_ids:
        return ()
    if takes_signature_back(state, command.item, command.party):
        raise CommandRefused(
            "contradicting",
            Text(
                zh="贵方此前已签署，各方均已签署完毕，以先到者为准；已转平台运营人员核实。",
                en="You signed before, and so has everybody. What came first counts; an operator looks into it.",
            ),
        )
    _require_open(state, command.item, at)
    code = command.code or "signature-refused"
    return refuse(state, command.item, command.act_id, code, command.reason, None, at)


@decision.register
def _(command: LapseSigning, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if state.phase is not CasePhase.OPEN or not item.awaits_signatures or item.signing is None:
        return ()
    if at < item.signing.ends_at:
        return ()
    stops = precedes_pivot(state.plan, command.item)
    stopped = (e.CaseStopped(at=at, reason=e.StopReason.LAPSED, item=command.item),) if stops else ()
    if stops and item.attempt > 0:
        return stopped  # it lies with its department, corrected meanwhile: it is withdrawn like everything else
    return (e.ItemLapsed(at=at, item=command.item, window_ended_at=item.signing.ends_at), *stopped)


def _asked_for(state: CaseState, item_id: str, party: str, asked_round: int) -> SigningState | None:
    """The signing in which this institution's signature is still awaited; None where an answer comes too late."""
    item = item_of(state, item_id)
    still_awaited = state.phase is CasePhase.OPEN and item.awaits_signature(party, asked_round)
    return item.signing if still_awaited else None


def _signed(
    state: CaseState,
    item_id: str,
    signing: SigningState,
    party: str,
    at: datetime,
    channel: e.Channel | None,
    by: str | None,
) -> tuple[e.Event, ...]:
    given = e.SignatureGiven(at=at, item=item_id, party=party, digest=signing.digest, channel=channel, by=by)
    planned = state.plan.item(item_id).signing
    awaited = {other for other in planned.parties if not signing.signed(other)} if planned is not None else set()
    return (given,) if awaited - {party} else (given, e.SigningCompleted(at=at, item=item_id))


def _require_signatory(state: CaseState, item_id: str, party: str, department: str | None) -> None:
    item_of(state, item_id)
    planned = state.plan.item(item_id).signing
    if planned is None or party not in planned.parties:
        raise CommandRefused("not-a-signatory", Text(zh="您不是该文件的签署方。", en="This party does not sign here."))
    if state.plan.party(party).department != department:
        raise CommandRefused("foreign", Text(zh="这是另一方的签名。", en="This signature is another party's to give."))


def _require_open(state: CaseState, item_id: str, at: datetime) -> None:
    item = state.items[item_id]
    if item.signing is None and item.status is ItemStatus.WAITING and state.phase is CasePhase.OPEN:
        raise CommandRefused("signing-not-begun", Text(zh="签署尚未开始。", en="The signing has not begun yet."))
    counted_until = at if state.rest is None else min(at, state.rest.since)  # no time to sign goes by in a rest
    if item.status is ItemStatus.LAPSED or (item.signing is not None and counted_until >= item.signing.ends_at):
        raise CommandRefused("signing-lapsed", Text(zh="签署期限已过。", en="The time to sign is over."))
    if state.phase is not CasePhase.OPEN:
        raise CommandRefused("too-late", Text(zh="该办件已停止办理。", en="The case has stopped."))
    if not item.awaits_signatures:
        raise not_waiting(item_id)
