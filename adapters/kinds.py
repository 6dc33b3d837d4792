"""How each kind of department is opened: from its entry in the directory to the port through which it is reached.

A kind that is not listed in `OPENERS` cannot be used; a new kind is one more line there.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx
from pydantic import HttpUrl

from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.kinds import Kind
from adapters.http_push import HttpPushDepartment, HttpPushSettings, open_client
from adapters.port import DepartmentPort


@dataclass(frozen=True)
class Surroundings:
    """What every port of a process is opened with."""

    trace: Callable[[httpx.AsyncClient], None] = lambda _: None
    """Hooks into each client."""
    answer_seconds: float = 5.0
    """For departments that state no time-out of their own."""


Opener = Callable[[DepartmentConnection, Surroundings], AbstractAsyncContextManager[DepartmentPort]]


@asynccontextmanager
async def open_http_push(department: DepartmentConnection, around: Surroundings) -> AsyncIterator[DepartmentPort]:
    """The port of a department that pushes its decisions; its connections are closed at the end."""
    settings = http_settings(department, around)
    async with open_client(settings) as client:
        around.trace(client)
        yield HttpPushDepartment(department.code, settings, client)


def http_settings(department: DepartmentConnection, around: Surroundings) -> HttpPushSettings:
    """How this department is reached over HTTP; for every kind that is."""
    time_outs = department.entry.time_outs
    return HttpPushSettings(
        endpoint=HttpUrl(department.url),
        credential=department.token,
        connect_seconds=time_outs.connect_seconds,
        read_seconds=time_outs.answer_seconds or around.answer_seconds,
    )


OPENERS: Final[Mapping[Kind, Opener]] = {
    Kind.HTTP_PUSH: open_http_push,
}
