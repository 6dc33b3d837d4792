"""Ratings: once the case has closed, each subject once, within the period; a bad one waits for its answer."""

from datetime import timedelta

import pytest

from one_things import commands as c
from one_things import events as e
from one_things.faults import CommandRefused
from tests.one_things.given import SEALED, Story, a_plan

CLOSE = c.Close(outcome=e.CaseOutcome.COMPLETED)


def a_closed_case() -> Story:
    story = Story(a_plan())
    story.when(CLOSE)
    return story


def rate(grade: int, item: str | None = None) -> c.Rate:
    return c.Rate(item=item, grade=grade, comment=SEALED, channel=e.Channel.PHONE)


ANSWER = c.AnswerRating(operator="operator-1", answer=SEALED)


def refusal(story: Story, command: c.Command) -> str:
    with pytest.raises(CommandRefused) as refused:
        story.when(command)
    return refused.value.code


def test_the_case_and_each_item_are_rated_once() -> None:
    story = a_closed_case()
    assert story.when(rate(1)) == ["case_rated"]
    assert story.when(rate(2, "tax-clearance")) == ["case_rated"]
    assert story.when(rate(1)) == []
    assert refusal(story, rate(5)) == "rated-already"
    assert [(rating.item, rating.grade) for rating in story.state.ratings] == [(None, 1), ("tax-clearance", 2)]


def test_nothing_is_rated_before_the_end_after_the_period_or_that_is_not_there() -> None:
    open_case = Story(a_plan())
    assert refusal(open_case, rate(1)) == "not-closed"
    story = a_closed_case()
    assert refusal(story, rate(1, "no-such-item")) == "item-unknown"
    story.now += timedelta(days=story.state.plan.rating_days)
    assert refusal(story, rate(1)) == "rating-over"


@pytest.mark.parametrize(("grade", "waits"), [(1, False), (3, False), (4, True), (5, True)])
def test_a_bad_rating_waits_for_one_answer(grade: int, waits: bool) -> None:
    story = a_closed_case()
    assert refusal(story, ANSWER) == "not-rated"
    story.when(rate(grade))
    assert story.state.ratings[0].awaits_answer is waits
    assert story.when(ANSWER) == ["rating_answered"]
    assert not story.state.ratings[0].awaits_answer
    assert refusal(story, ANSWER) == "answered-already"


def test_everything_else_is_refused_once_the_case_has_closed() -> None:
    assert refusal(a_closed_case(), c.Cancel(channel=e.Channel.WEB)) == "case-closed"


def test_rating_does_not_move_the_day_on_which_the_case_closed() -> None:
    story = a_closed_case()
    closed_at = story.state.closed_at
    story.when(rate(4))
    assert story.state.closed_at == closed_at != story.state.changed_at
