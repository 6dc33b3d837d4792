"""The decisions of a department that exchanges files; each look sends what is pending and reads the next batch."""

import logging
from datetime import UTC, datetime
from functools import partial

from adapters.collected import CollectedPage
from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.maintenance import away_until
from adapters.configuration.pace import Polling
from adapters.file_exchange.batch import MOST_ENTRIES, KeyLookup
from adapters.file_exchange.drop import Drop
from adapters.file_exchange.incoming import BatchPage, Incoming
from adapters.file_exchange.outgoing import Attest, Outgoing
from adapters.file_exchange.place import PlaceAway
from adapters.port import UnknownCause
from observability import metrics

_LOG = logging.getLogger("onething.departments")


class FileDecisionSource:
    """`DecisionSource` over drop folders."""

    def __init__(self, department: DepartmentConnection, drop: Drop, key: KeyLookup, attest: Attest) -> None:
        self._code = department.code
        self._entry = department.entry
        self._drop = drop
        self._told: str | None = None
        self._incoming = Incoming(department.code, drop, key)
        self._outgoing = Outgoing(department.code, drop, attest, min(self.polling.page, MOST_ENTRIES))

    @property
    def polling(self) -> Polling:
        return self._entry.polling

    def rests_until(self, now: datetime) -> datetime | None:
        return away_until(self._entry.maintenance, now)

    async def collect(self, after: str) -> CollectedPage:
        """What was taken is noted beside the batches, so the position says nothing here."""
        try:
            page = await self._drop.carry_out(self._look)
        except PlaceAway as away:
            return CollectedPage(away=away.cause)
        except OSError as error:
            if error.strerror != self._told:  # told when it begins, not at every look
                _LOG.warning("%s: its folders cannot be used: %s", self._code, error.strerror)
            self._told = error.strerror
            return CollectedPage(away=UnknownCause.UNREACHABLE)
        self._told = None
        return page

    async def settle(self, page: CollectedPage) -> None:
        if isinstance(page, BatchPage):
            await self._drop.carry_out(partial(self._incoming.settle, page))

    def _look(self) -> BatchPage:
        now = datetime.now(UTC)
        self._drop.prepare()
        self._drop.sweep(now)
        self._outgoing.send(now)
        metrics.BATCHES_OVERDUE.labels(self._code).set(len(self._outgoing.overdue(now)))
        return self._incoming.page(now)
