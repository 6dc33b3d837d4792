"""Time: limits in working days, what stops or extends them, public notices, and windows for handing in."""

from pydantic import Field

from one_things.definition.names import Condition, Name, Slug, Source
from one_things.model import Record
from one_things.text import Text


class Extension(Record):
    """One extension of the limit, approved by a leader and told to the applicant with its reason (行政许可法 42)."""

    working_days: int = Field(ge=1, le=120)
    source: Source | None = None


class Limits(Record):
    """Time limits of a decision in working days, counted from acceptance."""

    statutory: int = Field(ge=1, le=365)
    committed: int = Field(ge=1, le=365)
    extension: Extension | None = None
    """None: the limit can't be extended."""
    source: Source | None = None


class ConditionalLimits(Limits):
    """Limits that hold in some situations only, such as "at once where nothing is owed"."""

    when: Condition


class SpecialProcedure(Record):
    """A special procedure (特殊环节): it has its own promised time and stops the item's clock (行政许可法 45)."""

    id: Slug
    title: Text
    working_days: int = Field(ge=1, le=365)
    """The promised time, told to the applicant when it begins."""
    source: Source


class JointLimit(Record):
    """One limit over several items that are handled together (行政许可法 42): first acceptance to last decision."""

    id: Slug
    title: Text
    items: tuple[Slug, ...] = Field(min_length=2)
    statutory: int = Field(ge=1, le=365)
    committed: int = Field(ge=1, le=365)
    source: Source | None = None


class EscalationLevel(Record):
    """Who is told when a limit was breached, and how many working days after it."""

    after_working_days: int = Field(ge=0, le=120)
    level: Name
    title: Text


class Notice(Record):
    """A public notice: a special procedure that lasts a number of calendar days and stops the item's clock."""

    calendar_days: int = Field(ge=1, le=365)
    source: Source


class Window(Record):
    """The item must be handed in within this many calendar days after the notice of another item has ended."""

    after_notice_of: Slug
    calendar_days: int = Field(ge=1, le=365)
    source: Source
