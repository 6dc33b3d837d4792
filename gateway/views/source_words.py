"""What happened to look-ups, in words: shared data, e-licences, credit records, and what was handed in instead."""

from typing import Any

from gateway.texts import text
from one_things import events as e
from one_things.hand_in import titles_of
from one_things.plan import Plan
from one_things.text import Text


def source_words(plan: Plan, event: e.Event) -> tuple[str, dict[str, Any]] | None:
    """Which text, and its values; None for an event about something else."""
    match event:
        case e.SharedDataFetched() | e.SharedDataMissing() | e.SharedDataUnavailable() | e.HandedInInstead():
            return event.type, {"department": _department_of(plan, event.lookup)}
        case e.SourceAnsweredLate(agrees=agrees):
            key = event.type if agrees else "source_answered_otherwise"
            return key, {"department": _department_of(plan, event.lookup)}
        case e.LicenceVerified() | e.LicenceUnavailable():
            return event.type, _of_licence(plan, event.material)
        case e.LicenceRejected(fault=fault):
            return event.type, {**_of_licence(plan, event.material), "reason": text(f"licence.{fault.value}")}
        case e.MaterialHandedIn(material=material):
            return event.type, {"material": _material(plan, material)}
        case e.CreditChecked(outcome=e.CreditOutcome.BARRED):
            return "credit_barred", {}
    return None


def _of_licence(plan: Plan, material: str) -> dict[str, Any]:
    licence = plan.licence(material)
    return {"material": licence.title, "issuer": plan.departments[licence.department]}


def _material(plan: Plan, name: str) -> Text:
    return titles_of(plan).get(name, Text(zh=name, en=name))


def _department_of(plan: Plan, lookup_id: str) -> Text:
    department = next((lookup.department for lookup in plan.lookups if lookup.id == lookup_id), lookup_id)
    return plan.departments.get(department, Text(zh=department, en=department))
