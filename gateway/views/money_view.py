"""Signatures and money of an item, plainly: who has signed and who is awaited, what is paid and where it went."""

from datetime import date, datetime
from enum import StrEnum

from gateway.texts import text
from gateway.views.moments import last_day
from gateway.views.party_words import yuan_text
from one_things.case import CasePhase, CaseState, OperatorTask
from one_things.escrow import left_over, payment_order, to_give_back
from one_things.events import TaskKind
from one_things.model import Record
from one_things.text import Text


class SignatoryView(Record):
    """A party that signs. ``signed_at`` is None while it is awaited."""

    party: str
    title: Text
    signed_at: datetime | None


class ItemSigningView(Record):
    """The signing before an item is submitted."""

    document: Text
    open: bool
    """Signatures are awaited now."""
    ends_on: date | None
    """The last day to sign, in Asia/Shanghai; None before it has begun."""
    signatories: tuple[SignatoryView, ...]
    awaited: Text
    """Who has not signed yet, in words; empty when all have."""


class MoneyStanding(StrEnum):
    """Where the money of an item is."""

    PLANNED = "planned"
    PAID = "paid"
    RELEASED = "released"
    GIVEN_BACK = "given_back"


class ItemMoneyView(Record):
    """The money that an item moves."""

    role: str
    standing: MoneyStanding
    standing_text: Text
    amount: Text
    payer: Text | None
    payee: Text | None
    reference: str | None


def signing_of(state: CaseState, item_id: str) -> ItemSigningView | None:
    """Who has signed for this item; None where nobody does."""
    planned, item = state.plan.item(item_id).signing, state.items[item_id]
    if planned is None:
        return None
    signing = item.signing
    signed = {signature.party: signature.at for signature in signing.signatures} if signing is not None else {}
    signatories = tuple(
        SignatoryView(party=party, title=state.plan.party(party).title, signed_at=signed.get(party))
        for party in planned.parties
    )
    return ItemSigningView(
        document=planned.document,
        open=item.awaits_signatures and state.phase is CasePhase.OPEN,
        ends_on=last_day(signing.ends_at) if signing is not None else None,
        signatories=signatories,
        awaited=_joined([one.title for one in signatories if one.signed_at is None]),
    )


def money_of(state: CaseState, item_id: str) -> ItemMoneyView | None:
    """What this item moves; None where it moves nothing."""
    planned, moved = state.plan.item(item_id).payment, state.items[item_id].money
    order = payment_order(state, item_id)
    if planned is None or order is None:
        return None
    standing = MoneyStanding.PLANNED
    if moved is not None and moved.given_back is not None:
        standing = MoneyStanding.GIVEN_BACK
    elif moved is not None:
        standing = MoneyStanding.RELEASED if planned.role == "release" else MoneyStanding.PAID
    unknown = moved is None and planned.amount_fen is None
    return ItemMoneyView(
        role=planned.role,
        standing=standing,
        standing_text=text(f"money.{standing.value}"),
        amount=text("money.rest")
        if unknown
        else yuan_text(moved.amount_fen if moved is not None else order.amount_fen),
        payer=_title(state, planned.payer),
        payee=_title(state, planned.payee),
        reference=(moved.given_back or moved.reference) if moved is not None else None,
    )


def owed_by_task(state: CaseState, task: OperatorTask) -> int | None:
    """What an operator has to move by hand, in fen, to settle this task; None where it is not about money."""
    if task.kind is TaskKind.MONEY_LEFT:
        return left_over(state).get(task.item)
    moved = to_give_back(state, task.item) if task.kind is TaskKind.UNDO_FAILED else None
    return moved.amount_fen if moved is not None else None


def may_be_retried(state: CaseState, task: OperatorTask) -> bool:
    """Whether an operator may have the item submitted once more."""
    if task.kind is TaskKind.ANSWER_INCOMPLETE:
        return state.plan.item(task.item).payment is None
    return task.kind is TaskKind.REFUSED_AFTER_PIVOT


def _title(state: CaseState, party: str | None) -> Text | None:
    return state.plan.party(party).title if party is not None else None


def _joined(titles: list[Text]) -> Text:
    separator = text("headline.and")
    return Text(zh=separator.zh.join(title.zh for title in titles), en=separator.en.join(title.en for title in titles))
