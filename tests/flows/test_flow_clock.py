"""The clock on the real servers, days skipped: stopped, extended, warned of, breached, escalated, rested."""

from datetime import timedelta

from one_things import events as e
from one_things.clock import due_date, end_of_day, shanghai_date
from tests.flows import clock_stories as stories
from tests.flows.clock_stories import CHECK, FIRE, FOOD
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, in_order, of_kind

WATCHED = (e.LimitWarned, e.LimitBreached, e.LimitEscalated)


async def test_a_procedure_stops_the_clock_outlasts_its_time_and_the_limit_is_extended(town: Town) -> None:
    case_no = await stories.stopped_and_extended(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is e.CaseOutcome.COMPLETED
    events = town.events(case_no)
    accepted = of_kind(events, e.ItemAccepted, FOOD)[0]
    (began,), (ended,) = of_kind(events, e.SpecialProcedureBegan, FOOD), of_kind(events, e.SpecialProcedureEnded, FOOD)
    about = [event for event in events if isinstance(event, WATCHED) and event.item == FOOD]
    assert {event.procedure for event in about} == {CHECK}, "while it lasted no limit of the decision came near"
    assert [event.type for event in about][:3] == ["limit_warned", "limit_breached", "limit_escalated"]
    reckoned = of_kind(events, e.DateReckoned, FOOD)
    promised = due_date(began.at, 3).date
    assert (reckoned[0].due_on, reckoned[0].procedures[CHECK].due_on) == (None, promised)
    assert next(event for event in about if event.type == "limit_breached").at >= end_of_day(promised)
    # Accepted and stopped on the same day: the whole limit is left, counted from the day after the check.
    assert shanghai_date(accepted.at) == shanghai_date(began.at)
    assert reckoned[1].due_on == due_date(ended.at, 5).date
    assert reckoned[2].due_on == due_date(ended.at, 10).date
    assert reckoned[2].limit.statutory_on == due_date(ended.at, 13).date
    view = await town.view(case_no)
    words = [one["text"]["en"] for one in (await timeline(town, case_no))]
    assert any("On-site check. It takes 3 working days" in one for one in words)
    assert any("extended by 5 working days" in one for one in words)
    assert view["outcome"] == "completed"


async def test_acts_that_are_refused_change_nothing_and_are_kept(town: Town) -> None:
    case_no = await stories.under_review(town, FOOD)
    before = len(town.events(case_no))
    unknown = await town.act(case_no, FOOD, "procedure_begun", procedure="public-hearing")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "procedure-unknown")
    too_long = await town.act(case_no, FOOD, "extended", approver="测试", reason="测试", working_days=9)
    assert (too_long.status_code, too_long.json()["code"]) == (409, "extension-too-long")
    twice = {"act_id": "the-same", "procedure": CHECK}
    assert (await town.act(case_no, FOOD, "procedure_begun", **twice)).json() == {"outcome": "counted"}
    assert (await town.act(case_no, FOOD, "procedure_begun", **twice)).json() == {"outcome": "repeat"}
    await town.until(case_no, lambda state: bool(state.items[FOOD].procedures[0].watch.dates), "its date")
    await town.decide(case_no, FOOD)
    await assert_sound(town, case_no)
    assert len(of_kind(town.events(case_no)[before:], e.SpecialProcedureBegan)) == 1
    kept = [event for event in town.events(case_no)[before:] if isinstance(event, e.DecisionSetAside)]
    assert [(one.said, one.code) for one in kept] == [
        ("procedure_begun", "procedure-unknown"),
        ("extended", "extension-too-long"),
    ]


async def test_who_does_not_decide_is_warned_of_and_told_upwards(town: Town) -> None:
    case_no = await stories.breached_and_escalated(town)
    await assert_sound(town, case_no)
    events = town.events(case_no)
    accepted = of_kind(events, e.ItemAccepted, FOOD)[0]
    food = [event for event in events if isinstance(event, WATCHED) and event.item == FOOD]
    assert [event.type for event in food] == [
        "limit_warned", "limit_breached", "limit_escalated", "limit_escalated", "limit_breached",
    ]  # fmt: skip
    committed, lawful = due_date(accepted.at, 5).date, due_date(accepted.at, 8).date
    assert [event.due_on for event in of_kind(events, e.LimitBreached, FOOD)] == [committed, lawful]
    assert [event.limit for event in of_kind(events, e.LimitBreached, FOOD)] == list(e.LimitKind)
    warned, breached = of_kind(events, e.LimitWarned, FOOD)[0], of_kind(events, e.LimitBreached, FOOD)[0]
    assert warned.at < end_of_day(committed) <= breached.at < end_of_day(committed) + timedelta(hours=1)
    joint = [event.type for event in events if isinstance(event, e.JointLimitEvent)]
    assert joint[0] == "joint_limit_reckoned"
    assert joint[-4:] == [
        "joint_limit_warned", "joint_limit_breached", "joint_limit_escalated", "joint_limit_escalated",
    ]  # fmt: skip


async def test_a_case_rests_and_goes_on_by_itself(town: Town) -> None:
    case_no = await stories.rested(town)
    state = await assert_sound(town, case_no)
    assert state.outcome is e.CaseOutcome.COMPLETED
    events = town.events(case_no)
    suspended, resumed = of_kind(events, e.CaseSuspended), of_kind(events, e.CaseResumed)
    assert [event.channel for event in resumed] == ["web", None]
    assert suspended[1].resumes_at <= resumed[1].at
    moved = of_kind(events, e.DateReckoned, FOOD)[-1]
    assert moved.due_on == due_date(resumed[1].at, 5).date
    assert not [event for event in events if isinstance(event, WATCHED) and event.at < resumed[1].at]
    assert not [event for event in of_kind(events, e.ItemSubmitted) if suspended[1].at < event.at < resumed[1].at]
    assert state.item(FIRE).watch.breached is False


async def timeline(town: Town, case_no: str) -> list[dict[str, object]]:
    answer = await town.http.get(f"/cases/{case_no}/timeline", headers=town.bearer())
    entries: list[dict[str, object]] = answer.json()["entries"]
    return entries


async def test_a_department_begins_and_ends_its_procedure_by_itself(town: Town) -> None:
    case_no = await stories.inspected(town)
    state = await assert_sound(town, case_no)
    declared = [procedure.id for procedure in state.plan.item(FOOD).procedures]
    assert [(run.procedure, run.lasts) for run in state.items[FOOD].procedures] == [(one, False) for one in declared]
    types = [event.type for event in town.events(case_no) if getattr(event, "item", "") == FOOD]
    assert in_order(types, "item_accepted", "special_procedure_began", "special_procedure_ended", "item_approved")
    sent = [one for one in (await town.journal(case_no)).decisions if one.key == f"{case_no}:{FOOD}:1"]
    assert [one.verdict for one in sent] == [*["procedure_begun", "procedure_ended"] * len(declared), "approved"]
    assert {one.sendings[-1].status for one in sent} == {200}
