"""A bundle as a whole."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from one_things.definition.form import FormField
from one_things.definition.items import Item
from one_things.definition.limits import EscalationLevel, JointLimit
from one_things.definition.materials import Material
from one_things.definition.names import Slug, Source
from one_things.definition.parties import Party
from one_things.definition.patience import Patience
from one_things.definition.situations import Rule, Situation
from one_things.definition.starting import StartingEvent, Suspension
from one_things.definition.tables import DatedTable, Derived, Eligibility
from one_things.model import Record
from one_things.text import Text


class Department(Record):
    """A department as this bundle names it."""

    id: Slug
    title: Text


class Bundle(Record):
    """A one-thing (一件事): a versioned definition. Running cases keep the version they began with."""

    bundle: Slug
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}\.[0-9]+$")]
    valid_from: date
    valid_until: date | None = None
    """The last day on which this version can be applied for; None while nothing ends it."""
    title: Text
    summary: Text
    sources: tuple[Source, ...] = ()
    departments: tuple[Department, ...]
    situations: tuple[Situation, ...] = ()
    rules: tuple[Rule, ...] = ()
    tables: tuple[DatedTable, ...] = ()
    derived: tuple[Derived, ...] = ()
    eligibility: tuple[Eligibility, ...] = ()
    fields: tuple[FormField, ...] = ()
    materials: tuple[Material, ...] = ()
    parties: tuple[Party, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)
    joint_limits: tuple[JointLimit, ...] = ()
    warn_before: int = Field(default=1, ge=0, le=30)
    """Working days before a limit at which everybody concerned is warned (C27: before, not after)."""
    escalation: tuple[EscalationLevel, ...] = ()
    patience: Patience = Patience()
    suspension: Suspension | None = None
    """None: this one-thing cannot rest."""
    started_by: tuple[StartingEvent, ...] = ()
    rating_days: int = Field(default=30, ge=1, le=365)
    """Calendar days after the end in which the applicant may rate the case and its items (好差评)."""
