"""Planning of what the parties do: who takes part, what they sign, and which money moves."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from one_things.definition import Bundle, FormField, Item, Party
from one_things.faults import Fault
from one_things.money import NoAmount, fen_of
from one_things.planned_parties import PlannedParty, PlannedPayment, PlannedSigning
from one_things.text import Text


def parties_named(items: Iterable[Item]) -> frozenset[str]:
    """The parties that these items name: who signs, pays or is paid."""
    named: set[str] = set()
    for item in items:
        if item.signing is not None:
            named.update(item.signing.parties)
        if item.payment is not None:
            named.update(party for party in (item.payment.payer, item.payment.payee) if party is not None)
    return frozenset(named)


def fields_of_parties(parties: Iterable[Party], items: Iterable[Item]) -> frozenset[str]:
    """The form fields that are asked because of these parties and of what the items cost."""
    of_parties = {field for party in parties for field in (party.name, party.identity) if field is not None}
    amounts = {item.payment.amount for item in items if item.payment is not None and item.payment.amount is not None}
    return frozenset(of_parties | amounts)


def fixed_by_parties(parties: Iterable[Party], items: Iterable[Item]) -> frozenset[str]:
    """The form fields that no correction changes: who the parties are is known by them, and how much is paid."""
    identities = {party.identity for party in parties if party.identity is not None}
    amounts = {item.payment.amount for item in items if item.payment is not None and item.payment.amount is not None}
    return frozenset(identities | amounts)


def planned_parties(parties: Sequence[Party]) -> tuple[PlannedParty, ...]:
    """These parties as a plan holds them, before anything is known of who they are."""
    return tuple(
        PlannedParty(
            id=party.id, title=party.title, identity=party.identity, name=party.name, department=party.department
        )
        for party in parties
    )


def planned_signing(
    item: Item,
    asked: Sequence[FormField],
    item_fields: Collection[str],
    parties: Sequence[Party],
    items: Sequence[Item],
) -> PlannedSigning | None:
    """What is signed before this item; None where nobody of those who would sign takes part."""
    if item.signing is None:
        return None
    signers = [party for party in parties if party.id in item.signing.parties]
    if not signers:
        return None
    stated = set(item_fields) | fields_of_parties(parties, items)
    return PlannedSigning(
        parties=tuple(party.id for party in signers),
        calendar_days=item.signing.calendar_days,
        document=item.signing.document,
        fields={field.id: field.title for field in asked if field.id in stated},
    )


def planned_payment(item: Item, selected: Collection[str], form: Mapping[str, JsonValue]) -> PlannedPayment | None:
    """The money that this item moves, with the amount that the form states."""
    payment = item.payment
    if payment is None:
        return None
    return PlannedPayment(
        role=payment.role,
        payer=payment.payer,
        payee=payment.payee,
        amount_fen=_amount(payment.amount, form),
        amount=payment.amount,
        deposits=tuple(deposit for deposit in payment.deposits if deposit in selected),
    )


def _amount(field: str | None, form: Mapping[str, JsonValue]) -> int | None:
    value = form.get(field) if field is not None else None
    try:
        return fen_of(value) if isinstance(value, str) else None
    except NoAmount:
        return None  # said beside the field already


def money_faults(bundle: Bundle, items: Sequence[Item], form: Mapping[str, JsonValue]) -> Iterator[Fault]:
    """Deposits and releases that do not come out even: money would be left over, or be missing, at the end."""
    selected = {item.id for item in items}
    planned = {item.id: planned_payment(item, selected, form) for item in items}
    payments = {item_id: payment for item_id, payment in planned.items() if payment is not None}
    released: set[str] = set()
    for deposits in {payment.deposits for payment in payments.values() if payment.role == "release"}:
        released.update(deposits)
        releases = [one for one in payments.values() if one.role == "release" and one.deposits == deposits]
        yield from _uneven([payments[deposit] for deposit in deposits], releases)
    for item_id, payment in payments.items():
        if payment.role == "deposit" and item_id not in released:
            title = next(item.title for item in bundle.items if item.id == item_id)
            yield Fault(
                field="chosen",
                code="deposit-not-released",
                reason=Text(
                    zh=f"所选事项不会支付“{title.zh}”存入的款项。",
                    en=f"No chosen item pays out what “{title.en}” deposits.",
                ),
                fix=Text(zh="请一并选择支付该款项的事项。", en="Choose the items that pay it out as well."),
            )


def _uneven(deposits: Sequence[PlannedPayment], releases: Sequence[PlannedPayment]) -> Iterator[Fault]:
    fixed = [release for release in releases if release.amount is not None]
    paid_in = [payment.amount_fen for payment in deposits]
    paid_out = [payment.amount_fen for payment in fixed]
    if any(amount is None for amount in (*paid_in, *paid_out)) or not fixed:
        return
    difference = sum(amount or 0 for amount in paid_in) - sum(amount or 0 for amount in paid_out)
    takes_the_rest = len(fixed) < len(releases)
    if difference == 0 or (difference > 0 and takes_the_rest):
        return
    largest = max(fixed, key=lambda payment: payment.amount_fen or 0)
    too_little = Text(zh="存入的款项不足以支付。", en="What is deposited does not cover what is to be paid out.")
    too_much = Text(zh="存入的款项多于应支付的金额。", en="More is deposited than is paid out.")
    yield Fault(
        field=f"form.{largest.amount}",
        code="release-exceeds-deposits" if difference < 0 else "deposits-exceed-releases",
        reason=too_little if difference < 0 else too_much,
        fix=Text(zh="请核对各项金额。", en="Compare the amounts."),
    )
