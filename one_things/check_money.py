"""Whether a bundle's payments come out even: who pays whom, exactly how much, and what goes back when a case stops."""

from collections.abc import Iterator, Mapping

from one_things.check_names import all_known, known_name, mistake
from one_things.check_reach import may_be_left_out
from one_things.definition import Bundle, FieldType, Item, Payment
from one_things.faults import Fault


def payment_faults(bundle: Bundle) -> Iterator[Fault]:
    """Payments that do not say, or do not say rightly, who pays whom and how much."""
    for place, item in enumerate(bundle.items):
        if item.payment is not None:
            yield from _who_and_how_much(bundle, item, item.payment, f"items.{place}.payment")


def money_faults(bundle: Bundle, before: Mapping[str, frozenset[str]]) -> Iterator[Fault]:
    """Payments that stand in the wrong place, and money that would be left over or could not go back.

    ``before`` holds for each item those that go before it.
    """
    pivots = {item.id for item in bundle.items if item.pivot}
    for place, item in enumerate(bundle.items):
        at = f"items.{place}"
        if item.signing is not None and before[item.id] & pivots:
            yield mistake(
                f"{at}.signing",
                "signing-after-pivot",
                "关键事项之后不能再安排签署：签署失效将无法撤回办件。",
                "Nothing is signed after the pivot: a signing that lapses could stop nothing any more.",
                "请把签署放在关键事项或其之前的事项。",
                "Let the parties sign before the pivot, or before an item in front of it.",
            )
        if item.payment is None:
            continue
        yield from _place(item, item.payment, before, pivots, at)
        if item.payment.role == "release":
            yield from _release(bundle, item, item.payment, before, f"{at}.payment")
        elif item.payment.role == "deposit":
            yield from _is_released(bundle, item, at)


def _who_and_how_much(bundle: Bundle, item: Item, payment: Payment, at: str) -> Iterator[Fault]:
    release = payment.role == "release"
    needed, unfit = ("payee", "payer") if release else ("payer", "payee")
    if getattr(payment, needed) is None:
        who = "收款人" if release else "付款人"
        yield mistake(
            at, f"{needed}-missing", f"没有写明{who}。", f"It does not say who the {needed} is.",
            f"请用 {needed} 写明参与方。", f"Name a party under {needed}.",
        )  # fmt: skip
    if getattr(payment, unfit) is not None:
        yield mistake(
            f"{at}.{unfit}", "payment-unfit", f"{payment.role} 不写 {unfit}。",
            f"A {payment.role} has no {unfit} of its own.", f"请删去 {unfit}。", f"Leave {unfit} out.",
        )  # fmt: skip
    parties = {party.id: party for party in bundle.parties}
    for role, party_id in (("payer", payment.payer), ("payee", payment.payee)):
        if party_id is None:
            continue
        yield from known_name(party_id, list(parties), f"{at}.{role}", "party")
        party = parties.get(party_id)
        if party is not None and may_be_left_out(bundle, item.when, party.when):
            yield mistake(
                f"{at}.{role}", "party-absent", f"有的情形下 {party_id} 不参与，而 {item.id} 仍要办理。",
                f"There are answers under which {item.id} is handled and {party_id} takes no part.",
                "请让两者的条件一致。", "Give both the same condition.",
            )  # fmt: skip
    yield from _amount(bundle, item, payment, at)


def _amount(bundle: Bundle, item: Item, payment: Payment, at: str) -> Iterator[Fault]:
    if payment.amount is None:
        if payment.role != "release":
            yield mistake(
                at, "amount-missing", "没有写明金额。", "It does not say how much.",
                "请用 amount 写明类型为 money 的字段。", "Name a field of type money under amount.",
            )  # fmt: skip
        return
    fields = {field.id: field for field in bundle.fields}
    yield from known_name(payment.amount, list(fields), f"{at}.amount", "field")
    field = fields.get(payment.amount)
    if field is None:
        return
    if field.type is not FieldType.MONEY:
        yield mistake(
            f"{at}.amount", "amount-not-money", f"{field.id} 的类型不是 money。",
            f"The field {field.id} is not of type money.", "请将该字段的 type 改为 money。", "Make its type money.",
        )  # fmt: skip
    if field.source is not None or not field.required or may_be_left_out(bundle, item.when, field.when):
        yield mistake(
            f"{at}.amount", "amount-not-asked", f"{field.id} 不是每次都填写，金额可能未知。",
            f"{field.id} is not always filled in, so the amount may not be known.",
            "请用必填、由申请人填写、条件不窄于该事项的字段。",
            "Name a field that the applicant fills in whenever the item applies.",
        )  # fmt: skip


