"""Cases per second, ours beside the bare workflow: rounds take turns, so that what disturbs one disturbs both."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from pydantic import BaseModel, ConfigDict, computed_field

from runtime.bench.load import Round, constant_load
from runtime.bench.machine import Machine
from runtime.bench.sides import Bare, Ours, http_client
from runtime.bench.stand import Stand


class Spread(BaseModel):
    """Rates of several rounds, in cases per second."""

    model_config = ConfigDict(frozen=True)

    lowest: float
    median: float
    highest: float

    @classmethod
    def of(cls, rounds: tuple[Round, ...]) -> Spread:
        """The spread of these rounds."""
        rates = [one.rate for one in rounds]
        return cls(lowest=min(rates), median=median(rates), highest=max(rates))


class Throughput(BaseModel):
    """The result: every round, and what they come to."""

    model_config = ConfigDict(frozen=True)

    machine: Machine
    bundle: str
    items: int
    in_flight: int
    ours: tuple[Round, ...]
    bare: tuple[Round, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ratio(self) -> float:
        """Median of ours by median of bare: 1 means that everything we add costs nothing."""
        return Spread.of(self.ours).median / Spread.of(self.bare).median

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ratio_by_processor_time(self) -> float:
        """The same from processor time per case, which other work on the machine disturbs less."""
        return _median_cpu(self.bare) / _median_cpu(self.ours)


Progress = Callable[[str, int, int], None]
"""(side, round from 1, measured cases that ended in this round)."""


async def measure(
    stand: Stand, machine: Machine, *, cases: int, in_flight: int, rounds: int, progress: Progress
) -> Throughput:
    """Rounds of `cases` cases, the sides taking turns. A shorter round of each goes first and does not count."""
    measured: dict[str, list[Round]] = {"ours": [], "bare": []}
    async with http_client() as client:
        sides = (Ours(stand, client), Bare(stand, client))
        for side in sides:
            await constant_load(side, in_flight, in_flight, stand.pids)
        for number in range(1, rounds + 1):
            # Who goes first changes, so that neither always follows the other.
            for side in sides if number % 2 else reversed(sides):
                ended = 0

                def count(name: str = side.name, number: int = number) -> None:
                    nonlocal ended
                    ended += 1
                    progress(name, number, ended)

                measured[side.name].append(await constant_load(side, in_flight, cases, stand.pids, count))
    return Throughput(
        machine=machine,
        bundle=stand.plan.bundle,
        items=len(stand.plan.items),
        in_flight=in_flight,
        ours=tuple(measured["ours"]),
        bare=tuple(measured["bare"]),
    )


def _median_cpu(rounds: tuple[Round, ...]) -> float:
    """Processor time per case in milliseconds, without what the measuring itself uses."""
    return median(sum(used for name, used in one.cpu_ms_per_case.items() if name != "load") for one in rounds)
