"""Who knows the law and not a programming language writes a bundle as one YAML file, and it runs: `bundles try`."""

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from runtime.embedded.places import scratch_data_dir

PROJECT = Path(__file__).parents[2]
NEWBORN = PROJECT / "examples" / "bundles" / "newborn.yaml"
PROPERTY = PROJECT / "one_things" / "catalogue" / "property-transfer-with-mortgage.yaml"
SALE = PROJECT / "examples" / "property-transfer.yaml"
PATIENCE = 300  # seconds, for servers that start on a busy machine


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the trial makes its city: PostgreSQL can pass through it."""
    with scratch_data_dir("onething-trials") as made:
        yield made


async def tried(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, what is said as result, and what is said on the way."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONETHING_")}
    environment |= {"TMPDIR": str(folder), "COLUMNS": "200", "ONETHING_DATABASE_URL": "postgresql://nobody@nowhere/x"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runtime.cli", "bundles", "try", *arguments,
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def left_behind(folder: Path) -> list[str]:
    """What stays of a trial; which ports are taken is kept for all cities of a machine."""
    return [name for name in os.listdir(folder) if not name.startswith("onething-ports")]


async def test_a_fourth_bundle_runs_to_its_end_and_leaves_nothing_behind(folder: Path):
    given = ("--answers", "parents_married=true", "--answers", "born_here=true", "--language", "zh")

    code, out, err = await tried(folder, str(NEWBORN), *given)

    assert code == 0, err
    steps = ["“出生医学证明签发”已送往卫生健康局", "关键事项“户口登记”已办结", "办件结束：已全部办结"]
    assert [out.index(step) for step in steps] == sorted(out.index(step) for step in steps)
    assert "“社会保障卡申领”已送往人力资源和社会保障局" in out
    assert left_behind(folder) == []
    assert not [one for one in psutil.process_iter(["cmdline"]) if str(folder) in str(one.info["cmdline"])]


async def test_a_refusal_stops_it_gives_the_money_back_and_says_why(folder: Path):
    given = ("--answers", str(SALE), "--form", str(SALE), "--refuse", "three-in-one-registration")

    code, out, err = await tried(folder, str(PROPERTY), *given)

    assert code == 1, err
    assert "seller signs for escrow-agreement" in out
    assert "“Down payment into escrow” was undone" in out
    assert "“The bank's loan into escrow” was undone" in out
    assert "试办中由部门退回（模拟）" in out
    assert "the case was not completed" in err
    assert left_behind(folder) == []
