"""Results on paper as people see them: how they come, where they are, and what may be said of them."""

from datetime import date
from typing import Any

from gateway.texts import text
from gateway.views.limit_words import level_title
from gateway.views.moments import day_text
from one_things import events as e
from one_things.case import CasePhase, CaseState
from one_things.delivery import DeliveryState, DeliveryStatus, DeliveryTrouble
from one_things.delivery_choice import DeliveryWay
from one_things.model import Record
from one_things.papers import common_ways, is_wanted, papers_of
from one_things.plan import Plan
from one_things.text import Text


class PaperView(Record):
    """A result that comes on paper, or could."""

    item: str
    id: str
    title: Text
    always: bool
    pick_up: Text | None
    """The window at which it can be picked up."""
    working_days: int
    """Until it is delivered, or lies ready at the window."""


class SentTo(Record):
    """Whom mail goes to, opened for whoever may read it."""

    addressee: str
    address: str
    phone: str


class DeliveryView(Record):
    """The delivery of one item's papers."""

    item: str
    title: Text
    way: DeliveryWay
    status: DeliveryStatus
    status_text: Text
    trouble: DeliveryTrouble | None
    trouble_text: Text | None
    due_on: date | None
    """While its limit runs: the last day to deliver it, or to lay it out, in Asia/Shanghai."""
    provisional: bool = False
    overdue: bool = False
    carrier: str | None
    number: str | None
    """The carrier's number; None for whoever may not read it."""
    confirmed: bool
    may_be_confirmed: bool
    """Its applicant may say that it arrived, or that it did not."""
    may_be_missed: bool
    answer: str | None
    """What an operator last wrote to the applicant about it."""
    needs_answer: bool
    """An operator is asked to see to it."""
    acts: tuple[str, ...] = ()
    """What may be noted of it now, for the department."""
    attempt: int
    next_act_id: str
    """An id for the next act that an operator notes: sent twice, it counts once."""


class PapersView(Record):
    """The results of a case on paper."""

    way: DeliveryWay | None
    """As the applicant chose; None when nothing was chosen, and no paper comes."""
    way_text: Text
    ways: tuple[DeliveryWay, ...]
    """The ways that are open to all papers of the case."""
    may_be_chosen: bool
    """The applicant may still choose otherwise."""
    papers: tuple[PaperView, ...]
    to: SentTo | None = None
    deliveries: tuple[DeliveryView, ...] = ()


def paper_views(plan: Plan) -> tuple[PaperView, ...]:
    """The papers of a plan, in its order."""
    return tuple(
        PaperView(
            item=item.id,
            id=result.id,
            title=result.title,
            always=paper.always,
            pick_up=paper.pick_up,
            working_days=paper.working_days,
        )
        for item in plan.items
        for result, paper in papers_of(item.results)
    )


def ways_open(plan: Plan) -> tuple[DeliveryWay, ...]:
    """The ways that are open to all papers of a plan; none where it has no paper."""
    papers = [paper for item in plan.items for _, paper in papers_of(item.results)]
    return common_ways(papers) if papers else ()


def delivery_view(state: CaseState, item: str, number: str | None, answer: str | None) -> DeliveryView:
    """One delivery, with what was opened for whoever looks."""
    delivery, planned = state.deliveries[item], state.plan.item(item)
    dates = delivery.watch.dates
    runs = delivery.timed and dates is not None and state.phase is not CasePhase.CLOSED
    trouble = delivery.trouble
    arrived = delivery.status in {DeliveryStatus.DELIVERED, DeliveryStatus.PICKED_UP}
    on_its_way = delivery.status in {DeliveryStatus.DISPATCHED, DeliveryStatus.READY}
    missed = delivery.status is DeliveryStatus.MISSING
    return DeliveryView(
        item=item,
        title=planned.title,
        way=delivery.way,
        status=delivery.status,
        status_text=text(f"delivery.status_{delivery.status.value}"),
        trouble=trouble,
        trouble_text=text(f"delivery.trouble_{trouble.value}") if trouble is not None else None,
        due_on=dates.due_on if runs and dates is not None else None,
        provisional=dates.provisional if runs and dates is not None else False,
        overdue=delivery.timed and delivery.watch.breached,
        carrier=delivery.carrier,
        number=number,
        confirmed=delivery.confirmed,
        may_be_confirmed=not delivery.confirmed and (arrived or on_its_way or missed),
        may_be_missed=not delivery.confirmed and (arrived or on_its_way),
        answer=answer,
        acts=_acts(delivery),
        attempt=state.items[item].attempt,
        next_act_id=f"noted:{item}:{len(delivery.act_ids) + 1}",
        needs_answer=any(task.item == item and task.kind is e.TaskKind.DELIVERY_FAILED for task in state.tasks),
    )


