"""Who looked up what about the applicant, and for what: as they read it of their own case (个人信息保护法 44, 45)."""

from datetime import datetime

from gateway.declared import declared_field
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from gateway.texts import text
from one_things.events import Event
from one_things.looked_up import LookedUp
from one_things.model import Record
from one_things.plan import Plan
from one_things.text import Text


class LookUpView(Record):
    """One look-up: at which department, about whom, which fields, for which items, on what basis, with which answer."""

    at: datetime
    version: int
    """Of the case, after it."""
    department: Text
    kind_text: Text
    source: str
    """The dataset, or the type of the licence."""
    about: Text
    """The field of the form that said whose data it is."""
    fields: tuple[str, ...]
    """The fields of the dataset, as its department calls them."""
    items: tuple[Text, ...]
    basis: str
    authorised: bool
    """By the applicant; else the law alone allows it."""
    answer_text: Text
    cached: bool


class LookUps(Record):
    """Every look-up of a case, oldest first."""

    look_ups: tuple[LookUpView, ...]


def look_ups_of(services: GatewayServices, seen: SeenCase) -> LookUps:
    """The look-ups that the record of the case tells of."""
    told = ((version, event, looked_up_in(event)) for version, event in seen.history)
    return LookUps(
        look_ups=tuple(
            _view(services, seen.state.plan, version, event.at, made) for version, event, made in told if made
        )
    )


def looked_up_in(event: Event) -> LookedUp | None:
    """The look-up that this event tells of, if it does."""
    made: LookedUp | None = getattr(event, "looked_up", None)
    return made


def _view(services: GatewayServices, plan: Plan, version: int, at: datetime, made: LookedUp) -> LookUpView:
    return LookUpView(
        at=at,
        version=version,
        department=plan.departments.get(made.department, Text(zh=made.department, en=made.department)),
        kind_text=text(f"look_up.{made.kind}"),
        source=made.source,
        about=declared_field(services, plan, made.by).title,
        fields=made.fields,
        items=tuple(item.title for item in plan.items if item.id in made.items),
        basis=made.basis,
        authorised=made.authorised_by is not None,
        answer_text=text("look_up.cached" if made.cached else f"look_up.{made.answer}"),
        cached=made.cached,
    )
