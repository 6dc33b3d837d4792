"""`onething case watch` as a process, and what it has to say of a case."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from event_store.store import EventStore
from gateway.views.change import change_of
from one_things.events import event_from_json
from one_things.evolving import evolve

PROJECT = Path(__file__).parents[2]


async def watched_lines(store: EventStore, case_no: str) -> list[str]:
    """What ``case watch`` says of a case that it saw from the beginning to the end."""
    state, lines = None, []
    for recorded in await store.read(case_no):
        event = event_from_json(recorded.data)
        state = evolve(state, event)
        change = change_of(state, recorded.version, event)
        lines.append(f"{change.at.astimezone():%Y-%m-%d %H:%M:%S}  {change.text.en}")
    return lines


@asynccontextmanager
async def watch_command(url: str, token: str, case_no: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command as a process of its own."""
    settings = {"ONETHING_PUBLIC_URL": url, "ONETHING_TOKEN": token, "PYTHONUNBUFFERED": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runtime.cli", "case", "watch", case_no,
        cwd=PROJECT, env={**os.environ, **settings}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:  # only when the test failed
            process.kill()
            await process.wait()
