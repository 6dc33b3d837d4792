"""A port whose breaker hears what becomes of every call, and how long it took."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from adapters.breaker import Breaker
from adapters.port import (
    DepartmentPort,
    LicenceLookup,
    Lookup,
    MaterialReference,
    Outcome,
    Purpose,
    SourceUnavailable,
    Standing,
    Submission,
    UndoOutcome,
    Unknown,
    UnknownCause,
)
from one_things.money import GiveBackOrder

_Answer = TypeVar("_Answer")


class WatchedDepartment:
    """`DepartmentPort` that tells the breaker, and ``called`` with the cause of a failure or None, once per call.

    ``took`` hears the seconds of each call that was made, also of one that was given up.
    """

    def __init__(
        self,
        port: DepartmentPort,
        breaker: Breaker,
        called: Callable[[UnknownCause | None], None] = lambda _: None,
        took: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._port = port
        self._breaker = breaker
        self._called = called
        self._took = took

    @property
    def code(self) -> str:
        return self._port.code

    async def submit(self, submission: Submission) -> Outcome:
        return await self._watch(self._port.submit(submission))

    async def ask(self, key: str) -> Standing:
        return await self._watch(self._port.ask(key))

    async def undo(self, key: str, undo_key: str, reason: str, give_back: GiveBackOrder | None = None) -> UndoOutcome:
        return await self._watch(self._port.undo(key, undo_key, reason, give_back))

    async def supply(self, key: str, material: MaterialReference) -> UndoOutcome:
        return await self._watch(self._port.supply(key, material))

    async def fetch(self, dataset: str, subject: dict[str, str], purpose: Purpose) -> Lookup:
        return await self._watch(self._port.fetch(dataset, subject, purpose))

    async def licence(self, type: str, subject: dict[str, str], purpose: Purpose) -> LicenceLookup:
        return await self._watch(self._port.licence(type, subject, purpose))

    async def _watch(self, call: Awaitable[_Answer]) -> _Answer:
        began_at = time.monotonic()
        try:
            answer = await call
        except BaseException:
            self._breaker.given_up()
            raise
        finally:
            self._took(time.monotonic() - began_at)
        if not isinstance(answer, Unknown | SourceUnavailable):
            self._breaker.answered()
            self._called(None)
        else:
            self._breaker.failed(answer.cause)
            if answer.cause is not UnknownCause.BUSY_HERE:
                self._called(answer.cause)
        return answer
