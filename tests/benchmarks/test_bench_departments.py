"""What `onething bench departments` measures: who needs neither of the two, while one is slow and one is dead."""

import json
from pathlib import Path

import pytest

from one_things.bundle_file import read_bundle
from runtime.bench import twelve
from runtime.bench.load import Round
from runtime.bench.machine import this_machine
from runtime.bench.report import departments_report
from runtime.bench.twelve import DEAD, DEPARTMENTS, SLOW, WITH, WITHOUT, Departments


def test_one_errand_does_without_the_two_and_the_other_needs_both(tmp_path: Path) -> None:
    files = twelve.write_bundles(tmp_path / "bundles")
    needed = {name: {item.department for item in read_bundle(file).items} for name, file in files.items()}
    assert needed == {WITHOUT: set(DEPARTMENTS) - {SLOW, DEAD}, WITH: {SLOW, DEAD}}
    assert len(DEPARTMENTS) == 12


def test_the_ratio_is_that_of_medians() -> None:
    def rounds(*seconds: float) -> tuple[Round, ...]:
        return tuple(Round(cases=10, seconds=one, cpu_ms_per_case={}) for one in seconds)

    measured = Departments(
        machine=this_machine(), in_flight=2, others_per_second=1, all_well=rounds(1, 2, 2), two_ill=rounds(2, 4, 100)
    )
    assert measured.ratio == pytest.approx(0.5)


async def test_a_tiny_run_ends_although_one_department_is_dead(data_dir: Path) -> None:
    async with twelve.town(data_dir, lambda _: None) as town:
        measured = await twelve.measure(
            town, this_machine(), cases=2, in_flight=2, rounds=1, others=2, progress=lambda *_: None
        )
    assert [one.cases for one in (*measured.all_well, *measured.two_ill)] == [2, 2]
    assert all(one.rate > 0 for one in (*measured.all_well, *measured.two_ill))
    assert json.loads(measured.model_dump_json())["ratio"] == pytest.approx(measured.ratio)
    assert any("ratio" in str(part) for part in departments_report(measured))
