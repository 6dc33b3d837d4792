"""What a simulated department does with a call: once per key, by the behaviour that is switched, remembered at once.

Nothing here waits: a call is received, handled and remembered in one step, so the same key can never be taken twice.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from pydantic import JsonValue, ValidationError
from pydantic_core import to_json

from adapters.port import Submission, key_undone_by, material_key_of, undo_key_of
from adapters.sandbox import answers
from adapters.sandbox.acting import at_the_acts_door
from adapters.sandbox.answers import Reply, Ruling
from adapters.sandbox.behaviours import AtRandom, Behaviour, Down, ErrorForCalls, Operation
from adapters.sandbox.chance import Occasion, chance
from adapters.sandbox.handling import Handler
from adapters.sandbox.ledger import Call, Kept, Ledger
from adapters.sandbox.licences import Licences
from adapters.sandbox.money import payment_of
from adapters.sandbox.records import NoRecord, Records, RecordUnavailable
from adapters.sandbox.subjects import Subject, subject_in, subject_of_lookup
from adapters.sandbox.switchboard import Switchboard
from adapters.wire_bodies import LookupRequest, SupplyRequest, UndoRequest

Find = Callable[[Subject], dict[str, JsonValue] | NoRecord | RecordUnavailable]


class Trace(NamedTuple):
    """The W3C trace headers of a call; they go back with the decision."""

    parent: str = ""
    state: str = ""


class Received(NamedTuple):
    """The reply; the sending to be tried before it is given, if any; and when the first decision is due."""

    reply: Reply
    after_sending: int | None = None
    due_at: float | None = None


_UNREADABLE = answers.problem(422, "unreadable", "The body does not follow the contract.")
_KEY_MISMATCH = answers.problem(422, "key-mismatch", "The header Idempotency-Key does not name this call.")
_FOREIGN = answers.problem(422, "foreign-department", "The submission is addressed to another department.")
_NEVER_SAID = 1e11
"""When (Unix seconds) a stray or contradicting decision becomes the department's word: who asks hears the first one."""


