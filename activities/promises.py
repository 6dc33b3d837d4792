"""Commitments outside: the list of those who may not promise, and the report to who supervises what was promised."""

from temporalio import activity

from activities import names
from activities.answers import FindDepartment, is_a_retry, no_clear_answer
from activities.asking import commitment_reference
from activities.models import ExclusionReply, ExclusionRequest, ReportRequest, UndoReply
from activities.sources import Question, Sources
from adapters import port
from adapters.submit_or_ask import submit_or_ask
from event_store.case_secrets import CaseSecrets
from observability.correlation import bind
from one_things.idempotency import idempotency_key

_BASIS = "政务数据共享条例"


class PromiseActivities:
    """Reaches the departments that keep such lists, and those that supervise."""

    def __init__(
        self, find: FindDepartment, secrets: CaseSecrets, gateway_url: str, sources: Sources | None = None
    ) -> None:
        self._find = find
        self._sources = sources or Sources(find, secrets)
        self._secrets = secrets
        self._gateway_url = gateway_url.rstrip("/")

    @activity.defn(name=names.CHECK_EXCLUSION)
    async def check_exclusion(self, request: ExclusionRequest) -> ExclusionReply:
        """Whether the applicant may not promise. Raises ApplicationError "no-answer" while the list does not say so.

        Whoever the list does not know is not on it; an entry without a plain yes or no is no answer at all.
        """
        exclusion = request.exclusion
        known = await self._secrets.open_fields(request.case_no, request.sealed_fields)
        question = Question(
            department=exclusion.department,
            kind="exclusion",
            source=exclusion.dataset,
            by=exclusion.by,
            number=str(known.get(exclusion.by, "")),
            purpose=port.Purpose(case_no=request.case_no, basis=_BASIS),
            fields=(exclusion.field,),
        )
        answer, cached = await self._sources.fetch(question)
        match answer:
            case port.Found(fields=fields):
                listed = fields.get(exclusion.field)
                if not isinstance(listed, bool):
                    raise no_clear_answer(f"{exclusion.department} does not say whether the applicant is on the list")
                return ExclusionReply(excluded=listed, looked_up=question.noted(answer, cached=cached))
            case port.NotFound():
                return ExclusionReply(excluded=False, looked_up=question.noted(answer, cached=cached))
            case port.SourceUnavailable(detail=detail, cause=cause):
                raise no_clear_answer(detail, cause)

    @activity.defn(name=names.REPORT_COMMITMENT)
    async def report_commitment(self, request: ReportRequest) -> UndoReply:
        """Tell the supervising department. Raises ApplicationError "no-answer" until it took or refused the report."""
        known = await self._secrets.open_fields(request.case_no, request.sealed_fields)
        commitment = request.commitment
        key = idempotency_key(request.case_no, request.item, request.attempt)
        report = port.Submission(
            key=port.report_key_of(key, commitment.material, request.verdict),
            case_no=request.case_no,
            item=request.item,
            operation="report",
            attempt=request.attempt,
            department=commitment.supervised_by,
            fields={field: known[field] for field in request.fields if field in known},
            commitments=(commitment_reference(commitment, request.verdict),),
            callback_url=f"{self._gateway_url}/departments/{commitment.supervised_by}/decisions",
            requested_at=request.at,
        )
        with bind(case_no=request.case_no, item=request.item, department=commitment.supervised_by):
            outcome = await submit_or_ask(
                self._find(commitment.supervised_by), report, earlier_unknown=request.arrival_unknown or is_a_retry()
            )
        match outcome:
            case port.Done() | port.Taken():
                return UndoReply()
            case port.Refused(reason=reason):
                return UndoReply(refused=await self._secrets.seal_text(request.case_no, reason))
            case port.NeedsCorrection(points=points):
                reason = "\n".join(point.text for point in points)
                return UndoReply(refused=await self._secrets.seal_text(request.case_no, reason))
            case port.Unknown(detail=detail, cause=cause):
                raise no_clear_answer(detail, cause)
