"""When a department is left alone, and who tries it meanwhile."""

import asyncio
from dataclasses import dataclass, field

import pytest

from adapters import watched as watching
from adapters.breaker import Breaker, BreakerState
from adapters.configuration.pace import Breaker as BreakerRule
from adapters.port import SourceUnavailable, UnknownCause
from adapters.standing import Breakers, Promptness
from adapters.watched import WatchedDepartment

AWAY = UnknownCause.UNREACHABLE


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Given:
    clock: Clock = field(default_factory=Clock)
    heard: list[BreakerState] = field(default_factory=list)
    breaker: Breaker = field(init=False)

    def __post_init__(self) -> None:
        self.breaker = Breaker(BreakerRule(after_failures=3, probe_seconds=30.0), self.clock)
        self.breaker.heard = lambda: self.heard.append(self.breaker.state)

    def opened(self) -> "Given":
        for _ in range(3):
            assert self.breaker.admits()
            self.breaker.failed(AWAY)
        return self


@pytest.fixture
def given() -> Given:
    return Given()


def test_it_opens_after_so_many_failures_in_a_row_and_says_since_when(given: Given) -> None:
    breaker = given.opened().breaker
    assert breaker.state is BreakerState.OPEN
    assert (breaker.failures, breaker.cause) == (3, AWAY)
    assert breaker.since is not None
    assert breaker.probes_in().total_seconds() == 30
    assert not breaker.admits()


def test_an_answer_in_between_begins_the_count_anew(given: Given) -> None:
    for _ in range(2):
        given.breaker.failed(AWAY)
        given.breaker.failed(AWAY)
        given.breaker.answered()
    assert given.breaker.state is BreakerState.CLOSED
    assert given.heard == []


def test_one_probe_at_a_time_and_its_answer_closes(given: Given) -> None:
    breaker = given.opened().breaker
    given.clock.now += 30
    assert breaker.admits()
    assert not breaker.admits(), "one is enough to find out"
    breaker.answered()
    assert breaker.state is BreakerState.CLOSED
    assert breaker.since is None
    assert given.heard == [BreakerState.OPEN, BreakerState.PROBING, BreakerState.CLOSED]


def test_who_meets_a_probe_under_way_stays_away_no_longer_than_until_another(given: Given) -> None:
    breaker = given.opened().breaker
    given.clock.now += 30
    assert breaker.admits()
    assert not breaker.admits()
    assert breaker.probes_in().total_seconds() == 30, "not until nothing was heard of the probe for five minutes"
    given.clock.now += 290
    assert breaker.probes_in().total_seconds() == 10


def test_a_probe_in_vain_waits_as_long_again_and_the_beginning_stays(given: Given) -> None:
    breaker = given.opened().breaker
    since = breaker.since
    given.clock.now += 30
    assert breaker.admits()
    breaker.failed(AWAY)
    assert not breaker.admits()
    assert breaker.since == since
    given.clock.now += 30
    assert breaker.admits()


def test_a_probe_that_was_given_up_lets_another_in_at_once(given: Given) -> None:
    breaker = given.opened().breaker
    given.clock.now += 30
    assert breaker.admits()
    breaker.given_up()
    assert breaker.state is BreakerState.OPEN
    assert breaker.admits()


def test_a_probe_of_which_nothing_is_heard_does_not_keep_the_department_away_for_ever(given: Given) -> None:
    breaker = given.opened().breaker
    given.clock.now += 30
    assert breaker.admits()
    given.clock.now += 299
    assert not breaker.admits()
    given.clock.now += 1
    assert breaker.admits()


@pytest.mark.parametrize("cause", [UnknownCause.BUSY_HERE, UnknownCause.ANSWER_UNREADABLE, UnknownCause.KEY_CONFLICT])
def test_what_says_nothing_of_the_whole_department_opens_nothing(given: Given, cause: UnknownCause) -> None:
    for _ in range(10):
        given.breaker.failed(cause)
    assert given.breaker.state is BreakerState.CLOSED


