"""How the source of decisions of each kind is opened, for those kinds whose decisions are fetched."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from adapters.collected import DecisionSource
from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.kinds import Kind
from adapters.http_poll import HttpDecisionSource, KeyLookup
from adapters.kinds import Surroundings, http_client

SourceOpener = Callable[[DepartmentConnection, Surroundings, KeyLookup], AbstractAsyncContextManager[DecisionSource]]


@asynccontextmanager
async def open_http_source(
    department: DepartmentConnection, around: Surroundings, key: KeyLookup
) -> AsyncIterator[DecisionSource]:
    """The decisions of a department that is polled; its connection is closed at the end."""
    async with http_client(department, around) as (_, client):
        yield HttpDecisionSource(department, client, key)


SOURCES: Final[Mapping[Kind, SourceOpener]] = {Kind.HTTP_POLL: open_http_source}
