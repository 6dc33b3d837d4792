"""`onething serve` and `onething worker`: single roles, any number of each, on one machine or on several."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from runtime.cli.commands import CommandFailed, Commands

_BAD_INPUT = 2


def register(commands: Commands) -> None:
    """Add `serve` and `worker`."""
    commands.application.command("serve")(serve)
    commands.application.command("worker")(worker)


def serve() -> None:
    """Serve the gateway: pages, API, live streams and departments' decisions, until stopped.

    Example: `ONETHING_GATEWAY_PORT=8080 onething serve`
    """
    from runtime.gateway_role import run_gateway
    from runtime.process import run_role
    from runtime.settings import Role
    from runtime.settings_loading import load_settings

    with _departments_told():
        run_role(run_gateway(load_settings(Role.GATEWAY)))


def worker() -> None:
    """Carry out cases until stopped; running activities are let end.

    Example: `ONETHING_WORKER_PORT=8081 onething worker`
    """
    from runtime.process import run_role
    from runtime.settings import Role
    from runtime.settings_loading import load_settings
    from runtime.worker_role import run_worker

    with _departments_told():
        run_role(run_worker(load_settings(Role.WORKER)))


@contextmanager
def _departments_told() -> Iterator[None]:
    """A file of departments that cannot be used is bad input. Raises CommandFailed with every fault."""
    from runtime.department_directory import DirectoryUnusable

    try:
        yield
    except DirectoryUnusable as unusable:
        raise CommandFailed(f"The file of departments cannot be used:\n{unusable}", _BAD_INPUT) from None
