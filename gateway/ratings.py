"""Ratings (好差评): what the applicant says once the case has closed, and the answer that a bad one gets."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import StringConstraints

from gateway.acting import closed, require_item, require_owner
from gateway.after_closing import added
from gateway.open_case import SeenCase, seen_case
from gateway.opened_texts import opened_for
from gateway.services import GatewayServices
from gateway.texts import text
from gateway.views.case_view import time_of_case
from gateway.views.ratings import Rateable, RatingsView, RatingView
from one_things.commands import AnswerRating, Rate
from one_things.deciding.ratings import rateable_until
from one_things.events import Channel, Grade
from one_things.model import Record
from one_things.sealed import Sealed
from one_things.text import Prose, Text
from security.sealing import CaseKeyErased
from workflows.messages import Receipt

_Written = Annotated[Prose, StringConstraints(min_length=1)]


class RatingRequest(Record):
    """A rating of the case, or of one item."""

    item: str | None = None
    grade: Grade
    """1 very good, 2 good, 3 fair, 4 bad, 5 very bad."""
    comment: _Written | None = None
    channel: Channel = Channel.WEB


class RatingAnswer(Record):
    """The answer to a rating."""

    item: str | None = None
    answer: _Written


async def rate(services: GatewayServices, seen: SeenCase, request: RatingRequest) -> Receipt:
    """The applicant rates. Raises NotAllowed, ItemNotFound, CommandNotPossible, OutOfService."""
    require_owner(seen)
    if request.item is not None:
        require_item(seen, request.item)
    comment = await _sealed(services, seen, request.comment) if request.comment is not None else None
    command = Rate(item=request.item, grade=request.grade, comment=comment, channel=request.channel)
    return await added(services, seen, lambda: seen_case(services, seen.caller, seen.state.case_no), command)


async def answer(services: GatewayServices, seen: SeenCase, request: RatingAnswer) -> Receipt:
    """An operator answers a rating; the caller has been checked to be one. Raises as ``rate``."""
    if request.item is not None:
        require_item(seen, request.item)
    sealed = await _sealed(services, seen, request.answer)
    command = AnswerRating(item=request.item, operator=seen.caller.subject, answer=sealed)
    return await added(services, seen, lambda: seen_case(services, seen.caller, seen.state.case_no), command)


async def ratings_of(services: GatewayServices, seen: SeenCase, language: str) -> RatingsView | None:
    """What was rated and what still may be; None before the case has closed."""
    state = seen.state
    until = rateable_until(state)
    if until is None:
        return None
    titles: dict[str | None, Text] = {
        None: text("rating.whole_case"),
        **{item.id: item.title for item in state.plan.items},
    }
    given = [
        RatingView(
            item=rating.item,
            title=titles[rating.item],
            grade=rating.grade,
            grade_text=text(f"rating.grade_{rating.grade}"),
            comment=await opened_for(services, seen, rating.comment, language),
            rated_at=rating.rated_at,
            answer=await opened_for(services, seen, rating.answer, language),
            answered_at=rating.answered_at,
            awaits_answer=rating.awaits_answer,
        )
        for rating in state.ratings
    ]
    rated = {rating.item for rating in state.ratings}
    over = time_of_case(state, datetime.now(UTC)) > until
    open_ones = () if over else tuple(Rateable(item=item, title=titles[item]) for item in titles if item not in rated)
    return RatingsView(until=until, given=tuple(given), open=open_ones)


async def _sealed(services: GatewayServices, seen: SeenCase, written: str) -> Sealed:
    try:
        return await services.secrets.seal_text(seen.state.case_no, written)
    except CaseKeyErased:
        raise closed() from None
