"""What an activity is asked to reckon: the limits of a case with their beginnings, extensions and stops until now."""

from collections.abc import Mapping

from one_things.case import CaseState, ItemStatus
from one_things.clock import Stop
from one_things.limit_dates import LimitTerms, LimitToReckon
from one_things.plan import Plan


def terms_of_item(plan: Plan, item_id: str, extension_days: int = 0) -> LimitTerms | None:
    """The terms of an item's limit; None where the plan says nothing of it."""
    limits = plan.item(item_id).limits
    if limits is None:
        return None
    return LimitTerms(
        committed_days=limits.committed_days,
        statutory_days=limits.statutory_days,
        extension_days=extension_days,
        warn_before=plan.warn_before,
        escalation=_escalation(plan),
    )


def item_limit(state: CaseState, item_id: str) -> LimitToReckon | None:
    """The limit of an accepted item; None while it stands, and where the plan says nothing of it."""
    item = state.items[item_id]
    terms = terms_of_item(state.plan, item_id, item.extension.working_days if item.extension else 0)
    if terms is None or item.accepted_at is None or item.status is not ItemStatus.ACCEPTED:
        return None
    if state.clock_stands(item_id):
        return None
    return LimitToReckon(begins_at=item.accepted_at, terms=terms, stops=stops_of_item(state, item_id))


def procedure_limits(state: CaseState, item_id: str) -> Mapping[str, LimitToReckon]:
    """Special procedure that lasts → its promised time, which only a rest of the case stops."""
    if state.rest is not None:
        return {}
    declared = {procedure.id: procedure for procedure in state.plan.item(item_id).procedures}
    return {
        run.procedure: LimitToReckon(
            begins_at=run.since,
            terms=LimitTerms(
                committed_days=declared[run.procedure].working_days,
                warn_before=state.plan.warn_before,
                escalation=_escalation(state.plan),
            ),
            stops=state.rests,
        )
        for run in state.items[item_id].procedures
        if run.lasts
    }


def joint_limit(state: CaseState, limit: str) -> LimitToReckon:
    """A joint limit that runs: what stopped one of its items stopped it. Raises KeyError before it has begun."""
    planned = next(joint for joint in state.plan.joint_limits if joint.id == limit)
    stops = dict.fromkeys(stop for item in planned.items for stop in stops_of_item(state, item))
    return LimitToReckon(
        begins_at=state.joint[limit].since,
        terms=LimitTerms(
            committed_days=planned.committed,
            statutory_days=planned.statutory,
            warn_before=state.plan.warn_before,
            escalation=_escalation(state.plan),
        ),
        stops=tuple(stops),
    )


def stops_of_item(state: CaseState, item_id: str) -> tuple[Stop, ...]:
    """What stopped the clock of an item and is over: its special procedures, and the rests of the case."""
    return (*state.rests, *(run.stop for run in state.items[item_id].procedures if not run.lasts))


def _escalation(plan: Plan) -> dict[str, int]:
    return {level.level: level.after_working_days for level in plan.escalation}
