"""What a department's event proposes to somebody (免申即办), and until when they may confirm it."""

from datetime import date, datetime

from one_things.model import Record
from one_things.text import Text


class Proposal(Record):
    """Why a case exists that nobody applied for."""

    event: str
    """The id of the starting event in the bundle."""
    title: Text
    department: str
    department_title: Text
    confirm_within: int
    """Working days from the event; after them the proposal lapses."""
    filled: tuple[str, ...] = ()
    """The form fields that the event filled in; the applicant cannot change them."""
    settled: tuple[str, ...] = ()
    """The situations that the event answers; the applicant answers the others."""


class Confirmation(Record):
    """Until when the applicant may confirm. All None until it is reckoned by the calendar."""

    confirm_by: date | None = None
    ends_at: datetime | None = None
    provisional: bool = False
    in_doubt: bool = True
    """It is being reckoned, at first or anew."""
    reckonings: int = 0
    confirmed_at: datetime | None = None
