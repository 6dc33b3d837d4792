"""The journal of one case: every call as the departments saw it, and every decision with the answers it got."""

from datetime import datetime
from itertools import groupby
from typing import Literal

from pydantic_core import from_json

from adapters.sandbox.answers import Verdict, moment
from adapters.sandbox.ledger import Ledger
from one_things.model import Record


class SeenCall(Record):
    """One call. ``status`` 0: it was taken, and the reply dropped."""

    at: datetime
    department: str
    kind: str
    """`submit`, `ask`, `undo` or `look-up <dataset>`."""
    key: str
    status: int
    effect: bool
    traceparent: str


class SeenKey(Record):
    """All submitting (or undoing) under one key: how often it came, and how often it changed something."""

    department: str
    kind: str
    key: str
    times: int
    effects: int
    traceparents: tuple[str, ...]


class Sending(Record):
    """One try at sending a decision. ``status`` 0: there was no answer."""

    at: datetime
    status: int
    answer: str


class SentDecision(Record):
    """A decision, one entry per time that it is meant to be sent."""

    decision_id: str
    department: str
    key: str
    verdict: (
        Verdict
        | Literal["signed", "signature_refused"]
        | Literal["dispatched", "delivered", "ready_for_pick_up", "picked_up", "returned_to_sender"]
        | Literal["procedure_begun", "procedure_ended"]
    )
    """What was decided, what became of a request to sign or of papers, or what was done on the way."""
    state: Literal["open", "sending", "answered", "withdrawn", "unsent"]
    due_at: datetime
    sendings: tuple[Sending, ...]


class Journal(Record):
    """Everything about one case, in order."""

    case_no: str
    calls: tuple[SeenCall, ...]
    keys: tuple[SeenKey, ...]
    decisions: tuple[SentDecision, ...]


def journal_of(ledger: Ledger, case_no: str) -> Journal:
    """The journal of this case; empty for a case that no department ever heard of."""
    calls = tuple(
        SeenCall(
            at=moment(row.at),
            department=row.department,
            kind=row.kind,
            key=row.key,
            status=row.status,
            effect=bool(row.effect),
            traceparent=row.traceparent,
        )
        for row in ledger.calls_of(case_no)
    )
    return Journal(case_no=case_no, calls=calls, keys=_by_key(calls), decisions=_decisions(ledger, case_no))


def _by_key(calls: tuple[SeenCall, ...]) -> tuple[SeenKey, ...]:
    grouped: dict[tuple[str, str, str], list[SeenCall]] = {}
    for call in calls:
        if call.kind in ("submit", "undo"):
            grouped.setdefault((call.department, call.kind, call.key), []).append(call)
    return tuple(
        SeenKey(
            department=department,
            kind=kind,
            key=key,
            times=len(seen),
            effects=sum(call.effect for call in seen),
            traceparents=tuple(dict.fromkeys(call.traceparent for call in seen if call.traceparent)),
        )
        for (department, kind, key), seen in grouped.items()
    )


def _decisions(ledger: Ledger, case_no: str) -> tuple[SentDecision, ...]:
    decisions = []
    for _, rows in groupby(ledger.sendings_of(case_no), key=lambda row: row[0]):
        tries = list(rows)
        _, decision_id, department, key, body, state, due_at, *_ = tries[0]
        decisions.append(
            SentDecision.model_validate(
                {
                    "decision_id": decision_id,
                    "department": department,
                    "key": key,
                    "verdict": _verdict(body),
                    "state": state,
                    "due_at": moment(due_at),
                    "sendings": [
                        {"at": moment(at), "status": status, "answer": answer}
                        for *_, at, status, answer in tries
                        if at is not None
                    ],
                }
            )
        )
    return tuple(decisions)


def _verdict(body: bytes) -> str:
    sent = from_json(body)
    verdict: str = sent["act"] if "act" in sent else sent["verdict"]
    return verdict
