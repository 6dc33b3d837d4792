"""The sources of decisions that this process may ask, as the directory of departments has them now."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from adapters.collected import DecisionSource
from adapters.configuration.connection import DepartmentConnection
from adapters.kinds import Surroundings
from adapters.lingering import LINGERS_SECONDS, Lingering
from adapters.sources import SOURCES, Proofs
from runtime.department_directory import LoadedDirectory


class _Opened(NamedTuple):
    department: DepartmentConnection
    source: DecisionSource
    connections: AsyncExitStack


class DecisionSources:
    """Sources by department; exchanged when the directory's file changes."""

    def __init__(self, proofs: Proofs, around: Surroundings, lingers_seconds: float = LINGERS_SECONDS) -> None:
        self._proofs = proofs
        self._around = around
        self._opened: dict[str, _Opened] = {}
        self._lingering = Lingering(lingers_seconds)

    @property
    def current(self) -> Mapping[str, DecisionSource]:
        """Every department whose decisions are fetched."""
        return {code: opened.source for code, opened in self._opened.items()}

    async def take(self, loaded: LoadedDirectory) -> None:
        """From now on these are asked. A look under way on a source that is given up ends on its connections."""
        opened: dict[str, _Opened] = {}
        async with AsyncExitStack() as if_one_fails:
            for code, department in loaded.departments.items():
                opener = SOURCES.get(department.entry.kind)
                before = self._opened.get(code)
                if opener is None:
                    continue
                if before is not None and before.department == department:
                    opened[code] = before
                    continue
                connections = await if_one_fails.enter_async_context(AsyncExitStack())
                source = await connections.enter_async_context(opener(department, self._around, self._proofs))
                opened[code] = _Opened(department, source, connections)
            if_one_fails.pop_all()
        given_up = [one for code, one in self._opened.items() if opened.get(code) is not one]
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
async def open_sources(loaded: LoadedDirectory, proofs: Proofs, around: Surroundings) -> AsyncIterator[DecisionSources]:
    """The sources of these departments; their connections are closed at the end."""
    sources = DecisionSources(proofs, around)
    try:
        await sources.take(loaded)
        yield sources
    finally:
        await sources.close()
