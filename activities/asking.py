"""Ask departments: submit an item, withdraw or undo it, fetch shared data. One clear answer, or an error to retry.

Personal data is opened here, at the last moment before it leaves, and what departments write is sealed at once.
"""

import json
from typing import Literal

from temporalio import activity

from activities import names
from activities.answers import FindDepartment, is_a_retry, no_clear_answer
from activities.models import (
    FetchReply,
    FetchRequest,
    SubmitReply,
    SubmitRequest,
    SupplyRequest,
    UndoReply,
    UndoRequest,
    VerifiedLicence,
)
from activities.reckoning import Reckoning, waited_for_answer
from activities.sources import Question, Sources
from adapters import port
from adapters.port import (
    CommitmentReference,
    DeferredReference,
    LicenceReference,
    MaterialReference,
    Purpose,
    Submission,
)
from adapters.submit_or_ask import submit_or_ask, undo_or_ask
from event_store.case_secrets import CaseSecrets
from observability import metrics
from observability.correlation import bind
from one_things import commands
from one_things.events import DecidedResult
from one_things.idempotency import idempotency_key
from one_things.money import PaymentMade
from one_things.plan import PlannedCommitment

_BASIS = "政务数据共享条例"


class DepartmentActivities:
    """Reaches departments through their ports."""

    def __init__(
        self,
        find: FindDepartment,
        secrets: CaseSecrets,
        reckoning: Reckoning,
        gateway_url: str,
        sources: Sources | None = None,
    ) -> None:
        self._sources = sources or Sources(find, secrets)
        self._find = find
        self._secrets = secrets
        self._gateway_url = gateway_url.rstrip("/")
        self._reckoning = reckoning

    @activity.defn(name=names.SUBMIT_ITEM)
    async def submit_item(self, request: SubmitRequest) -> SubmitReply:
        """Submit an item under its idempotency key. Raises ApplicationError "no-answer" when the outcome is unknown."""
        return await self.submit(request)

    async def submit(self, request: SubmitRequest) -> SubmitReply:
        """The same, for whoever submits several."""
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
            deferred=tuple(
                DeferredReference(id=material.id, title=material.title, due_on=material.due_on)
                for material in request.deferred
            ),
            licences=tuple([await self._reference(request.case_no, licence) for licence in request.licences]),
            payment=request.payment,
            commitments=tuple(commitment_reference(commitment) for commitment in request.commitments),
            callback_url=f"{self._gateway_url}/departments/{request.department}/decisions",
            requested_at=request.at,
        )
        department = self._find(request.department)
        with (
            bind(case_no=request.case_no, item=request.item, department=request.department),
            metrics.SUBMISSION_SECONDS.labels(request.department).time(),
        ):
            outcome = await submit_or_ask(
                department, submission, earlier_unknown=request.arrival_unknown or is_a_retry()
            )
        if not _never_left(outcome):
            metrics.SUBMISSIONS.labels(request.department, outcome.outcome).inc()
        return SubmitReply(reply=await self._reply(request, outcome))

    async def _reference(self, case_no: str, licence: VerifiedLicence) -> LicenceReference:
        return LicenceReference(
            material=licence.material,
            title=licence.title,
            type=licence.type,
            issuer=licence.issuer,
            identifier=await self._secrets.open_text(case_no, licence.reference),
            digest=licence.digest,
        )

    async def _reply(self, request: SubmitRequest, outcome: port.Outcome) -> commands.Reply:
        match outcome:
            case port.Done() if request.notice is not None:
                return await self._reckoning.taken(
                    request, "", waited_for_answer()
                )  # published at once; it still runs its time
            case port.Done(results=results, payment=payment):
                return commands.Done(results=tuple(map(_decided, results)), payment=_made(payment))
            case port.Taken(reference=reference, accepted=False):
                return await self._reckoning.received(request, reference, waited_for_answer())
            case port.Taken(reference=reference):
                return await self._reckoning.taken(request, reference, waited_for_answer())
            case port.Refused(code=code, reason=reason, article=article):
                sealed = await self._secrets.seal_text(request.case_no, reason)
                return commands.Refused(code=code, reason=sealed, article=article)
            case port.NeedsCorrection(points=points):
                return commands.NeedsCorrection(
                    points=await self._secrets.seal_text(
                        request.case_no, json.dumps([point.model_dump() for point in points], ensure_ascii=False)
                    ),
                    named=tuple(point.field_or_material for point in points),
                )
            case port.Unknown(detail=detail, cause=cause):
                raise no_clear_answer(detail, cause)

    @activity.defn(name=names.UNDO_ITEM)
    async def undo_item(self, request: UndoRequest) -> UndoReply:
        """Withdraw or undo an item. Raises ApplicationError "no-answer" until the department says done or refused."""
        key = idempotency_key(request.case_no, request.item, request.attempt)
        outcome = await undo_or_ask(
            self._find(request.department),
            key,
            port.undo_key_of(key),
            request.reason,
            request.give_back,
            earlier_unknown=request.arrival_unknown or is_a_retry(),
        )
        match outcome:
            case port.Done(payment=payment):
                return UndoReply(payment=_made(payment))
            case port.Refused(reason=reason):
                return UndoReply(refused=await self._secrets.seal_text(request.case_no, reason))
            case port.Taken():
                raise no_clear_answer(f"{request.department} is still undoing {request.item}")
            case port.Unknown(detail=detail, cause=cause):
                raise no_clear_answer(detail, cause)

    @activity.defn(name=names.SUPPLY_MATERIAL)
    async def supply_material(self, request: SupplyRequest) -> UndoReply:
        """Pass a deferred material on. Raises ApplicationError "no-answer" until it is taken or refused.

        It need not be asked for first: under the same key the department takes it once, however often it comes.
        """
        material = request.material
        with bind(case_no=request.case_no, item=request.item, department=request.department):
            outcome = await self._find(request.department).supply(
                idempotency_key(request.case_no, request.item, request.attempt),
                MaterialReference(id=material.id, title=material.title, digest=material.digest),
            )
        match outcome:
            case port.Done() | port.Taken():
                return UndoReply()
            case port.Refused(reason=reason):
                return UndoReply(refused=await self._secrets.seal_text(request.case_no, reason))
            case port.Unknown(detail=detail, cause=cause):
                raise no_clear_answer(detail, cause)

    @activity.defn(name=names.FETCH_SHARED_DATA)
    async def fetch_shared_data(self, request: FetchRequest) -> FetchReply:
        """Look up shared data. Raises ApplicationError "no-answer" while the source is down: never an empty field."""
        lookup = request.lookup
        known = await self._secrets.open_fields(request.case_no, request.sealed_fields)
        question = Question(
            department=lookup.department,
            kind="shared_data",
            source=lookup.dataset,
            by=lookup.by,
            number=str(known.get(lookup.by, "")),
            purpose=Purpose(case_no=request.case_no, basis=_BASIS),
            fields=tuple(lookup.fields.values()),
        )
        answer, cached = await self._sources.fetch(question)
        match answer:
            case port.Found(fields=held):
                fields = {ours: held[theirs] for ours, theirs in lookup.fields.items() if theirs in held}
                # Not a plain digest: it stands in the record for ever, and what was fetched could be guessed from it.
                commitment = await self._secrets.commit_fields(request.case_no, fields, f"shared-data {lookup.id}")
                return FetchReply(
                    fields=await self._secrets.seal_fields(request.case_no, fields),
                    digest=commitment.digest,
                    looked_up=question.noted(answer, cached=cached),
                )
            case port.NotFound():
                return FetchReply(looked_up=question.noted(answer, cached=cached))
            case port.SourceUnavailable(detail=detail, cause=cause):
                raise no_clear_answer(detail, cause)


def _never_left(outcome: port.Outcome) -> bool:
    return isinstance(outcome, port.Unknown) and outcome.cause is port.UnknownCause.BUSY_HERE


def _made(payment: port.Payment | None) -> PaymentMade | None:
    return None if payment is None else PaymentMade(**payment.model_dump())


def _decided(result: port.Result) -> DecidedResult:
    return DecidedResult(id=result.id, kind=result.kind, reference=result.reference, digest=result.digest)


def commitment_reference(
    commitment: PlannedCommitment, result: Literal["approved", "refused", "withdrawn"] | None = None
) -> CommitmentReference:
    """A promise as departments see it; with its result in a report to who supervises."""
    return CommitmentReference(
        material=commitment.material,
        title=commitment.title,
        text=commitment.text,
        digest=commitment.digest,
        result=result,
    )
