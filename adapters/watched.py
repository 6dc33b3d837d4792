"""A port whose breaker hears what becomes of every call, and how long it took."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

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

LONG_SECONDS: Final = 1.0
"""Who takes longer for a submission is slow, so that nobody else waits for it; given up after that, it timed out."""
_Answer = TypeVar("_Answer")


class WatchedDepartment:
    """`DepartmentPort` that tells the breaker, and ``called`` with the cause of a failure or None, once per call.

    ``took`` hears the seconds of each submission, also of one that was given up: how fast a question is answered says
    nothing of it.
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
        began_at = time.monotonic()
        try:
            return await self._watch(self._port.submit(submission))
        finally:
            self._took(time.monotonic() - began_at)

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
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError) and time.monotonic() - began_at > LONG_SECONDS:
                self._breaker.failed(UnknownCause.TIMED_OUT)  # whoever gave it up had waited long enough
                self._called(UnknownCause.TIMED_OUT)
            else:
                self._breaker.given_up()
            raise
        if not isinstance(answer, Unknown | SourceUnavailable):
            self._breaker.answered()
            self._called(None)
        else:
            self._breaker.failed(answer.cause)
            if answer.cause is not UnknownCause.BUSY_HERE:
                self._called(answer.cause)
        return answer
