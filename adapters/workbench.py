"""A department without a system: its officers work on our pages, and the record itself is their inbox (ADR 0022).

Nothing is sent anywhere. A submission is taken because it stands in the record, and so is a document to sign and a
report of a promise; what became of it the record says, and what an officer says of an undoing.
"""

import asyncio
from typing import Final, Protocol

from adapters.port import (
    Done,
    LicenceLookup,
    Lookup,
    MaterialReference,
    NeverArrived,
    Outcome,
    Payment,
    Purpose,
    Refused,
    SourceUnavailable,
    Standing,
    Submission,
    Taken,
    UndoOutcome,
    Unknown,
    UnknownCause,
    key_undone_by,
)
from one_things.case import CaseState, ItemStatus
from one_things.idempotency import KeyParts, parts_of
from one_things.inbox import is_given_up
from one_things.money import GiveBackOrder, PaymentMade

NOT_SERVED: Final = "not-served"
"""The code under which a workbench refuses what no page of it is made for."""
_RECORD_FOLLOWS_SECONDS: Final = 2.0
"""So long is waited for the record to hold why an undoing is asked for; events reach it within 0.2 s."""
_LOOK_AGAIN_SECONDS: Final = 0.05


class HandSettled(Protocol):
    """What an officer said of an undoing, opened."""

    @property
    def refused(self) -> str | None:
        """Why it cannot be undone; None when it is."""

    @property
    def payment(self) -> PaymentMade | None:
        """What was given back."""


class WorkbenchRecord(Protocol):
    """What a workbench reads; `runtime.workbench_record` is the real one. Raises what its store raises."""

    async def state(self, case_no: str) -> CaseState | None:
        """The case as the record has it; None when it holds no event of it yet."""

    async def undoing(self, undo_key: str) -> HandSettled | None:
        """What was said of the undoing under this key; None while nobody has."""


class RecordAway(Exception):
    """The record cannot be read at present."""


class WorkbenchDepartment:
    """`DepartmentPort` of a department whose officers work on our pages."""

    def __init__(self, code: str, record: WorkbenchRecord) -> None:
        self._code = code
        self._record = record

    @property
    def code(self) -> str:
        return self._code

    async def submit(self, submission: Submission) -> Outcome:
        match submission.operation:
            case "submit":
                return _received(submission.key)
            case "sign":
                return Taken(reference=submission.key)
            case "report":
                return Done()
            case _:
                return Refused(code=NOT_SERVED, reason=_NO_PAGE)

    async def ask(self, key: str) -> Standing:
        if key_undone_by(key) != key:
            return await self._undone(key)
        match key.split(":")[3:]:
            case []:
                return NeverArrived() if parts_of(key) is None else _received(key)
            case ["sign", _]:
                return Taken(reference=key)
            case ["commitment", _, _]:
                return Done()
        return NeverArrived()

    async def undo(self, key: str, undo_key: str, reason: str, give_back: GiveBackOrder | None = None) -> UndoOutcome:
        answer = await self._undone(undo_key)
        return _behind() if isinstance(answer, NeverArrived) else answer

    async def supply(self, key: str, material: MaterialReference) -> UndoOutcome:
        return Done()

    async def fetch(self, dataset: str, subject: dict[str, str], purpose: Purpose) -> Lookup:
        return self._holds_nothing()

    async def licence(self, type: str, subject: dict[str, str], purpose: Purpose) -> LicenceLookup:
        return self._holds_nothing()

    def _holds_nothing(self) -> SourceUnavailable:
        return SourceUnavailable(
            detail=f"{self.code} works on the workbench and has no system that could be looked up",
            cause=UnknownCause.NOT_SERVED,
        )

    async def _undone(self, undo_key: str) -> Done | Taken | Refused | Unknown | NeverArrived:
        """What nobody has decided is undone by being given up; what was approved an officer has to undo by hand."""
        parts = parts_of(key_undone_by(undo_key))
        if parts is None:
            return NeverArrived()
        try:
            state = await self._given_up(parts)
            settled = await self._record.undoing(undo_key)
        except RecordAway:
            return Unknown(detail="the record cannot be read", cause=UnknownCause.UNREACHABLE)
        if settled is None:
            if state is None:
                return _behind()
            approved = state.items[parts.item].status is ItemStatus.APPROVED
            return Taken(reference=undo_key) if approved else Done()
        if settled.refused is not None:
            return Refused(code="undo-refused", reason=settled.refused)
        made = settled.payment
        return Done(payment=None if made is None else Payment(**made.model_dump()))

    async def _given_up(self, parts: KeyParts) -> CaseState | None:
        """The case once the record holds that it is given up: only then does it hold every decision before that."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _RECORD_FOLLOWS_SECONDS
        while True:
            state = await self._record.state(parts.case_no)
            if state is not None and parts.item in state.items and is_given_up(state, parts.item):
                return state
            if loop.time() >= until:
                return None
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


def _received(key: str) -> Taken:
    return Taken(reference=key, accepted=False)


def _behind() -> Unknown:
    # Nothing was asked of anybody: it says nothing about the department, and waits its turn.
    return Unknown(detail="the record does not hold yet that this was given up", cause=UnknownCause.BUSY_HERE)


_NO_PAGE: Final = "该部门没有自己的系统，请以其他方式送达纸质结果。"
