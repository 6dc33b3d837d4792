"""Our own connections to a department are all taken: it is not called unreachable for that, and is called later."""

from collections.abc import Iterator, Sequence
from uuid import uuid4

import pytest
from temporalio import activity, workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

from activities.asking import no_clear_answer
from activities.models import DepartmentRequest
from activities.names import department_queue
from adapters.port import UnknownCause
from one_things.model import Record
from tests.flows.town import Town
from workflows import calling

OURS = UnknownCause.KEY_CONFLICT
"""Stands for a failure that has nothing to do with the department."""
BUSY, AWAY = UnknownCause.BUSY_HERE, UnknownCause.UNREACHABLE
ASK = "ask-in-line"
CODE = "registry"


class Question(DepartmentRequest):
    """What is asked, and in which of the two ways at first."""

    local: bool

    @property
    def asked(self) -> str:
        return CODE


class Said(Record):
    """The answer."""

    text: str


class Department:
    """Answers when its tries are used up; each of them fails for its own cause."""

    def __init__(self, tries: Sequence[UnknownCause]) -> None:
        self._tries: Iterator[UnknownCause] = iter(tries)

    @activity.defn(name=ASK)
    async def ask(self, _: Question) -> Said:
        for cause in self._tries:
            if cause is OURS:
                raise ZeroDivisionError("a step of ours")
            raise no_clear_answer("no answer", cause)
        return Said(text="done")


@workflow.defn
class Asking:
    """Calls once, as a case does; says what came of it."""

    @workflow.run
    async def run(self, question: Question) -> str:
        call = calling.look_up_once if question.local else calling.once
        try:
            return (await call(ASK, "it", question, Said)).text
        except calling.NoAnswer:
            return "no answer"


async def asked(town: Town, tries: Sequence[UnknownCause], *, local: bool = False) -> tuple[str, WorkflowHistory]:
    queue = f"in-line-{uuid4()}"
    ask = Department(tries).ask
    async with (
        Worker(
            town.temporal,
            task_queue=queue,
            workflows=[Asking],
            activities=[ask],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ),
        Worker(town.temporal, task_queue=department_queue(queue, CODE), activities=[ask]),
    ):
        handle = await town.temporal.start_workflow(Asking.run, Question(local=local), id=queue, task_queue=queue)
        return await handle.result(), await handle.fetch_history()


def tries_of(history: WorkflowHistory) -> list[str]:
    """The ids of the activities that the server was asked to have carried out."""
    return [
        event.activity_task_scheduled_event_attributes.activity_id
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    ]


@pytest.mark.parametrize("local", [False, True], ids=["submission", "look-up"])
async def test_a_call_that_never_left_waits_its_turn(town: Town, local: bool) -> None:
    answer, history = await asked(town, [BUSY, BUSY, BUSY], local=local)
    assert answer == "done"
    assert tries_of(history)[-1] == "it:in-turn"


@pytest.mark.parametrize("local", [False, True], ids=["submission", "look-up"])
async def test_a_department_that_does_not_answer_is_said_to_be_so_at_once_and_after_waiting(
    town: Town, local: bool
) -> None:
    answer, history = await asked(town, [AWAY], local=local)
    assert answer == "no answer"
    assert "it:in-turn" not in tries_of(history)
    answer, history = await asked(town, [BUSY, BUSY, AWAY], local=local)
    assert answer == "no answer"
    assert tries_of(history)[-1] == "it:in-turn"


@pytest.mark.parametrize("local", [False, True], ids=["submission", "look-up"])
async def test_a_failure_of_our_own_is_no_word_of_the_department(town: Town, local: bool) -> None:
    answer, history = await asked(town, [OURS, OURS], local=local)
    assert answer == "done"
    assert tries_of(history)[-1] == "it:in-turn"


async def test_a_case_that_said_so_before_replays_as_it_went(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(workflow, "patched", lambda _: False)
        answer, history = await asked(town, [BUSY])
    assert answer == "no answer"
    replayer = Replayer(
        workflows=[Asking],
        workflow_runner=UnsandboxedWorkflowRunner(),
        data_converter=town.temporal.data_converter,
    )
    await replayer.replay_workflow(history)
