"""How a case has its document drawn up and hands it to the institutions that sign."""

from temporalio import workflow

from activities import names
from activities.models import DrawUpReply, DrawUpRequest, SignReply, SignRequest
from one_things.case import CaseState
from one_things.signing import document_of
from workflows.calling import once, patiently, until_done


class SigningCalls:
    """The calls of one case, made from its state as it was when they began."""

    def __init__(self, state: CaseState) -> None:
        self._state = state

    async def draw_up(self, item_id: str) -> DrawUpReply:
        """The document that is signed before ``item_id``; nobody is asked, so it is tried until it succeeds."""
        signing = self._state.plan.item(item_id).signing
        assert signing is not None
        request = DrawUpRequest(
            document=document_of(self._state.plan, self._state.case_no, item_id),
            sealed_fields=(self._state.form, *self._state.corrections),
            calendar_days=signing.calendar_days,
            at=workflow.now(),
        )
        about = f"{item_id}:document:{len(self._state.corrections)}"
        return await until_done(names.DRAW_UP_DOCUMENT, about, request, DrawUpReply)

    async def ask_to_sign(self, item: str, party: str) -> SignReply:
        """Hand the document to an institution. Raises NoAnswer."""
        request = self._sign_request(item, party)
        return await once(names.ASK_TO_SIGN, self._signature(item, party), request, SignReply)

    async def ask_to_sign_until_answered(self, item: str, party: str) -> SignReply:
        """Ask whether the document arrived and hand it out again if not, until there is an answer."""
        request = self._sign_request(item, party).model_copy(update={"arrival_unknown": True})
        return await patiently(names.ASK_TO_SIGN, self._signature(item, party), request, SignReply)

    def _signature(self, item: str, party: str) -> str:
        signing = self._state.item(item).signing
        assert signing is not None
        return f"{item}:sign:{signing.round}:{party}"

    def _sign_request(self, item_id: str, party: str) -> SignRequest:
        signing, department = self._state.item(item_id).signing, self._state.plan.party(party).department
        assert signing is not None
        assert department is not None
        return SignRequest(
            document=document_of(self._state.plan, self._state.case_no, item_id),
            party=party,
            round=signing.round,
            digest=signing.digest,
            sign_by=signing.ends_at,
            department=department,
            sealed_fields=(self._state.form, *self._state.corrections),
            at=workflow.now(),
        )
