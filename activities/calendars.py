"""Which calendar dates are reckoned with: that of this release, or what the city has published since."""

from typing import Protocol

from one_things.clock import OFFICIAL, WorkingCalendar


class KnownCalendar(Protocol):
    """Gives the calendar as it is known now."""

    async def current(self, publication: int = 0) -> WorkingCalendar:
        """The calendar, with at least this publication of the city's list in it."""
        ...


class FixedCalendar:
    """One calendar for ever."""

    def __init__(self, calendar: WorkingCalendar = OFFICIAL) -> None:
        self._calendar = calendar

    async def current(self, publication: int = 0) -> WorkingCalendar:
        """The same calendar, whatever is published."""
        return self._calendar
