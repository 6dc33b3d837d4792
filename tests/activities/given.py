"""The activities of departments over one port, with a record or without one."""

from activities.asking import DepartmentActivities
from activities.reckoning import Reckoning
from activities.recording import RecordingActivities
from adapters.port import DepartmentPort
from event_store.case_secrets import CaseSecrets
from event_store.pool import Database, StoreSettings
from event_store.store import EventStore
from security.suites import suite
from tests.event_store.given import HEAD_KEY

AWAY = Database(StoreSettings(url="postgresql://never-connected"))


def department_activities(
    secrets: CaseSecrets, port: DepartmentPort, *, record: Database = AWAY
) -> DepartmentActivities:
    """As a worker has them, but every department is this one."""
    recording = RecordingActivities(EventStore(record, suite("international"), HEAD_KEY))
    return DepartmentActivities(lambda _: port, secrets, Reckoning(), recording, "http://127.0.0.1/")
