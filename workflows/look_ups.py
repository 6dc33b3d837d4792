"""How a case looks up e-licences and credit records: like shared data, they have no effect where they are asked."""

from temporalio import workflow

from activities import names
from activities.models import CreditReply, CreditRequest, LicenceReply, LicenceRequest
from one_things.case import CaseState
from one_things.preparing import known_facts
from workflows.calling import look_up_once, patiently


class LookUpCalls:
    """The look-ups of one case, made from its state as it was when they began."""

    def __init__(self, state: CaseState) -> None:
        self._state = state

    async def licence(self, material: str) -> LicenceReply:
        """Look up the licence that is to stand for a material. Raises NoAnswer."""
        return await look_up_once(names.LOOK_UP_LICENCE, f"licence:{material}", self._licence(material), LicenceReply)

    async def licence_until_answered(self, material: str) -> LicenceReply:
        """The same, for as long as it takes."""
        return await patiently(names.LOOK_UP_LICENCE, f"licence:{material}", self._licence(material), LicenceReply)

    async def credit(self, item: str) -> CreditReply:
        """Look up the applicant's credit record for an item. Raises NoAnswer."""
        return await look_up_once(names.CHECK_CREDIT, f"credit:{item}", self._credit(item), CreditReply)

    async def credit_until_answered(self, item: str) -> CreditReply:
        """The same, for as long as it takes."""
        return await patiently(names.CHECK_CREDIT, f"credit:{item}", self._credit(item), CreditReply)

    def _licence(self, material: str) -> LicenceRequest:
        state = self._state
        lookups = tuple(lookup.id for lookup in state.plan.lookups)
        return LicenceRequest(
            case_no=state.case_no,
            owner=state.owner,
            licence=state.plan.licence(material),
            sealed_fields=(*known_facts(state, lookups), state.form, *state.corrections),
            at=workflow.now(),
        )

    def _credit(self, item: str) -> CreditRequest:
        check = self._state.plan.item(item).credit_check
        assert check is not None
        return CreditRequest(
            case_no=self._state.case_no,
            item=item,
            check=check,
            sealed_fields=(self._state.form, *self._state.corrections),
        )
