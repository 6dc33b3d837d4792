"""Counts what happens to cases as the projector sees it: each event once, whoever caused it."""

from observability import metrics
from one_things import events as e
from one_things.case import CaseState


def count(state: CaseState, event: e.Event) -> None:
    """Count one event of a case that is now in ``state``."""
    match event:
        case e.CaseOpened():
            metrics.CASES_OPENED.labels(state.plan.bundle).inc()
        case e.CaseClosed(outcome=outcome):
            metrics.CASES_CLOSED.labels(state.plan.bundle, outcome.value).inc()
        case e.ItemApproved(item=item):
            _decided(state, item, "approved")
        case e.ItemRefused(item=item, code=code):
            _decided(state, item, "objection" if code == "objection" else "refused")
        case e.ItemReturned(item=item, reason=reason, responsible=responsible):
            department = state.plan.item(item).department
            metrics.ITEMS_RETURNED.labels(department, reason.value, responsible.value).inc()
        case e.CorrectionRequested(item=item):
            _decided(state, item, "correction")
        case e.DecisionSetAside(department=department, why=why):
            metrics.DECISIONS_SET_ASIDE.labels(department, why.value).inc()
        case e.LimitWarned(item=item):
            metrics.LIMITS_WARNED.labels(state.plan.item(item).department).inc()
        case e.LimitBreached(item=item, limit=limit, procedure=procedure):
            kind = "procedure" if procedure is not None else limit.value
            metrics.LIMITS_BREACHED.labels(state.plan.item(item).department, kind).inc()


def _decided(state: CaseState, item: str, verdict: str) -> None:
    metrics.ITEMS_DECIDED.labels(state.plan.item(item).department, verdict).inc()
