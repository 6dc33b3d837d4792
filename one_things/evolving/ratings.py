"""Ratings and their answers."""

from one_things import events as e
from one_things.case import CaseState, Rating
from one_things.evolving.dispatch import change


@change.register
def _(event: e.CaseRated, state: CaseState) -> CaseState:
    rating = Rating(item=event.item, grade=event.grade, comment=event.comment, rated_at=event.at)
    return state.model_copy(update={"ratings": (*state.ratings, rating)})


@change.register
def _(event: e.RatingAnswered, state: CaseState) -> CaseState:
    ratings = tuple(
        rating.model_copy(update={"answer": event.answer, "answered_at": event.at})
        if rating.item == event.item
        else rating
        for rating in state.ratings
    )
    return state.model_copy(update={"ratings": ratings})
