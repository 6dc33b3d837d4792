"""Ask departments: submit an item, withdraw or undo it, fetch shared data. One clear answer, or an error to retry.

Personal data is opened here, at the last moment before it leaves, and what departments write is sealed at once.
"""

import json
from collections.abc import Callable
from datetime import datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities import names
from activities.models import FetchReply, FetchRequest, SubmitReply, SubmitRequest, UndoReply, UndoRequest
from adapters import port
from adapters.port import DepartmentPort, MaterialReference, Purpose, Submission
from adapters.submit_or_ask import submit_or_ask, undo_or_ask
from event_store.case_secrets import CaseSecrets
from observability import metrics
from observability.correlation import bind
from one_things import commands
from one_things.clock import OFFICIAL, WorkingCalendar, calendar_end, due_date, end_of_day, window_end
from one_things.events import DecidedResult
from one_things.idempotency import idempotency_key

FindDepartment = Callable[[str], DepartmentPort]
Digest = Callable[[bytes], bytes]

_BASIS = "政务数据共享条例"


def no_clear_answer(detail: str) -> ApplicationError:
    """The outcome is not known: Temporal tries again, and the next try asks before it sends."""
    return ApplicationError(detail, type="no-answer", category=ApplicationErrorCategory.BENIGN)


class DepartmentActivities:
    """Reaches departments through their ports."""

    def __init__(
        self,
        find: FindDepartment,
        secrets: CaseSecrets,
        digest: Digest,
        gateway_url: str,
        calendar: WorkingCalendar = OFFICIAL,
    ) -> None:
        self._find = find
        self._secrets = secrets
        self._digest = digest
        self._gateway_url = gateway_url.rstrip("/")
        self._calendar = calendar

    @activity.defn(name=names.SUBMIT_ITEM)
    async def submit_item(self, request: SubmitRequest) -> SubmitReply:
        """Submit an item under its idempotency key. Raises ApplicationError "no-answer" when the outcome is unknown."""
        known = await self._secrets.open_fields(request.case_no, request.sealed_fields)
        submission = Submission(
            key=request.key,
            case_no=request.case_no,
            item=request.item,
            attempt=request.attempt,
            department=request.department,
            fields={field: known[field] for field in request.fields if field in known},
            materials=tuple(
                MaterialReference(id=material.id, title=material.title, digest=material.digest)
                for material in request.materials
            ),
            callback_url=f"{self._gateway_url}/departments/{request.department}/decisions",
            requested_at=request.at,
        )
        with (
            bind(case_no=request.case_no, item=request.item, department=request.department),
            metrics.SUBMISSION_SECONDS.labels(request.department).time(),
        ):
            outcome = await submit_or_ask(
                self._find(request.department), submission, earlier_unknown=request.arrival_unknown or _is_a_retry()
            )
        metrics.SUBMISSIONS.labels(request.department, outcome.outcome).inc()
        return SubmitReply(reply=await self._reply(request, outcome))

    async def _reply(self, request: SubmitRequest, outcome: port.Outcome) -> commands.Reply:
        match outcome:
            case port.Done() if request.notice is not None:
                return self._taken(request, "")  # published at once; it still runs its time
            case port.Done(results=results):
                return commands.Done(results=tuple(map(_decided, results)))
            case port.Taken(reference=reference):
                return self._taken(request, reference)
            case port.Refused(code=code, reason=reason, article=article):
                sealed = await self._secrets.seal_text(request.case_no, reason)
                return commands.Refused(code=code, reason=sealed, article=article)
            case port.NeedsCorrection(points=points):
                return commands.NeedsCorrection(
                    points=await self._secrets.seal_text(
                        request.case_no, json.dumps([point.model_dump() for point in points], ensure_ascii=False)
                    )
                )
            case port.Unknown(detail=detail):
                raise no_clear_answer(detail)

    def _taken(self, request: SubmitRequest, reference: str) -> commands.Taken:
        """Dates are reckoned here and recorded: the calendar may change between releases, a history may not."""
        if request.notice is not None:
            ends_on = calendar_end(request.at, request.notice.calendar_days)
            windows: dict[str, datetime] = {
                item: window_end(ends_on, days, calendar=self._calendar).ends_at
                for item, days in request.notice.windows.items()
            }
            return commands.Taken(reference=reference, notice_ends_at=end_of_day(ends_on), windows=windows)
        if request.committed_days is None:
            return commands.Taken(reference=reference)
        due = due_date(request.at, request.committed_days, calendar=self._calendar)
        return commands.Taken(reference=reference, due_on=due.date, due_at=due.ends_at, provisional=due.provisional)

    @activity.defn(name=names.UNDO_ITEM)
    async def undo_item(self, request: UndoRequest) -> UndoReply:
        """Withdraw or undo an item. Raises ApplicationError "no-answer" until the department says done or refused."""
        key = idempotency_key(request.case_no, request.item, request.attempt)
        outcome = await undo_or_ask(
            self._find(request.department),
            key,
            port.undo_key_of(key),
            request.reason,
            earlier_unknown=request.arrival_unknown or _is_a_retry(),
        )
        match outcome:
            case port.Done():
                return UndoReply()
            case port.Refused(reason=reason):
                return UndoReply(refused=await self._secrets.seal_text(request.case_no, reason))
            case port.Taken():
                raise no_clear_answer(f"{request.department} is still undoing {request.item}")
            case port.Unknown(detail=detail):
                raise no_clear_answer(detail)

    @activity.defn(name=names.FETCH_SHARED_DATA)
    async def fetch_shared_data(self, request: FetchRequest) -> FetchReply:
        """Look up shared data. Raises ApplicationError "no-answer" while the source is down: never an empty field."""
        lookup = request.lookup
        known = await self._secrets.open_fields(request.case_no, request.sealed_fields)
        answer = await self._find(lookup.department).fetch(
            lookup.dataset, {lookup.by: str(known.get(lookup.by, ""))}, Purpose(case_no=request.case_no, basis=_BASIS)
        )
        match answer:
            case port.Found(fields=held):
                fields = {ours: held[theirs] for ours, theirs in lookup.fields.items() if theirs in held}
                return FetchReply(
                    fields=await self._secrets.seal_fields(request.case_no, fields),
                    digest=self._digest(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hex(),
                )
            case port.NotFound():
                return FetchReply()
            case port.SourceUnavailable(detail=detail):
                raise no_clear_answer(detail)


def _is_a_retry() -> bool:
    return activity.info().attempt > 1


def _decided(result: port.Result) -> DecidedResult:
    return DecidedResult(id=result.id, kind=result.kind, reference=result.reference, digest=result.digest)
