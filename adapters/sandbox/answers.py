"""The bodies a simulated department sends: replies, decisions, and the standing that follows from a decision."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, Self

from pydantic import model_validator
from pydantic_core import from_json, to_json

from adapters.port import CorrectionPoint, Payment, Result, Submission
from adapters.sandbox.ledger import Kept
from one_things.model import Record

Verdict = Literal["approved", "refused", "correction", "objection"]


class Reply(NamedTuple):
    """A reply to a call. ``lost``: the connection is dropped instead; ``exists``: a conflict is told instead."""

    status: int
    body: bytes
    lost: bool = False
    exists: bool = False
    after_seconds: float = 0.0
    shown: bytes | None = None
    """What is answered with status 200 in its place, while ``body`` is what is remembered."""


class Ruling(Record):
    """What a department decides about a submission."""

    verdict: Verdict = "approved"
    code: str | None = None
    reason: str | None = None
    article: str | None = None
    points: tuple[CorrectionPoint, ...] = ()
    results: tuple[Result, ...] = ()
    payment: Payment | None = None

    @model_validator(mode="after")
    def _gives_its_grounds(self) -> Self:
        if self.verdict in ("refused", "objection") and not self.reason:
            raise ValueError(f"a ruling that is {self.verdict!r} gives its reason")
        if self.verdict == "correction" and not self.points:
            raise ValueError("a correction names its points")
        return self


def done(results: Sequence[Result], payment: Payment | None = None) -> Reply:
    """Decided at once."""
    return Reply(200, to_json({"results": results} if payment is None else {"results": results, "payment": payment}))


def taken(department: str, key: str) -> Reply:
    """Taken, under a reference of the department's own."""
    return Reply(202, to_json({"reference": f"SIM:{department}:{key}"}))


def received(department: str, key: str) -> Reply:
    """Received, and neither accepted nor decided."""
    return Reply(202, to_json({"reference": f"SIM:{department}:{key}", "accepted": False}))


def refused(code: str, reason: str, article: str | None = None) -> Reply:
    """Refused with a reason."""
    return Reply(400, to_json({"code": code, "reason": reason, "article": article}))


def correction(points: Sequence[CorrectionPoint]) -> Reply:
    """Everything to put right, at once."""
    return Reply(400, to_json({"code": "correction", "points": points}))


def problem(status: int, code: str, detail: str) -> Reply:
    """The call itself failed (RFC 9457)."""
    return Reply(status, to_json({"code": code, "title": detail, "status": status}))


A_PAGE = b"<!doctype html><title>200 OK</title><p>It works!"
"""What a web server answers in front of which somebody has lost the application."""
UNAVAILABLE = problem(503, "unavailable", "This simulated department is switched off.")
CONFLICT = problem(409, "key-conflict", "Another body was taken under this key.")
NEVER_ARRIVED = problem(404, "never-arrived", "Nothing arrived under this key.")
NOT_FOUND = problem(404, "not-found", "Nothing is held about this subject.")
UNDONE = refused("undone", "已按申请人要求撤回（模拟）")


def moment(seconds: float) -> datetime:
    """A moment as departments write it: aware, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def decision(kept: Kept, decision_id: str, ruling: Ruling, decided_at: float) -> bytes:
    """The callback's body."""
    body: dict[str, Any] = {
        "decision_id": decision_id,
        "case_no": kept.case_no,
        "item": kept.item,
        "attempt": kept.attempt,
        "verdict": ruling.verdict,
        "results": ruling.results,
        "decided_at": moment(decided_at),
    }
    for name in ("code", "reason", "article"):
        value = getattr(ruling, name)
        if value is not None:
            body[name] = value
    if ruling.payment is not None:
        body["payment"] = ruling.payment
    if ruling.points:
        body["points"] = ruling.points
    return to_json(body)


def signature(kept: Kept, act_id: str, ruling: Ruling) -> bytes:
    """The callback's body of an institution that was asked to sign."""
    asked = Submission.model_validate_json(kept.body)
    assert asked.signing is not None
    body: dict[str, Any] = {
        "act_id": act_id,
        "case_no": kept.case_no,
        "item": kept.item,
        "attempt": kept.attempt,
        "party": asked.signing.party,
    }
    if ruling.verdict == "approved":
        return to_json({**body, "act": "signed", "digest": asked.signing.digest})
    return to_json({**body, "act": "signature_refused", "code": ruling.code or "refused", "reason": ruling.reason})


def standing_after(decision_body: bytes) -> Reply:
    """What the department replies to a question once it has sent this decision."""
    decided = from_json(decision_body)
    match decided.get("verdict") or decided["act"]:
        case "signed":
            return done(())
        case "signature_refused":
            return refused(decided["code"], decided["reason"])
        case "approved":
            answer = {name: decided[name] for name in ("results", "payment") if name in decided}
            return Reply(200, to_json(answer))
        case "correction":
            return Reply(400, to_json({"code": "correction", "points": decided["points"]}))
        case verdict:
            return refused(decided.get("code", verdict), decided["reason"], decided.get("article"))
