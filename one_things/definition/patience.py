"""How long a case waits for its applicant before somebody looks after it."""

from pydantic import Field

from one_things.model import Record


class Patience(Record):
    """Nobody answers: first a reminder, then a person. All in calendar days of waiting; the law sets none of them."""

    reminder_days: int = Field(default=7, ge=1, le=365)
    operator_days: int = Field(default=30, ge=1, le=365)
    """After so many days an operator asks what is the matter; the case never waits unseen."""