def test_our_own_full_queue_is_no_answer_of_the_department(given: Given) -> None:
    breaker = given.opened().breaker
    given.clock.now += 30
    assert breaker.admits()
    breaker.failed(UnknownCause.BUSY_HERE)
    assert breaker.state is BreakerState.OPEN
    assert breaker.failures == 3


class Source:
    """A port of which only look-ups are asked."""

    code = "tax"

    def __init__(self, answer: object) -> None:
        self._answer = answer

    async def fetch(self, *_: object) -> object:
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer

    async def submit(self, _: object) -> object:
        await asyncio.Event().wait()
        raise AssertionError("nothing ends it but who gives it up")


async def test_the_breaker_hears_of_every_call_and_every_call_is_counted_once() -> None:
    changed: list[tuple[str, BreakerState]] = []
    called: list[tuple[str, UnknownCause | None]] = []
    breakers = Breakers(
        lambda department, breaker: changed.append((department, breaker.state)),
        lambda department, cause: called.append((department, cause)),
    )
    breaker = breakers.of("tax", BreakerRule(after_failures=1))
    down = SourceUnavailable(detail="away", cause=AWAY)
    watched = WatchedDepartment(Source(down), breaker, lambda cause: breakers.called("tax", cause))  # type: ignore[arg-type]
    await watched.fetch("d", {}, None)  # type: ignore[arg-type]
    assert called == [("tax", AWAY)]
    assert changed == [("tax", BreakerState.CLOSED), ("tax", BreakerState.OPEN)]
    assert breakers.of("tax", BreakerRule(after_failures=9)) is breaker, "it outlives a reload of its rule"
    assert breaker.rule.after_failures == 9


async def test_a_call_that_was_given_up_says_nothing(given: Given) -> None:
    breaker = given.opened().breaker
    given.clock.now += 30
    assert breaker.admits()
    watched = WatchedDepartment(Source(TimeoutError()), breaker)  # type: ignore[arg-type]
    with pytest.raises(TimeoutError):
        await watched.fetch("d", {}, None)  # type: ignore[arg-type]
    assert breaker.state is BreakerState.OPEN
    assert breaker.failures == 3


async def given_up(department: WatchedDepartment) -> None:
    call = asyncio.create_task(department.submit(None))  # type: ignore[arg-type]
    await asyncio.sleep(0.01)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_submission_that_was_given_up_at_once_says_nothing_of_the_department(given: Given) -> None:
    await given_up(WatchedDepartment(Source(None), given.breaker))  # type: ignore[arg-type]
    assert given.breaker.failures == 0


async def test_a_submission_that_was_given_up_after_a_long_wait_was_not_answered(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LONG_SECONDS", 0.0)
    causes: list[UnknownCause | None] = []
    await given_up(WatchedDepartment(Source(None), given.breaker, causes.append))  # type: ignore[arg-type]
    assert (given.breaker.failures, given.breaker.cause) == (1, UnknownCause.TIMED_OUT)
    assert causes == [UnknownCause.TIMED_OUT]


async def test_only_submissions_say_whether_a_department_is_slow(given: Given) -> None:
    took: list[float] = []
    department = WatchedDepartment(Source(None), given.breaker, took=took.append)  # type: ignore[arg-type]
    await department.fetch("d", {}, None)  # type: ignore[arg-type]
    assert took == [], "a quick question would hide a slow submission"
    await given_up(department)
    assert len(took) == 1


def test_who_was_slow_is_so_until_it_is_quick_again() -> None:
    promptness = Promptness()
    assert not promptness.is_slow("tax")
    promptness.took("tax", 1.5)
    assert promptness.is_slow("tax")
    assert not promptness.is_slow("customs")
    promptness.took("tax", 0.2)
    assert not promptness.is_slow("tax")
