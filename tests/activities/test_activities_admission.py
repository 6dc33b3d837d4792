"""Which calls are made now, and when those are tried again that are not."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities import names
from activities.admission import Admission, InTurn
from activities.answers import no_clear_answer
from adapters.configuration.entry import DepartmentEntry
from adapters.directory import UnknownDepartment
from adapters.port import DepartmentPort, Unknown, UnknownCause
from adapters.standing import Breakers
from adapters.watched import WatchedDepartment

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
ONCE = RetryPolicy(maximum_attempts=1)
AWAY = Unknown(detail="away", cause=UnknownCause.UNREACHABLE)


class Port:
    """Answers every question with what it is given."""

    code = "tax"

    def __init__(self, answer: object = None) -> None:
        self._answer = answer

    async def ask(self, _: str) -> object:
        return self._answer


class Tax:
    """A directory that knows one department."""

    def __init__(self, answer: object, entry: DepartmentEntry) -> None:
        self._port = Port(answer)
        self._entry = entry

    def port(self, department: str) -> DepartmentPort:
        if department != Port.code:
            raise UnknownDepartment(department, (Port.code,))
        return self._port  # type: ignore[return-value]

    def entry(self, department: str) -> DepartmentEntry:
        self.port(department)
        return self._entry


def directory(answer: object = None, **entry: Any) -> Tax:
    return Tax(answer, DepartmentEntry.model_validate(entry))


def environment(**info: Any) -> ActivityEnvironment:
    asked = ActivityEnvironment()
    asked.info = replace(ActivityEnvironment.default_info(), started_time=NOW, **info)
    return asked


def refused(admission: Admission, department: str = "tax", **info: Any) -> ApplicationError:
    with pytest.raises(ApplicationError) as refusal:
        environment(**info).run(admission.find, department)
    return refusal.value


def seconds(error: ApplicationError) -> float:
    assert error.next_retry_delay is not None
    return error.next_retry_delay.total_seconds()


def test_a_department_without_a_word_about_it_is_called() -> None:
    found = environment(retry_policy=ONCE).run(Admission(directory(), Breakers()).find, "tax")
    assert isinstance(found, WatchedDepartment)


def test_a_first_try_leaves_the_limited_department_to_its_own_queue() -> None:
    admission = Admission(directory(limits={"concurrency": 2}), Breakers())
    assert refused(admission, retry_policy=ONCE).type == names.BUSY_HERE
    assert environment(retry_policy=RetryPolicy()).run(admission.find, "tax") is not None


def test_in_maintenance_the_call_waits_for_its_end_by_the_clock_of_the_case() -> None:
    window = {"from": "2026-12-01T22:00+08:00", "to": "2026-12-02T06:00+08:00"}
    admission = Admission(directory(maintenance=[window]), Breakers())
    refusal = refused(admission)
    assert refusal.type == names.BUSY_HERE, "which does not say that the department is unreachable"
    assert timedelta(hours=7) <= timedelta(seconds=seconds(refusal)) <= timedelta(hours=7, seconds=10)
    before = ActivityEnvironment()
    before.info = replace(ActivityEnvironment.default_info(), started_time=NOW - timedelta(hours=2))
    assert before.run(admission.find, "tax") is not None


async def test_who_is_known_not_to_answer_is_not_called_until_the_probe() -> None:
    admission = Admission(directory(AWAY, breaker={"after_failures": 2, "probe_seconds": 40.0}), Breakers())

    async def call() -> None:
        await admission.find("tax").ask("key")

    await environment().run(call)
    await environment().run(call)
    refusal = refused(admission, attempt=1)
    assert refusal.type == names.NO_ANSWER
    assert 39 <= seconds(refusal) <= 48
    assert 300 <= seconds(refused(admission, attempt=50)) <= 360, "its own schedule, when that is longer"


async def test_who_comes_while_the_department_is_probed_is_back_soon_after_it() -> None:
    breakers = Breakers()
    admission = Admission(directory(AWAY, breaker={"after_failures": 1, "probe_seconds": 40.0}), breakers)

    async def call() -> None:
        await admission.find("tax").ask("key")

    await environment().run(call)
    ((_, breaker),) = breakers
    later = breaker.clock() + 40
    breaker.clock = lambda: later
    assert environment().run(admission.find, "tax") is not None, "the probe"
    assert 40 <= seconds(refused(admission, attempt=1)) <= 48, "and not the five minutes after which one counts as lost"


def test_whom_no_directory_knows_is_waited_for() -> None:
    refusal = refused(Admission(directory(), Breakers()), "customs")
    assert refusal.type == names.NO_ANSWER
    assert refusal.next_retry_delay is None


class Step(ActivityInboundInterceptor):
    """The step itself."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self._act = act

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        return self._act()


def fails(error: Exception) -> Callable[[], Any]:
    def act() -> Any:
        raise error

    return act


async def in_turn(act: Callable[[], Any], **info: Any) -> Any:
    entry = {"retries": {"first_seconds": 2.0, "factor": 3.0, "longest_seconds": 100.0}}
    step = InTurn("tax", directory(**entry)).intercept_activity(Step(act))
    call = ExecuteActivityInput(fn=act, args=[], executor=None, headers={})
    return await environment(**info).run(step.execute_activity, call)


@pytest.mark.parametrize(("attempt", "at_least"), [(1, 2), (2, 6), (4, 54), (5, 100), (100_000, 100)])
async def test_the_department_has_a_schedule_of_its_own(attempt: int, at_least: float) -> None:
    with pytest.raises(ApplicationError) as failure:
        await in_turn(fails(no_clear_answer("away", UnknownCause.TIMED_OUT)), attempt=attempt)
    assert at_least <= seconds(failure.value) <= at_least * 1.2
    assert (failure.value.type, failure.value.category) == (names.NO_ANSWER, no_clear_answer("").category)


async def test_what_waits_for_a_connection_of_ours_and_what_fails_here_keeps_temporals_schedule() -> None:
    with pytest.raises(ApplicationError) as busy:
        await in_turn(fails(no_clear_answer("busy", UnknownCause.BUSY_HERE)))
    assert busy.value.next_retry_delay is None
    with pytest.raises(ZeroDivisionError):
        await in_turn(fails(ZeroDivisionError()))


async def test_a_long_call_gives_signs_of_life() -> None:
    beats = itertools.count(1)
    enough = asyncio.Event()
    asked = environment(heartbeat_timeout=timedelta(seconds=0.03))
    asked.on_heartbeat = lambda *_: enough.set() if next(beats) == 3 else None

    class Slow(ActivityInboundInterceptor):
        def __init__(self) -> None: ...

        async def execute_activity(self, input: ExecuteActivityInput) -> Any:
            await enough.wait()

    step = InTurn("tax", directory()).intercept_activity(Slow())
    await asked.run(step.execute_activity, ExecuteActivityInput(fn=fails, args=[], executor=None, headers={}))
    assert enough.is_set()
