"""The benchmark measures what it says it measures. How fast anything is, is nobody's test: machines differ."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.status import Status

from one_things.bundle_file import read_bundle
from one_things.catalogue import Catalogue
from runtime.bench import at_once
from runtime.bench.bare.shape import shape_of
from runtime.bench.errands import ANSWERS
from runtime.bench.latency import Latency, Percentiles, paced
from runtime.bench.load import Round
from runtime.bench.machine import this_machine
from runtime.bench.report import latency_report, throughput_report
from runtime.bench.spending import Reading, Spending, Spent
from runtime.bench.stand import standing
from runtime.bench.throughput import Throughput
from runtime.cli.bench import _latency, latency
from runtime.cli.commands import CommandFailed


@pytest.mark.parametrize("bundle", list(ANSWERS))
def test_the_bundle_is_the_shipped_one_without_days_of_waiting(tmp_path: Path, bundle: str) -> None:
    derived = read_bundle(at_once.write_bundle(tmp_path / "bundles", bundle))
    shipped = Catalogue().get(bundle)
    assert [(item.id, item.requires, item.after, item.fields, item.materials) for item in derived.items] == [
        (item.id, item.requires, item.after, item.fields, item.materials) for item in shipped.items
    ]
    assert not any(item.notice or item.window or item.signing for item in derived.items)
    assert [item.payment for item in derived.items] == [item.payment for item in shipped.items]
    assert derived.fields == shipped.fields


def test_every_shipped_bundle_can_be_measured() -> None:
    assert set(ANSWERS) == {bundle.bundle for bundle in Catalogue()}


@pytest.mark.parametrize(
    ("bundle", "items"),
    [("enterprise-exit", 10), ("employee-retirement", 8), ("property-transfer-with-mortgage", 18)],
)
def test_both_sides_carry_out_the_same_items(tmp_path: Path, bundle: str, items: int) -> None:
    plan, form = at_once.plan_of(at_once.write_bundle(tmp_path / "bundles", bundle))
    shape = shape_of(plan)
    assert {item: planned["after"] for item, planned in shape["items"].items()} == {
        item.id: list(item.after) for item in plan.items
    }
    assert len(plan.items) == items
    assert set(shape["lookups"]) == {lookup.id for lookup in plan.lookups} != set()
    needed = {field for planned in shape["items"].values() for field in planned["fields"]}
    fetched = {field for lookup in shape["lookups"].values() for field in lookup["fields"]}
    assert needed <= set(form) | fetched


def test_percentiles_are_values_that_were_measured() -> None:
    found = Percentiles.of([number / 1000 for number in range(1, 101)])
    assert (found.count, found.p50, found.p95, found.p99, found.longest) == (100, 51, 96, 100, 100)
    with pytest.raises(ValueError, match="nothing"):
        Percentiles.of([])


def test_the_ratio_is_that_of_medians() -> None:
    def rounds(*seconds: float) -> tuple[Round, ...]:
        return tuple(Round(cases=10, seconds=one, cpu_ms_per_case={"worker": one, "load": 50}) for one in seconds)

    measured = Throughput(
        machine=this_machine(), bundle="x", items=1, in_flight=2, ours=rounds(2, 4, 100), bare=rounds(1, 2, 2)
    )
    assert measured.ratio == pytest.approx(0.5)
    assert measured.ratio_by_processor_time == pytest.approx(0.5)


async def test_a_tiny_run_reports_both_sides(data_dir: Path) -> None:
    from runtime.bench import latency, throughput

    told: list[tuple[str, int, int]] = []
    async with standing(data_dir, lambda _: None) as stand:
        measured = await throughput.measure(
            stand,
            this_machine(),
            cases=2,
            in_flight=2,
            rounds=2,
            progress=lambda *progress: told.append(progress),
        )
        watched = await latency.measure(stand, this_machine(), rate=1, seconds=1, progress=lambda _: None)
    assert [len(measured.ours), len(measured.bare)] == [2, 2]
    assert {"ours", "bare"} == {side for side, _, _ in told}
    assert all(one.rate > 0 and one.cpu_ms_per_case["worker"] > 0 for one in measured.ours)
    assert all(one.rate > 0 and one.cpu_ms_per_case["bare worker"] > 0 for one in measured.bare)
    assert watched.decision_to_watcher.count == watched.cases * 10 > 0
    assert watched.update_alone.count == 10
    assert min(*watched.ours.cpu_ms_per_case.values(), watched.ours.measuring_ms_per_case, watched.ours.busy) > 0
    assert min(*watched.bare.cpu_ms_per_case.values(), watched.bare.measuring_ms_per_case, watched.bare.busy) > 0
    assert json.loads(measured.model_dump_json())["ratio"] == pytest.approx(measured.ratio)
    assert any("ratio" in str(part) for part in throughput_report(measured))
    assert any("per second" in str(part) for part in latency_report(watched))


def latency_at(busy: float) -> Latency:
    """Measured while that share of the processors was in use."""
    times = Percentiles.of([0.05])
    spent = Spent(cpu_ms_per_case={"temporal": 120, "worker": 80}, measuring_ms_per_case=30, busy=busy)
    return Latency(
        machine=this_machine(),
        rate=5,
        cases=1,
        decision_to_watcher=times,
        decision_answered=times,
        update_alone=times,
        ours=spent,
        bare=spent.model_copy(update={"busy": 0.1}),
    )


def test_the_report_says_what_a_case_took_and_how_busy_the_machine_was() -> None:
    (line,) = (str(part) for part in latency_report(latency_at(0.5)) if str(part).startswith("ours"))
    assert line == (
        "ours: processors 50% busy; 200 ms of them per case (temporal 120, worker 80), and 30 ms for measuring"
    )


@pytest.mark.parametrize(("busy", "saturated"), [(0.88, False), (0.92, True)])
def test_the_times_of_a_queue_are_called_so(busy: float, saturated: bool) -> None:
    assert any("saturated" in str(part) for part in latency_report(latency_at(busy))) is saturated


def test_what_is_spent_is_that_of_the_whole_run_and_how_busy_it_is_that_of_the_rate() -> None:
    readings = [
        Reading({"worker": 1, "load": 0, "bare worker": 7}, idle=0, total=0),
        Reading({"worker": 2, "load": 0, "bare worker": 8}, idle=10, total=20),
        Reading({"worker": 9, "load": 1, "bare worker": 8}, idle=12, total=30),
        Reading({"worker": 11, "load": 2, "bare worker": 8}, idle=80, total=100),
    ]
    clocks = iter(readings)
    spending = Spending(("worker",), {}, lambda _: next(clocks))
    spending.rate_begins()
    spending.rate_begins()
    spending.rate_ends()
    spent = spending.by_cases(20)
    assert spent.cpu_ms_per_case == {"worker": 500}
    assert spent.measuring_ms_per_case == 100
    assert spent.busy == pytest.approx(0.8)
    with pytest.raises(ValueError, match="nothing"):
        Spending((), {}, lambda _: readings[0]).by_cases(1)


async def test_cases_begin_in_time_and_the_last_has_its_time_as_well() -> None:
    began = time.perf_counter()
    assert [at async for at in paced(20, 0.15)] == pytest.approx([0, 0.05, 0.1])
    assert time.perf_counter() - began >= 0.15


def test_a_time_in_which_no_case_begins_is_bad_input() -> None:
    with pytest.raises(CommandFailed, match=r"no case begins at --rate 0\.2 within --seconds 4"):
        latency(rate=0.2, seconds=4)


async def test_a_rate_the_machine_does_not_carry_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def stand() -> AsyncIterator[tuple[object, Status]]:
        yield object(), Status("standing")

    async def too_slow(*_: object, **__: object) -> None:
        raise ExceptionGroup("load", [ExceptionGroup("one case", [TimeoutError()])])

    monkeypatch.setattr("runtime.cli.bench._stand", stand)
    monkeypatch.setattr("runtime.bench.latency.measure", too_slow)

    with pytest.raises(CommandFailed, match=r"10 per second .*TimeoutError.* lower --rate"):
        await _latency(10, 1, None)
