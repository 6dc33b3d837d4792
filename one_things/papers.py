"""Results on paper of a plan: which there are, which ways lead to them, and how long their delivery may take."""

from collections.abc import Iterable

from one_things.case import CaseState
from one_things.definition import ItemResult, Paper
from one_things.delivery_choice import DeliveryWay
from one_things.limit_dates import LimitTerms, LimitToReckon
from one_things.plan import Plan


def papers_of(results: Iterable[ItemResult]) -> tuple[tuple[ItemResult, Paper], ...]:
    """The results that come on paper, each with what holds for it."""
    return tuple((result, result.paper) for result in results if result.paper is not None)


def ways_of(paper: Paper) -> frozenset[DeliveryWay]:
    """The ways on which this paper can come, or stay away."""
    ways = {DeliveryWay.MAIL} if paper.mail else set()
    ways |= {DeliveryWay.PICK_UP} if paper.pick_up is not None else set()
    return frozenset(ways if paper.always else ways | {DeliveryWay.NONE})


def common_ways(papers: Iterable[Paper]) -> tuple[DeliveryWay, ...]:
    """The ways that are open to all these papers together: a case chooses one."""
    ways = frozenset(DeliveryWay)
    for paper in papers:
        ways &= ways_of(paper)
    return tuple(way for way in DeliveryWay if way in ways)


def is_wanted(state: CaseState, item: str) -> bool:
    """Whether papers of this item go out once nothing can undo it any more."""
    chosen = state.delivery is not None and state.delivery.way is not DeliveryWay.NONE
    return chosen and bool(papers_of(state.plan.item(item).results))


def delivery_limit(state: CaseState, item: str) -> LimitToReckon:
    """The limit of a delivery that has begun: the shortest of its papers. A rest of the case does not stop it."""
    return LimitToReckon(
        begins_at=state.deliveries[item].since,
        terms=LimitTerms(
            committed_days=min(paper.working_days for _, paper in papers_of(state.plan.item(item).results)),
            warn_before=state.plan.warn_before,
            escalation={level.level: level.after_working_days for level in state.plan.escalation},
        ),
    )


def report_days(plan: Plan, item: str) -> int:
    """Calendar days in which the applicant may say that the item's papers did not arrive."""
    return max((paper.report_days for _, paper in papers_of(plan.item(item).results)), default=0)
