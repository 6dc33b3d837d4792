"""The one directory of departments: from a department's code to the port through which it is reached."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from adapters.http_push import HttpPushDepartment, HttpPushSettings, open_client
from adapters.port import DepartmentPort


class UnknownDepartment(LookupError):
    """No department is known under this code; the message names the code and those that are known."""

    code = "unknown-department"

    def __init__(self, department: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no department is known as {department!r}; known are {', '.join(known) or 'none'}")
        self.department = department
        self.known = known


class DepartmentDirectory:
    """Ports by department code. Built once per process; the ports share its connections."""

    def __init__(self, ports: Mapping[str, DepartmentPort]) -> None:
        self._ports = dict(ports)

    @property
    def codes(self) -> tuple[str, ...]:
        """All known codes, in alphabetical order."""
        return tuple(sorted(self._ports))

    def port(self, department: str) -> DepartmentPort:
        """The port of this department. Raises UnknownDepartment."""
        try:
            return self._ports[department]
        except KeyError:
            raise UnknownDepartment(department, self.codes) from None


@asynccontextmanager
async def open_directory(
    departments: Mapping[str, HttpPushSettings], trace: Callable[[httpx.AsyncClient], None] = lambda _: None
) -> AsyncIterator[DepartmentDirectory]:
    """The directory of these departments; their connections are closed at the end. ``trace`` hooks into each client."""
    async with AsyncExitStack() as connections:
        ports: dict[str, DepartmentPort] = {}
        for code, settings in departments.items():
            client = await connections.enter_async_context(open_client(settings))
            trace(client)
            ports[code] = HttpPushDepartment(code, settings, client)
        yield DepartmentDirectory(ports)