def _acts(delivery: DeliveryState) -> tuple[str, ...]:
    to_send = delivery.status in {DeliveryStatus.PREPARING, DeliveryStatus.RETURNED, DeliveryStatus.MISSING}
    to_arrive = delivery.outstanding and delivery.status is not DeliveryStatus.MISSING
    if delivery.way is DeliveryWay.PICK_UP:
        return (*(("ready_for_pick_up",) if to_send else ()), *(("picked_up",) if to_arrive else ()))
    may_return = not delivery.confirmed and delivery.status in {
        DeliveryStatus.DISPATCHED,
        DeliveryStatus.DELIVERED,
        DeliveryStatus.MISSING,
    }
    acts = (("dispatched", to_send), ("delivered", to_arrive), ("returned_to_sender", may_return))
    return tuple(act for act, possible in acts if possible)


def papers_view(
    state: CaseState, version: int, to: SentTo | None, deliveries: tuple[DeliveryView, ...]
) -> PapersView | None:
    """The papers of a case; None where no result comes on paper."""
    papers = paper_views(state.plan)
    if not papers:
        return None
    way = state.delivery.way if state.delivery is not None else None
    settled = any(one.status not in {DeliveryStatus.PREPARING, DeliveryStatus.RETURNED} for one in deliveries)
    gone_back = state.phase is not CasePhase.OPEN
    return PapersView(
        way=way,
        way_text=text(f"delivery.way_{(way or DeliveryWay.NONE).value}"),
        ways=tuple(one for one in ways_open(state.plan) if one is not DeliveryWay.NONE or not deliveries),
        may_be_chosen=version > 0 and not settled and not gone_back,
        papers=papers,
        to=to,
        deliveries=deliveries,
    )


def delivered_now(state: CaseState) -> tuple[str, DeliveryState] | None:
    """The item and delivery that the case waits for once everything is decided; the first that is under way."""
    return next(((item, one) for item, one in state.deliveries.items() if one.outstanding), None)


def paper_comes(state: CaseState, item: str) -> Text | None:
    """In a few words what becomes of an item's paper, for the results on the map; None where it has none."""
    if not papers_of(state.plan.item(item).results):
        return None
    delivery = state.deliveries.get(item)
    if delivery is not None:
        return text(f"delivery.status_{delivery.status.value}")
    return text("delivery.to_come") if is_wanted(state, item) else text("delivery.way_none")


def delivery_words(plan: Plan, event: e.Event) -> tuple[str, dict[str, Any]] | None:
    """Which text stands for the event in the timeline, and its values; None for an event of another concern."""
    if not isinstance(event, e.DeliveryEvent):
        return None
    match event:
        case e.DeliveryChosen(way=way):
            return event.type, {"way": text(f"delivery.way_{way.value}")}
        case e.DeliveryBegan(way=way):
            return event.type, {"way": text(f"delivery.way_{way.value}")}
        case e.DeliveryReckoned(dates=dates):
            return event.type, {"date": day_text(dates.due_on)}
        case e.DeliveryWarned(due_on=due_on) | e.DeliveryBreached(due_on=due_on):
            return event.type, {"date": day_text(due_on)}
        case e.DeliveryEscalated(level=level):
            return event.type, {"level": level_title(plan, level)}
        case e.PaperDispatched(carrier=carrier):
            return event.type, {"carrier": carrier}
        case e.DeliveryAnswered(outcome=outcome):
            return "delivery_sent_again" if outcome == "send_again" else event.type, {}
        case _:
            return event.type, {}