class Reception:
    """All departments' front desks."""

    def __init__(
        self, ledger: Ledger, switchboard: Switchboard, records: Records, licences: Licences, handler: Handler
    ) -> None:
        self._ledger = ledger
        self._switchboard = switchboard
        self._records = records
        self._licences = licences
        self._handler = handler

    def submit(self, department: str, key: str, body: bytes, trace: Trace) -> Received:
        """A submission, or its repetition."""
        try:
            submission = Submission.model_validate_json(body)
        except ValidationError:
            return self._seen("submit", department, key, trace, _UNREADABLE)
        if submission.key != key:
            return self._seen("submit", department, key, trace, _KEY_MISMATCH)
        if submission.department != department:
            return self._seen("submit", department, key, trace, _FOREIGN)
        wanted = Kept(
            department=department,
            key=key,
            operation=Operation(submission.operation),
            case_no=submission.case_no,
            item=submission.item,
            attempt=submission.attempt,
            subject=subject_in(submission.fields).number,
            body=body,
            status=0,
            answer=b"",
            callback_url=submission.callback_url,
            traceparent=trace.parent,
            tracestate=trace.state,
            received_at=time.time(),
        )
        return self._take(submission.operation, wanted, trace)

    def undo(self, department: str, key: str, undo_key: str, body: bytes, trace: Trace) -> Received:
        """The undoing of ``key``, or its repetition. What never arrived is undone at once, and can no longer arrive."""
        try:
            UndoRequest.model_validate_json(body)
        except ValidationError:
            return self._seen("undo", department, undo_key, trace, _UNREADABLE)
        if undo_key != undo_key_of(key):
            return self._seen("undo", department, undo_key, trace, _KEY_MISMATCH)
        original = self._ledger.find(department, key)
        wanted = Kept(
            department=department,
            key=undo_key,
            operation=Operation.UNDO,
            case_no=original.case_no if original else _case_no_in(key),
            item=original.item if original else "",
            attempt=original.attempt if original else 0,
            subject=original.subject if original else "",
            body=body,
            status=0,
            answer=b"",
            callback_url=original.callback_url if original else "",
            traceparent=trace.parent,
            tracestate=trace.state,
            received_at=time.time(),
        )
        return self._take("undo", wanted, trace)

    def supply(self, department: str, key: str, own_key: str, body: bytes, trace: Trace) -> Received:
        """A material that follows what came under ``key``, or its repetition."""
        try:
            supplied = SupplyRequest.model_validate_json(body).materials
        except ValidationError:
            return self._seen("supply", department, own_key, trace, _UNREADABLE)
        original = self._ledger.find(department, key)
        if original is None:
            return self._seen("supply", department, own_key, trace, answers.NEVER_ARRIVED)
        if own_key != material_key_of(key, supplied[0].id):
            return self._seen("supply", department, own_key, trace, _KEY_MISMATCH)
        wanted = original._replace(
            key=own_key,
            operation=Operation.SUPPLY,
            body=body,
            status=0,
            answer=b"",
            traceparent=trace.parent,
            tracestate=trace.state,
            received_at=time.time(),
        )
        return self._take("supply", wanted, trace)

    def ask(self, department: str, key: str, trace: Trace) -> Reply:
        """Where ``key`` stands now."""
        return self._seen("ask", department, key, trace, self._standing(department, key)).reply

    def look_up(self, department: str, dataset: str, body: bytes, trace: Trace) -> Reply:
        """What the department holds about the subject."""
        find = partial(self._records.look_up, department, dataset)
        return self._looked_up(f"look-up {dataset}", department, "fields", find, body, trace)

    def licence(self, department: str, licence_type: str, body: bytes, trace: Trace) -> Reply:
        """The e-licence that the department issued to the subject."""
        find = partial(self._licences.look_up, department, licence_type)
        return self._looked_up(f"licence {licence_type}", department, "licence", find, body, trace)

    def _looked_up(self, kind: str, department: str, name: str, find: Find, body: bytes, trace: Trace) -> Reply:
        try:
            request = LookupRequest.model_validate_json(body)
        except ValidationError:
            return self._seen(kind, department, "", trace, _UNREADABLE).reply
        record = find(subject_of_lookup(request.subject))
        if self._switchboard.is_down(department) or isinstance(record, RecordUnavailable):
            reply = answers.UNAVAILABLE
        elif isinstance(record, NoRecord):
            reply = answers.NOT_FOUND
        else:
            reply = Reply(200, to_json({name: record, "as_of": answers.moment(time.time())}))
        return self._seen(kind, department, "", trace, reply, case_no=request.purpose.case_no).reply

    def decide(self, kept: Kept, ruling: Ruling, delay_seconds: float) -> str:
        """A decision about something taken earlier, as an officer would make it; returns the decision's id."""
        decided_at = time.time() + delay_seconds
        earlier = self._ledger.count_decisions(kept.department, kept.key)
        decision_id = f"{kept.key}:decision" if earlier == 0 else f"{kept.key}:decision:{earlier + 1}"
        if ruling.verdict == "approved" and not ruling.results and kept.operation == Operation.SUBMIT:
            ruling = ruling.model_copy(update={"results": self._handler.results(kept.department, kept.item, kept.key)})
        if ruling.verdict == "approved" and ruling.payment is None:
            ruling = ruling.model_copy(update={"payment": payment_of(kept)})
        body = _callback(kept, decision_id, ruling, decided_at)
        self._ledger.schedule(kept, decision_id, body, decided_at, decided_at)
        return decision_id

    def _take(self, kind: str, wanted: Kept, trace: Trace) -> Received:
        """Take it once; a repetition has the answer of the first time."""
        department, key = wanted.department, wanted.key
        if self._switchboard.is_down(department):
            return self._seen(kind, department, key, trace, answers.UNAVAILABLE)
        known = self._ledger.find(department, key)
        if known is not None:
            reply = Reply(known.status, known.answer) if known.body == wanted.body else answers.CONFLICT
            return self._seen(kind, department, key, trace, reply)
        if self._ledger.find(department, undo_key_of(key)) is not None:
            return self._seen(kind, department, key, trace, answers.UNDONE)  # undone before it arrived
        with self._ledger.transaction():
            behaviour = self._switchboard.behaviour(
                department, wanted.subject, wanted.item, wanted.attempt, Operation(wanted.operation)
            )
            if isinstance(behaviour, AtRandom):
                thrown = chance(behaviour, self._occasion(wanted))
                failed = self._ledger.count_calls(department, kind, wanted.case_no, key)
                behaviour = Down() if failed < thrown.errors else thrown.behaviour
            if isinstance(behaviour, Down | ErrorForCalls):
                return self._seen(kind, department, key, trace, answers.UNAVAILABLE)
            return self._take_new(kind, wanted, trace, behaviour)

    def _take_new(self, kind: str, wanted: Kept, trace: Trace, behaviour: Behaviour) -> Received:
        handling = self._handler.handle(behaviour, wanted)
        reply, now = handling.reply, wanted.received_at
        kept = wanted._replace(status=reply.status, answer=reply.body)
        self._ledger.keep(kept)
        self._seen(kind, kept.department, kept.key, trace, reply, effect=reply.status in (200, 202))
        if kept.operation == Operation.UNDO and reply.status in (200, 202):
            self._ledger.withdraw_decisions(kept.department, key_undone_by(kept.key))
        for act in handling.acts:
            acted_at = now + act.after_seconds
            self._ledger.schedule(at_the_acts_door(kept), act.act_id, act.body, acted_at, acted_at)
        if handling.ruling is None:
            return Received(reply, due_at=now + handling.acts[0].after_seconds if handling.acts else None)
        due_at = now + handling.delay_seconds
        decision_id = f"{kept.key}:decision"
        body = _callback(kept, decision_id, handling.ruling, due_at)
        further = handling.further
        if further is not None and further.first:
            self._ledger.schedule(kept, further.number, further.body, _NEVER_SAID, due_at)
        sending = self._ledger.schedule(kept, decision_id, body, due_at, due_at)
        if further is not None and not further.first:
            self._ledger.schedule(kept, further.number, further.body, _NEVER_SAID, now + further.after_seconds)
        if handling.again_after_seconds is not None:
            self._ledger.schedule(kept, decision_id, body, due_at, due_at + handling.again_after_seconds)
        return Received(
            reply,
            sending if handling.overtakes_reply and kept.operation == Operation.SUBMIT else None,
            min(due_at, *(now + act.after_seconds for act in handling.acts)) if handling.acts else due_at,
        )

    def _occasion(self, wanted: Kept) -> Occasion:
        operation = Operation(wanted.operation)
        named = "application"
        if operation is Operation.SUBMIT and (materials := Submission.model_validate_json(wanted.body).materials):
            named = materials[0].id
        return Occasion(
            subject=wanted.subject,
            item=wanted.item,
            attempt=wanted.attempt,
            operation=operation,
            notice=self._switchboard.is_notice(wanted.department, wanted.item),
            money=payment_of(wanted) is not None,
            named=named,
        )

    def _standing(self, department: str, key: str) -> Reply:
        if self._switchboard.is_down(department):
            return answers.UNAVAILABLE
        kept = self._ledger.find(department, key)
        if kept is None:
            return answers.NEVER_ARRIVED
        undone = self._ledger.find(department, undo_key_of(key))
        if undone is not None and undone.status == 200:
            return answers.UNDONE
        if kept.operation == Operation.DELIVER:
            return Reply(kept.status, kept.answer)  # what became of the papers is said by acts
        decided = self._ledger.decided(kept, time.time())
        return Reply(kept.status, kept.answer) if decided is None else answers.standing_after(decided)

    def _seen(
        self,
        kind: str,
        department: str,
        key: str,
        trace: Trace,
        reply: Reply,
        *,
        effect: bool = False,
        case_no: str | None = None,
    ) -> Received:
        self._ledger.note(
            Call(
                at=time.time(),
                department=department,
                kind=kind,
                key=key,
                case_no=_case_no_in(key) if case_no is None else case_no,
                status=0 if reply.lost else 200 if reply.shown else reply.status,
                effect=effect,
                traceparent=trace.parent,
            )
        )
        return Received(reply)


def _callback(kept: Kept, number: str, ruling: Ruling, decided_at: float) -> bytes:
    """What is sent: a decision, or the signature that was asked for."""
    if kept.operation == Operation.SIGN:
        return answers.signature(kept, number, ruling)
    return answers.decision(kept, number, ruling, decided_at)


def _case_no_in(key: str) -> str:
    return key.partition(":")[0]
