"""How a case asks whether its applicant may promise, and tells who supervises what became of it."""

from datetime import timedelta
from typing import Literal

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from activities import names
from activities.models import ExclusionReply, ExclusionRequest, ReportRequest, UndoReply
from one_things.case import CaseState
from one_things.preparing import known_facts
from one_things.promises import commitment_of
from workflows.calling import NoAnswer, look_up_once, patiently, patiently_for

Verdict = Literal["approved", "refused", "withdrawn"]
_DAYS_OF_REPORTING = timedelta(days=10)
"""After so many days of trying, a person tells the supervising department."""


class PromiseCalls:
    """The calls of one case about its commitments, made from its state as it was when they began."""

    def __init__(self, state: CaseState) -> None:
        self._state = state

    async def exclusion(self, material: str) -> ExclusionReply:
        """Whether the applicant may not promise. Raises NoAnswer."""
        return await look_up_once(
            names.CHECK_EXCLUSION, f"exclusion:{material}", self._exclusion(material), ExclusionReply
        )

    async def exclusion_until_answered(self, material: str) -> ExclusionReply:
        """The same, for as long as it takes."""
        return await patiently(
            names.CHECK_EXCLUSION, f"exclusion:{material}", self._exclusion(material), ExclusionReply
        )

    async def report(self, item: str, material: str, verdict: str) -> UndoReply:
        """Tell the supervising department, for days. Raises NoAnswer when it never answered."""
        planned, state = self._state.plan.item(item), self._state.item(item)
        request = ReportRequest(
            case_no=self._state.case_no,
            item=item,
            attempt=max(state.attempt, 1),
            commitment=commitment_of(self._state.plan, material),
            verdict=_known(verdict),
            fields=planned.fields,
            sealed_fields=(*known_facts(self._state, planned.lookups), self._state.form, *self._state.corrections),
            at=workflow.now(),
        )
        about = f"{item}:{state.attempt}:commitment:{material}:{verdict}"
        try:
            return await patiently_for(_DAYS_OF_REPORTING, names.REPORT_COMMITMENT, about, request, UndoReply)
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            raise NoAnswer from None

    def _exclusion(self, material: str) -> ExclusionRequest:
        exclusion = commitment_of(self._state.plan, material).excluded_by
        assert exclusion is not None
        lookups = tuple(lookup.id for lookup in self._state.plan.lookups)
        return ExclusionRequest(
            case_no=self._state.case_no,
            exclusion=exclusion,
            sealed_fields=(*known_facts(self._state, lookups), self._state.form, *self._state.corrections),
        )


def _known(verdict: str) -> Verdict:
    match verdict:
        case "approved" | "refused" | "withdrawn":
            return verdict
    raise ValueError("a report says what became of an item")
