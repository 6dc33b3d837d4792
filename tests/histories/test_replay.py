"""Every recorded history replays on today's workflow code, and a change that breaks one is caught."""

from collections.abc import Callable

import pytest
from temporalio import workflow
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, WorkflowRunner
from temporalio.workflow import NondeterminismError

from activities import names
from activities.models import AppendReply, AppendRequest
from one_things import steps
from one_things.case import CaseState
from one_things.limit_dates import LimitDates
from runtime.worker import workflow_runner
from tests.histories import kept
from tests.histories.record import STORIES
from workflows import calling, delivery, record
from workflows.case_workflow import CaseWorkflow


def replayer(runner: WorkflowRunner) -> Replayer:
    return Replayer(workflows=[CaseWorkflow], workflow_runner=runner, data_converter=pydantic_data_converter)


def test_every_branch_of_a_case_has_a_recorded_history() -> None:
    assert set(STORIES) <= set(kept.names()), "record the missing ones: python -m tests.histories.record NAME"


@pytest.mark.parametrize("name", kept.names())
async def test_a_recorded_history_replays(name: str) -> None:
    await replayer(workflow_runner(sandboxed=True)).replay_workflow(kept.load(name))


async def test_a_change_that_breaks_histories_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """One step at a time instead of side by side looks harmless, and would wedge every case that is under way."""
    as_it_was = steps.next_steps

    def one_at_a_time(state: CaseState) -> tuple[steps.Step, ...]:
        return as_it_was(state)[:1]

    monkeypatch.setattr(steps, "next_steps", one_at_a_time)
    with pytest.raises(NondeterminismError):
        await replayer(workflow_runner(sandboxed=False)).replay_workflow(kept.load("simple"))


@pytest.mark.parametrize("name", ["simple", "lapsed", "refused-and-undone"])
async def test_another_order_is_caught_also_where_it_would_only_swap_answers(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    as_it_was = steps.next_steps
    monkeypatch.setattr(steps, "next_steps", lambda state: tuple(reversed(as_it_was(state))))
    with pytest.raises(NondeterminismError, match=r"[Aa]ctivity id"):
        await replayer(workflow_runner(sandboxed=False)).replay_workflow(kept.load(name))


def one_institution_at_a_time(change: pytest.MonkeyPatch) -> None:
    """The second bank is handed the contract when the first has answered."""
    as_it_was = steps.next_steps

    def fewer(state: CaseState) -> tuple[steps.Step, ...]:
        found = as_it_was(state)
        asking = [step for step in found if isinstance(step, steps.AskToSign)]
        return tuple(step for step in found if step not in asking[1:])

    change.setattr(steps, "next_steps", fewer)


def quickly_first(change: pytest.MonkeyPatch) -> None:
    """An order to deliver is tried on the cases' own queue first, as submissions are."""
    change.setattr(delivery, "patiently", calling.once)


def provisional_is_certain(change: pytest.MonkeyPatch) -> None:
    """A date that has come is not reckoned anew."""
    change.setattr(LimitDates, "settled", lambda dates, at: dates.model_copy(update={"provisional": False}))


def no_answer_at_once(change: pytest.MonkeyPatch) -> None:
    """A call that never left counts as unanswered, as it did before there was a change of code."""
    change.setattr(workflow, "patched", lambda _: False)


@pytest.mark.parametrize(
    ("breaks", "name"),
    [
        (one_institution_at_a_time, "sold"),
        (one_institution_at_a_time, "bank-late-and-document-confirmed"),
        (quickly_first, "paper-mailed"),
        (quickly_first, "paper-refused-missed-and-confirmed"),
        (provisional_is_certain, "unpublished-year"),
        (no_answer_at_once, "in-maintenance"),
        (no_answer_at_once, "store-away"),
    ],
)
async def test_what_looks_harmless_is_caught_in_each_newer_part(
    monkeypatch: pytest.MonkeyPatch, breaks: Callable[[pytest.MonkeyPatch], None], name: str
) -> None:
    breaks(monkeypatch)
    with pytest.raises(NondeterminismError):
        await replayer(workflow_runner(sandboxed=False)).replay_workflow(kept.load(name))


def test_a_history_holds_a_case_that_gathered_under_load() -> None:
    """It waited longer than for an expected answer, and for less than what is only load."""
    timers = [
        event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        for event in kept.load("gathered-under-load").events
        if event.HasField("timer_started_event_attributes")
    ]
    assert any(record._LONGEST_WAIT < timer <= record._LONGEST_UNDER_LOAD for timer in timers)


def test_what_decides_when_events_leave_is_what_it_was_when_cases_under_way_began() -> None:
    """Another number makes other commands of the same history; a change needs a flag in the plan for new cases."""
    seconds = (record._LONGEST_WAIT, record._KEEPS_UP, record._LOAD_LASTS, record._NOT_LOAD, record._LONGEST_UNDER_LOAD)
    assert [one.total_seconds() for one in seconds] == [0.1, 0.1, 10, 60, 3]
    assert record._TIMES_AS_LONG == 8


def test_a_history_holds_a_case_that_heard_of_load_from_others_and_forgot_it() -> None:
    """What its worker answers is not what the case said itself; after a notice of 20 days it says nothing."""
    requests, answers = [], []
    for event in kept.load("gathered-among-many").events:
        scheduled = event.activity_task_scheduled_event_attributes
        if scheduled.activity_type.name == names.APPEND_EVENTS:
            requests.append(AppendRequest.model_validate_json(scheduled.input.payloads[0].data))
        for payload in event.activity_task_completed_event_attributes.result.payloads:
            if b'"kept_waiting"' in payload.data:
                answers.append(AppendReply.model_validate_json(payload.data))
    assert len(requests) == len(answers)
    said = [request.kept_waiting for request in requests]
    assert None in said
    assert any(
        one is not None and one != answer.kept_waiting > record._KEEPS_UP
        for one, answer in zip(said, answers, strict=True)
    )


@pytest.mark.parametrize("name", kept.names())
def test_a_history_says_nothing_of_where_it_was_recorded(name: str) -> None:
    text = kept.text_of(name)
    for trace in ("/site-packages/", "Traceback", '"identity"'):
        assert trace not in text
