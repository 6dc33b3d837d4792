"""Dates of a case, reckoned with the calendar of this release and recorded: calendars change, a history may not."""

from datetime import timedelta

from temporalio import activity

from activities import names
from activities.models import ReckonReply, ReckonRequest, SubmitRequest
from one_things import commands
from one_things.clock import OFFICIAL, WorkingCalendar, calendar_end, due_date, end_of_day, shanghai_date, window_end

_A_MOMENT = timedelta(microseconds=1)


class Reckoning:
    """Reckons with one calendar."""

    def __init__(self, calendar: WorkingCalendar = OFFICIAL) -> None:
        self._calendar = calendar

    def taken(self, request: SubmitRequest, reference: str, waited: timedelta) -> commands.Taken:
        """What follows from a department taking an item now, ``waited`` after it was first asked to.

        The clock starts when the item is taken (行政许可法 42), not when a department that was away was first asked.
        """
        accepted_at = request.at + waited
        if request.notice is not None:
            ends_on = calendar_end(accepted_at, request.notice.calendar_days)
            windows = {
                item: window_end(ends_on, days, calendar=self._calendar)
                for item, days in request.notice.windows.items()
            }
            return commands.Taken(
                reference=reference,
                notice_ends_at=end_of_day(ends_on),
                windows={item: window.ends_at for item, window in windows.items()},
                provisional_windows=tuple(item for item, window in windows.items() if window.provisional),
            )
        if request.committed_days is None:
            return commands.Taken(reference=reference)
        due = due_date(accepted_at, request.committed_days, calendar=self._calendar)
        return commands.Taken(reference=reference, due_on=due.date, due_at=due.ends_at, provisional=due.provisional)

    @activity.defn(name=names.RECKON_DATE)
    async def reckon_date(self, request: ReckonRequest) -> ReckonReply:
        """A provisional date whose time has come, by the calendar that is known now."""
        if request.notice_ended_at is not None and request.window_days is not None:
            ended_on = shanghai_date(request.notice_ended_at - _A_MOMENT)
            window = window_end(ended_on, request.window_days, calendar=self._calendar)
            return ReckonReply(window_ends_at=window.ends_at)
        if request.accepted_at is None or request.committed_days is None:
            raise ValueError("a due date is reckoned from an acceptance and a number of days")
        due = due_date(request.accepted_at, request.committed_days, calendar=self._calendar)
        return ReckonReply(due_on=due.date, due_at=due.ends_at)


def waited_for_answer() -> timedelta:
    """How long this activity has been tried already, in the time of the case."""
    info = activity.info()
    return max(info.started_time - info.scheduled_time, timedelta())
