"""What departments on the workbench are read from: the record of the case, and what officers said of an undoing."""

from typing import NamedTuple

from adapters.workbench import RecordAway
from event_store.case_secrets import CaseSecrets
from event_store.errors import StoreUnavailable
from event_store.store import EventStore
from event_store.workbench import Workbench
from one_things.case import CaseState
from one_things.events import event_from_json
from one_things.evolving import fold
from one_things.money import PaymentMade
from security.sealing import CaseKeyErased

_ERASED = "当事人信息已依法删除。"


class Settled(NamedTuple):
    """What an officer said of an undoing, opened."""

    refused: str | None
    payment: PaymentMade | None


class WorkbenchFromRecord:
    """`adapters.workbench.WorkbenchRecord` over the event store. Raises RecordAway while PostgreSQL is away."""

    def __init__(self, store: EventStore, workbench: Workbench, secrets: CaseSecrets) -> None:
        self._store = store
        self._workbench = workbench
        self._secrets = secrets

    async def state(self, case_no: str) -> CaseState | None:
        """The case as the record has it; None when it holds no event of it yet."""
        try:
            records = await self._store.read(case_no)
        except StoreUnavailable:
            raise RecordAway from None
        return fold(event_from_json(record.data) for record in records) if records else None

    async def undoing(self, undo_key: str) -> Settled | None:
        """What was said of the undoing under this key; None while nobody has."""
        try:
            settled = await self._workbench.undoing(undo_key)
            if settled is None:
                return None
            if settled.refused is None:
                return Settled(None, settled.payment)
            case_no = undo_key.partition(":")[0]
            return Settled(await self._secrets.open_text(case_no, settled.refused), None)
        except StoreUnavailable:
            raise RecordAway from None
        except CaseKeyErased:
            return Settled(_ERASED, None)
