"""Twelve departments, one of them slow and one dead, and two one-things: one does without the two, one needs both."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx
from pydantic import BaseModel, ConfigDict, computed_field
from temporalio.client import Client
from temporalio.service import RPCError

from adapters.sandbox.behaviours import Behaviour, Down, Slow
from gateway.submission import CaseApplication
from one_things.bundle_file import read_bundle
from one_things.clock import shanghai_date
from runtime.authoring.sample_form import sample_application
from runtime.bench.load import Round, constant_load
from runtime.bench.machine import Machine
from runtime.bench.sides import Ours, http_client
from runtime.bench.stand import AT_ONCE, behave, given
from runtime.demo.city_settings import settings_of
from runtime.embedded.city import City
from runtime.embedded.supervisor import Report
from runtime.settings import PREFIX, Settings
from runtime.wiring import connect_temporal
from security.tokens import Role

DEPARTMENTS: Final = tuple(f"bureau-{number:02}" for number in range(1, 13))
SLOW: Final = DEPARTMENTS[-2]
DEAD: Final = DEPARTMENTS[-1]
WITHOUT: Final = "without-the-two"
"""Ten items in two layers, one for each department that works."""
WITH: Final = "with-the-two"
"""Two items side by side: at the slow department and at the dead one."""
SLOW_SECONDS: Final = 4.0
_NUMBER: Final = "company.credit_code"


@dataclass(frozen=True)
class Applicants:
    """How one of the two one-things is applied for."""

    city: City
    ours: Client
    application: bytes
    token: str


class Departments(BaseModel):
    """The result: every round of the cases that need neither of the two."""

    model_config = ConfigDict(frozen=True)

    machine: Machine
    in_flight: int
    others_per_second: float
    """Cases that need the slow and the dead department, applied for meanwhile, in all rounds alike."""
    all_well: tuple[Round, ...]
    two_ill: tuple[Round, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ratio(self) -> float:
        """Median rate while the two are ill by that while all are well: 1 means that nobody else notices."""
        return median(one.rate for one in self.two_ill) / median(one.rate for one in self.all_well)


def write_bundles(folder: Path) -> dict[str, Path]:
    """Both one-things as files of `folder`. Raises FileRefused."""
    folder.mkdir(exist_ok=True)
    working = DEPARTMENTS[:-2]
    half = len(working) // 2
    items = {
        WITHOUT: [
            _item(code, after=working[place - half] if place >= half else None) for place, code in enumerate(working)
        ],
        WITH: [_item(SLOW), _item(DEAD)],
    }
    return {name: _written(folder, name, its_items) for name, its_items in items.items()}


def _item(department: str, after: str | None = None) -> dict[str, Any]:
    return {
        "id": f"at-{department}",
        "title": {"zh": f"测试事项 {department}", "en": f"At {department}"},
        "department": department,
        "kind": "filing",
        "fields": [_NUMBER],
        "limits": {"statutory": 20, "committed": 10},
        **({"after": [f"at-{after}"]} if after else {}),
    }


def _written(folder: Path, name: str, items: list[dict[str, Any]]) -> Path:
    title = {"zh": f"测试用一件事 {name}", "en": f"A one-thing to measure with: {name}"}
    named = sorted({item["department"] for item in items})
    bundle = {
        "bundle": name,
        "version": "2026.1",
        "valid_from": "2026-01-01",
        "title": title,
        "summary": title,
        "departments": [{"id": code, "title": {"zh": f"测试部门 {code}", "en": code}} for code in named],
        "fields": [
            {"id": _NUMBER, "title": {"zh": "统一社会信用代码", "en": "Credit code"}, "type": "credit_code"},
        ],
        "items": items,
    }
    file = folder / f"{name}.yaml"
    # JSON is YAML, and names nothing twice by an alias, which bundles do not know.
    file.write_text(json.dumps(bundle, ensure_ascii=False, indent=1), encoding="utf-8")
    read_bundle(file)
    return file


@dataclass(frozen=True)
class Town:
    """The city of twelve departments, and how it is applied to."""

    city: City
    settings: Settings
    temporal: Client
    without: Applicants
    with_the_two: Applicants

    async def two_are(self, slow: Behaviour, dead: Behaviour) -> None:
        """From now on the two behave so."""
        await behave(self.city, self.settings, {SLOW: slow, DEAD: dead})


@contextlib.asynccontextmanager
async def town(data_dir: Path, report: Report) -> AsyncIterator[Town]:
    """The city in a fresh `data_dir`; everything is stopped at the end. Raises EmbeddedFault."""
    files = write_bundles(data_dir / "bundles")
    environment = {**given(), f"{PREFIX}BUNDLE_DIRECTORY": str(data_dir / "bundles")}
    async with City(data_dir, report=report, environment=environment) as city:
        settings = settings_of(city.environment)
        temporal = await connect_temporal(settings)
        token = city.secrets.token("sample-applicant", Role.APPLICANT, hours=8)
        opened = {name: Applicants(city, temporal, _application(file), token) for name, file in files.items()}
        await behave(city, settings, dict.fromkeys(DEPARTMENTS, AT_ONCE))
        yield Town(city, settings, temporal, opened[WITHOUT], opened[WITH])


def _application(file: Path) -> bytes:
    bundle = read_bundle(file)
    sample = sample_application(bundle, {}, None, {}, shanghai_date(datetime.now(UTC)))
    return CaseApplication(bundle=bundle.bundle, form=dict(sample.form)).model_dump_json().encode()


Progress = Callable[[str, int, int], None]
"""(how the two are, round from 1, measured cases that ended in this round)."""


async def measure(
    opened: Town, machine: Machine, *, cases: int, in_flight: int, rounds: int, others: float, progress: Progress
) -> Departments:
    """Rounds of `cases` cases that need neither of the two, which are well and ill in turns.

    `others` cases per second need both; what is left of them after a round is given up before the next.
    """
    measured: dict[str, list[Round]] = {"all well": [], "two ill": []}
    async with http_client() as client:
        side = Ours(opened.without, client)
        await constant_load(side, in_flight, in_flight, opened.city.pids)
        for number in range(1, rounds + 1):
            # Who goes first changes, so that neither always follows the other.
            for how in ("all well", "two ill") if number % 2 else ("two ill", "all well"):
                ended = 0

                def count(how: str = how, number: int = number) -> None:
                    nonlocal ended
                    ended += 1
                    progress(how, number, ended)

                if how == "two ill":
                    await opened.two_are(Slow(seconds=SLOW_SECONDS), Down())
                async with _arriving(Ours(opened.with_the_two, client), opened.temporal, others):
                    measured[how].append(await constant_load(side, in_flight, cases, opened.city.pids, count))
                await opened.two_are(AT_ONCE, AT_ONCE)
    return Departments(
        machine=machine,
        in_flight=in_flight,
        others_per_second=others,
        all_well=tuple(measured["all well"]),
        two_ill=tuple(measured["two ill"]),
    )


@contextlib.asynccontextmanager
async def _arriving(side: Ours, temporal: Client, per_second: float) -> AsyncIterator[None]:
    """So many cases per second are applied for meanwhile; those that have not ended by then are given up."""
    begun: list[str] = []

    async def arrive() -> None:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                begun.append(await side.apply())
            await asyncio.sleep(1 / per_second)

    arriving = asyncio.create_task(arrive())
    try:
        yield
    finally:
        arriving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await arriving
        for case_no in begun:
            with contextlib.suppress(RPCError):  # it has ended
                await temporal.get_workflow_handle(case_no).terminate("the round is over")
