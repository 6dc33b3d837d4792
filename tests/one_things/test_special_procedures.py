"""Special procedures stop the clock for a promised time, only those the bundle declares; nothing passes meanwhile."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from one_things import commands as c
from one_things import events as e
from one_things.clock import OFFICIAL, end_of_day, shanghai_date
from one_things.faults import CommandRefused
from one_things.steps import deadlines
from tests.one_things.clock_stories import CHECK, FIRE, FOOD, HEARING, ClockStory, moment
from tests.one_things.given import SEALED

WATCHED = (e.LimitWarned, e.LimitBreached, e.LimitEscalated)


def test_a_procedure_stops_the_clock_and_its_own_date_is_told() -> None:
    story = ClockStory().accepted(FOOD, FIRE)
    story.at("2026-03-04")

    assert story.begins() == ["special_procedure_began"]

    item = story.state.item(FOOD)
    assert (item.due_on, item.due_at, item.watch.dates) == (None, None, None)
    (run,) = item.procedures
    assert run.watch.dates.due_on == date(2026, 3, 9), "3 working days from Wednesday"
    reckoned = next(event for event in reversed(story.events) if isinstance(event, e.DateReckoned))
    assert (reckoned.due_on, reckoned.procedures[CHECK].due_on) == (None, date(2026, 3, 9))
    concerned = {getattr(deadline.command, "procedure", "none") for deadline in deadlines(story.state)}
    assert concerned == {CHECK, None}, "fire safety runs on"


def test_while_it_lasts_nothing_passes_and_at_its_end_the_date_moves_by_the_days_it_took() -> None:
    story = ClockStory().accepted(FOOD)
    story.at("2026-03-04")
    story.begins()
    story.at("2026-03-09")
    assert all(event.procedure == CHECK for event in story.events if isinstance(event, WATCHED))

    assert story.ends() == ["special_procedure_ended"]

    assert story.due() == "2026-03-13", "one day was used on 03-03, four are left after 03-09"
    assert story.state.item(FOOD).breached is False
    story.at("2026-03-14")
    assert story.told(*WATCHED)[-3:] == [
        ("2026-03-12", "limit_warned"),
        ("2026-03-14", "limit_breached"),
        ("2026-03-14", "limit_escalated"),
    ]


def test_a_procedure_that_outlasts_its_time_is_itself_warned_of_breached_and_escalated() -> None:
    story = ClockStory().accepted(FOOD)
    story.at("2026-03-04")
    story.begins()
    story.at("2026-03-13")
    about = [event for event in story.events if isinstance(event, WATCHED)]
    assert {event.procedure for event in about} == {CHECK}
    assert story.told(*WATCHED) == [
        ("2026-03-06", "limit_warned"),
        ("2026-03-10", "limit_breached"),
        ("2026-03-10", "limit_escalated"),
        ("2026-03-12", "limit_escalated"),
    ]
    assert not story.state.item(FOOD).breached, "the limit of the decision stands"


def test_two_procedures_side_by_side_stop_once_and_the_clock_runs_on_after_the_later() -> None:
    story = ClockStory().accepted(FOOD)
    story.at("2026-03-04")
    story.begins(CHECK)
    story.begins(HEARING)
    story.at("2026-03-06")
    story.ends(CHECK)
    assert story.due() is None
    story.at("2026-03-11")
    story.ends(HEARING)
    assert story.due() == "2026-03-17"


def test_the_joint_limit_stands_with_any_of_its_items() -> None:
    story = ClockStory().accepted(FOOD, FIRE)
    story.at("2026-03-04")
    story.begins()
    assert story.state.joint["permits"].watch.dates is None
    story.at("2026-03-09")
    story.ends()
    assert story.state.joint["permits"].watch.dates.due_on == date(2026, 3, 24)


def test_a_decision_during_the_procedure_counts() -> None:
    story = ClockStory().accepted(FOOD)
    story.begins()
    assert story.when(story.decision(FOOD, c.Verdict.APPROVED)) == ["item_approved"]
    story.at("2026-06-01")
    assert story.told(*WATCHED) == []


def test_an_answer_to_an_older_question_changes_nothing() -> None:
    story = ClockStory().accepted(FOOD)
    story.when(c.BeginProcedure(act_id="b", department="market-regulation", item=FOOD, attempt=1, procedure=CHECK))
    asked = story.state.item(FOOD).reckonings
    story.when(c.EndProcedure(act_id="e", department="market-regulation", item=FOOD, attempt=1, procedure=CHECK))
    assert story.when(c.RecordDate(item=FOOD, reckoning=asked)) == []
    assert story.state.item(FOOD).date_in_doubt
    story.reckon()
    assert story.due() == "2026-03-09"


def test_a_repeat_counts_once() -> None:
    story = ClockStory().accepted(FOOD)
    assert story.begins(act_id="same") == ["special_procedure_began"]
    assert story.begins(act_id="same") == []
    assert story.ends(act_id="other") == ["special_procedure_ended"]
    assert story.begins(act_id="same") == [], "also after it has ended"
    assert story.extends(act_id="e") == ["limit_extended"]
    assert story.extends(act_id="e") == []


def accepted_story() -> ClockStory:
    return ClockStory().accepted(FOOD, FIRE)


REFUSED = [
    ("procedure-unknown", lambda story: story.begins("public-hearing")),
    ("procedure-unknown", lambda story: story.begins(CHECK, FIRE)),
    ("procedure-not-begun", lambda story: story.ends()),
    ("foreign", lambda story: story.begins(department="fire-rescue")),
    ("too-late", lambda story: story.begins(attempt=2)),
    ("not-waiting", lambda story: story.begins(CHECK, "opening")),
    ("extension-not-declared", lambda story: story.extends(FIRE)),
    ("extension-too-long", lambda story: story.extends(days=6)),
]


@pytest.mark.parametrize(("code", "act"), REFUSED, ids=[f"{number}-{code}" for number, (code, _) in enumerate(REFUSED)])
def test_acts_that_are_refused(code: str, act) -> None:
    story = accepted_story()
    before = story.state
    with pytest.raises(CommandRefused) as refused:
        act(story)
    assert refused.value.code == code
    assert story.state == before


def test_an_act_about_an_item_that_is_not_accepted_yet_or_decided() -> None:
    story = ClockStory()
    story.when(c.BeginSubmission(item=FOOD))
    with pytest.raises(CommandRefused) as early:
        story.begins()
    assert early.value.code == "not-accepted"
    story = accepted_story()
    story.when(story.decision(FOOD, c.Verdict.APPROVED))
    with pytest.raises(CommandRefused) as late:
        story.ends()
    assert late.value.code == "too-late"


def test_what_lasts_does_not_begin_again_and_an_extension_comes_once_and_in_time() -> None:
    story = accepted_story()
    story.begins()
    with pytest.raises(CommandRefused) as lasting:
        story.begins()
    assert lasting.value.code == "procedure-lasts"
    story.extends()
    with pytest.raises(CommandRefused) as again:
        story.extends()
    assert again.value.code == "extended-already"

    late = accepted_story().at("2026-03-10")
    with pytest.raises(CommandRefused) as passed:
        late.extends()
    assert passed.value.code == "limit-passed"


def test_between_the_last_moment_and_its_breach_no_extension_slips_in() -> None:
    story = accepted_story()
    story.now = end_of_day(date(2026, 3, 9))
    command = c.ExtendLimit(
        act_id="x", department="market-regulation", item=FOOD, attempt=1, approver=SEALED, reason=SEALED
    )
    with pytest.raises(CommandRefused) as passed:
        story.when(command)
    assert passed.value.code == "limit-passed"


stops_and_pauses = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 20)), max_size=4)


@settings(deadline=None, max_examples=60)
@given(stops_and_pauses, st.booleans())
def test_the_clock_never_runs_during_a_stop(plan: list[tuple[int, int]], rests: bool) -> None:
    """The days that count until the due date are exactly the promised ones, and all lie outside of every stop."""
    story = ClockStory().accepted(FOOD)
    accepted_on, day = shanghai_date(story.now), shanghai_date(story.now)
    stopped: set[date] = set()
    for pause, lasts in plan:
        begins = date.fromordinal(day.toordinal() + pause)
        ends = date.fromordinal(begins.toordinal() + lasts)
        story.at(begins.isoformat())
        if rests:
            story.when(c.SuspendCase(channel=e.Channel.WEB))
        else:
            story.begins()
        assert story.due() is None
        if story.state.item(FOOD).breached:
            return  # a stop that begins after the limit has passed saves nothing
        story.at(ends.isoformat())
        warnings = [event for event in story.events if isinstance(event, WATCHED) and event.procedure is None]
        assert not [event for event in warnings if begins < shanghai_date(event.at) < ends]
        if rests:
            if story.state.rest is None:
                return  # the longest rest was over
            story.when(c.ResumeCase(channel=e.Channel.WEB))
            story.reckon()
        else:
            story.ends()
        stopped |= {date.fromordinal(one) for one in range(begins.toordinal(), ends.toordinal() + 1)}
        day = ends
        if rests and sum(lasts for _, lasts in plan) + len(plan) > 25:
            break
    due_on = story.state.item(FOOD).due_on
    counted = [
        one
        for one in map(date.fromordinal, range(accepted_on.toordinal() + 1, due_on.toordinal() + 1))
        if one not in stopped and OFFICIAL.is_working_day(one)[0]
    ]
    assert len(counted) == 5
    assert due_on == counted[-1]
    assert story.state.item(FOOD).due_at == end_of_day(due_on)
    assert moment(due_on.isoformat()) < story.state.item(FOOD).due_at
