"""The port of a department that exchanges files: to submit is to lay down, to ask is to look what came back."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from pydantic_core import to_json

from adapters.file_exchange.batch import digest_of
from adapters.file_exchange.drop import Drop, name_of, pending_name
from adapters.file_exchange.place import PlaceAway
from adapters.http_answers import read_standing, read_submission_answer, read_undo_answer
from adapters.port import (
    LicenceLookup,
    Lookup,
    MaterialReference,
    NeverArrived,
    Outcome,
    Purpose,
    SourceUnavailable,
    Standing,
    Submission,
    Taken,
    UndoOutcome,
    Unknown,
    UnknownCause,
    material_key_of,
)
from one_things.money import GiveBackOrder

_T = TypeVar("_T")
_NO_LOOK_UPS: Final = "exchanges files and cannot be asked"


class FileExchangeDepartment:
    """`DepartmentPort` over a drop folder. Everything is received only: what it accepts, it says in a batch."""

    def __init__(self, code: str, drop: Drop) -> None:
        self._code = code
        self._drop = drop

    @property
    def code(self) -> str:
        return self._code

    async def submit(self, submission: Submission) -> Outcome:
        body = submission.model_dump_json()
        decided = {"case_no": submission.case_no, "item": submission.item, "attempt": submission.attempt}
        about = decided if submission.operation == "submit" else {}
        return await self._careful(
            lambda: self._laid_down("submission", submission.key, body, read_submission_answer, about)
        )

    async def ask(self, key: str) -> Standing:
        return await self._careful(lambda: self._standing(key))

    async def undo(self, key: str, undo_key: str, reason: str, give_back: GiveBackOrder | None = None) -> UndoOutcome:
        request = {"key": key, "reason": reason} | ({} if give_back is None else {"give_back": give_back})
        body = to_json(request).decode()
        return await self._careful(lambda: self._laid_down("undo", undo_key, body, read_undo_answer, {}))

    async def supply(self, key: str, material: MaterialReference) -> UndoOutcome:
        body = to_json({"key": key, "materials": [material]}).decode()
        own_key = material_key_of(key, material.id)
        return await self._careful(lambda: self._laid_down("materials", own_key, body, read_undo_answer, {}))

    async def fetch(self, dataset: str, subject: dict[str, str], purpose: Purpose) -> Lookup:
        return SourceUnavailable(detail=f"{self._code} {_NO_LOOK_UPS}", cause=UnknownCause.UNREACHABLE)

    async def licence(self, type: str, subject: dict[str, str], purpose: Purpose) -> LicenceLookup:
        return SourceUnavailable(detail=f"{self._code} {_NO_LOOK_UPS}", cause=UnknownCause.UNREACHABLE)

    def _laid_down(
        self, kind: str, key: str, body: str, read: Callable[[str, int, bytes], _T], about: dict[str, object]
    ) -> "_T | Taken | Unknown":
        self._drop.prepare()
        name, digest = name_of(key), digest_of(body.encode())
        entry = {"kind": kind, "key": key, "digest": digest, "at": time.time_ns(), **about}
        held = self._drop.hold("entries", name, entry)
        if held["digest"] != digest:
            return Unknown(
                detail=f"something else lies under the same key for {self._code}", cause=UnknownCause.KEY_CONFLICT
            )
        if "batch" not in held:
            # Killed between the two, whoever repeats this lays it down; once it is in a batch it has gone.
            self._drop.hold("pending", pending_name(name, held), {**entry, "body": body})
        answer = self._drop.held("answers", name)
        if answer is None:
            return Taken(reference=key, accepted=False)
        return read(self._code, answer["status"], answer["body"].encode())

    def _standing(self, key: str) -> Standing:
        self._drop.prepare()
        name = name_of(key)
        held, answer = self._drop.held("entries", name), self._drop.held("answers", name)
        if held is None or ("batch" not in held and self._drop.held("pending", pending_name(name, held)) is None):
            return NeverArrived()
        if answer is None:
            return Taken(reference=key, accepted=False)
        return read_standing(self._code, answer["status"], answer["body"].encode())

    async def _careful(self, work: Callable[[], _T]) -> "_T | Unknown":
        try:
            return await self._drop.carry_out(work)
        except PlaceAway as away:
            return Unknown(detail=f"the folder of {self._code} is away: {away.strerror}", cause=away.cause)
        except OSError as error:
            # Twice laid down is once: whoever cannot say whether it was written may say it again.
            return Unknown(
                detail=f"the folder of {self._code} cannot be used ({error.strerror})", cause=UnknownCause.UNREACHABLE
            )
