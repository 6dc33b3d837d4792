"""Append a case's events to the record; a repeat, after a crash anywhere, changes nothing."""

import asyncio
import logging

from temporalio import activity

from activities import names
from activities.models import AppendReply, AppendRequest
from event_store.record import NewEvent, event_id
from event_store.store import EventStore
from observability import metrics

_LOG = logging.getLogger(__name__)
_ON_THE_WAY = 0.5
"""Seconds that a call to a department waits at most for events that travel along: the two depend on each other in
nothing else."""


class RecordingActivities:
    """Writes to the event store."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    @activity.defn(name=names.APPEND_EVENTS)
    async def append_events(self, request: AppendRequest) -> AppendReply:
        """Append the events after ``expected_version``. Any failure is for Temporal to retry."""
        return await self._append(request)

    async def append_in_passing(self, request: AppendRequest) -> AppendReply | None:
        """Append events that travel with another activity. None when it is not known whether they are on record."""
        try:
            async with asyncio.timeout(_ON_THE_WAY):
                return await self._append(request)
        except Exception as error:
            _LOG.warning("%s: events that travelled along wait: %s", request.case_no, type(error).__name__)
            return None

    async def _append(self, request: AppendRequest) -> AppendReply:
        events = [
            NewEvent(
                event_id=event_id(request.case_no, request.expected_version + place),
                type=event.type,
                occurred_at=event.at,
                data=event.data,
            )
            for place, event in enumerate(request.events, start=1)
        ]
        metrics.EVENT_APPEND_BATCH_SIZE.observe(len(events))
        with metrics.EVENT_APPEND_SECONDS.time():
            head = await self._store.append(
                request.case_no, request.expected_version, bytes.fromhex(request.head), events
            )
        return AppendReply(head=head.hex())
