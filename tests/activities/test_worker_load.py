"""What many cases saw is load; what one saw, what few saw or what was long ago is not."""

from datetime import timedelta
from typing import cast

import pytest

from activities.models import AppendRequest
from activities.recording import RecordingActivities
from activities.worker_load import WorkerLoad
from event_store.record import NewEvent
from event_store.store import EventStore

LONG = timedelta(milliseconds=400)
SHORT = timedelta(milliseconds=20)
NOTHING = timedelta(0)


class Clock:
    """Monotonic seconds that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def load(clock: Clock) -> WorkerLoad:
    return WorkerLoad(clock)


def test_few_cases_say_nothing_of_a_worker(load: WorkerLoad) -> None:
    assert [load.after(LONG) for _ in range(7)] == [NOTHING] * 7


def test_many_that_are_kept_waiting_are_load(load: WorkerLoad) -> None:
    assert [load.after(LONG) for _ in range(8)][-1] == LONG


def test_one_among_many_is_a_hiccup(load: WorkerLoad) -> None:
    for _ in range(12):
        load.after(SHORT)
    assert load.after(LONG) == SHORT


def test_it_is_the_median_of_the_last_sixteen(load: WorkerLoad) -> None:
    for _ in range(16):
        load.after(LONG)
    assert [load.after(SHORT) for _ in range(9)] == [LONG] * 7 + [SHORT] * 2


def test_what_was_long_ago_is_forgotten(load: WorkerLoad, clock: Clock) -> None:
    for _ in range(16):
        load.after(LONG)
    clock.now = 5.1
    assert load.after(LONG) == NOTHING


def test_an_outage_that_a_few_cases_saw_does_not_count_for_the_others(load: WorkerLoad) -> None:
    for _ in range(3):
        load.after(timedelta(days=20))
    assert [load.after(SHORT) for _ in range(8)][-1] == SHORT


class Shelf:
    """A store that takes everything."""

    async def append(self, case_no: str, expected_version: int, head: bytes, events: list[NewEvent]) -> bytes:
        return head


async def test_an_append_is_answered_with_what_many_cases_saw() -> None:
    recording = RecordingActivities(cast(EventStore, Shelf()))

    async def append(kept_waiting: timedelta) -> timedelta:
        request = AppendRequest(
            case_no="4419-2026-000001", expected_version=0, head="00", events=(), kept_waiting=kept_waiting
        )
        return (await recording.append_events(request)).kept_waiting

    assert await append(LONG) == NOTHING
    for _ in range(8):
        await append(SHORT)
    assert await append(LONG) == SHORT
