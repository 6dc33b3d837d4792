"""The applicant rests the case where the bundle allows it: nothing is begun, every clock stands."""

from datetime import date

import pytest

from one_things import commands as c
from one_things import events as e
from one_things.case import CasePhase, ItemStatus
from one_things.clock import OFFICIAL, CalendarYear
from one_things.faults import CommandRefused
from one_things.provisional import has_provisional_dates
from one_things.steps import SubmitItem, deadlines, next_steps
from tests.one_things.clock_stories import CATERING, FIRE, FOOD, OPENING, ClockStory, moment
from tests.one_things.given import Story, a_plan

REST = c.SuspendCase(channel=e.Channel.WEB)
GO_ON = c.ResumeCase(channel=e.Channel.WEB)
WATCHED = (e.LimitWarned, e.LimitBreached, e.LimitEscalated, e.JointLimitWarned, e.JointLimitBreached)


def submits(story: Story) -> list[str]:
    return [step.item for step in next_steps(story.state) if isinstance(step, SubmitItem)]


def test_while_it_rests_nothing_is_begun_and_no_date_comes() -> None:
    story = ClockStory().accepted(FOOD)
    assert submits(story) == [FIRE]

    assert story.when(REST) == ["case_suspended"]

    assert submits(story) == []
    assert story.due() is None
    assert story.state.rest.resumes_at == moment("2026-04-02", "00:00"), "30 calendar days, to the end of the last"
    assert [deadline.command for deadline in deadlines(story.state)] == [c.ResumeCase()]
    story.at("2026-03-31")
    assert story.told(*WATCHED) == []
    assert story.when(REST) == [], "it rests already"


def test_after_it_the_dates_have_moved_by_the_days_it_rested() -> None:
    story = ClockStory().accepted(FOOD, FIRE)
    story.at("2026-03-04")
    story.when(REST)
    story.at("2026-03-09")

    assert story.when(GO_ON) == ["case_resumed"]
    story.reckon()

    assert (story.due(FOOD), story.due(FIRE)) == ("2026-03-13", "2026-03-20")
    assert story.state.joint["permits"].watch.dates.due_on == date(2026, 3, 24)
    assert story.when(GO_ON) == []


def test_the_longest_rest_ends_by_itself_and_there_is_no_other() -> None:
    story = ClockStory().accepted(FOOD)
    story.when(REST)
    story.at("2026-04-02")
    resumed = story.events[-3]
    assert (resumed.type, resumed.channel, resumed.at) == ("case_resumed", None, moment("2026-04-02", "00:00"))
    assert submits(story) == [FIRE]
    with pytest.raises(CommandRefused) as used_up:
        story.when(REST)
    assert used_up.value.code == "rest-used-up"


def test_several_rests_share_the_days() -> None:
    story = ClockStory().accepted(FOOD)
    story.when(REST)
    story.at("2026-03-12")
    story.when(GO_ON)
    story.when(REST)
    assert story.state.rest.resumes_at == moment("2026-04-02", "00:00"), "20 days are left of 30"


def test_a_procedure_stands_with_the_case_and_goes_on_with_it() -> None:
    story = ClockStory().accepted(FOOD)
    story.begins()
    story.when(REST)
    assert story.state.item(FOOD).procedures[0].watch.dates is None
    story.at("2026-03-09")
    story.when(GO_ON)
    story.reckon()
    assert story.state.item(FOOD).procedures[0].watch.dates.due_on == date(2026, 3, 12)
    assert story.due() is None


def test_what_is_accepted_during_the_rest_has_its_whole_limit_after_it() -> None:
    story = ClockStory()
    story.when(c.BeginSubmission(item=FOOD))
    story.when(REST)
    taken = c.Taken(reference="受理", due_on=date(2026, 3, 9), due_at=moment("2026-03-10", "00:00"))
    story.when(c.RecordReply(item=FOOD, attempt=1, reply=taken))
    assert (story.state.item(FOOD).status, story.due()) == (ItemStatus.ACCEPTED, None)
    story.at("2026-03-09")
    story.when(GO_ON)
    story.reckon()
    assert story.due() == "2026-03-16"


