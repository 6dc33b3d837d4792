"""The one directory of departments: from a department's code to the port through which it is reached."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.entry import DepartmentEntry
from adapters.kinds import Surroundings, open_port
from adapters.lingering import LINGERS_SECONDS, Lingering
from adapters.port import DepartmentPort


class UnknownDepartment(LookupError):
    """No department is known under this code; the message names the code and those that are known."""

    code = "unknown-department"

    def __init__(self, department: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no department is known as {department!r}; known are {', '.join(known) or 'none'}")
        self.department = department
        self.known = known


@dataclass(frozen=True)
class _Opened:
    """A department as it was opened, and what has to be closed."""

    department: DepartmentConnection
    port: DepartmentPort
    connections: AsyncExitStack


class DepartmentDirectory:
    """Ports by department code, for one process; what each port is made of may be exchanged while it works."""

    def __init__(self, around: Surroundings, lingers_seconds: float = LINGERS_SECONDS) -> None:
        self._around = around
        self._opened: Mapping[str, _Opened] = {}
        self._lingering = Lingering(lingers_seconds)

    @property
    def codes(self) -> tuple[str, ...]:
        """All known codes, in alphabetical order."""
        return tuple(sorted(self._opened))

    def port(self, department: str) -> DepartmentPort:
        """The port of this department. Raises UnknownDepartment."""
        try:
            return self._opened[department].port
        except KeyError:
            raise UnknownDepartment(department, self.codes) from None

    def entry(self, department: str) -> DepartmentEntry:
        """What the deployment says of this department. Raises UnknownDepartment."""
        try:
            return self._opened[department].department.entry
        except KeyError:
            raise UnknownDepartment(department, self.codes) from None

    def fresh_for_seconds(self, department: str, source: str) -> int:
        """How long an answer of this dataset or type of licence may be used again; 0: never.

        Raises UnknownDepartment.
        """
        rule = self.entry(department).sources.get(source)
        return 0 if rule is None else rule.fresh_for_seconds

    @property
    def entries(self) -> dict[str, DepartmentEntry]:
        """What it says of each."""
        return {code: opened.department.entry for code, opened in self._opened.items()}

    async def take(self, departments: Iterable[DepartmentConnection]) -> None:
        """From now on these departments are known, all at once; who is reached as before keeps port and connections.

        Calls under way on connections that are given up end on them. If one cannot be opened, nothing changes.
        """
        async with AsyncExitStack() as if_one_fails:
            opened: dict[str, _Opened] = {}
            for department in departments:
                before = self._opened.get(department.code)
                if before is None or before.department != department:
                    connections = await if_one_fails.enter_async_context(AsyncExitStack())
                    port = await connections.enter_async_context(open_port(department, self._around))
                    opened[department.code] = _Opened(department, port, connections)
                else:
                    opened[department.code] = before
            if_one_fails.pop_all()
        given_up = [one for one in self._opened.values() if opened.get(one.department.code) is not one]
        self._opened = opened
        for one in given_up:
            self._lingering.give_up(one.connections)

    async def close(self) -> None:
        """Close all connections."""
        await self._lingering.close()
        for one in self._opened.values():
            await one.connections.aclose()
        self._opened = {}


@asynccontextmanager
async def open_directory(
    departments: Iterable[DepartmentConnection], around: Surroundings | None = None
) -> AsyncIterator[DepartmentDirectory]:
    """The directory of these departments; their connections are closed at the end."""
    directory = DepartmentDirectory(around or Surroundings())
    try:
        await directory.take(departments)
        yield directory
    finally:
        await directory.close()
