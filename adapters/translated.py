"""A department that has names of its own: items go out by its codes, its reasons come in as ours.

The key of a submission is not translated: to the department it is a name without a meaning.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic_core import from_json, to_json

from adapters.configuration.codes import Codes
from adapters.port import (
    DepartmentPort,
    Done,
    LicenceLookup,
    Lookup,
    MaterialReference,
    NeedsCorrection,
    NeverArrived,
    Outcome,
    Purpose,
    Refused,
    Standing,
    Submission,
    Taken,
    UndoOutcome,
    Unknown,
)
from one_things.money import GiveBackOrder

_Answer = TypeVar("_Answer", bound=Done | Taken | Refused | NeedsCorrection | Unknown | NeverArrived)


class TranslatedDepartment:
    """`DepartmentPort` of a department with codes of its own, in front of the port that reaches it."""

    def __init__(self, port: DepartmentPort, codes: Codes) -> None:
        self._port = port
        self._codes = codes

    @property
    def code(self) -> str:
        return self._port.code

    async def submit(self, submission: Submission) -> Outcome:
        item = self._codes.items.get(submission.item, submission.item)
        return self._ours(await self._port.submit(submission.model_copy(update={"item": item})))

    async def ask(self, key: str) -> Standing:
        return self._ours(await self._port.ask(key))

    async def undo(self, key: str, undo_key: str, reason: str, give_back: GiveBackOrder | None = None) -> UndoOutcome:
        return self._ours(await self._port.undo(key, undo_key, reason, give_back))

    async def supply(self, key: str, material: MaterialReference) -> UndoOutcome:
        return self._ours(await self._port.supply(key, material))

    async def fetch(self, dataset: str, subject: dict[str, str], purpose: Purpose) -> Lookup:
        return await self._port.fetch(dataset, subject, self._theirs(purpose))

    async def licence(self, type: str, subject: dict[str, str], purpose: Purpose) -> LicenceLookup:
        return await self._port.licence(type, subject, self._theirs(purpose))

    def _theirs(self, purpose: Purpose) -> Purpose:
        if purpose.item is None:
            return purpose
        return purpose.model_copy(update={"item": self._codes.items.get(purpose.item, purpose.item)})

    def _ours(self, answer: _Answer) -> _Answer:
        reasons = self._codes.reasons
        match answer:
            case Refused(code=code):
                return answer.model_copy(update={"code": reasons.get(code, code)})
            case NeedsCorrection(points=points):
                ours = tuple(point.model_copy(update={"code": reasons.get(point.code, point.code)}) for point in points)
                return answer.model_copy(update={"points": ours})
        return answer


def in_our_words(codes: Codes, body: bytes) -> bytes:
    """A decision or an act of this department with our names of item and reason; what is no JSON stays as it came."""
    if not codes.items and not codes.reasons:
        return body
    try:
        said = from_json(body)
    except ValueError:
        return body
    return to_json(_said_in_our_words(codes, said)) if isinstance(said, dict) else body


def _said_in_our_words(codes: Codes, said: dict[str, Any]) -> dict[str, Any]:
    ours = said | {"item": _named({code: item for item, code in codes.items.items()}, said.get("item"))}
    for name in ("code", "reason") if said.get("act") == "returned" else ("code",):
        if name in said:
            ours[name] = _named(codes.reasons, said[name])
    if isinstance(said.get("points"), list):
        ours["points"] = [
            point | {"code": _named(codes.reasons, point.get("code"))} if isinstance(point, dict) else point
            for point in said["points"]
        ]
    return {name: value for name, value in ours.items() if name in said}


def _named(names: Mapping[str, str], name: Any) -> Any:
    return names.get(name, name) if isinstance(name, str) else name
