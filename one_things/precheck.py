"""The pre-check (智能预审): what would become of an application, said before anything is started.

How long it is expected to take follows from the promises alone: each item begins when those before it are done and
takes its committed working days, a public notice its calendar days. Nothing here promises what a department decides.
"""

from datetime import date, datetime, time
from graphlib import TopologicalSorter

from one_things.admission import usable_answers
from one_things.application import Application
from one_things.authorising import authorised_materials
from one_things.clock import (
    OFFICIAL,
    SHANGHAI,
    WorkingCalendar,
    calendar_end,
    due_date,
    shanghai_date,
    working_days_between,
)
from one_things.definition import Bundle, FormField, Material
from one_things.eligibility import DerivedValue, derived_values
from one_things.faults import Fault
from one_things.model import Record
from one_things.plan import Lookup, Plan, PlannedItem, PlannedLicence
from one_things.planning import application_faults, came_along, draft_plan, needed_for


class ExpectedItem(Record):
    """When one item is expected to begin and to be done, by the promises of its department."""

    item: str
    begins_on: date
    ends_on: date
    working_days: int | None
    """The committed limit; None for a public notice and for what is done at once."""
    calendar_days: int | None
    """The length of a public notice."""
    provisional: bool
    """The date crosses into a year whose official calendar is not published yet."""


class Expectation(Record):
    """How long the whole case is expected to take. ``working_days`` counts from the day after hand-in."""

    items: tuple[ExpectedItem, ...]
    ends_on: date
    working_days: int
    provisional: bool


class PreCheck(Record):
    """What an application would meet. With no fault it would be accepted as it stands."""

    faults: tuple[Fault, ...]
    plan: Plan | None
    """None while the answers leave open which items apply."""
    came_along: dict[str, str]
    """Item nobody chose → the item that requires it."""
    asked_fields: tuple[FormField, ...]
    asked_materials: tuple[Material, ...]
    fetched: tuple[Lookup, ...]
    """What departments already hold and nobody is asked for."""
    derived: tuple[DerivedValue, ...]
    """What is reckoned from the form, as far as it is filled in."""
    licences: tuple[PlannedLicence, ...]
    """E-licences that would be looked up, as authorised; those that could be stand at the materials themselves."""
    expected: Expectation | None


def precheck(
    bundle: Bundle,
    application: Application,
    digest: str,
    at: datetime,
    calendar: WorkingCalendar = OFFICIAL,
) -> PreCheck:
    """Judge an application handed in at ``at`` without starting anything."""
    answers, chosen = application.answers, application.chosen
    needs = needed_for(bundle, answers, chosen, authorised_materials(application))
    plan = draft_plan(bundle, application, digest)
    return PreCheck(
        faults=application_faults(bundle, application, shanghai_date(at)),
        plan=plan,
        came_along=came_along(bundle, answers, chosen) if chosen is not None else {},
        asked_fields=needs.fields,
        asked_materials=needs.materials,
        fetched=needs.lookups,
        derived=derived_values(bundle, usable_answers(bundle, answers), application.form, shanghai_date(at)),
        licences=needs.licences,
        expected=None if plan is None else expectation(plan, at, calendar),
    )


def expectation(plan: Plan, at: datetime, calendar: WorkingCalendar = OFFICIAL) -> Expectation:
    """When this plan is expected to be done, handed in at ``at`` and every promise kept."""
    today = shanghai_date(at)
    done: dict[str, ExpectedItem] = {}
    for item_id in TopologicalSorter({item.id: item.after for item in plan.items}).static_order():
        item = plan.item(item_id)
        begins_on = max((done[earlier].ends_on for earlier in item.after), default=today)
        begins_at = at if begins_on == today else datetime.combine(begins_on, time(12), SHANGHAI)
        provisional = any(done[earlier].provisional for earlier in item.after)
        done[item_id] = _expected(item, begins_on, begins_at, provisional, calendar)
    ends_on = max(item.ends_on for item in done.values())
    return Expectation(
        items=tuple(done[item.id] for item in plan.items),
        ends_on=ends_on,
        working_days=working_days_between(today, ends_on, calendar=calendar),
        provisional=any(item.provisional for item in done.values()),
    )


def _expected(
    item: PlannedItem, begins_on: date, begins_at: datetime, provisional: bool, calendar: WorkingCalendar
) -> ExpectedItem:
    ends_on = begins_on
    if item.notice is not None:
        ends_on = calendar_end(begins_at, item.notice.calendar_days)
    elif item.committed_days is not None:
        due = due_date(begins_at, item.committed_days, calendar=calendar)
        ends_on, provisional = due.date, provisional or due.provisional
    return ExpectedItem(
        item=item.id,
        begins_on=begins_on,
        ends_on=ends_on,
        working_days=None if item.notice is not None else item.committed_days,
        calendar_days=None if item.notice is None else item.notice.calendar_days,
        provisional=provisional,
    )
