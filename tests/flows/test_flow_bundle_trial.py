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
BUNDLES = Path(__file__).parent / "bundles"
SHOP, HOME = BUNDLES / "shop-opening.yaml", BUNDLES / "new-home.yaml"
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


async def test_what_a_person_has_to_do_is_steered_and_played(folder: Path):
    plays = ("hygiene-permit=return", "shop-registration=correction", "fire-check=silent", "opening=refuse")
    given = [argument for play in plays for argument in ("--play", play)]

    code, out, err = await tried(
        folder, str(SHOP), *given, "--exclude", "lease-contract", "--defer", "equipment-list", "--language", "both"
    )

    assert code == 1, err  # the deciding item is refused
    for said in (
        "the applicant hands in lease-contract for shop-registration",
        "the applicant hands in equipment-list",
        "the applicant answers the correction notice for shop-registration",
        "health says returned of hygiene-permit",
        "the applicant hands in again for hygiene-permit",
        "health says accepted of hygiene-permit",
        "fire-rescue approves fire-check",
        "您提交了“设备清单”  ·  You handed in “List of equipment”",
        "您在不适用告知承诺的名单中，请提交“租赁合同”  ·  You are on the list",
    ):
        assert said in out, out
    assert left_behind(folder) == []


FOUR_WAYS_TOLD = (
    "health says extended of extended-one",
    "The limit of “The extended one” was extended by 10 working days",
    "health says procedure_begun of inspected-one",
    "Health began for “The inspected one”: A visit. It takes 5 working days",
    "health says procedure_ended of inspected-one",
    "Someone objected to “The announced one” during its notice",
    "“The late one” passed its promised date",
    "“The late one” passed the limit that the law sets",
    "“Certificates” was not handed in by",
    "an operator sees to extended-one (material_missing)",
    "Health completed “The late one”",
)
FOUR_WAYS = """
bundle: four-ways
version: "2026.1"
valid_from: 2026-01-01
title: {zh: 四种情形（测试）, en: Four ways (test)}
summary: {zh: 用于试办, en: To be tried}
departments:
  - {id: health, title: {zh: 卫生健康局, en: Health}}
fields:
  - {id: company.credit_code, title: {zh: 统一社会信用代码, en: Credit code}, type: credit_code}
materials:
  - id: certificates
    title: {zh: 健康证明, en: Certificates}
    deferral: {working_days: 5, when_missing: operator_task, source: {document: 测试规定, article: 第一条}}
items:
  - id: extended-one
    title: {zh: 延期事项, en: The extended one}
    department: health
    kind: permit
    fields: [company.credit_code]
    materials: [certificates]
    limits: {statutory: 20, committed: 3, extension: {working_days: 10, source: {document: 测试规定, article: 第二条}}}
  - id: inspected-one
    title: {zh: 现场核查事项, en: The inspected one}
    department: health
    kind: permit
    fields: [company.credit_code]
    limits: {statutory: 20, committed: 3}
    procedures:
      - id: visit
        title: {zh: 现场核查, en: A visit}
        working_days: 5
        source: {document: 测试规定, article: 第三条}
  - id: late-one
    title: {zh: 超期事项, en: The late one}
    department: health
    kind: permit
    fields: [company.credit_code]
    limits: {statutory: 5, committed: 2}
  - id: announced-one
    title: {zh: 公告, en: The announced one}
    department: health
    kind: public_notice
    fields: [company.credit_code]
    notice: {calendar_days: 20, source: {document: 测试规定, article: 第四条}}
"""


async def test_what_departments_may_do_is_played_and_what_never_comes_is_missed(folder: Path):
    file = folder / "four-ways.yaml"
    file.write_text(FOUR_WAYS, encoding="utf-8")
    plays = ("extended-one=extend", "inspected-one=procedure", "late-one=late", "announced-one=objection")
    given = [argument for play in plays for argument in ("--play", play)]

    code, out, err = await tried(folder, str(file), *given, "--miss", "certificates", "--language", "en")

    assert code == 0, err
    assert [said for said in FOUR_WAYS_TOLD if said not in out] == [], out
    assert "hands in certificates" not in out
    assert left_behind(folder) == ["four-ways.yaml"]


async def test_a_case_that_an_event_begins_is_confirmed(folder: Path):
    code, out, err = await tried(folder, str(HOME), "--start", "home-registered")

    assert code == 0, err
    assert "the applicant confirms" in out
    assert "was prepared for you" in out


async def test_every_play_that_the_bundle_has_no_place_for_is_told_at_once(folder: Path):
    wrong = ["fire-check=procedure", "opening=objection", "nothing=refuse", "opening", "opening=dance"]
    given = [argument for play in wrong for argument in ("--play", play)]

    code, out, err = await tried(
        folder, str(SHOP), *given, "--commit", "equipment-list", "--miss", "love-letter", "--start", "rain"
    )

    assert code == 2
    told = " ".join(err.split())
    for said in (
        "the item declares no special procedure",
        "--play opening=dance: write ITEM=HOW",
        "no such item: nothing; there are: shop-registration",
        "--play opening: write ITEM=HOW",
        "only a public notice (notice:) is objected to",
        "--commit equipment-list: no promise takes its place (commitment:); the bundle allows it for: lease-contract",
        "--miss no such material: love-letter",
        "--start no such event: rain; there are: none",
        "8 mistakes",
    ):
        assert said in told, told
    assert out == ""


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
