"""How a case calls a department: once and quickly first, and if nobody answers, patiently for as long as it takes.

Both calls carry the same idempotency key. What has an effect is an ordinary activity from the start: that it is done
stands in Temporal's history before the department hears of it. A local one runs ahead of history, and a worker killed
behind it may decide otherwise the next time (the message that led there did not arrive again): the department would
keep a submission, or have undone one, that no case knows of. A look-up has no effect and is tried by a local activity
first, which costs the server nothing.
"""

from temporalio import workflow

from activities import names
from activities.dates import (
    AcceptanceReply,
    AcceptanceRequest,
    DeferralReply,
    DeferralRequest,
    ReckonLimitRequest,
    ReckonReply,
    ReckonRequest,
    SilenceReply,
    SilenceRequest,
)
from activities.models import (
    DeferredUntil,
    FetchReply,
    FetchRequest,
    SubmitReply,
    SubmitRequest,
    SupplyRequest,
    UndoReply,
    UndoRequest,
    VerifiedLicence,
)
from one_things.case import CaseState, LicenceState
from one_things.commands import Reply
from one_things.escrow import give_back_order, payment_order
from one_things.events import StopReason
from one_things.hand_in import deferral_of, materials_of
from one_things.joint_limits import is_pressed
from one_things.limit_dates import LimitDates
from one_things.plan import PlannedLicence
from one_things.preparing import known_facts, materials_with, standing_licences
from one_things.promises import promises_of
from one_things.reckoning import item_limit, joint_limit, procedure_limits, terms_of_item
from workflows.calling import FIRST_TRY, look_up_once, once, patiently
from workflows.together import SubmissionsTogether


