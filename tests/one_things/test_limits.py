"""A limit as it runs: warned of before it passes, breached by promise and by law, told to the levels above."""

from datetime import date

import pytest

from one_things import commands as c
from one_things import events as e
from one_things.case import ItemStatus
from one_things.clock import OFFICIAL
from one_things.joint_limits import is_pressed
from one_things.limit_dates import LimitTerms, LimitToReckon, limit_dates
from one_things.steps import deadlines
from tests.one_things.clock_stories import FIRE, FOOD, OPENING, ClockStory, moment

WATCHED = (e.LimitWarned, e.LimitBreached, e.LimitEscalated)


def dates_of(accepted: str, committed: int, **terms: object):
    limit = LimitToReckon(begins_at=moment(accepted), terms=LimitTerms(committed_days=committed, **terms))
    return limit_dates(limit, OFFICIAL)


# Monday 2026-03-02 and no holiday near: five working days are due on Monday 03-09.
@pytest.mark.parametrize(
    ("committed", "before", "warned_on"),
    [(5, 1, "2026-03-06"), (5, 2, "2026-03-05"), (5, 0, "2026-03-09"), (5, 9, "2026-03-03"), (1, 1, "2026-03-03")],
)
def test_the_warning_comes_when_so_many_working_days_are_left_and_never_with_the_acceptance(
    committed: int, before: int, warned_on: str
) -> None:
    dates = dates_of("2026-03-02", committed, warn_before=before)
    assert dates.warn_at == moment(warned_on, "00:00")


def test_all_dates_of_a_limit_over_national_day() -> None:
    # Accepted on Thursday 2026-09-24: 09-28, 09-29, 09-30, 10-08, 10-09, then the make-up Saturday 10-10.
    dates = dates_of("2026-09-24", 4, statutory_days=6, escalation={"section": 0, "bureau": 3})
    assert (dates.due_on, dates.statutory_on) == (date(2026, 10, 8), date(2026, 10, 10))
    assert dates.warn_at == moment("2026-09-30", "00:00")
    assert dates.escalate_at == {"section": dates.due_at, "bureau": moment("2026-10-13", "00:00")}


def test_an_extension_moves_both_limits() -> None:
    dates = dates_of("2026-03-02", 5, statutory_days=8, extension_days=5)
    assert (dates.due_on, dates.statutory_on) == (date(2026, 3, 16), date(2026, 3, 19))


def test_what_is_not_decided_is_warned_of_breached_twice_and_told_level_by_level() -> None:
    story = ClockStory().accepted(FOOD, FIRE)
    assert story.due() == "2026-03-09"
    story.at("2026-03-20")
    assert [one for one in story.told(*WATCHED) if one[0] <= "2026-03-13"] == [
        ("2026-03-06", "limit_warned"),
        ("2026-03-10", "limit_breached"),
        ("2026-03-10", "limit_escalated"),
        ("2026-03-12", "limit_escalated"),
        ("2026-03-13", "limit_breached"),
        ("2026-03-13", "limit_warned"),
    ]
    breaches = [event for event in story.events if isinstance(event, e.LimitBreached) and event.item == FOOD]
    assert [(event.limit, event.due_on) for event in breaches] == [
        (e.LimitKind.COMMITTED, date(2026, 3, 9)),
        (e.LimitKind.STATUTORY, date(2026, 3, 12)),
    ]
    levels = [event.level for event in story.events if isinstance(event, e.LimitEscalated) and event.item == FOOD]
    assert levels == ["section", "bureau"]
    assert story.state.item(FOOD).breached


def test_who_decides_in_time_is_neither_warned_nor_breached() -> None:
    story = ClockStory().accepted(FOOD, FIRE)
    story.at("2026-03-05")
    story.when(story.decision(FOOD, c.Verdict.APPROVED))
    story.when(story.decision(FIRE, c.Verdict.APPROVED))
    story.at("2026-06-01")
    assert story.told(*WATCHED) == []


def test_the_first_condition_that_holds_decides_the_limit() -> None:
    assert ClockStory(small=True).state.plan.item(FIRE).committed_days == 3
    plan = ClockStory(small=False).state.plan
    assert plan.item(FIRE).committed_days == 10
    assert plan.item(FIRE).limits.committed_days == 10
    assert (plan.warn_before, plan.suspension.calendar_days) == (1, 30)


def test_an_extension_is_granted_once_and_moves_the_date() -> None:
    story = ClockStory().accepted(FOOD)
    story.at("2026-03-06", "15:00")
    assert story.told(e.LimitWarned) == [("2026-03-06", "limit_warned")]

    assert story.extends() == ["limit_extended"]

    assert story.due() == "2026-03-16"
    item = story.state.item(FOOD)
    assert (item.extension.working_days, item.watch.warned, item.date_in_doubt) == (5, False, False)
    story.at("2026-03-16")
    assert story.told(e.LimitWarned)[-1] == ("2026-03-13", "limit_warned"), "warned of the later date again"
    assert story.told(e.LimitBreached) == []


