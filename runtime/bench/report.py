"""What was measured, as tables for people."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Final

from rich.console import RenderableType
from rich.table import Table

from runtime.bench.latency import Latency, Percentiles
from runtime.bench.load import Round
from runtime.bench.machine import Machine
from runtime.bench.spending import Spent
from runtime.bench.throughput import Spread, Throughput
from runtime.bench.twelve import SLOW_SECONDS, Departments

_SATURATED: Final = 0.9  # of the processors


def throughput_report(measured: Throughput) -> Iterator[RenderableType]:
    """The machine, the rates, where the processor time goes, and the ratio."""
    yield from _machine(measured.machine)
    cases = measured.ours[0].cases
    what = f"{measured.bundle}, {measured.items} items: cases per second, {measured.in_flight} in flight"
    rates = Table("", "lowest", "median", "highest", title=what)
    for name, rounds in (("ours", measured.ours), ("bare", measured.bare)):
        spread = Spread.of(rounds)
        rates.add_row(name, *(f"{rate:.1f}" for rate in (spread.lowest, spread.median, spread.highest)))
    yield rates
    used = Table("", "ours", "bare", title="processor time per case, milliseconds (medians)")
    for name in measured.ours[0].cpu_ms_per_case:
        used.add_row(name, f"{_cpu(measured.ours, name):.1f}", f"{_cpu(measured.bare, name):.1f}")
    yield used
    yield (
        f"ratio {measured.ratio:.2f} (by processor time {measured.ratio_by_processor_time:.2f}); "
        f"{len(measured.ours)} rounds of {cases} cases per side"
    )


def latency_report(measured: Latency) -> Iterator[RenderableType]:
    """The machine and the percentiles."""
    yield from _machine(measured.machine)
    table = Table("milliseconds", "count", "p50", "p95", "p99", "longest")
    rows: tuple[tuple[str, Percentiles], ...] = (
        ("decision posted → event at the watcher", measured.decision_to_watcher),
        ("decision posted → its answer", measured.decision_answered),
        ("a Temporal update alone, same rate", measured.update_alone),
    )
    for name, found in rows:
        values = (found.p50, found.p95, found.p99, found.longest)
        table.add_row(name, str(found.count), *(f"{value:.1f}" for value in values))
    yield table
    yield f"{measured.cases} cases at {measured.rate:g} per second, every decision of theirs"
    for name, spent in (("ours", measured.ours), ("the bare workflow at that rate, unwatched", measured.bare)):
        yield f"{name}: {_spending(spent)}"
    if measured.ours.busy > _SATURATED:
        yield "the machine is saturated: these are the times of a queue; a lower --rate says what a decision takes"


def _spending(spent: Spent) -> str:
    by_process = ", ".join(f"{name} {ms:.0f}" for name, ms in spent.cpu_ms_per_case.items())
    return (
        f"processors {spent.busy:.0%} busy; {spent.ms_per_case:.0f} ms of them per case ({by_process}), and "
        f"{spent.measuring_ms_per_case:.0f} ms for measuring"
    )


def departments_report(measured: Departments) -> Iterator[RenderableType]:
    """The machine, the rates of those who need neither of the two, and the ratio."""
    yield from _machine(measured.machine)
    what = f"cases that need ten well departments: per second, {measured.in_flight} in flight"
    rates = Table("", "lowest", "median", "highest", title=what)
    ill = f"one of the others answers in {SLOW_SECONDS:g} s, one not at all"
    for name, rounds in (("all twelve are well", measured.all_well), (ill, measured.two_ill)):
        spread = Spread.of(rounds)
        rates.add_row(name, *(f"{rate:.1f}" for rate in (spread.lowest, spread.median, spread.highest)))
    yield rates
    yield (
        f"ratio {measured.ratio:.2f}; {len(measured.two_ill)} rounds of {measured.two_ill[0].cases} cases each, beside "
        f"{measured.others_per_second:g} cases per second that need both of the two"
    )


def _machine(machine: Machine) -> Iterator[RenderableType]:
    yield f"{machine.processor}, {machine.cores} cores, {machine.memory_gb} GB, {machine.system}"
    packages = ", ".join(f"{name} {version}" for name, version in machine.packages.items())
    yield f"Python {machine.python}, {packages}; load before: {machine.load_before}"


def _cpu(rounds: tuple[Round, ...], name: str) -> float:
    return median(one.cpu_ms_per_case[name] for one in rounds)
