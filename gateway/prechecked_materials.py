"""What the pre-check tells of materials that are not handed in with the application: until when, and in which words."""

from datetime import date, datetime
from typing import Literal

from one_things.clock import OFFICIAL, WorkingCalendar, due_date
from one_things.model import Record
from one_things.plan import Plan
from one_things.text import Text


class DeferredUntil(Record):
    """A material that may follow, the last day for it, and what happens then."""

    id: str
    title: Text
    due_on: date
    provisional: bool
    when_missing: Literal["refuse", "operator_task"]


class Promised(Record):
    """A promise in place of a material: the words that the applicant signs, and who supervises it."""

    id: str
    title: Text
    text: Text
    supervised_by: Text


class OnTheWay(Record):
    """A material that its items wait for until it comes into being."""

    id: str
    title: Text
    items: tuple[str, ...]


class LaterMaterials(Record):
    """Everything of a plan that is not there from the beginning."""

    deferred: tuple[DeferredUntil, ...] = ()
    promised: tuple[Promised, ...] = ()
    on_the_way: tuple[OnTheWay, ...] = ()


def later_materials(plan: Plan, at: datetime, calendar: WorkingCalendar = OFFICIAL) -> LaterMaterials:
    """What an application handed in at ``at`` would still owe, or has promised."""
    dues = {one.id: due_date(at, one.working_days, calendar=calendar) for one in plan.deferred}
    return LaterMaterials(
        deferred=tuple(
            DeferredUntil(
                id=one.id,
                title=one.title,
                due_on=dues[one.id].date,
                provisional=dues[one.id].provisional,
                when_missing=one.when_missing,
            )
            for one in plan.deferred
        ),
        promised=tuple(
            Promised(id=one.material, title=one.title, text=one.text, supervised_by=plan.departments[one.supervised_by])
            for one in plan.commitments
        ),
        on_the_way=tuple(
            OnTheWay(
                id=one.id, title=one.title, items=tuple(item.id for item in plan.items if one.id in item.materials)
            )
            for one in plan.awaited
        ),
    )
