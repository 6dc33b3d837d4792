"""Ratings: each subject once, within the period of the plan; each bad one gets one answer."""

from datetime import datetime, timedelta

from one_things import events as e
from one_things.case import CaseState, Rating
from one_things.commands import AnswerRating, Rate
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of
from one_things.faults import CommandRefused
from one_things.text import Text


def rateable_until(state: CaseState) -> datetime | None:
    """Until when the applicant may rate; None before the case has closed."""
    return None if state.closed_at is None else state.closed_at + timedelta(days=state.plan.rating_days)


@decision.register
def _(command: Rate, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.item is not None:
        item_of(state, command.item)
    until = rateable_until(state)
    if until is None:
        raise CommandRefused("not-closed", Text(zh="办结后才能评价。", en="A case is rated once it has closed."))
    given = _rating_of(state, command.item)
    if given is not None:
        if given.grade == command.grade:
            return ()
        raise CommandRefused("rated-already", Text(zh="已经评价过，不能更改。", en="It was rated and stays so."))
    if at > until:
        raise CommandRefused("rating-over", Text(zh="评价期已过。", en="The time for rating is over."))
    return (e.CaseRated(at=at, item=command.item, grade=command.grade, comment=command.comment,
                        channel=command.channel),)  # fmt: skip


@decision.register
def _(command: AnswerRating, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    given = _rating_of(state, command.item)
    if given is None:
        raise CommandRefused("not-rated", Text(zh="没有这项评价。", en="There is no such rating."))
    if given.answer is not None:
        raise CommandRefused("answered-already", Text(zh="该评价已答复。", en="The rating was answered already."))
    return (e.RatingAnswered(at=at, item=command.item, operator=command.operator, answer=command.answer),)


def _rating_of(state: CaseState, item: str | None) -> Rating | None:
    return next((rating for rating in state.ratings if rating.item == item), None)
