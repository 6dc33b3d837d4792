"""How the source of decisions of each kind is opened, for those kinds whose decisions are fetched."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from adapters.collected import DecisionSource
from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.kinds import Kind
from adapters.file_exchange.outgoing import Attest
from adapters.file_exchange.source import FileDecisionSource
from adapters.http_poll import HttpDecisionSource, KeyLookup
from adapters.kinds import Surroundings, http_client, open_drop


@dataclass(frozen=True)
class Proofs:
    """By what the other side's origin is proved, and ours."""

    key: KeyLookup
    """The public key of a key id."""
    attest: Attest
    """Signs a statement of ours."""


SourceOpener = Callable[[DepartmentConnection, Surroundings, Proofs], AbstractAsyncContextManager[DecisionSource]]


@asynccontextmanager
async def open_http_source(
    department: DepartmentConnection, around: Surroundings, proofs: Proofs
) -> AsyncIterator[DecisionSource]:
    """The decisions of a department that is polled; its connection is closed at the end."""
    async with http_client(department, around) as (_, client):
        yield HttpDecisionSource(department, client, proofs.key)


@asynccontextmanager
async def open_file_source(
    department: DepartmentConnection, around: Surroundings, proofs: Proofs
) -> AsyncIterator[DecisionSource]:
    """The batches of a department that exchanges files."""
    async with open_drop(department, around) as drop:
        yield FileDecisionSource(department, drop, proofs.key, proofs.attest)


SOURCES: Final[Mapping[Kind, SourceOpener]] = {
    Kind.HTTP_POLL: open_http_source,
    Kind.FILE_EXCHANGE: open_file_source,
}