def test_a_decision_counts_while_the_case_rests_and_it_can_be_taken_back() -> None:
    story = ClockStory().accepted(FOOD, FIRE)
    story.when(REST)
    assert story.when(story.decision(FOOD, c.Verdict.APPROVED)) == ["item_approved"]
    assert story.when(c.Cancel(channel=e.Channel.WEB)) == ["case_stopped"]
    assert story.when(GO_ON) == []
    assert [deadline.command for deadline in deadlines(story.state)] == []


def test_a_case_that_is_being_withdrawn_does_not_rest() -> None:
    story = ClockStory().accepted(FOOD)
    story.when(c.Cancel(channel=e.Channel.WEB))
    with pytest.raises(CommandRefused) as refused:
        story.when(REST)
    assert refused.value.code == "case-stopping"


def test_at_the_pivot_and_after_it_no_case_rests() -> None:
    story = ClockStory().accepted(FOOD, FIRE)
    story.when(story.decision(FOOD, c.Verdict.APPROVED))
    story.when(story.decision(FIRE, c.Verdict.APPROVED))
    story.accepted(OPENING)
    with pytest.raises(CommandRefused) as deciding:
        story.when(REST)
    assert deciding.value.code == "pivot-being-decided"
    story.when(story.decision(OPENING, c.Verdict.APPROVED))
    with pytest.raises(CommandRefused) as passed:
        story.when(REST)
    assert passed.value.code == "pivot-passed"


def test_a_bundle_that_says_nothing_of_it_allows_no_rest() -> None:
    silent = CATERING.model_copy(update={"suspension": None})
    story = ClockStory(bundle=silent)
    with pytest.raises(CommandRefused) as refused:
        story.when(REST)
    assert refused.value.code == "rest-not-allowed"
    assert Story(a_plan()).state.plan.suspension is None


# An example of a notice for 2027, not the official one: New Year until Monday 01-04.
NOTICE_2027 = CalendarYear(year=2027, free_days=tuple(date(2027, 1, day) for day in range(1, 5)), make_up_days=())
LEARN = c.LearnCalendar(publication=1)


def across_the_year() -> ClockStory:
    story = ClockStory()
    story.at("2026-12-24")
    return story.accepted(FOOD, FIRE)


def test_when_a_calendar_is_published_provisional_dates_are_reckoned_at_once() -> None:
    story = across_the_year()
    assert (story.due(FOOD), story.due(FIRE)) == ("2026-12-31", "2027-01-08")
    assert has_provisional_dates(story.state)
    story.calendar = OFFICIAL.with_years(NOTICE_2027)

    assert story.when(LEARN) == ["calendar_known"]
    story.reckon()

    assert (story.due(FOOD), story.due(FIRE)) == ("2026-12-31", "2027-01-11")
    assert story.state.joint["permits"].watch.dates.due_on == date(2027, 1, 13)
    assert not has_provisional_dates(story.state)
    assert story.when(LEARN) == []


def test_a_case_without_provisional_dates_has_nothing_to_learn() -> None:
    story = ClockStory().accepted(FOOD)
    assert story.when(LEARN) == []
    story.when(story.decision(FOOD, c.Verdict.REFUSED))
    assert story.state.phase is CasePhase.STOPPING
    assert story.when(LEARN) == []


def test_without_a_publication_a_provisional_date_is_settled_on_its_day() -> None:
    story = across_the_year()
    story.at("2027-01-01")
    assert ("2027-01-01", "date_doubted") in story.told(e.DateDoubted)
    assert not story.state.item(FOOD).provisional
    assert story.state.item(FOOD).breached, "no calendar says otherwise"
    assert story.state.item(FIRE).provisional, "its date has not come"


def test_a_rest_keeps_dates_from_being_reckoned_until_it_ends() -> None:
    story = across_the_year()
    story.when(REST)
    assert story.when(LEARN) == []
    story.calendar = OFFICIAL.with_years(NOTICE_2027)
    story.at("2027-01-11")
    story.when(GO_ON)
    story.reckon()
    assert story.due(FOOD) == "2027-01-18"
