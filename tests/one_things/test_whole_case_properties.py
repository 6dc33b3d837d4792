"""Every capability at once, over random plans, in a city that does anything at any time: what holds for every case.

It ends or waits for somebody with a name whose next step moves it; nothing starts before its time, runs in a stop, is
asked twice, undone after the pivot or kept back before it; money in is money out; the state is the fold of the events.
"""

import os
from datetime import UTC, datetime

from hypothesis import given, note, settings
from hypothesis import strategies as st

from one_things.plan import Plan
from one_things.proposal import Proposal
from tests.one_things.given import OPENED_AT
from tests.one_things.whole_cases.city import City
from tests.one_things.whole_cases.course import Course
from tests.one_things.whole_cases.plans import TITLE, plans
from tests.one_things.whole_cases.soundness import check, check_ended

EXAMPLES = int(os.environ.get("ONETHING_PROPERTY_EXAMPLES", "200"))
"""A nightly run asks for thousands."""
LATE_IN_THE_YEAR = datetime(2026, 12, 18, 2, 0, tzinfo=UTC)
"""From here dates cross into a year whose calendar is not published."""
SEEDS = st.binary(min_size=8, max_size=8)
"""Bytes, because integers at random are mostly small ones, and those would be the same few cities again and again."""
A_PROPOSAL = Proposal(
    event="event", title=TITLE, department="tax", department_title=TITLE, confirm_within=10, filled=(), settled=()
)


def told(course: Course) -> str:
    """The story so far, for whoever reads a failure."""
    return "\n".join(
        f"{event.at:%m-%d %H:%M} {event.type} "
        f"{event.model_dump(exclude_defaults=True, exclude={'at', 'type', 'plan', 'form', 'points', 'reason'})}"
        for event in course.events
    )


def played(course: Course, city: City, moves: int) -> None:
    try:
        city.lives(moves)
        check(course)
        city.comes_to_an_end()
        check(course)
        check_ended(course)
    except BaseException:
        note(told(course))
        note(f"under way: {list(course.asked)}")
        raise


@settings(max_examples=EXAMPLES)
@given(plans(), SEEDS, st.sampled_from([10, 30, 80]), st.sampled_from([OPENED_AT, OPENED_AT, LATE_IN_THE_YEAR]))
def test_every_case_of_every_plan(plan: Plan, seed: bytes, moves: int, opened_at: datetime):
    course = Course(plan, opened_at)
    played(course, City(course, seed), moves)


@settings(max_examples=EXAMPLES // 5)
@given(plans(with_parties=False), plans(with_parties=False), SEEDS, st.sampled_from([10, 30]))
def test_every_case_that_an_event_began(proposed: Plan, confirmed: Plan, seed: bytes, moves: int):
    course = Course(proposed, OPENED_AT, A_PROPOSAL)
    played(course, City(course, seed, confirmed_plan=confirmed), moves)
