"""Which calendar dates are reckoned with: that of this release, and over it what the city has published since."""

import logging
import time
from typing import Protocol

from event_store.calendars import Calendars
from event_store.errors import StoreUnavailable
from one_things.clock import OFFICIAL, PublishedCalendar, WorkingCalendar

_LOG = logging.getLogger(__name__)
_FRESH_SECONDS = 5.0
"""So long a calendar is used without asking whether there is a newer one."""


class KnownCalendar(Protocol):
    """Gives the calendar as it is known now."""

    @property
    def latest(self) -> WorkingCalendar:
        """The calendar as it was read last, for who cannot wait."""
        ...

    async def current(self, publication: int = 0) -> WorkingCalendar:
        """The calendar, with at least this publication of the city's list in it."""
        ...


class FixedCalendar:
    """One calendar for ever."""

    def __init__(self, calendar: WorkingCalendar = OFFICIAL) -> None:
        self._calendar = calendar

    @property
    def latest(self) -> WorkingCalendar:
        """The same calendar."""
        return self._calendar

    async def current(self, publication: int = 0) -> WorkingCalendar:
        """The same calendar, whatever is published."""
        return self._calendar


class PublishedCalendars:
    """The calendar of this release with everything published since; read again when there is something newer.

    While the database is away the last one known goes on being used: dates in a year that it does not know are
    provisional, and are reckoned again. Whoever needs a certain publication waits for the database instead.
    """

    def __init__(self, calendars: Calendars, release: PublishedCalendar = OFFICIAL) -> None:
        self._calendars = calendars
        self._release = release
        self._known = release
        self._publication = 0
        self._asked_at = float("-inf")

    @property
    def latest(self) -> WorkingCalendar:
        """See :class:`KnownCalendar`."""
        return self._known

    async def current(self, publication: int = 0) -> WorkingCalendar:
        """See :class:`KnownCalendar`. Raises StoreUnavailable when a publication is needed that cannot be read."""
        if publication > self._publication or time.monotonic() - self._asked_at > _FRESH_SECONDS:
            try:
                await self._refresh()
            except StoreUnavailable as error:
                if publication > self._publication:
                    raise
                _LOG.warning("going by the calendar known so far: %s", error)
        return self._known

    async def _refresh(self) -> None:
        if await self._calendars.newest() > self._publication:
            published = await self._calendars.published()
            self._known = self._release.with_years(*(one.year for one in published))
            self._publication = published[-1].publication
        self._asked_at = time.monotonic()
