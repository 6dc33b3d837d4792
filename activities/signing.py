"""The agreed document: drawn up from what the parties agreed on, and handed to the institutions that sign it."""

from temporalio import activity

from activities import names
from activities.answers import FindDepartment, is_a_retry, no_clear_answer
from activities.models import DrawUpReply, DrawUpRequest, SignReply, SignRequest
from adapters import port
from adapters.port import MaterialReference, SigningOrder, Submission
from adapters.submit_or_ask import submit_or_ask
from event_store.case_secrets import CaseSecrets
from observability.correlation import bind
from one_things.clock import calendar_end, end_of_day
from one_things.signing import PURPOSE


class SigningActivities:
    """Draws up documents and hands them out."""

    def __init__(self, find: FindDepartment, secrets: CaseSecrets, gateway_url: str) -> None:
        self._find = find
        self._secrets = secrets
        self._gateway_url = gateway_url.rstrip("/")

    @activity.defn(name=names.DRAW_UP_DOCUMENT)
    async def draw_up_document(self, request: DrawUpRequest) -> DrawUpReply:
        """The digest of the document as the form and its corrections make it. Nobody can guess at it (keyed)."""
        case_no = request.document.case_no
        values = await self._secrets.open_fields(case_no, request.sealed_fields)
        commitment = await self._secrets.commit(case_no, request.document.content(values), PURPOSE)
        ends_at = end_of_day(calendar_end(request.at, request.calendar_days))
        return DrawUpReply(digest=commitment.digest, ends_at=ends_at)

    @activity.defn(name=names.ASK_TO_SIGN)
    async def ask_to_sign(self, request: SignRequest) -> SignReply:
        """Hand the document to an institution. Raises ApplicationError "no-answer" when the outcome is unknown."""
        document = request.document
        values = await self._secrets.open_fields(document.case_no, request.sealed_fields)
        submission = Submission(
            key=request.key,
            case_no=document.case_no,
            item=document.item,
            operation="sign",
            attempt=request.round,
            department=request.department,
            fields=document.stated(values),
            materials=tuple(
                MaterialReference(id=material.id, title=material.title, digest=material.digest)
                for material in document.materials
            ),
            signing=SigningOrder(
                party=request.party, document=document.title, digest=request.digest, sign_by=request.sign_by
            ),
            callback_url=f"{self._gateway_url}/departments/{request.department}/acts",
            requested_at=request.at,
        )
        with bind(case_no=document.case_no, item=document.item, department=request.department):
            outcome = await submit_or_ask(
                self._find(request.department), submission, earlier_unknown=request.arrival_unknown or is_a_retry()
            )
        match outcome:
            case port.Done():
                return SignReply(signed=True)
            case port.Taken(reference=reference):
                return SignReply(reference=reference)
            case port.Refused(code=code, reason=reason, article=article):
                sealed = await self._secrets.seal_text(document.case_no, reason)
                return SignReply(code=code, refused=sealed, article=article)
            case port.NeedsCorrection():
                raise no_clear_answer(f"{request.department} asks for a correction of what it is only to sign")
            case port.Unknown(detail=detail, cause=cause):
                raise no_clear_answer(detail, cause)
