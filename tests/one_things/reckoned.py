"""The steps that reckon dates and order deliveries, carried out at once: what the activities answer, as commands."""

from collections.abc import Iterator

from one_things import commands as c
from one_things.case import CaseState
from one_things.clock import OFFICIAL, WorkingCalendar
from one_things.delivery_steps import OrderDelivery, ReckonDelivery, SetDeliveryGoing
from one_things.limit_dates import limit_dates
from one_things.papers import delivery_limit
from one_things.reckoning import item_limit, joint_limit, procedure_limits
from one_things.steps import ReckonDate, ReckonJointLimit, next_steps


def reckoned(state: CaseState, calendar: WorkingCalendar = OFFICIAL) -> Iterator[c.Command]:
    """The commands that end every reckoning which the state asks for."""
    for step in next_steps(state):
        match step:
            case ReckonDate(item=item, reckoning=reckoning):
                limit = item_limit(state, item)
                dates = limit_dates(limit, calendar) if limit else None
                yield c.RecordDate(
                    item=item,
                    reckoning=reckoning,
                    due_on=dates.due_on if dates else None,
                    due_at=dates.due_at if dates else None,
                    provisional=dates.provisional if dates else False,
                    limit=dates,
                    procedures={
                        name: limit_dates(one, calendar) for name, one in procedure_limits(state, item).items()
                    },
                )
            case SetDeliveryGoing(item=item):
                yield c.BeginDelivery(item=item)
            case ReckonDelivery(item=item, reckoning=reckoning):
                dates = limit_dates(delivery_limit(state, item), calendar)
                yield c.RecordDeliveryDates(item=item, reckoning=reckoning, dates=dates)
            case OrderDelivery(item=item, round=number):
                yield c.RecordDeliveryOrder(item=item, round=number)
            case ReckonJointLimit(limit=limit_id, reckoning=reckoning):
                dates = limit_dates(joint_limit(state, limit_id), calendar)
                yield c.RecordJointDates(limit=limit_id, reckoning=reckoning, dates=dates)
