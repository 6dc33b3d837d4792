"""Fetches the decisions of departments that send none, and hands each over as if it had come through the door.

One gateway at a time asks a department. The position moves once a page was handed over: whoever is killed in the
middle, the next look, here or in another gateway, brings the page again, and what counted is a repeat.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import uniform
from typing import Final

from event_store.collecting import Due
from event_store.errors import StoreUnavailable
from gateway import decisions, department_acts, errors
from gateway.body import too_large
from gateway.collected import DecisionSource, Entry, Page
from gateway.live import LiveRecord
from gateway.open_case import check_case_number
from gateway.services import CollectsBy, GatewayServices
from observability import metrics

_LOG = logging.getLogger("onething.departments")
_BETWEEN_LOOKS: Final = 2.0
"""Seconds: so soon a change of the directory is noticed."""
_FAILED_HERE: Final = "failed-here"
_TRIES_OF_OURS: Final = 3
"""So often an entry that fails for a defect of ours is tried; then it is recorded, and those behind it go on."""


class Collector:
    """Asks every department that is to be asked, each at its own pace."""

    def __init__(self, services: GatewayServices, by: CollectsBy, live: LiveRecord) -> None:
        self._services = services
        self._by = by
        self._live = live
        self._failed: dict[tuple[str, str], int] = {}

    async def run(self) -> None:
        """Collect until cancelled; departments come and go with the directory."""
        asking: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                for department in self._by.sources():
                    if department not in asking or asking[department].done():
                        asking[department] = asyncio.create_task(self._keep_asking(department))
                await asyncio.sleep(_BETWEEN_LOOKS)
        finally:
            for task in asking.values():
                task.cancel()
            await asyncio.gather(*asking.values(), return_exceptions=True)

    async def collect_due(self, department: str) -> float:
        """Collect if it is due and nobody else does. Seconds until it is due again. Raises StoreUnavailable."""
        due = await self._by.collecting.due(department)
        if due.due_in > 0:
            return due.due_in
        async with self._turn(department):
            due = await self._by.collecting.due(department)  # another gateway may have been there just now
            source = self._by.sources().get(department)
            if due.due_in == 0 and source is not None:
                await self._collect(department, source, due)
        return (await self._by.collecting.due(department)).due_in

    async def _keep_asking(self, department: str) -> None:
        while department in self._by.sources():
            due_in = _BETWEEN_LOOKS
            try:
                due_in = await self.collect_due(department)
            except StoreUnavailable as away:
                _LOG.warning("collecting from %s waits: %s", department, away)
            except Exception:
                _LOG.exception("collecting from %s has failed; it begins anew", department)
            await asyncio.sleep(min(due_in, _BETWEEN_LOOKS))

    @asynccontextmanager
    async def _turn(self, department: str) -> AsyncIterator[None]:
        name = f"collecting {department}"
        slot = await self._by.turns.take(name, 1)
        try:
            yield
        finally:
            await self._by.turns.give_back(name, slot)

    async def _collect(self, department: str, source: DecisionSource, due: Due) -> None:
        now = datetime.now(UTC)
        if (until := source.rests_until(now)) is not None:
            await self._by.collecting.put_off(department, (until - now).total_seconds())
            return
        position, gap, more = due.position, "", True
        while more:
            page = await source.collect(position)
            if page.away:
                await self._fail(department, source, due, page.away)
                return
            reached = await self._hand_over(department, page)
            if reached is not None and reached != position:
                if not await self._by.collecting.move(department, position, reached):
                    return  # our turn was lost with its session, and another gateway is at it
                position = reached
            if page.entries and reached != page.entries[-1].cursor:
                await self._fail(department, source, due, _FAILED_HERE)
                return
            if not await self._is_settled(department, source, page):
                await self._fail(department, source, due, _FAILED_HERE)
                return
            gap, more = page.gap, page.more
        pace = source.polling
        next_in = pace.every_seconds + uniform(0, pace.jitter_seconds)  # noqa: S311 - spreads load, no secret
        await self._by.collecting.succeed(department, next_in, gap)
        metrics.COLLECTED_AT.labels(department).set_to_current_time()
        metrics.COLLECTING_GAP.labels(department).set(bool(gap))

    async def _fail(self, department: str, source: DecisionSource, due: Due, cause: str) -> None:
        pace = source.polling
        pause = min(pace.every_seconds * 2.0 ** min(due.failures, 20), pace.longest_seconds)
        await self._by.collecting.fail(
            department,
            pause + uniform(0, pace.jitter_seconds),  # noqa: S311 - spreads load, no secret
            cause,
        )
        metrics.COLLECTING_FAILED.labels(department, cause).inc()
        if due.failures == 0:
            _LOG.warning("%s gave no decisions (%s); it is asked again, less and less often", department, cause)

    async def _is_settled(self, department: str, source: DecisionSource, page: Page) -> bool:
        try:
            await source.settle(page)
        except OSError:
            _LOG.exception("what was collected from %s could not be noted; it comes again", department)
            return False
        return True

    async def _hand_over(self, department: str, page: Page) -> str | None:
        """The position behind the last entry that was dealt with; None when there was none."""
        reached: str | None = None
        for entry in page.entries:
            code = entry.refused
            if not code and entry.door:
                try:
                    code = await self._refusal(department, entry)
                except (errors.OutOfService, StoreUnavailable):
                    return reached
                except Exception:
                    if not self._is_given_up(department, entry):
                        _LOG.exception("an entry of %s could not be handed over; it is tried again", department)
                        return reached
                    code = "internal"
                    _LOG.exception("an entry of %s could not be handed over and is passed over", department)
            if code:
                await self._record(department, entry, code)
            reached = entry.cursor
        return reached

    async def _refusal(self, department: str, entry: Entry) -> str:
        """Hand it over; the code with which it was refused, empty where it counted or had counted."""
        try:
            if len(entry.body) > self._services.settings.largest_body:
                raise too_large(self._services.settings.largest_body)
            if entry.door == "decisions":
                receipt = await decisions.take_in(self._services, self._live, department, entry.body)
            else:
                receipt = await department_acts.take_in(self._services, department, entry.body)
        except errors.OutOfService:
            raise
        except errors.Problem as problem:
            return problem.stated_code
        metrics.COLLECTED.labels(department, receipt.outcome).inc()
        return ""

    def _is_given_up(self, department: str, entry: Entry) -> bool:
        tried = self._failed.get((department, entry.cursor), 0) + 1
        self._failed = {(department, entry.cursor): tried}
        return tried >= _TRIES_OF_OURS

    async def _record(self, department: str, entry: Entry, code: str) -> None:
        metrics.COLLECTED.labels(department, "refused").inc()
        digest = self._services.fingerprint(entry.body).hex()
        about = (entry.cursor, entry.door, entry.named, _case_no_in(entry.body))
        if await self._by.collecting.refuse(department, digest, code, *about):
            _LOG.warning("an entry of %s was refused (%s) and passed over: position %s", department, code, entry.cursor)


def _case_no_in(body: bytes) -> str:
    try:
        said = json.loads(body)
        return check_case_number(said["case_no"])
    except (ValueError, KeyError, TypeError, RecursionError, errors.CaseNotFound):
        return ""
