"""Results on paper: what applicants, departments and operators may say of them, and what follows by itself."""

from datetime import datetime, timedelta

from one_things import events as e
from one_things.case import CaseState
from one_things.commands import (
    ActOnPaper,
    AnswerDelivery,
    BeginDelivery,
    BreachDelivery,
    ChooseDelivery,
    ConfirmPaper,
    DeliverPaper,
    DispatchPaper,
    DoubtDelivery,
    EscalateDelivery,
    HandOutPaper,
    LayOutPaper,
    MissPaper,
    MissPickUp,
    RecordDeliveryDates,
    RecordDeliveryOrder,
    RemindOfPickUp,
    TakeBackPaper,
    WarnDelivery,
)
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of
from one_things.delivery import DeliveryState, DeliveryStatus
from one_things.delivery_choice import DeliveryWay
from one_things.delivery_steps import is_final
from one_things.faults import CommandRefused
from one_things.papers import common_ways, is_wanted, papers_of, report_days
from one_things.sealed import Sealed
from one_things.text import Text

_TO_BE_SENT = frozenset({DeliveryStatus.PREPARING, DeliveryStatus.RETURNED, DeliveryStatus.MISSING})
_ENDED = frozenset({DeliveryStatus.DELIVERED, DeliveryStatus.PICKED_UP})


# --- what the applicant says -----------------------------------------------------------------------------------------


