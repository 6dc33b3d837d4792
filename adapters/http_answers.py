"""Reading a department's HTTP answer strictly: each pair of status and body has one meaning, all else is not known.

Pure: bytes in, outcome out. What the body said never reaches a detail text, since it may hold personal data.
"""

from typing import TypeVar

from pydantic import ValidationError

from adapters.port import (
    Done,
    Found,
    LicenceFound,
    LicenceLookup,
    Lookup,
    NeedsCorrection,
    NeverArrived,
    NotFound,
    Outcome,
    Refused,
    SourceUnavailable,
    Standing,
    Taken,
    UndoOutcome,
    Unknown,
    UnknownCause,
)
from adapters.wire_bodies import CorrectionBody, DoneBody, ProblemBody, RefusalBody, TakenBody

_Found = TypeVar("_Found", Found, LicenceFound)
_WHAT_IS_NOT_KNOWN = "whether it arrived is not known"


def read_submission_answer(department: str, status: int, body: bytes) -> Outcome:
    """The outcome that an answer to a submission stands for."""
    try:
        match status:
            case 200:
                done = DoneBody.model_validate_json(body)
                return Done(results=done.results, payment=done.payment)
            case 202:
                taken = TakenBody.model_validate_json(body)
                return Taken(reference=taken.reference, accepted=taken.accepted)
            case 400:
                return _read_refusal(body)
    except ValidationError:
        return _unreadable(department, status)
    return _unexpected(department, status)


def read_standing(department: str, status: int, body: bytes) -> Standing:
    """As for a submission; and 404 with the code `never-arrived`, the only 404 that allows to send again."""
    if status == 404:
        if _problem_code(body) == "never-arrived":
            return NeverArrived()
        return _unexpected(department, status)
    return read_submission_answer(department, status, body)


def read_undo_answer(department: str, status: int, body: bytes) -> UndoOutcome:
    """As for a submission; but an undoing has nothing that the applicant could correct."""
    outcome = read_submission_answer(department, status, body)
    if isinstance(outcome, NeedsCorrection):
        return _unreadable(department, status)
    return outcome


def read_lookup_answer(department: str, status: int, body: bytes) -> Lookup:
    """What a look-up found; only 404 with the code `not-found` means that the department holds nothing."""
    return _read_found(Found, department, status, body)


def read_licence_answer(department: str, status: int, body: bytes) -> LicenceLookup:
    """The licence that was looked up; as for shared data, anything unclear is a source that is down."""
    return _read_found(LicenceFound, department, status, body)


def _read_found(kind: type[_Found], department: str, status: int, body: bytes) -> _Found | NotFound | SourceUnavailable:
    if status == 200:
        try:
            return kind.model_validate_json(body)
        except ValidationError:
            return _unavailable(_unreadable(department, status))
    if status == 404 and _problem_code(body) == "not-found":
        return NotFound()
    return _unavailable(_unexpected(department, status))


def _unavailable(unknown: Unknown) -> SourceUnavailable:
    return SourceUnavailable(detail=unknown.detail, cause=unknown.cause)


def _read_refusal(body: bytes) -> Refused | NeedsCorrection:
    problem = ProblemBody.model_validate_json(body)
    if problem.code == "correction":
        return NeedsCorrection(points=CorrectionBody.model_validate_json(body).points)
    refusal = RefusalBody.model_validate_json(body)
    return Refused(code=refusal.code, reason=refusal.reason, article=refusal.article)


def _problem_code(body: bytes) -> str | None:
    try:
        return ProblemBody.model_validate_json(body).code
    except ValidationError:
        return None


def _unreadable(department: str, status: int) -> Unknown:
    return Unknown(
        detail=f"{department} answered with status {status}, but its answer cannot be read; {_WHAT_IS_NOT_KNOWN}",
        cause=UnknownCause.ANSWER_UNREADABLE,
    )


def _unexpected(department: str, status: int) -> Unknown:
    match status:
        case 401 | 403:
            return Unknown(
                detail=f"{department} does not accept our credential (status {status})",
                cause=UnknownCause.CREDENTIAL_REFUSED,
            )
        case 409:
            return Unknown(
                detail=f"{department} holds something else under the same key (status 409)",
                cause=UnknownCause.KEY_CONFLICT,
            )
    return Unknown(
        detail=f"{department} answered with status {status}, which the contract does not know; {_WHAT_IS_NOT_KNOWN}",
        cause=UnknownCause.UNEXPECTED_STATUS,
    )
