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
from adapters.file_exchange.department import FileExchangeDepartment
from adapters.file_exchange.drop import Drop, Mac
from adapters.file_exchange.folder_place import FolderPlace
from adapters.http_poll import HttpPollDepartment
from adapters.http_push import HttpPushDepartment, HttpPushSettings, open_client
from adapters.instant import InstantDepartment
from adapters.port import DepartmentPort
from adapters.translated import TranslatedDepartment
from adapters.workbench import WorkbenchDepartment, WorkbenchRecord

_SFTP_STEP_SECONDS: Final = 10.0
"""For one step on a server, where the entry says nothing: a step moves at most a megabyte."""


@dataclass(frozen=True)
class Surroundings:
    """What every port of a process is opened with."""

    trace: Callable[[httpx.AsyncClient], None] = lambda _: None
    """Hooks into each client."""
    answer_seconds: float = 5.0
    """For departments that state no time-out of their own."""
    workbench: WorkbenchRecord | None = None
    """What departments on the workbench are read from; a process without it reaches none of them."""
    note_mac: Mac | None = None
    """Authenticates what is noted beside exchanged batches; a process without it reaches no department of that kind."""


Opener = Callable[[DepartmentConnection, Surroundings], AbstractAsyncContextManager[DepartmentPort]]


@asynccontextmanager
async def open_http_push(department: DepartmentConnection, around: Surroundings) -> AsyncIterator[DepartmentPort]:
    """The port of a department that pushes its decisions; its connections are closed at the end."""
    async with http_client(department, around) as (settings, client):
        yield HttpPushDepartment(department.code, settings, client)


@asynccontextmanager
async def open_instant(department: DepartmentConnection, around: Surroundings) -> AsyncIterator[DepartmentPort]:
    """The port of a department that decides in its answer; its connections are closed at the end."""
    async with http_client(department, around) as (settings, client):
        yield InstantDepartment(department.code, settings, client)


@asynccontextmanager
async def open_http_poll(department: DepartmentConnection, around: Surroundings) -> AsyncIterator[DepartmentPort]:
    """The port of a department whose decisions are fetched; its connections are closed at the end."""
    async with http_client(department, around) as (settings, client):
        yield HttpPollDepartment(department.code, settings, client)


@asynccontextmanager
async def open_workbench(department: DepartmentConnection, around: Surroundings) -> AsyncIterator[DepartmentPort]:
    """The port of a department whose officers work on our pages. Raises ValueError in a process without a record."""
    if around.workbench is None:
        raise ValueError(f"{department.code} works on the workbench, and this process reads no record")
    yield WorkbenchDepartment(department.code, around.workbench)


@asynccontextmanager
async def open_file_exchange(department: DepartmentConnection, around: Surroundings) -> AsyncIterator[DepartmentPort]:
    """The port of a department that exchanges files. Raises ValueError in a process without a key for notes."""
    async with open_drop(department, around) as drop:
        yield FileExchangeDepartment(department.code, drop)


@asynccontextmanager
async def open_drop(department: DepartmentConnection, around: Surroundings) -> AsyncIterator[Drop]:
    """Its folders, here or on its server.

    Raises ValueError for an entry without any, which the directory refuses, and in a process without a key for notes.
    """
    entry = department.entry
    if entry.folder is None:
        raise ValueError(f"{department.code} has no folder")
    if around.note_mac is None:
        raise ValueError(f"{department.code} exchanges files, and this process has no key for its notes")
    if entry.sftp is None:
        yield Drop(department.code, FolderPlace(department.base), entry.folder, around.note_mac)
        return
    from adapters.file_exchange.sftp_place import open_sftp_place  # most deployments need no SSH

    seconds = entry.time_outs.answer_seconds or _SFTP_STEP_SECONDS
    async with open_sftp_place(entry.sftp, department.token, entry.time_outs.connect_seconds, seconds) as place:
        yield Drop(department.code, place, entry.folder, around.note_mac)


@asynccontextmanager
async def http_client(
    department: DepartmentConnection, around: Surroundings
) -> AsyncIterator[tuple[HttpPushSettings, httpx.AsyncClient]]:
    """How this department is reached over HTTP, and the connections; for every kind that is."""
    settings = http_settings(department, around)
    async with open_client(settings) as client:
        around.trace(client)
        yield settings, client


def http_settings(department: DepartmentConnection, around: Surroundings) -> HttpPushSettings:
    """Address, credential and time-outs."""
    time_outs = department.entry.time_outs
    return HttpPushSettings(
        endpoint=HttpUrl(department.url),
        credential=department.token,
        connect_seconds=time_outs.connect_seconds,
        read_seconds=time_outs.answer_seconds or around.answer_seconds,
        contract=department.entry.contract,
    )


OPENERS: Final[Mapping[Kind, Opener]] = {
    Kind.HTTP_PUSH: open_http_push,
    Kind.INSTANT: open_instant,
    Kind.HTTP_POLL: open_http_poll,
    Kind.WORKBENCH: open_workbench,
    Kind.FILE_EXCHANGE: open_file_exchange,
}


@asynccontextmanager
async def open_port(department: DepartmentConnection, around: Surroundings) -> AsyncIterator[DepartmentPort]:
    """The port of this department, by its kind and in our words. Raises KeyError for a kind that has no opener."""
    async with OPENERS[department.entry.kind](department, around) as port:
        codes = department.entry.codes
        yield TranslatedDepartment(port, codes) if codes.items or codes.reasons else port