@decision.register
def _(command: ChooseDelivery, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    papers = [paper for item in state.plan.items for _, paper in papers_of(item.results)]
    if not papers:
        raise CommandRefused("no-paper", Text(zh="该办件没有纸质结果。", en="No result of this case comes on paper."))
    if command.way not in common_ways(papers):
        raise CommandRefused(
            "delivery-way-closed",
            Text(zh="该办件的纸质结果不能这样送达。", en="The papers of this case do not come in this way."),
        )
    begun = state.deliveries.values()
    if any(delivery.status in {DeliveryStatus.DISPATCHED, DeliveryStatus.READY} for delivery in begun):
        raise CommandRefused(
            "paper-under-way",
            Text(
                zh="纸质结果已寄出或已到窗口，不能再更改。",
                en="The papers were sent or lie at the window: it can no longer be changed.",
            ),
        )
    if begun and not any(delivery.outstanding for delivery in begun):
        raise CommandRefused("paper-arrived", Text(zh="纸质结果已送达。", en="The papers have arrived."))
    if begun and command.way is DeliveryWay.NONE:
        raise CommandRefused(
            "delivery-begun",
            Text(zh="已开始制发，不能再取消纸质结果。", en="The papers are being made: they come, one way or another."),
        )
    return (e.DeliveryChosen(at=at, way=command.way, to=command.to, channel=command.channel),)


@decision.register
def _(command: ConfirmPaper, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    delivery = _delivery_of(state, command.item)
    if delivery.confirmed:
        return ()
    if delivery.status is DeliveryStatus.PREPARING:
        raise _not_sent()
    return (e.PaperConfirmed(at=at, item=command.item, channel=command.channel),)


@decision.register
def _(command: MissPaper, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    delivery = _delivery_of(state, command.item)
    if delivery.status is DeliveryStatus.MISSING:
        return ()
    if delivery.confirmed:
        raise CommandRefused("confirmed-already", Text(zh="您已确认收到。", en="You have confirmed that it arrived."))
    if delivery.status is DeliveryStatus.PREPARING:
        raise _not_sent()
    if delivery.status is DeliveryStatus.SETTLED:
        raise CommandRefused(
            "delivery-settled", Text(zh="该送达已由工作人员答复办结。", en="Staff answered and settled this delivery.")
        )
    days = report_days(state.plan, command.item)
    if delivery.status in _ENDED and at > delivery.moved_at + timedelta(days=days):
        raise CommandRefused(
            "report-over",
            Text(
                zh=f"送达后 {days} 日内可以反映未收到，现已超过。",
                en=f"It can be said within {days} days of the delivery, and these are over.",
            ),
        )
    missed = e.PaperMissed(at=at, item=command.item, channel=command.channel, note=command.note)
    return (missed, *_task(state, command.item, at, command.note))


# --- what becomes of the papers: said by their department, or noted by an operator -----------------------------------


@decision.register
def _(command: DispatchPaper, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    delivery = _acted_on(command, state, DeliveryWay.MAIL)
    if delivery is None:
        return ()
    if delivery.status not in _TO_BE_SENT:
        raise _out_of_order()
    return (
        e.PaperDispatched(
            at=at,
            item=command.item,
            act_id=command.act_id,
            operator=command.operator,
            carrier=command.carrier,
            number=command.number,
        ),
    )


@decision.register
def _(command: LayOutPaper, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    delivery = _acted_on(command, state, DeliveryWay.PICK_UP)
    if delivery is None:
        return ()
    if delivery.status not in _TO_BE_SENT:
        raise _out_of_order()
    return (e.PaperReady(at=at, item=command.item, act_id=command.act_id, operator=command.operator),)


@decision.register
def _(command: DeliverPaper, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    delivery = _acted_on(command, state, DeliveryWay.MAIL)
    if delivery is None:
        return ()
    _require_to_arrive(delivery)
    return (e.PaperDelivered(at=at, item=command.item, act_id=command.act_id, operator=command.operator),)


@decision.register
def _(command: HandOutPaper, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    delivery = _acted_on(command, state, DeliveryWay.PICK_UP)
    if delivery is None:
        return ()
    _require_to_arrive(delivery)
    return (e.PaperPickedUp(at=at, item=command.item, act_id=command.act_id, operator=command.operator),)


@decision.register
def _(command: TakeBackPaper, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    delivery = _acted_on(command, state, DeliveryWay.MAIL)
    if delivery is None:
        return ()
    if delivery.confirmed or delivery.status not in {
        DeliveryStatus.DISPATCHED, DeliveryStatus.DELIVERED, DeliveryStatus.MISSING
    }:  # fmt: skip
        raise _out_of_order()
    back = e.PaperCameBack(
        at=at, item=command.item, act_id=command.act_id, operator=command.operator, reason=command.reason
    )
    return (back, *_task(state, command.item, at, command.reason))


def _require_to_arrive(delivery: DeliveryState) -> None:
    """Whoever says that it did not arrive is not contradicted by saying once more that it did."""
    if delivery.status is DeliveryStatus.MISSING:
        raise CommandRefused(
            "said-not-to-have-arrived",
            Text(
                zh="申请人反映未收到，须重新寄送或由工作人员答复。",
                en="The applicant says that it did not arrive: it is sent anew, or an operator answers.",
            ),
        )
    if not delivery.outstanding:
        raise _out_of_order()


def _acted_on(act: ActOnPaper, state: CaseState, way: DeliveryWay) -> DeliveryState | None:
    """The delivery that ``act`` is about; None when the act counted before.

    Raises CommandRefused: "item-unknown", "foreign", "nothing-to-deliver", "too-late", "delivery-way-other".
    """
    item = item_of(state, act.item)
    if state.plan.item(act.item).department != act.department:
        raise CommandRefused("foreign", Text(zh="该事项不属于此部门。", en="The item belongs to another department."))
    delivery = _delivery_of(state, act.item)
    if act.act_id in delivery.act_ids:
        return None
    if act.attempt != item.attempt:
        raise CommandRefused("too-late", Text(zh="该次提交已失效。", en="That attempt does not count any more."))
    if delivery.way is not way:
        raise CommandRefused(
            "delivery-way-other",
            Text(
                zh="申请人选择了另一种送达方式。",
                en="The applicant chose another way: mail is dispatched and delivered, the rest lies ready.",
            ),
        )
    return delivery


# --- what an operator answers ----------------------------------------------------------------------------------------


@decision.register
def _(command: AnswerDelivery, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    _delivery_of(state, command.item)
    if not any(_is_about(task.item, task.kind, command.item) for task in state.tasks):
        raise CommandRefused("no-such-task", Text(zh="没有这项待办。", en="There is no such task."))
    answered = e.DeliveryAnswered(
        at=at, item=command.item, operator=command.operator, outcome=command.outcome, answer=command.answer
    )
    return (answered,)


# --- what follows by itself ------------------------------------------------------------------------------------------


@decision.register
def _(command: BeginDelivery, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.item in state.deliveries or not is_wanted(state, command.item) or not is_final(state, command.item):
        return ()
    assert state.delivery is not None
    return (e.DeliveryBegan(at=at, item=command.item, way=state.delivery.way),)


@decision.register
def _(command: RecordDeliveryDates, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    delivery = state.deliveries[command.item]
    if not delivery.in_doubt or delivery.reckonings != command.reckoning or not delivery.timed:
        return ()
    return (e.DeliveryReckoned(at=at, item=command.item, dates=command.dates.settled(at)),)


@decision.register
def _(command: RecordDeliveryOrder, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    delivery = state.deliveries[command.item]
    if delivery.ordered or delivery.round != command.round:
        return ()
    if command.refused is None:
        return (e.DeliveryOrdered(at=at, item=command.item, round=command.round),)
    not_taken = e.DeliveryNotTaken(at=at, item=command.item, round=command.round)
    return (not_taken, *_task(state, command.item, at, command.refused))


@decision.register
def _(command: DoubtDelivery, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    dates = state.deliveries[command.item].watch.dates
    if not _runs(state, command.item) or dates is None or not dates.provisional:
        return ()
    return (e.DeliveryDoubted(at=at, item=command.item),)


@decision.register
def _(command: WarnDelivery, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    watch = state.deliveries[command.item].watch
    if not _runs(state, command.item) or watch.dates is None or watch.warned or watch.breached:
        return ()
    return (e.DeliveryWarned(at=at, item=command.item, due_on=watch.dates.due_on),)


@decision.register
def _(command: BreachDelivery, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    watch = state.deliveries[command.item].watch
    if not _runs(state, command.item) or watch.dates is None or watch.breached:
        return ()
    breached = e.DeliveryBreached(at=at, item=command.item, due_on=watch.dates.due_on)
    return (breached, *_task(state, command.item, at))


@decision.register
def _(command: EscalateDelivery, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    watch = state.deliveries[command.item].watch
    if not _runs(state, command.item) or not watch.breached or command.level in watch.escalated:
        return ()
    return (e.DeliveryEscalated(at=at, item=command.item, level=command.level),)


@decision.register
def _(command: RemindOfPickUp, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    delivery = state.deliveries[command.item]
    if delivery.status is not DeliveryStatus.READY or delivery.reminded:
        return ()
    return (e.PickUpReminded(at=at, item=command.item),)


@decision.register
def _(command: MissPickUp, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    delivery = state.deliveries[command.item]
    if delivery.status is not DeliveryStatus.READY or delivery.missed:
        return ()
    return (e.PickUpMissed(at=at, item=command.item), *_task(state, command.item, at))


def _runs(state: CaseState, item: str) -> bool:
    delivery = state.deliveries[item]
    return delivery.timed and not delivery.in_doubt


def _task(state: CaseState, item: str, at: datetime, reason: Sealed | None = None) -> tuple[e.OperatorTaskOpened, ...]:
    """The task of an operator, unless there is one already."""
    if any(_is_about(task.item, task.kind, item) for task in state.tasks):
        return ()
    return (e.OperatorTaskOpened(at=at, item=item, kind=e.TaskKind.DELIVERY_FAILED, reason=reason),)


def _is_about(task_item: str, kind: e.TaskKind, item: str) -> bool:
    return task_item == item and kind is e.TaskKind.DELIVERY_FAILED


def _delivery_of(state: CaseState, item: str) -> DeliveryState:
    item_of(state, item)
    delivery = state.deliveries.get(item)
    if delivery is None:
        raise CommandRefused(
            "nothing-to-deliver",
            Text(zh="该事项没有待送达的纸质结果。", en="No paper of this item is on its way to the applicant."),
        )
    return delivery


def _not_sent() -> CommandRefused:
    return CommandRefused(
        "paper-not-sent",
        Text(zh="纸质结果尚未寄出或到窗口。", en="The papers were not sent yet, nor do they lie at the window."),
    )


def _out_of_order() -> CommandRefused:
    return CommandRefused(
        "delivery-out-of-order",
        Text(zh="与该送达目前的进度不符。", en="It does not follow from where this delivery stands."),
    )
