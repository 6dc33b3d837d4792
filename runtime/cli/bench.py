"""`onething bench`: what this product costs beside a bare Temporal workflow of the same shape."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import httpx
import typer
from rich.status import Status

from runtime.cli.city import Telling
from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results

if TYPE_CHECKING:
    from pydantic import BaseModel

    from runtime.bench.stand import Stand

_BAD_INPUT = 2
_EXIT = "enterprise-exit"
Json = Annotated[Path | None, typer.Option("--json", help="Write everything that was measured to this file as well.")]


def register(commands: Commands) -> None:
    """Add `bench throughput`, `bench latency` and `bench departments`."""
    group = commands.group("bench", help="Measure: throughput and latency, and what ill departments do to others.")
    group.command("throughput")(throughput)
    group.command("latency")(latency)
    group.command("departments")(departments)


def throughput(
    cases: Annotated[int, typer.Option(min=1, help="Cases that count, per round and side.")] = 200,
    in_flight: Annotated[int, typer.Option(min=1, help="Cases under way at any moment.")] = 40,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds per side; the sides take turns.")] = 5,
    bundle: Annotated[str, typer.Option(metavar="NAME", help="Which shipped bundle is carried out.")] = _EXIT,
    json: Json = None,
) -> None:
    """Cases per second of a bundle whose departments all answer at once, ours beside a bare workflow of its shape.

    Starts a city of its own and stops it again.

    Example: `onething bench throughput --rounds 3 --bundle property-transfer-with-mortgage`
    """
    from runtime.bench.errands import ANSWERS

    if bundle not in ANSWERS:
        raise CommandFailed(f"no such bundle to measure: {bundle}; there are: {', '.join(ANSWERS)}", _BAD_INPUT)
    asyncio.run(_stoppable(_throughput(cases, in_flight, rounds, bundle, json)))


def latency(
    rate: Annotated[float, typer.Option(min=0.1, help="Cases that begin per second.")] = 10,
    seconds: Annotated[float, typer.Option(min=1, help="How long cases begin.")] = 30,
    json: Json = None,
) -> None:
    """From a department's decision posted to the event received by a watcher, beside a Temporal update alone.

    Says also what a case took of the processors, and what a bare workflow takes at the same rate: where they are all
    busy the times are those of a queue. Starts a city of its own and stops it again.

    Example: `onething bench latency --seconds 10`
    """
    if rate * seconds < 1:
        raise CommandFailed(f"no case begins at --rate {rate:g} within --seconds {seconds:g}: raise one", _BAD_INPUT)
    asyncio.run(_stoppable(_latency(rate, seconds, json)))


def departments(
    cases: Annotated[int, typer.Option(min=1, help="Cases that count, per round.")] = 100,
    in_flight: Annotated[int, typer.Option(min=1, help="Cases under way at any moment.")] = 20,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds with and rounds without; they take turns.")] = 3,
    others: Annotated[float, typer.Option(min=0.1, help="Cases per second that need the two that are ill.")] = 1,
    json: Json = None,
) -> None:
    """Twelve departments, one slow and one dead: what do cases notice that need neither of the two?

    Starts a city of its own and stops it again. The ratio is that of the rates, with the two ill and with all well.

    Example: `onething bench departments --rounds 2 --cases 60`
    """
    asyncio.run(_stoppable(_departments(cases, in_flight, rounds, others, json)))


async def _stoppable(measuring: Coroutine[object, object, None]) -> None:
    """Measure; on SIGTERM stop everything that was started, as on Ctrl-C."""
    task = asyncio.create_task(measuring)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        raise CommandFailed("stopped before the end; nothing was measured") from None


async def _throughput(cases: int, in_flight: int, rounds: int, bundle: str, file: Path | None) -> None:
    from runtime.bench.machine import this_machine
    from runtime.bench.report import throughput_report
    from runtime.bench.throughput import measure

    machine = this_machine()
    async with _stand(bundle) as (stand, status):

        def progress(side: str, number: int, ended: int) -> None:
            status.update(f"{side}, round {number} of {rounds}: {ended} of {cases} cases")
            if ended == cases:
                errors.print(f"{side}, round {number} of {rounds} is done")

        status.update("warming up")
        measured = await measure(stand, machine, cases=cases, in_flight=in_flight, rounds=rounds, progress=progress)
    _write(measured, file)
    for part in throughput_report(measured):
        results.print(part)


async def _latency(rate: float, seconds: float, file: Path | None) -> None:
    from runtime.bench.latency import measure
    from runtime.bench.machine import this_machine
    from runtime.bench.report import latency_report

    machine = this_machine()
    async with _stand() as (stand, status):
        try:
            measured = await measure(stand, machine, rate=rate, seconds=seconds, progress=status.update)
        except* (TimeoutError, httpx.HTTPError) as failed:
            raise CommandFailed(_not_carried(rate, failed)) from None
    _write(measured, file)
    for part in latency_report(measured):
        results.print(part)


async def _departments(cases: int, in_flight: int, rounds: int, others: float, file: Path | None) -> None:
    from runtime.bench.machine import this_machine
    from runtime.bench.report import departments_report
    from runtime.bench.twelve import measure, town
    from runtime.embedded.faults import EmbeddedFault
    from runtime.embedded.places import scratch_data_dir

    machine = this_machine()
    with scratch_data_dir("onething-bench") as data_dir, Status("starting the city", console=errors) as status:

        def progress(how: str, number: int, ended: int) -> None:
            status.update(f"{how}, round {number} of {rounds}: {ended} of {cases} cases")
            if ended == cases:
                errors.print(f"{how}, round {number} of {rounds} is done")

        try:
            async with town(data_dir, Telling(status)) as opened:
                status.update("warming up")
                measured = await measure(
                    opened, machine, cases=cases, in_flight=in_flight, rounds=rounds, others=others, progress=progress
                )
                status.update("stopping the city")
        except EmbeddedFault as fault:
            raise CommandFailed(str(fault)) from None
    _write(measured, file)
    for part in departments_report(measured):
        results.print(part)


def _not_carried(rate: float, failed: BaseExceptionGroup[Exception]) -> str:
    """What to do when cases were not answered in time, and what the first of them said."""
    first: BaseException = failed
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return (
        f"cases at {rate:g} per second were not answered in time ({type(first).__name__}), so nothing was measured: "
        "when the machine is too busy or too small for that, choose a lower --rate"
    )


@contextlib.asynccontextmanager
async def _stand(bundle: str = _EXIT) -> AsyncIterator[tuple[Stand, Status]]:
    from runtime.bench.stand import standing
    from runtime.embedded.faults import EmbeddedFault
    from runtime.embedded.places import scratch_data_dir

    with scratch_data_dir("onething-bench") as data_dir, Status("starting the city", console=errors) as status:
        try:
            async with standing(data_dir, Telling(status), bundle) as stand:
                yield stand, status
                status.update("stopping the city")
        except EmbeddedFault as fault:
            raise CommandFailed(str(fault)) from None


def _write(measured: BaseModel, file: Path | None) -> None:
    if file is not None:
        file.write_text(measured.model_dump_json(indent=2) + "\n", encoding="utf-8")
