"""Append a case's events to the record; a repeat, after a crash anywhere, changes nothing."""

from uuid import UUID, uuid5

from temporalio import activity

from activities import names
from activities.models import AppendReply, AppendRequest
from event_store.record import NewEvent
from event_store.store import EventStore
from observability import metrics

_EVENT_IDS = UUID("8f0f6c43-5a4e-5a0e-9d7f-3c1c0a5b7e11")


def event_id(case_no: str, version: int) -> UUID:
    """The one id that the event of this case and version can have."""
    return uuid5(_EVENT_IDS, f"{case_no}/{version}")


class RecordingActivities:
    """Writes to the event store."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    @activity.defn(name=names.APPEND_EVENTS)
    async def append_events(self, request: AppendRequest) -> AppendReply:
        """Append the events after ``expected_version``. Any failure is for Temporal to retry."""
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
