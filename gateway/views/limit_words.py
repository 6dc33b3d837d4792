"""Limits in words: warned of, passed, stopped, extended. Which text, and the values that only it has."""

from typing import Any

from gateway.views.moments import day_text, last_day
from one_things import events as e
from one_things.definition import Source
from one_things.plan import Plan
from one_things.text import Text

Words = tuple[str, dict[str, Any]]


LimitEvent = e.LimitWarned | e.LimitBreached | e.LimitEscalated | e.DateReckoned
ActEvent = e.SpecialProcedureBegan | e.SpecialProcedureEnded | e.LimitExtended


def clock_words(
    plan: Plan, event: LimitEvent | ActEvent | e.JointLimitEvent | e.CaseSuspended | e.CaseResumed
) -> Words:
    """What happened to a clock."""
    match event:
        case e.SpecialProcedureBegan() | e.SpecialProcedureEnded() | e.LimitExtended():
            return _act_words(plan, event)
        case e.JointLimitEvent():
            return _joint_limit_words(plan, event)
        case e.CaseSuspended(resumes_at=resumes_at):
            return event.type, {"date": day_text(last_day(resumes_at))}
        case e.CaseResumed(channel=channel):
            return "case_resumed_by_itself" if channel is None else event.type, {}
        case _:
            return _limit_words(plan, event)


def _limit_words(plan: Plan, event: LimitEvent) -> Words:
    match event:
        case e.LimitWarned(procedure=None):
            return event.type, {"date": day_text(event.due_on)}
        case e.LimitWarned(procedure=str(procedure)):
            return "limit_warned_procedure", _of_procedure(plan, event.item, procedure, day_text(event.due_on))
        case e.LimitBreached(procedure=str(procedure)):
            return "limit_breached_procedure", _of_procedure(plan, event.item, procedure, day_text(event.due_on))
        case e.LimitBreached():
            statutory = event.limit is e.LimitKind.STATUTORY
            return "limit_breached_statutory" if statutory else event.type, {"date": day_text(event.due_on)}
        case e.LimitEscalated():
            return event.type, {"level": level_title(plan, event.level)}
        case e.DateReckoned(procedures=procedures) if procedures:
            procedure, dates = next(iter(procedures.items()))
            return "date_reckoned_procedure", _of_procedure(plan, event.item, procedure, day_text(dates.due_on))
        case e.DateReckoned(limit=dates) if dates is not None:
            return "date_reckoned_due", {"date": day_text(dates.due_on)}
        case _:
            return event.type, {}


def _act_words(plan: Plan, event: ActEvent) -> Words:
    match event:
        case e.SpecialProcedureBegan(procedure=procedure, working_days=days):
            return event.type, {
                "procedure": procedure_title(plan, event.item, procedure),
                "days": days,
                "basis": procedure_basis(plan, event.item, procedure),
            }
        case e.SpecialProcedureEnded(procedure=procedure):
            return event.type, {"procedure": procedure_title(plan, event.item, procedure)}
        case e.LimitExtended(working_days=days):
            return event.type, {"days": days, "basis": extension_basis(plan, event.item)}


def _joint_limit_words(plan: Plan, event: e.JointLimitEvent) -> Words:
    limit = next((joint.title for joint in plan.joint_limits if joint.id == event.limit), _bare(event.limit))
    match event:
        case e.JointLimitReckoned(dates=dates):
            return event.type, {"limit": limit, "date": day_text(dates.due_on)}
        case e.JointLimitWarned(due_on=due_on):
            return event.type, {"limit": limit, "date": day_text(due_on)}
        case e.JointLimitBreached(due_on=due_on, kind=kind):
            key = "joint_limit_breached_statutory" if kind is e.LimitKind.STATUTORY else event.type
            return key, {"limit": limit, "date": day_text(due_on)}
        case e.JointLimitEscalated(level=level):
            return event.type, {"limit": limit, "level": level_title(plan, level)}
        case _:
            return "joint_limit_doubted", {"limit": limit}


def procedure_title(plan: Plan, item: str, procedure: str) -> Text:
    """The name of a special procedure."""
    return next((known.title for known in plan.item(item).procedures if known.id == procedure), _bare(procedure))


def procedure_basis(plan: Plan, item: str, procedure: str) -> Text:
    """The law by which the clock stands for it."""
    return next((basis(known.source) for known in plan.item(item).procedures if known.id == procedure), _bare(""))


def extension_basis(plan: Plan, item: str) -> Text:
    """The law by which the limit may be extended."""
    limits = plan.item(item).limits
    source = limits.extension.source if limits and limits.extension else None
    return basis(source or (limits.source if limits else None) or _EXTENSION)


def basis(source: Source) -> Text:
    """A source as people read it."""
    article = source.article or ""
    return Text(zh=f"《{source.document}》{article}", en=f"{source.document} {article}".strip())


def level_title(plan: Plan, level: str) -> Text:
    """The name of a level that is told of a breach."""
    return next((known.title for known in plan.escalation if known.level == level), _bare(level))


def _of_procedure(plan: Plan, item: str, procedure: str, date: Text) -> dict[str, Any]:
    return {"procedure": procedure_title(plan, item, procedure), "date": date}


def _bare(code: str) -> Text:
    return Text(zh=code, en=code)


_EXTENSION = Source(document="中华人民共和国行政许可法", article="第四十二条")