def test_a_shorter_extension_may_be_granted() -> None:
    story = ClockStory().accepted(FOOD)
    story.extends(days=2)
    assert story.due() == "2026-03-11"


def test_an_extension_ends_with_the_acceptance_it_was_granted_for() -> None:
    story = ClockStory().accepted(FOOD)
    story.extends()
    story.when(story.decision(FOOD, c.Verdict.CORRECTION))
    assert story.state.item(FOOD).extension is None
    assert story.due() is None
    assert story.state.item(FOOD).act_ids == ("act-1",), "a repeat is still known as one"


def test_an_instant_answer_needs_no_limit() -> None:
    story = ClockStory()
    story.when(c.BeginSubmission(item=FOOD))
    story.when(c.RecordReply(item=FOOD, attempt=1, reply=c.Done()))
    assert story.state.item(FOOD).status is ItemStatus.APPROVED
    assert deadlines(story.state) == ()


def test_a_department_that_answers_nothing_becomes_an_operators_task_that_goes_with_its_answer() -> None:
    story = ClockStory()
    story.when(c.BeginSubmission(item=FOOD))
    story.when(c.RecordUnreachable(item=FOOD))
    assert [deadline.command for deadline in deadlines(story.state)] == [c.ReportSilence(item=FOOD)]

    story.at("2026-03-04")

    assert [(task.item, task.kind) for task in story.state.tasks] == [(FOOD, e.TaskKind.DEPARTMENT_SILENT)]
    assert deadlines(story.state) == ()
    reply = c.RecordReply(item=FOOD, attempt=1, reply=c.Done())
    assert story.when(reply) == ["item_approved"]
    assert story.state.tasks == ()


def test_also_who_does_not_undo_is_reported() -> None:
    story = ClockStory().accepted(FOOD, FIRE)
    story.when(c.Cancel(channel=e.Channel.WEB))
    story.when(c.RecordUnreachable(item=FOOD))
    story.at("2026-03-04")
    assert [task.kind for task in story.state.tasks] == [e.TaskKind.DEPARTMENT_SILENT]
    story.when(c.RecordUndone(item=FOOD))
    assert story.state.tasks == ()


def test_the_joint_limit_runs_from_the_first_acceptance_to_the_last_decision() -> None:
    story = ClockStory().accepted(FOOD)
    story.at("2026-03-04").accepted(FIRE)
    run = story.state.joint["permits"]
    assert run.watch.dates.due_on == date(2026, 3, 18), "12 working days from the first acceptance"
    story.when(story.decision(FOOD, c.Verdict.APPROVED))
    story.at("2026-03-25")
    joint = [event for event in story.events if isinstance(event, e.JointLimitEvent)]
    assert [event.type for event in joint] == [
        "joint_limit_reckoned",
        "joint_limit_warned",
        "joint_limit_breached",
        "joint_limit_escalated",
        "joint_limit_escalated",
    ]
    assert joint[2].at == moment("2026-03-19", "00:00")


def test_a_joint_limit_presses_from_its_warning_to_its_last_decision_and_only_its_own_items() -> None:
    story = ClockStory().accepted(FOOD)
    story.at("2026-03-16")
    assert not is_pressed(story.state, FIRE), "12 working days from 03-02, warned of one day before"
    story.at("2026-03-18")
    assert is_pressed(story.state, FIRE)
    assert not is_pressed(story.state, OPENING), "it is under no joint limit"
    story.at("2026-03-25")
    assert is_pressed(story.state, FIRE), "over is not better than near"
    story.accepted(FIRE)
    story.when(story.decision(FOOD, c.Verdict.APPROVED))
    story.when(story.decision(FIRE, c.Verdict.APPROVED))
    assert not is_pressed(story.state, FIRE)


def test_after_the_last_decision_the_joint_limit_is_over() -> None:
    story = ClockStory().accepted(FOOD, FIRE)
    story.when(story.decision(FOOD, c.Verdict.APPROVED))
    story.when(story.decision(FIRE, c.Verdict.APPROVED))
    story.at("2026-06-01")
    assert [event.type for event in story.events if isinstance(event, e.JointLimitEvent)] == ["joint_limit_reckoned"]


def test_who_chooses_one_of_its_items_has_no_joint_limit() -> None:
    story = ClockStory()
    assert [limit.id for limit in story.state.plan.joint_limits] == ["permits"]
    alone = story.state.plan.model_copy(update={"items": story.state.plan.items[:1]})
    assert OPENING not in alone.joint_limits[0].items
