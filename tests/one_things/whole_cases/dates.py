"""The dates that a case asks for, as the activities reckon them."""

from datetime import date, datetime, timedelta

from one_things import acceptance_steps as acs
from one_things import commands as c
from one_things import material_steps as ms
from one_things import steps as s
from one_things.case import CaseState
from one_things.clock import (
    CORRECTION_NOTICE_WORKING_DAYS,
    OFFICIAL,
    CalendarYear,
    PublishedCalendar,
    calendar_end,
    due_date,
    end_of_day,
    shanghai_date,
    window_end,
)
from one_things.hand_in import deferral_of
from one_things.limit_dates import LimitToReckon, limit_dates
from one_things.plan import Plan
from one_things.proposal_steps import ReckonConfirmation
from one_things.reckoning import item_limit, joint_limit, procedure_limits, terms_of_item

PUBLISHED_LATER = OFFICIAL.with_years(CalendarYear(year=2027, free_days=(date(2027, 1, 4),), make_up_days=()))
_MOMENT = timedelta(microseconds=1)


def calendar_of(state: CaseState) -> PublishedCalendar:
    """The calendar as it is published by now."""
    return PUBLISHED_LATER if state.calendar else OFFICIAL


def reckoned(step: s.Step, asked_in: CaseState, now: datetime, calendar: PublishedCalendar) -> c.Command:
    """The answer to a question about dates, asked in this state."""
    match step:
        case s.ReckonDate(item=item, reckoning=reckoning):
            return _dates_of(asked_in, item, reckoning, calendar)
        case s.ReckonJointLimit(limit=limit, reckoning=reckoning):
            dates = limit_dates(joint_limit(asked_in, limit), calendar)
            return c.RecordJointDates(limit=limit, reckoning=reckoning, dates=dates)
        case ReckonConfirmation(reckoning=reckoning):
            assert asked_in.proposal is not None
            due = due_date(asked_in.opened_at, asked_in.proposal.confirm_within, calendar=calendar)
            return c.RecordConfirmation(
                confirm_by=due.date, ends_at=due.ends_at, provisional=due.provisional, reckoning=reckoning
            )
        case ms.ReckonDeferral(material=material):
            days = deferral_of(asked_in.plan, material).working_days
            due = due_date(asked_in.handed_in_at, days, calendar=calendar)
            return c.RecordDeferral(
                material=material,
                due_on=due.date,
                due_at=due.ends_at,
                provisional=due.provisional,
                rests=len(asked_in.rests),
                calendar=asked_in.calendar,
            )
        case acs.ReckonAcceptance(item=item):
            accepted_from = asked_in.items[item].accepted_from
            assert accepted_from is not None
            attempt = asked_in.items[item].attempt
            return c.RecordAcceptance(
                item=item, attempt=attempt, taken=taken(asked_in.plan, item, accepted_from, now, calendar)
            )
        case acs.ReckonSilence(item=item):
            received = asked_in.items[item].received
            assert received is not None
            due = due_date(received.handed_in_at, CORRECTION_NOTICE_WORKING_DAYS, calendar=calendar)
            return c.RecordSilence(item=item, deemed_on=due.date, deemed_at=due.ends_at)
    raise TypeError(f"nobody answers {step}")


def _dates_of(asked_in: CaseState, item: str, reckoning: int, calendar: PublishedCalendar) -> c.RecordDate:
    if asked_in.items[item].awaits_hand_in:
        notice = next(one for one in asked_in.plan.items if one.notice is not None and item in one.notice.windows)
        ended_at = asked_in.items[notice.id].notice_ends_at
        assert ended_at is not None
        days = notice.notice.windows[item]
        window = window_end(shanghai_date(ended_at - _MOMENT), days, calendar=calendar)
        return c.RecordDate(
            item=item, reckoning=reckoning, window_ends_at=window.ends_at, provisional=window.provisional
        )
    limit = item_limit(asked_in, item)
    dates = limit_dates(limit, calendar) if limit else None
    return c.RecordDate(
        item=item,
        reckoning=reckoning,
        due_on=dates.due_on if dates else None,
        due_at=dates.due_at if dates else None,
        provisional=dates.provisional if dates else False,
        limit=dates,
        procedures={name: limit_dates(one, calendar) for name, one in procedure_limits(asked_in, item).items()},
    )


def taken(plan: Plan, item: str, accepted_at: datetime, now: datetime, calendar: PublishedCalendar) -> c.Taken:
    """What follows from an acceptance; a public notice begins now."""
    notice, terms = plan.item(item).notice, terms_of_item(plan, item)
    if notice is not None:
        ends_on = calendar_end(now, notice.calendar_days)
        windows = {one: window_end(ends_on, days, calendar=calendar) for one, days in notice.windows.items()}
        return c.Taken(
            reference="受",
            notice_ends_at=end_of_day(ends_on),
            windows={one: window.ends_at for one, window in windows.items()},
            provisional_windows=tuple(one for one, window in windows.items() if window.provisional),
        )
    if terms is None:
        return c.Taken(reference="受")
    dates = limit_dates(LimitToReckon(begins_at=accepted_at, terms=terms), calendar)
    return c.Taken(reference="受", due_on=dates.due_on, due_at=dates.due_at, provisional=dates.provisional, limit=dates)


def received(now: datetime, calendar: PublishedCalendar) -> c.Received:
    """What follows from a department receiving an item without accepting it."""
    due = due_date(now, CORRECTION_NOTICE_WORKING_DAYS, calendar=calendar)
    return c.Received(
        reference="收", handed_in_at=now, deemed_on=due.date, deemed_at=due.ends_at, provisional=due.provisional
    )
