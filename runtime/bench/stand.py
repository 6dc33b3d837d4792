"""The stand on which both sides run: an embedded city with its departments, and the two bare processes beside it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from temporalio.client import Client

from adapters.sandbox.behaviours import Behaviour, Callback
from adapters.sandbox.settings import IN_MEMORY
from one_things.bundle_file import read_bundle
from one_things.plan import Plan
from runtime.bench import at_once
from runtime.bench.bare.processes import PORT_VARIABLE, connect
from runtime.bench.bare.shape import SHAPE_VARIABLE, shape_of
from runtime.bench.errands import EXIT, application_for
from runtime.demo.city_settings import settings_of
from runtime.embedded.child import Child, last_lines
from runtime.embedded.city import City
from runtime.embedded.faults import ServerDidNotStart
from runtime.embedded.ports import HOST, RememberedPorts
from runtime.embedded.supervisor import Report
from runtime.settings import PREFIX, Settings
from runtime.wiring import connect_temporal, known_departments
from security.tokens import Role

_STOP_PATIENCE: Final = 20.0  # seconds, before SIGKILL
_START_PATIENCE: Final = 60.0  # seconds
AT_ONCE: Final = Callback(delay_seconds=0.0)
"""Taken with 202, and the decision posted at once."""


@dataclass(frozen=True)
class Stand:
    """Everything that runs, and how to reach it."""

    city: City
    settings: Settings
    ours: Client
    """Temporal as our roles use it: encrypted."""
    bare: Client
    bare_url: str
    bare_pids: dict[str, int]
    plan: Plan
    """What both sides carry out."""
    application: bytes
    """The body with which somebody applies for it."""
    form: dict[str, Any]
    """The form as it is sent to departments; the bare side starts its cases with it."""
    token: str

    @property
    def pids(self) -> dict[str, int]:
        """Every process, by role; those of the bare side are `bare worker` and `bare gateway`."""
        named = {"serve": "gateway"}
        return {named.get(role, role): pid for role, pid in self.city.pids.items()} | self.bare_pids

    async def departments_behave(self, behaviour: Behaviour) -> None:
        """From now on all departments behave so."""
        await behave(self.city, self.settings, dict.fromkeys(known_departments(self.settings).departments, behaviour))


async def behave(city: City, settings: Settings, how: Mapping[str, Behaviour]) -> None:
    """From now on these departments of the city behave so."""
    if settings.sandbox_control_token is None:
        raise ValueError("the city makes a control token")
    headers = {"Authorization": f"Bearer {settings.sandbox_control_token.get_secret_value()}"}
    async with httpx.AsyncClient(trust_env=False, base_url=city.urls["departments"], headers=headers) as client:
        for department, behaviour in how.items():
            path = f"/control/departments/{department}/behaviour"
            answer = await client.put(path, json=behaviour.model_dump(mode="json"))
            answer.raise_for_status()


@contextlib.asynccontextmanager
async def standing(data_dir: Path, report: Report, bundle: str = EXIT) -> AsyncIterator[Stand]:
    """The stand in a fresh `data_dir`, for one bundle; everything is stopped at the end. Raises EmbeddedFault."""
    file = at_once.write_bundle(data_dir / "bundles", bundle)
    plan, form = at_once.plan_of(file)
    application = application_for(read_bundle(file))
    async with contextlib.AsyncExitStack() as opened:
        city = await opened.enter_async_context(
            City(data_dir, report=report, environment={**given(), f"{PREFIX}BUNDLE_DIRECTORY": str(file.parent)})
        )
        settings = settings_of(city.environment)
        shape = data_dir / "shape.json"
        shape.write_text(json.dumps(shape_of(plan), ensure_ascii=False), encoding="utf-8")
        ports = RememberedPorts(data_dir / "bench.json")
        opened.callback(ports.release)
        port = ports.claim("bare gateway")
        environment = {**city.environment, SHAPE_VARIABLE: str(shape), PORT_VARIABLE: str(port)}
        pids = {}
        for role in ("worker", "gateway"):
            child = await _bare(role, city.logs, environment)
            opened.push_async_callback(child.stop, _STOP_PATIENCE)
            pids[f"bare {role}"] = child.pid
        stand = Stand(
            city=city,
            settings=settings,
            ours=await connect_temporal(settings),
            bare=await connect(settings),
            bare_url=f"http://{HOST}:{port}",
            bare_pids=pids,
            plan=plan,
            form=form,
            application=application.model_dump_json().encode(),
            token=city.secrets.token("sample-applicant", Role.APPLICANT, hours=8),
        )
        await _until_ready(stand, child)
        await stand.departments_behave(AT_ONCE)
        yield stand


def given() -> Mapping[str, str]:
    """The caller's environment; spans go nowhere and the departments remember in memory unless it says otherwise."""
    return {
        f"{PREFIX}SPAN_DIRECTORY": "",
        f"{PREFIX}SANDBOX_DATABASE": IN_MEMORY,
        f"{PREFIX}LOG_LEVEL": "warning",
        **os.environ,
    }


async def _bare(role: str, logs: Path, environment: Mapping[str, str]) -> Child:
    command = [sys.executable, "-m", "runtime.bench.bare", role]
    return await Child.start(command, log=logs / f"bare-{role}.log", environment=environment)


async def _until_ready(stand: Stand, gateway: Child) -> None:
    transport = httpx.AsyncHTTPTransport(retries=1)
    async with httpx.AsyncClient(trust_env=False, transport=transport) as client:
        async with asyncio.timeout(_START_PATIENCE):
            while True:
                if gateway.exit_code is not None:
                    raise ServerDidNotStart(f"the bare gateway ended at its start:\n{last_lines(gateway.log)}")
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(f"{stand.bare_url}/ready")).is_success:
                        return
                await asyncio.sleep(0.1)
