"""Append a case's events to the record; a repeat, after a crash anywhere, changes nothing."""

from temporalio import activity

from activities import names
from activities.models import AppendReply, AppendRequest
from activities.worker_load import WorkerLoad
from event_store.record import NewEvent, event_id
from event_store.store import EventStore
from observability import metrics


class RecordingActivities:
    """Writes to the event store."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._load = WorkerLoad()

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
        return AppendReply(head=head.hex(), kept_waiting=self._load.heard(request.case_no, request.kept_waiting))
