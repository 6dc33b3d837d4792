"""What many cases saw is load; what one saw, what few saw or what was long ago is not."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count

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


NUMBERS: Iterator[int] = count(1)


def another(load: WorkerLoad, kept_waiting: timedelta | None) -> timedelta:
    """What is answered to a case that said nothing before."""
    return load.heard(f"4419-2026-{next(NUMBERS):06}", kept_waiting)


def test_few_cases_say_nothing_of_a_worker(load: WorkerLoad) -> None:
    assert [another(load, LONG) for _ in range(7)] == [NOTHING] * 7


def test_many_that_are_kept_waiting_are_load(load: WorkerLoad) -> None:
    assert [another(load, LONG) for _ in range(8)][-1] == LONG


def test_one_case_is_one_however_often_it_says_so(load: WorkerLoad) -> None:
    assert [load.heard("4419-2026-000000", LONG) for _ in range(20)] == [NOTHING] * 20


def test_of_each_case_its_last_word_counts(load: WorkerLoad) -> None:
    numbers = [f"4419-2025-{number:06}" for number in range(8)]
    for number in numbers:
        load.heard(number, LONG)
    assert [load.heard(number, SHORT) for number in numbers] == [LONG] * 3 + [SHORT] * 5


def test_one_among_many_is_a_hiccup(load: WorkerLoad) -> None:
    for _ in range(12):
        another(load, SHORT)
    assert another(load, LONG) == SHORT


def test_it_is_the_median_of_the_last_sixteen(load: WorkerLoad) -> None:
    for _ in range(16):
        another(load, LONG)
    assert [another(load, SHORT) for _ in range(9)] == [LONG] * 7 + [SHORT] * 2


def test_what_was_long_ago_is_forgotten(load: WorkerLoad, clock: Clock) -> None:
    for _ in range(16):
        another(load, LONG)
    clock.now = 5.1
    assert another(load, LONG) == NOTHING


def test_a_case_that_has_nothing_to_say_is_answered_and_does_not_count(load: WorkerLoad) -> None:
    for _ in range(8):
        another(load, LONG)
    assert [another(load, None) for _ in range(16)] == [LONG] * 16


@pytest.mark.parametrize("how_many", [10, 16])
def test_skipped_time_and_an_outage_do_not_count_however_many_saw_them(load: WorkerLoad, how_many: int) -> None:
    for _ in range(8):
        another(load, SHORT)
    for _ in range(how_many):
        another(load, timedelta(days=20))
    assert another(load, SHORT) == SHORT


def test_skipped_time_takes_nothing_from_what_a_case_said_before(load: WorkerLoad) -> None:
    numbers = [f"4419-2025-{number:06}" for number in range(8)]
    for number in numbers:
        load.heard(number, LONG)
    assert [load.heard(number, timedelta(days=20)) for number in numbers] == [LONG] * 8


class Shelf(EventStore):
    """A store that takes everything."""

    def __init__(self) -> None:
        pass

    async def append(
        self, case_no: str, expected_version: int, previous_hash: bytes, events: Sequence[NewEvent]
    ) -> bytes:
        return previous_hash


async def test_an_append_is_answered_with_what_many_cases_saw() -> None:
    recording = RecordingActivities(Shelf())

    async def append(number: int, kept_waiting: timedelta) -> timedelta:
        request = AppendRequest(
            case_no=f"4419-2026-{number:06}", expected_version=0, head="00", events=(), kept_waiting=kept_waiting
        )
        return (await recording.append_events(request)).kept_waiting

    assert await append(0, LONG) == NOTHING
    for number in range(1, 9):
        await append(number, SHORT)
    assert await append(9, LONG) == SHORT
