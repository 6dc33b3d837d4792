"""Money in is money out, over random plans and departments and parties that do anything at any time.

A case that is completed has paid out what was deposited and keeps its charges; one that stopped before its pivot has
given everything back. After the pivot nothing is undone; before it everything undoable is.
"""

import contextlib
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from one_things import commands as c
from one_things import events as e
from one_things.case import PENDING, CasePhase, ItemStatus
from one_things.definition import ItemKind
from one_things.escrow import left_over, payment_order
from one_things.evolving import fold
from one_things.faults import CommandRefused
from one_things.money import PaymentMade
from one_things.order import predecessors
from one_things.plan import Plan, PlannedItem
from one_things.planned_parties import PlannedParty, PlannedPayment, PlannedSigning
from one_things.steps import (
    AskToSign,
    CloseCase,
    DrawUpDocument,
    SeeToMoney,
    Step,
    SubmitItem,
    UndoItem,
    deadlines,
    next_steps,
)
from one_things.text import Text
from tests.one_things.given import SEALED, a_digest
from tests.one_things.house_sale import Sale
from tests.one_things.test_case_properties import check_history

TITLE = Text(zh="测试", en="test")
WRONG = ({"amount_fen": 1}, {"amount_fen": 10**9}, {"currency": "USD"}, {"reference": "used before"})
PARTIES = ("buyer", "seller", "bank")


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Items before a pivot, some of which deposit or charge; the pivot; items after it that pay the deposits out."""
    items: list[PlannedItem] = []
    for place in range(draw(st.integers(1, 5))):
        role = draw(st.sampled_from([None, "deposit", "deposit", "charge"]))
        amount = draw(st.integers(2, 10**6))
        payment = PlannedPayment(role=role, payer="buyer", amount_fen=amount) if role else None
        items.append(_item(draw, f"before-{place}", items, payment, undo=payment is not None or draw(st.booleans())))
    deposits = tuple(item.id for item in items if item.payment is not None and item.payment.role == "deposit")
    total = sum(item.payment.amount_fen or 0 for item in items if item.id in deposits and item.payment)
    items.append(_item(draw, "pivot", items, None, pivot=True, after=tuple(item.id for item in items)))
    paid_out: list[str] = []
    for place in range(draw(st.integers(0, 2)) if deposits else 0):
        amount = draw(st.integers(0, total))
        total -= amount
        paid_out.append(f"release-{place}")
        release = PlannedPayment(role="release", payee="seller", amount_fen=amount, deposits=deposits)
        items.append(_item(draw, paid_out[-1], [], release, after=("pivot",)))
    if deposits:
        rest = PlannedPayment(role="release", payee="seller", deposits=deposits)
        items.append(_item(draw, "rest", [], rest, after=tuple(paid_out) or ("pivot",)))
    if draw(st.booleans()):
        items.append(_item(draw, "behind", [], None, after=("pivot",)))
    return Plan(
        bundle="random",
        version="2026.1",
        digest=a_digest(),
        title=TITLE,
        answers={},
        items=tuple(items),
        departments={"bank": TITLE},
        parties=(
            PlannedParty(id="buyer", title=TITLE, identity="buyer.id"),
            PlannedParty(id="seller", title=TITLE, identity="seller.id"),
            PlannedParty(id="bank", title=TITLE, department="bank"),
        ),
    )


def _item(
    draw: st.DrawFn,
    item_id: str,
    earlier: list[PlannedItem],
    payment: PlannedPayment | None,
    *,
    undo: bool = False,
    pivot: bool = False,
    after: tuple[str, ...] | None = None,
) -> PlannedItem:
    before = [item.id for item in earlier]
    signers = draw(st.lists(st.sampled_from(PARTIES), unique=True)) if payment is None and not after else []
    return PlannedItem(
        id=item_id,
        title=TITLE,
        department="bank",
        kind=ItemKind.PAYMENT if payment else ItemKind.CONFIRMATION,
        after=after or (tuple(draw(st.lists(st.sampled_from(before), unique=True, max_size=2))) if before else ()),
        signing=PlannedSigning(parties=tuple(signers), calendar_days=3, document=TITLE) if signers else None,
        payment=payment,
        pivot=pivot,
        undo=TITLE if undo else None,
    )


def begin(story: Sale, step: Step, data: st.DataObject, *, honest: bool) -> None:
    """Carries out a step as the workflow does, with an answer at random, or an honest one."""
    match step:
        case SubmitItem(item=item):
            story.when(c.BeginSubmission(item=item))
        case DrawUpDocument(item=item, corrections=corrections):
            ends_at = story.now.replace(month=12)
            digest = f"sha-256:{data.draw(st.integers(0, 1))}"
            story.when(c.BeginSigning(item=item, digest=digest, corrections=corrections, ends_at=ends_at))
        case AskToSign(item=item, party=party, round=asked):
            digest = story.state.item(item).signing.digest
            answer = {"signed": True} if honest else data.draw(st.sampled_from(
                [{"signed": True}, {"signed": True}, {"reference": "r"}, {"refused": SEALED, "code": "no"}]
            ))  # fmt: skip
            story.when(c.RecordSigningReply(item=item, party=party, round=asked, digest=digest, **answer))
        case UndoItem(item=item):
            undone = c.RecordUndone(item=item, payment=story.made(item))
            others = [undone, undone.model_copy(update={"payment": None}), c.RecordUndone(item=item, failed=True)]
            others += [undone.model_copy(update={"payment": story.made(item, **wrong)}) for wrong in WRONG]
            story.when(undone if honest else data.draw(st.sampled_from(others)))
        case SeeToMoney(item=item):
            story.when(c.HandOverMoney(item=item))
        case CloseCase(outcome=outcome):
            story.when(c.Close(outcome=outcome))


def settled(story: Sale, item: str) -> c.SettleTask:
    """The task of this item settled, with the money where it is about money."""
    left = left_over(story.state).get(item)
    by_hand = PaymentMade(amount_fen=left, currency="CNY", reference=f"手-{item}") if left is not None else None
    payment = story.made(item) if story.state.stop_reason is not None else by_hand
    return c.SettleTask(item=item, operator="operator-1", note=SEALED, payment=payment)


def hoped_for(story: Sale) -> list[c.Command]:
    """What brings the case on: decisions that are right, signatures, settled tasks."""
    hoped: list[c.Command] = [settled(story, task.item) for task in story.state.tasks]
    for item_id, item in story.state.items.items():
        if item.status in PENDING and story.state.phase is CasePhase.OPEN:
            number = f"{item_id}-{story.state.version}"
            if item.status is ItemStatus.CORRECTION:
                hoped.append(c.AnswerCorrection(item=item_id, form=SEALED, channel="web"))
            else:
                hoped.append(story.decision(item_id, c.Verdict.APPROVED, number))
        if item.awaits_signatures and story.state.phase is CasePhase.OPEN:
            planned = story.state.plan.item(item_id).signing
            waiting = [party for party in planned.parties if not item.signing.signed(party)]
            hoped += [story.signature(party, item_id, item.signing.digest) for party in waiting]
    return hoped


def outside(story: Sale, data: st.DataObject) -> list[c.Command]:
    """What somebody outside may do now to one item, sensible or not."""
    item_id = data.draw(st.sampled_from(sorted(story.state.items)))
    item = story.state.item(item_id)
    payment = data.draw(st.sampled_from([None, *(story.made(item_id, **wrong) for wrong in WRONG)]))
    number = f"{item_id}-{story.state.version}"
    possible: list[c.Command] = [
        story.decision(item_id, c.Verdict.APPROVED, number).model_copy(update={"payment": payment}),
        story.decision(item_id, c.Verdict.REFUSED, number),
        story.decision(item_id, c.Verdict.CORRECTION, number),
        c.RecordReply(item=item_id, attempt=item.attempt, reply=c.Done(payment=payment)),
        c.RecordUndone(item=item_id, payment=story.made(item_id)),
        c.RetryItem(item=item_id, operator="operator-1"),
        *(deadline.command for deadline in deadlines(story.state)),
    ]
    signing = item.signing
    if signing is not None:
        possible += [story.signature(party, item_id, signing.digest) for party in PARTIES]
    if data.draw(st.integers(0, 9)) == 0:
        possible.append(c.Cancel(channel="web"))
    return [command for command in possible if not _begun_by_the_case_alone(story, command)]


def _begun_by_the_case_alone(story: Sale, command: c.Command) -> bool:
    """Undoing is a step, in its order: as a stray answer it can only come for what is not to be undone."""
    if not isinstance(command, c.RecordUndone):
        return False
    return story.state.phase is CasePhase.STOPPING and story.state.item(command.item).status in {
        *PENDING, ItemStatus.APPROVED, ItemStatus.WAITING
    }  # fmt: skip


def live(story: Sale, data: st.DataObject) -> None:
    """A while of life: steps, hopes and nonsense in any order."""
    for _ in range(data.draw(st.integers(0, 60))):
        if story.state.phase is CasePhase.CLOSED:
            return
        steps = [step for step in next_steps(story.state) if not isinstance(step, CloseCase)]
        chance = data.draw(st.integers(0, 9))
        if steps and chance < 4:
            begin(story, data.draw(st.sampled_from(steps)), data, honest=chance < 3)
            continue
        command = data.draw(st.sampled_from((chance < 8 and hoped_for(story)) or outside(story, data)))
        with contextlib.suppress(CommandRefused):
            story.when(command)


def come_to_an_end(story: Sale, data: st.DataObject) -> None:
    """From here everybody does what is waited for. A case that is stuck fails here."""
    for _ in range(300):
        if story.state.phase is CasePhase.CLOSED:
            return
        steps = next_steps(story.state)
        if steps:
            begin(story, steps[0], data, honest=True)
            continue
        hoped = hoped_for(story)
        assert hoped, "nothing to do and nobody to wait for"
        story.when(hoped[0])
    raise AssertionError("a case that does not end")


def check_money(story: Sale) -> None:
    """What holds at the end, counted over the events alone."""
    kept: Counter[str] = Counter()
    references: list[str] = []
    for event in story.events:
        match event:
            case e.PaymentConfirmed(role=role, amount_fen=fen):
                kept[role] += fen
            case e.PaymentReleased(amount_fen=fen):
                kept["deposit"] -= fen
            case e.MoneyGivenBack(item=item, amount_fen=fen):
                kept[story.state.plan.item(item).payment.role] -= fen
            case _:
                continue
        references.append(event.reference)
    assert len(references) == len(set(references)), "one confirmation moved money twice"
    assert kept["deposit"] == 0, "money in is not money out"
    if story.state.stop_reason is not None:
        assert kept["charge"] == 0, "a stopped case kept money"
        assert not any(isinstance(event, e.PaymentReleased) for event in story.events)
    if story.state.pivot_passed:
        assert not any(isinstance(event, e.MoneyGivenBack | e.ItemUndone) for event in story.events)
        charges = [
            item.payment.amount_fen for item in story.state.plan.items if item.payment and item.payment.role == "charge"
        ]
        assert kept["charge"] == sum(charges)


def check_undone(story: Sale) -> None:
    """Whatever could be undone was, or a person was asked to."""
    if story.state.stop_reason is None:
        return
    given_to_a_person = {
        event.item
        for event in story.events
        if isinstance(event, e.OperatorTaskOpened) and event.kind is e.TaskKind.UNDO_FAILED
    }
    for item in story.state.plan.items:
        if item.undo is not None and item.id not in given_to_a_person:
            assert story.state.item(item.id).status is not ItemStatus.APPROVED


def check_signed(events: list[e.Event]) -> None:
    """An item that is signed for is never submitted before everybody signed what is submitted."""
    plan = events[0].plan
    signed: dict[str, set[str]] = {}
    for event in events[1:]:
        match event:
            case e.SigningBegan(item=item):
                signed[item] = set()
            case e.SignatureGiven(item=item, party=party):
                assert party not in signed[item], "signed twice"
                signed[item].add(party)
            case e.ItemSubmitted(item=item) if plan.item(item).signing is not None:
                assert signed[item] == set(plan.item(item).signing.parties)


@settings(max_examples=200)
@given(plans(), st.data())
def test_money_in_is_money_out(plan: Plan, data: st.DataObject):
    story = Sale(plan)

    live(story, data)
    come_to_an_end(story, data)

    check_history(story.events)
    check_money(story)
    check_undone(story)
    check_signed(story.events)
    assert fold(e.event_from_json(e.event_to_json(event)) for event in story.events) == story.state


@given(plans())
def test_the_plans_of_these_tests_pay_out_what_they_take_in(plan: Plan):
    before = predecessors(plan)
    story = Sale(plan)
    for item in plan.items:
        if item.payment is not None and item.payment.role == "release":
            assert "pivot" in before[item.id]
            assert payment_order(story.state, item.id) is not None
