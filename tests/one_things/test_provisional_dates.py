"""A date that crosses into a year whose calendar is not published is reckoned anew before anything follows from it."""

from datetime import timedelta

from one_things import commands as c
from one_things.case import CasePhase, ItemStatus
from one_things.steps import ReckonDate, deadlines, next_steps
from tests.one_things.given import SIMPLE, Story, a_plan

TAX, NOTICE, REGISTRY = "tax-clearance", "simple-notice", "registry-deregistration"


def a_notice_with_a_provisional_window() -> Story:
    story = Story(a_plan(SIMPLE)).submitted(NOTICE)
    ends_at = story.now + timedelta(days=20)
    taken = c.Taken(
        reference="r",
        notice_ends_at=ends_at,
        windows={REGISTRY: ends_at + timedelta(days=20)},
        provisional_windows=(REGISTRY,),
    )
    story.when(c.RecordReply(item=NOTICE, attempt=1, reply=taken))
    story.when(c.EndNotice(item=NOTICE))
    return story


def test_a_provisional_window_is_doubted_and_not_lapsed():
    story = a_notice_with_a_provisional_window()
    assert [deadline.command for deadline in deadlines(story.state)] == [c.DoubtDate(item=REGISTRY)]

    assert story.when(c.DoubtDate(item=REGISTRY)) == ["date_doubted"]

    assert ReckonDate(item=REGISTRY, reckoning=1) in next_steps(story.state)
    assert deadlines(story.state) == ()
    assert story.state.phase is CasePhase.OPEN
    assert story.when(c.DoubtDate(item=REGISTRY)) == []


def test_a_window_that_turns_out_longer_stays_open_until_its_new_end():
    story = a_notice_with_a_provisional_window()
    story.when(c.DoubtDate(item=REGISTRY))
    later = story.state.item(REGISTRY).window_ends_at + timedelta(days=3)

    assert story.when(c.RecordDate(item=REGISTRY, window_ends_at=later)) == ["date_reckoned"]

    (upcoming,) = deadlines(story.state)
    assert (upcoming.at, upcoming.command) == (later, c.LapseWindow(item=REGISTRY))
    assert not any(isinstance(step, ReckonDate) for step in next_steps(story.state))
    assert story.when(c.LapseWindow(item=REGISTRY)) == ["item_lapsed", "case_stopped"]


def test_a_provisional_due_date_is_reckoned_before_it_is_called_breached():
    story = Story(a_plan(SIMPLE)).submitted(TAX)
    due_at = story.now + timedelta(days=14)
    taken = c.Taken(reference="r", due_on=due_at.date(), due_at=due_at, provisional=True)
    story.when(c.RecordReply(item=TAX, attempt=1, reply=taken))
    assert [deadline.command for deadline in deadlines(story.state)] == [c.DoubtDate(item=TAX)]

    story.when(c.DoubtDate(item=TAX))
    new = due_at + timedelta(days=1)
    story.when(c.RecordDate(item=TAX, due_on=new.date(), due_at=new))

    item = story.state.item(TAX)
    assert (item.due_at, item.provisional, item.breached) == (new, False, False)
    assert [deadline.command for deadline in deadlines(story.state)] == [c.BreachLimit(item=TAX)]


def test_a_decision_while_the_date_is_reckoned_counts_and_the_date_no_longer_matters():
    story = Story(a_plan(SIMPLE)).submitted(TAX)
    due_at = story.now + timedelta(days=14)
    taken = c.Taken(reference="r", due_on=due_at.date(), due_at=due_at, provisional=True)
    story.when(c.RecordReply(item=TAX, attempt=1, reply=taken))
    story.when(c.DoubtDate(item=TAX))

    story.when(story.decision(TAX, c.Verdict.APPROVED))
    story.when(c.RecordDate(item=TAX, due_on=due_at.date(), due_at=due_at))

    assert story.state.item(TAX).status is ItemStatus.APPROVED
    assert deadlines(story.state) == ()


def test_a_corrected_notice_takes_the_window_behind_it_along():
    story = Story(a_plan(SIMPLE)).submitted(NOTICE).taken(NOTICE)
    assert story.state.item(REGISTRY).window_ends_at is not None

    story.when(story.decision(NOTICE, c.Verdict.CORRECTION))

    assert story.state.item(REGISTRY).window_ends_at is None
