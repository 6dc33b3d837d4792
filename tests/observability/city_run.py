"""Runs one case through the traced city, three processes on a real Temporal server, and keeps what they left."""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CASE_NO = "4419-2026-000017"
ROLES = ("departments", "worker", "gateway")

Span = dict[str, Any]


@dataclass(frozen=True)
class CityRun:
    """What one case left behind."""

    traceparent: str
    """As the department received it with the first submission."""
    spans: dict[str, list[Span]]
    logs: dict[str, list[dict[str, Any]]]
    written: str
    """Every byte of both, of all roles."""
    exit_codes: dict[str, int]

    def names(self, role: str) -> Counter[str]:
        """How many spans of each name a role wrote."""
        return Counter(span["name"] for span in self.spans[role])

    def every_span(self) -> list[Span]:
        """The spans of all roles."""
        return [span for spans in self.spans.values() for span in spans]


async def run_one_case(temporal_address: str, folder: Path) -> CityRun:
    """Open a case, decide it, look at what is not traced, end everything."""
    running: dict[str, asyncio.subprocess.Process] = {}
    try:
        for role in ROLES:
            with (folder / f"{role}.log").open("wb") as log:
                running[role] = await asyncio.create_subprocess_exec(
                    sys.executable,
                    str(HERE / "traced_city.py"),
                    role,
                    temporal_address,
                    str(folder),
                    stdout=asyncio.subprocess.PIPE,
                    stderr=log,
                    env={**os.environ, "PYTHONPATH": str(ROOT)},
                )
        said = {role: (await _first_line(process)).strip() for role, process in running.items()}
        traceparent = await _one_case(said["gateway"], said["departments"])
    finally:
        for process in running.values():
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
        codes = {role: await process.wait() for role, process in running.items()}
    texts = {role: (folder / f"{role}.spans.jsonl").read_text() for role in ROLES}
    logs = {role: (folder / f"{role}.log").read_text() for role in ROLES}
    return CityRun(
        traceparent=traceparent,
        spans={role: [json.loads(line) for line in text.splitlines()] for role, text in texts.items()},
        logs={role: [json.loads(line) for line in text.splitlines()] for role, text in logs.items()},
        written="".join([*texts.values(), *logs.values()]),
        exit_codes=codes,
    )


async def _one_case(gateway: str, departments: str) -> str:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway}", timeout=60) as client:
        case = {"department": f"http://127.0.0.1:{departments}"}
        (await client.post(f"/cases/{CASE_NO}?applicant=测试申请人甲", json=case)).raise_for_status()
        answer = (await client.post(f"/cases/{CASE_NO}/decisions")).raise_for_status().json()
        assert (await client.get("/broken")).status_code == 500
        for silent in ("/health", "/metrics", f"/cases/{CASE_NO}/panorama/stream?after=7"):
            (await client.get(silent)).raise_for_status()
    return str(answer["arrived"])


async def _first_line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    line = await process.stdout.readline()
    assert line, "the role ended before it was ready; see its log"
    return line.decode()