def _place(
    item: Item, payment: Payment, before: Mapping[str, frozenset[str]], pivots: set[str], at: str
) -> Iterator[Fault]:
    if item.notice is not None:
        yield mistake(
            f"{at}.payment", "payment-on-notice", "公告期满即办结，没有部门确认款项。",
            "A public notice ends by itself: no department would confirm the money.",
            "请把款项放在另一事项。", "Put the payment into an item of its own.",
        )  # fmt: skip
    after_pivot = bool(before[item.id] & pivots)
    if payment.role != "charge" and not pivots:
        yield mistake(
            f"{at}.payment", "escrow-without-pivot", "没有关键事项，无法确定款项何时支付、何时退回。",
            "Without a pivot nobody knows whether deposited money is paid out or goes back.",
            "请指定关键事项。", "Say which item is the pivot.",
        )  # fmt: skip
    elif payment.role == "release" and not after_pivot:
        yield mistake(
            f"{at}.payment", "release-before-pivot", "关键事项办结前不得支付，否则无法退回。",
            "Nothing is paid out before the pivot: it could not be had back.",
            "请在 requires 中加入关键事项。", "Add the pivot to what this item requires.",
        )  # fmt: skip
    if payment.role == "deposit" and after_pivot:
        yield mistake(
            f"{at}.payment", "deposit-after-pivot", "关键事项之后存入的款项不能退回。",
            "What is deposited after the pivot could never go back.",
            "请把存入放在关键事项之前。", "Put the deposit before the pivot.",
        )  # fmt: skip
    if payment.role != "release" and item.undo is None and not after_pivot and not item.pivot:
        yield mistake(
            f"{at}.payment", "payment-without-undo", f"{item.id} 没有写明如何退回款项。",
            f"{item.id} does not say how the money goes back when the case stops.",
            "请加 undo，写明退款。", "Add undo and say in it that the money is given back.",
        )  # fmt: skip


def _release(
    bundle: Bundle, item: Item, payment: Payment, before: Mapping[str, frozenset[str]], at: str
) -> Iterator[Fault]:
    items = {one.id: one for one in bundle.items}
    if not payment.deposits:
        yield mistake(
            at, "deposits-missing", "没有写明从哪些存款支付。", "It does not say out of which deposits it pays.",
            "请在 deposits 中列出存入款项的事项。", "List the items that deposit the money under deposits.",
        )  # fmt: skip
    yield from all_known(payment.deposits, list(items), f"{at}.deposits", "item")
    for number, deposit in enumerate(payment.deposits):
        source = items.get(deposit)
        if source is None:
            continue
        if source.payment is None or source.payment.role != "deposit":
            yield mistake(
                f"{at}.deposits.{number}", "not-a-deposit", f"{deposit} 不存入款项。",
                f"{deposit} deposits no money.", "请写存入款项的事项。", "Name an item whose role is deposit.",
            )  # fmt: skip
        elif deposit not in before[item.id]:
            yield mistake(
                f"{at}.deposits.{number}", "deposit-later", f"{deposit} 不在该事项之前。",
                f"{deposit} does not go before this item.",
                f"请在 requires 中加入 {deposit}。", f"Add {deposit} to what this item requires.",
            )  # fmt: skip
    for other in bundle.items:
        if other.id == item.id or other.payment is None or other.payment.role != "release":
            continue
        shared = set(other.payment.deposits) & set(payment.deposits)
        if shared and set(other.payment.deposits) != set(payment.deposits):
            yield mistake(
                f"{at}.deposits", "deposits-overlap", f"{item.id} 与 {other.id} 只共用部分存款，余额无法确定。",
                f"{item.id} and {other.id} share some deposits only, so nobody knows what remains for each.",
                "共用存款的支付事项请列出同样的 deposits。", "Let items that share deposits list the same ones.",
            )  # fmt: skip
        elif shared and payment.amount is None and other.id not in before[item.id]:
            yield mistake(
                f"{at}.deposits", "remainder-early", f"{other.id} 也从这些存款支付，余额只能最后支付。",
                f"{other.id} pays out of these deposits as well: the remainder can only be paid last.",
                f"请在 requires 中加入 {other.id}；余额只能有一笔。",
                f"Add {other.id} to what this item requires; only one item pays the remainder.",
            )  # fmt: skip


def _is_released(bundle: Bundle, item: Item, at: str) -> Iterator[Fault]:
    if not any(item.id in other.payment.deposits for other in bundle.items if other.payment is not None):
        yield mistake(
            f"{at}.payment", "deposit-never-released", f"没有事项支付 {item.id} 存入的款项。",
            f"No item pays out what {item.id} deposits.",
            "请加一个 role: release、deposits 含该事项的事项。",
            "Add an item with the role release that lists it under deposits.",
        )  # fmt: skip
