"""Dates of a case, reckoned with the calendar known today and recorded: calendars change, a history may not."""

from datetime import timedelta

from temporalio import activity

from activities import names
from activities.calendars import FixedCalendar, KnownCalendar
from activities.dates import (
    AcceptanceReply,
    AcceptanceRequest,
    DeferralReply,
    DeferralRequest,
    ReckonLimitRequest,
    ReckonReply,
    ReckonRequest,
    SilenceReply,
    SilenceRequest,
)
from activities.models import SubmitRequest
from one_things import commands
from one_things.clock import (
    CORRECTION_NOTICE_WORKING_DAYS,
    WorkingCalendar,
    calendar_end,
    due_date,
    end_of_day,
    shanghai_date,
    window_end,
)
from one_things.limit_dates import LimitDates, LimitToReckon, limit_dates

_A_MOMENT = timedelta(microseconds=1)


class Reckoning:
    """Reckons with the calendar that is known when it is asked."""

    def __init__(self, known: KnownCalendar | None = None) -> None:
        self._known = known or FixedCalendar()

    async def taken(self, request: SubmitRequest, reference: str, waited: timedelta) -> commands.Taken:
        """What follows from a department taking an item now, ``waited`` after it was first asked to.

        The clock starts when the item is taken (行政许可法 42), not when a department that was away was first asked.
        """
        accepted = AcceptanceRequest(
            reference=reference,
            at=request.at + waited,
            now=request.at + waited,
            committed_days=request.committed_days,
            limit=request.limit,
            notice=request.notice,
        )
        return _taken(accepted, await self._known.current())

    async def received(self, request: SubmitRequest, reference: str, waited: timedelta) -> commands.Received:
        """What follows from a department receiving an item now without accepting it: until when it may be silent."""
        handed_in_at = request.at + waited
        due = due_date(handed_in_at, CORRECTION_NOTICE_WORKING_DAYS, calendar=await self._known.current())
        return commands.Received(
            reference=reference,
            handed_in_at=handed_in_at,
            deemed_on=due.date,
            deemed_at=due.ends_at,
            provisional=due.provisional,
        )

    @activity.defn(name=names.RECKON_ACCEPTANCE)
    async def reckon_acceptance(self, request: AcceptanceRequest) -> AcceptanceReply:
        """The dates of an acceptance that came after the department had received the item."""
        return AcceptanceReply(taken=_taken(request, await self._known.current(request.publication)))

    @activity.defn(name=names.RECKON_SILENCE)
    async def reckon_silence(self, request: SilenceRequest) -> SilenceReply:
        """The end of a department's silence, by the calendar that is known now."""
        calendar = await self._known.current(request.publication)
        due = due_date(request.handed_in_at, CORRECTION_NOTICE_WORKING_DAYS, calendar=calendar)
        return SilenceReply(deemed_on=due.date, deemed_at=due.ends_at)

    @activity.defn(name=names.RECKON_DATE)
    async def reckon_date(self, request: ReckonRequest) -> ReckonReply:
        """The dates of an item anew, by the calendar that is known now."""
        calendar = await self._known.current(request.publication)
        if request.notice_ended_at is not None and request.window_days is not None:
            ended_on = shanghai_date(request.notice_ended_at - _A_MOMENT)
            window = window_end(ended_on, request.window_days, calendar=calendar)
            return ReckonReply(window_ends_at=window.ends_at, provisional=window.provisional)
        if request.accepted_at is not None and request.committed_days is not None:
            due = due_date(request.accepted_at, request.committed_days, calendar=calendar)
            return ReckonReply(due_on=due.date, due_at=due.ends_at, provisional=due.provisional)
        return _dates(request, calendar)

    @activity.defn(name=names.RECKON_LIMIT)
    async def reckon_limit(self, request: ReckonLimitRequest) -> LimitDates:
        """The dates of one limit."""
        return limit_dates(request.limit, await self._known.current(request.publication))

    @activity.defn(name=names.RECKON_DEFERRAL)
    async def reckon_deferral(self, request: DeferralRequest) -> DeferralReply:
        """Until when a deferred material has to be there, by the calendar that is known now."""
        calendar = await self._known.current(request.publication)
        due = due_date(request.handed_in_at, request.working_days, request.stops, calendar=calendar)
        return DeferralReply(due_on=due.date, due_at=due.ends_at, provisional=due.provisional)


def _taken(request: AcceptanceRequest, calendar: WorkingCalendar) -> commands.Taken:
    reference = request.reference
    if request.notice is not None:
        ends_on = calendar_end(request.now, request.notice.calendar_days)
        windows = {item: window_end(ends_on, days, calendar=calendar) for item, days in request.notice.windows.items()}
        return commands.Taken(
            reference=reference,
            notice_ends_at=end_of_day(ends_on),
            windows={item: window.ends_at for item, window in windows.items()},
            provisional_windows=tuple(item for item, window in windows.items() if window.provisional),
        )
    if request.limit is not None:
        dates = limit_dates(LimitToReckon(begins_at=request.at, terms=request.limit), calendar)
        return commands.Taken(
            reference=reference,
            due_on=dates.due_on,
            due_at=dates.due_at,
            provisional=dates.provisional,
            limit=dates,
        )
    if request.committed_days is None:
        return commands.Taken(reference=reference)
    due = due_date(request.at, request.committed_days, calendar=calendar)
    return commands.Taken(reference=reference, due_on=due.date, due_at=due.ends_at, provisional=due.provisional)


def _dates(request: ReckonRequest, calendar: WorkingCalendar) -> ReckonReply:
    procedures = {procedure: limit_dates(limit, calendar) for procedure, limit in request.procedures.items()}
    if request.limit is None:
        return ReckonReply(procedures=procedures)
    dates = limit_dates(request.limit, calendar)
    return ReckonReply(
        due_on=dates.due_on,
        due_at=dates.due_at,
        provisional=dates.provisional,
        limit=dates,
        procedures=procedures,
    )


def waited_for_answer() -> timedelta:
    """How long this activity has been tried already, in the time of the case."""
    info = activity.info()
    return max(info.started_time - info.scheduled_time, timedelta())
