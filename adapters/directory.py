"""The one directory of departments: from a department's code to the port through which it is reached."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from adapters.configuration.connection import DepartmentConnection
from adapters.kinds import OPENERS, Surroundings
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
    departments: Iterable[DepartmentConnection], around: Surroundings | None = None
) -> AsyncIterator[DepartmentDirectory]:
    """The directory of these departments; their connections are closed at the end."""
    async with AsyncExitStack() as connections:
        ports: dict[str, DepartmentPort] = {}
        for department in departments:
            opening = OPENERS[department.entry.kind](department, around or Surroundings())
            ports[department.code] = await connections.enter_async_context(opening)
        yield DepartmentDirectory(ports)
