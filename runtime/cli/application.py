"""All commands together, and their one way of failing: a clear line, never a traceback."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer
from typer.exceptions import Abort, TyperException

from runtime.cli import (
    adapter_check,
    adapter_config,
    adapter_new,
    bench,
    bundle_trial,
    bundles,
    calendar,
    case_commands,
    city,
    database,
    demo,
    departments,
    dossiers,
    erase,
    keys,
    new_deployment,
    rebuild,
    roles,
    settings,
    verify,
)
from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors
from runtime.settings_loading import SettingsFault

# A new module of commands is one more name here.
_MODULES = (
    city,
    demo,
    bundles,
    bundle_trial,
    case_commands,
    roles,
    departments,
    adapter_check,
    adapter_config,
    adapter_new,
    database,
    verify,
    rebuild,
    erase,
    keys,
    calendar,
    dossiers,
    settings,
    new_deployment,
    bench,
)

_BAD_INPUT = 2
_OURS = {
    "activities",
    "adapters",
    "event_store",
    "gateway",
    "observability",
    "one_things",
    "runtime",
    "security",
    "workflows",
}


def application() -> typer.Typer:
    """The command with everything registered; also for tests and for documentation."""
    commands = Commands()
    for module in _MODULES:
        module.register(commands)
    return commands.application


def main() -> NoReturn:
    """Run the command and end the process: 0 done, 1 failed, 2 bad input or settings, 130 interrupted."""
    try:
        code = application()(prog_name="onething", standalone_mode=False)
    except TyperException as refused:
        errors.print(refused.format_message())
        sys.exit(_BAD_INPUT)
    except (Abort, KeyboardInterrupt):
        errors.print("interrupted")
        sys.exit(130)
    except SettingsFault as faults:
        errors.print("The settings do not suffice:")
        for fault in faults.faults:
            errors.print(f"  {fault}")
        sys.exit(_BAD_INPUT)
    except CommandFailed as failed:
        errors.print(str(failed))
        sys.exit(failed.exit_code)
    except Exception as fault:
        if os.environ.get("ONETHING_LOG_LEVEL", "").lower() == "debug":
            raise
        errors.print(_one_line(fault))
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _one_line(fault: Exception) -> str:
    """Our own faults speak for themselves; of others the kind is told too, and how to see more."""
    if type(fault).__module__.partition(".")[0] in _OURS:
        return str(fault)
    first_line = (str(fault).splitlines() or [""])[0]
    return f"unexpected: {type(fault).__name__}: {first_line} (ONETHING_LOG_LEVEL=debug shows where)"
