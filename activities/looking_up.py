"""Look up e-licences and credit records, and judge what comes back here, so that nothing of it goes any further.

A source that does not answer is asked again for as long as it takes: it is never read as a licence that is missing, nor
as a record that is clear.
"""

from datetime import datetime

from pydantic_core import to_json
from temporalio import activity

from activities import names
from activities.answers import FindDepartment, no_clear_answer
from activities.models import CreditReply, CreditRequest, LicenceReply, LicenceRequest
from activities.reckoning import waited_for_answer
from activities.sources import Question, Sources
from adapters import port
from event_store.case_secrets import CaseSecrets
from one_things.clock import shanghai_date
from one_things.commands import LicenceFails, LicenceStands, LicenceVerdict
from one_things.identifiers import e_licence_identifier
from one_things.licences import Expected, Licence, LicenceFault, fault_of
from one_things.looked_up import LookedUp


class LookUpActivities:
    """Reaches the departments that hold licences and credit records."""

    def __init__(self, find: FindDepartment, secrets: CaseSecrets, sources: Sources | None = None) -> None:
        self._sources = sources or Sources(find, secrets)
        self._secrets = secrets

    @activity.defn(name=names.LOOK_UP_LICENCE)
    async def look_up_licence(self, request: LicenceRequest) -> LicenceReply:
        """Look up a licence and judge it. Raises ApplicationError "no-answer" while its issuer is away."""
        licence = request.licence
        known = await self._secrets.open_fields(request.case_no, request.sealed_fields)
        number = str(known.get(licence.by, ""))
        question = Question(
            department=licence.department,
            kind="licence",
            source=licence.type,
            by=licence.by,
            number=number,
            purpose=port.Purpose(case_no=request.case_no, basis=licence.basis, authorised_by=request.owner),
        )
        answer, cached = await self._sources.licence(question)
        match answer:
            case port.LicenceFound(licence=found):
                holder = None if licence.holder is None else known.get(licence.holder)
                expected = Expected(
                    type=licence.type,
                    number=number,
                    holder=str(holder) if holder is not None else None,
                    holder_asked=licence.holder is not None,
                    on=shanghai_date(_time_of_case(request.at)),
                )
                verdict = await self._verdict(request, found, expected)
                return LicenceReply(verdict=verdict, looked_up=question.noted(answer, cached=cached))
            case port.NotFound():
                verdict = LicenceFails(fault=LicenceFault.NOT_HELD)
                return LicenceReply(verdict=verdict, looked_up=question.noted(answer, cached=cached))
            case port.SourceUnavailable(detail=detail, cause=cause):
                raise no_clear_answer(detail, cause)

    async def _verdict(self, request: LicenceRequest, found: Licence, expected: Expected) -> LicenceVerdict:
        purpose = f"licence {request.licence.material}"
        digest = (await self._secrets.commit(request.case_no, _written(found), purpose)).digest
        fault = fault_of(found, expected)
        if fault is not None:
            return LicenceFails(fault=fault, digest=digest)
        reference = await self._secrets.seal_text(request.case_no, e_licence_identifier(found.identifier))
        return LicenceStands(reference=reference, digest=digest)

    @activity.defn(name=names.CHECK_CREDIT)
    async def check_credit(self, request: CreditRequest) -> CreditReply:
        """Whether the credit record bars the applicant. Raises ApplicationError "no-answer" while it does not answer.

        Nothing held about somebody is a clear record; a record without a plain yes or no is no answer at all.
        """
        check = request.check
        known = await self._secrets.open_fields(request.case_no, request.sealed_fields)
        purpose = port.Purpose(case_no=request.case_no, item=request.item, basis=check.article)
        question = Question(
            department=check.department,
            kind="credit",
            source=check.dataset,
            by=check.by,
            number=str(known.get(check.by, "")),
            purpose=purpose,
            fields=(check.field,),
        )
        answer, cached = await self._sources.fetch(question)
        match answer:
            case port.Found(fields=fields):
                barred = fields.get(check.field)
                if not isinstance(barred, bool):
                    raise no_clear_answer(f"{check.department} does not say whether the applicant is barred")
                return await self._credit(request, barred, question.noted(answer, cached=cached))
            case port.NotFound():
                return await self._credit(request, False, question.noted(answer, cached=cached))
            case port.SourceUnavailable(detail=detail, cause=cause):
                raise no_clear_answer(detail, cause)

    async def _credit(self, request: CreditRequest, barred: bool, looked_up: LookedUp) -> CreditReply:
        check = request.check
        # Keyed, because there are but two answers to guess.
        written = to_json({check.field: barred})
        commitment = await self._secrets.commit(request.case_no, written, f"credit {request.item}")
        return CreditReply(digest=commitment.digest, barred=barred, looked_up=looked_up)


def _time_of_case(at: datetime) -> datetime:
    return at + waited_for_answer()


def _written(licence: Licence) -> bytes:
    return to_json(licence.model_dump(mode="json"))