class DepartmentCalls:
    """The calls of one case, made from its state as it was when they began."""

    def __init__(self, state: CaseState) -> None:
        self._state = state

    async def submit(self, item: str, together: SubmissionsTogether) -> Reply:
        """Submit ``item``. Raises NoAnswer."""
        request = self._submission(item)
        if self._state.plan.submitted_together:
            return (await together.submit(self._attempt(item), request)).reply
        return (await once(names.SUBMIT_ITEM, self._attempt(item), request, SubmitReply)).reply

    async def submit_until_answered(self, item: str) -> Reply:
        """Ask whether ``item`` arrived and send it again if not, until there is an answer."""
        request = self._submission(item).model_copy(update={"arrival_unknown": True})
        return (await patiently(names.SUBMIT_ITEM, self._attempt(item), request, SubmitReply)).reply

    async def undo(self, item: str) -> UndoReply:
        """Withdraw or undo ``item``. Raises NoAnswer."""
        return await once(names.UNDO_ITEM, f"{self._attempt(item)}:undo", self._undoing(item), UndoReply)

    async def undo_until_answered(self, item: str) -> UndoReply:
        """Ask whether the undoing of ``item`` arrived and send it again if not, until there is an answer."""
        request = self._undoing(item).model_copy(update={"arrival_unknown": True})
        return await patiently(names.UNDO_ITEM, f"{self._attempt(item)}:undo", request, UndoReply)

    async def supply(self, item: str, material: str) -> UndoReply:
        """Pass a material on that follows ``item``. Raises NoAnswer."""
        return await once(
            names.SUPPLY_MATERIAL, self._following(item, material), self._supplying(item, material), UndoReply
        )

    async def supply_until_answered(self, item: str, material: str) -> UndoReply:
        """Pass a material on that follows ``item``, until there is an answer."""
        return await patiently(
            names.SUPPLY_MATERIAL, self._following(item, material), self._supplying(item, material), UndoReply
        )

    async def fetch(self, lookup: str) -> FetchReply:
        """Look up shared data. Raises NoAnswer."""
        return await look_up_once(names.FETCH_SHARED_DATA, lookup, self._fetching(lookup), FetchReply)

    async def fetch_until_answered(self, lookup: str) -> FetchReply:
        """Look up shared data, for as long as it takes."""
        return await patiently(names.FETCH_SHARED_DATA, lookup, self._fetching(lookup), FetchReply)

    async def reckon(self, item_id: str) -> ReckonReply:
        """The dates of an item by the calendar that is known now; nobody is asked for them."""
        reply: ReckonReply = await workflow.execute_local_activity(
            names.RECKON_DATE,
            self._dates_of(item_id),
            result_type=ReckonReply,
            start_to_close_timeout=FIRST_TRY,
        )
        return reply

    async def reckon_confirmation(self) -> ReckonReply:
        """Until when the applicant may confirm what was proposed."""
        proposal = self._state.proposal
        assert proposal is not None
        reply: ReckonReply = await workflow.execute_local_activity(
            names.RECKON_DATE,
            ReckonRequest(
                accepted_at=self._state.opened_at,
                committed_days=proposal.confirm_within,
                publication=self._state.calendar,
            ),
            result_type=ReckonReply,
            start_to_close_timeout=FIRST_TRY,
        )
        return reply

    async def reckon_deferral(self, material: str) -> DeferralReply:
        """Until when a deferred material has to be there, by the calendar that is known now."""
        deferred = deferral_of(self._state.plan, material)
        assert deferred is not None
        reply: DeferralReply = await workflow.execute_local_activity(
            names.RECKON_DEFERRAL,
            DeferralRequest(
                handed_in_at=self._state.handed_in_at,
                working_days=deferred.working_days,
                publication=self._state.calendar,
                stops=self._state.rests if self._state.plan.deferrals_move else (),
            ),
            result_type=DeferralReply,
            start_to_close_timeout=FIRST_TRY,
        )
        return reply

    async def reckon_acceptance(self, item_id: str) -> AcceptanceReply:
        """The dates that follow from an acceptance after the item was received."""
        planned, item = self._state.plan.item(item_id), self._state.item(item_id)
        assert item.accepted_from is not None
        reply: AcceptanceReply = await workflow.execute_local_activity(
            names.RECKON_ACCEPTANCE,
            AcceptanceRequest(
                reference=item.reference or "",
                at=item.accepted_from,
                now=workflow.now(),
                committed_days=planned.committed_days,
                limit=terms_of_item(self._state.plan, item_id),
                notice=planned.notice,
                publication=self._state.calendar,
            ),
            result_type=AcceptanceReply,
            start_to_close_timeout=FIRST_TRY,
        )
        return reply

    async def reckon_silence(self, item_id: str) -> SilenceReply:
        """When the department's silence about a received item ends, by the calendar that is known now."""
        received = self._state.item(item_id).received
        assert received is not None
        reply: SilenceReply = await workflow.execute_local_activity(
            names.RECKON_SILENCE,
            SilenceRequest(handed_in_at=received.handed_in_at, publication=self._state.calendar),
            result_type=SilenceReply,
            start_to_close_timeout=FIRST_TRY,
        )
        return reply

    async def reckon_joint(self, limit: str) -> LimitDates:
        """The dates of a joint limit by the calendar that is known now."""
        dates: LimitDates = await workflow.execute_local_activity(
            names.RECKON_LIMIT,
            ReckonLimitRequest(limit=joint_limit(self._state, limit), publication=self._state.calendar),
            result_type=LimitDates,
            start_to_close_timeout=FIRST_TRY,
        )
        return dates

    def _dates_of(self, item_id: str) -> ReckonRequest:
        if self._state.item(item_id).awaits_hand_in:
            request = self._window(item_id)
        elif self._state.plan.item(item_id).limits is None:
            request = self._due_date(item_id)
        else:
            request = ReckonRequest(
                limit=item_limit(self._state, item_id), procedures=dict(procedure_limits(self._state, item_id))
            )
        return request.model_copy(update={"publication": self._state.calendar})

    def _due_date(self, item_id: str) -> ReckonRequest:
        accepted_at = self._state.item(item_id).accepted_at
        return ReckonRequest(accepted_at=accepted_at, committed_days=self._state.plan.item(item_id).committed_days)

    def _window(self, item_id: str) -> ReckonRequest:
        notice = next(one for one in self._state.plan.items if one.notice is not None and item_id in one.notice.windows)
        assert notice.notice is not None
        return ReckonRequest(
            notice_ended_at=self._state.item(notice.id).notice_ends_at, window_days=notice.notice.windows[item_id]
        )

    def _attempt(self, item: str) -> str:
        return f"{item}:{self._state.item(item).attempt}"

    def _submission(self, item_id: str) -> SubmitRequest:
        planned = self._state.plan.item(item_id)
        return SubmitRequest(
            case_no=self._state.case_no,
            item=item_id,
            attempt=self._state.item(item_id).attempt,
            department=planned.department,
            fields=planned.fields,
            materials=materials_with(self._state, planned),
            deferred=tuple(
                DeferredUntil(id=deferred.id, title=deferred.title, due_on=self._state.deferrals[deferred.id].due_on)
                for deferred in self._state.plan.deferred
                if deferred.id in self._state.item(item_id).lacks
            ),
            licences=tuple(_verified(*standing) for standing in standing_licences(self._state, planned)),
            commitments=promises_of(self._state, item_id),
            sealed_fields=(*known_facts(self._state, planned.lookups), self._state.form, *self._state.corrections),
            committed_days=planned.committed_days,
            limit=terms_of_item(self._state.plan, item_id),
            notice=planned.notice,
            payment=payment_order(self._state, item_id),
            at=workflow.now(),
            pressed=is_pressed(self._state, item_id),
        )

    def _following(self, item: str, material: str) -> str:
        return f"{self._attempt(item)}:material:{material}"

    def _supplying(self, item_id: str, material: str) -> SupplyRequest:
        of_item = materials_of(self._state.plan, item_id, self._state.handed_in)
        return SupplyRequest(
            case_no=self._state.case_no,
            item=item_id,
            attempt=self._state.item(item_id).attempt,
            department=self._state.plan.item(item_id).department,
            material=next(one for one in of_item if one.id == material),
        )

    def _undoing(self, item_id: str) -> UndoRequest:
        return UndoRequest(
            case_no=self._state.case_no,
            item=item_id,
            attempt=self._state.item(item_id).attempt,
            department=self._state.plan.item(item_id).department,
            reason=str(self._state.stop_reason or StopReason.REFUSED),
            give_back=give_back_order(self._state, item_id),
        )

    def _fetching(self, lookup_id: str) -> FetchRequest:
        lookup = next(lookup for lookup in self._state.plan.lookups if lookup.id == lookup_id)
        return FetchRequest(
            case_no=self._state.case_no, lookup=lookup, sealed_fields=(self._state.form, *self._state.corrections)
        )


def _verified(planned: PlannedLicence, state: LicenceState) -> VerifiedLicence:
    assert state.reference is not None
    assert state.digest is not None
    return VerifiedLicence(
        material=planned.material,
        title=planned.title,
        type=planned.type,
        issuer=planned.department,
        reference=state.reference,
        digest=state.digest,
    )
