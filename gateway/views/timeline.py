"""The history of a case in words: one sentence for each event."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gateway.texts import text
from gateway.views.acted_words import acted_words, is_by_agent
from gateway.views.delivery_view import delivery_words
from gateway.views.hand_in_words import hand_in_words
from gateway.views.limit_words import clock_words
from gateway.views.mandates import mandate_words
from gateway.views.moments import day_text, last_day
from gateway.views.party_words import party_words
from gateway.views.ratings import rated_values
from gateway.views.set_aside_words import is_for, set_aside_words
from gateway.views.source_words import source_words
from one_things import events as e
from one_things.hand_in import titles_of
from one_things.model import Record
from one_things.plan import Plan
from one_things.text import Text

_SECONDS_OF_A_DAY = 86400


class TimelineEntry(Record):
    """One event. ``version`` is the version of the case it led to."""

    version: int
    at: datetime
    type: str
    item: str | None = None
    text: Text
    by_agent: bool = False
    """An agent did it for the applicant, under a mandate."""
    acted: Text | None = None
    """Who did it, an agent by their account, and through which door; None where neither applicant, agent nor signer."""


class Timeline(Record):
    """Everything that happened to a case, oldest first."""

    entries: tuple[TimelineEntry, ...]


def timeline(plan: Plan, history: Iterable[tuple[int, e.Event]], *, operator: bool) -> Timeline:
    """The whole history, as an operator or anybody else reads it."""
    told = ((version, event) for version, event in history if is_for(event, operator=operator))
    return Timeline(entries=tuple(entry_of(plan, version, event) for version, event in told))


def entry_of(plan: Plan, version: int, event: e.Event) -> TimelineEntry:
    """One event in words."""
    key, values = (
        source_words(plan, event)
        or mandate_words(event)
        or delivery_words(plan, event)
        or set_aside_words(plan, event)
        or _words(plan, event)
    )
    item = event.item if isinstance(event, e.ItemEvent) else None
    if isinstance(event, e.SetAsideEvent):
        item = event.item if any(event.item == planned.id for planned in plan.items) else None
    elif item is not None:
        planned = plan.item(item)
        values = {"item": planned.title, "department": plan.departments[planned.department], **values}
    if isinstance(event, e.MaterialEvent | e.MaterialSupplied | e.CommitmentReported | e.CommitmentReportFailed):
        values = {"material": titles_of(plan)[event.material], **values}
    return TimelineEntry(
        version=version,
        at=event.at,
        type=event.type,
        item=item,
        text=text(f"event.{key}", **values),
        by_agent=is_by_agent(event),
        acted=acted_words(event),
    )


def _words(plan: Plan, event: e.Event) -> tuple[str, dict[str, Any]]:
    """Which text, and the values that only this kind of event has."""
    match event:
        case e.CaseOpened() | e.ConfirmationReckoned():
            return _beginning(event)
        case e.ItemAccepted(due_on=due_on) if due_on is not None:
            return "item_accepted_due", {"date": day_text(due_on)}
        case e.NoticeBegan(ends_at=ends_at):
            return event.type, {"date": day_text(last_day(ends_at))}
        case (
            e.LimitWarned() | e.LimitBreached() | e.LimitEscalated() | e.DateReckoned() | e.SpecialProcedureBegan()
            | e.SpecialProcedureEnded() | e.LimitExtended() | e.JointLimitEvent() | e.CaseSuspended() | e.CaseResumed()
        ):  # fmt: skip
            return clock_words(plan, event)
        case (
            e.MaterialDeferred() | e.MaterialMissed() | e.ItemReceived() | e.ItemDeemedAccepted() | e.SilenceReckoned()
            | e.ItemReturned()
        ):  # fmt: skip
            return hand_in_words(event)
        case e.CommitmentReported(department=supervisor) | e.CommitmentReportFailed(department=supervisor):
            return event.type, {"supervisor": plan.departments.get(supervisor, Text(zh=supervisor, en=supervisor))}
        case e.ItemRefused():
            return _refusal(plan, event), {}
        case e.CaseStopped(reason=reason):
            return f"case_stopped_{reason.value}", {}
        case e.ClockFastForwarded(seconds=seconds):
            return event.type, {"days": days_of(seconds)}
        case e.CaseClosed(outcome=outcome):
            return event.type, {"outcome": text(f"outcome.{outcome.value}")}
        case e.CaseRated() | e.RatingAnswered():
            return event.type, rated_values(plan, event)
        case _:
            return party_words(plan, event)


def _beginning(event: e.CaseOpened | e.ConfirmationReckoned) -> tuple[str, dict[str, Any]]:
    if isinstance(event, e.ConfirmationReckoned):
        return event.type, {"date": day_text(event.confirm_by)}
    if event.proposal is None:
        return event.type, {"case": event.case_no}
    values = {"department": event.proposal.department_title, "event": event.proposal.title, "case": event.case_no}
    return "case_proposed", values


def _refusal(plan: Plan, refused: e.ItemRefused) -> str:
    if refused.by_platform:
        return "item_refused_by_platform"
    if refused.code == "objection":
        return "item_objected"
    return "item_refused_alone" if plan.item(refused.item).linked else refused.type


def days_of(seconds: int) -> str:
    """Seconds as days, with one decimal only where it says something."""
    return f"{seconds / _SECONDS_OF_A_DAY:.1f}".removesuffix(".0")
