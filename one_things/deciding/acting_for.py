"""Whether an agent may do this: an agent acts for the applicant, and never decides for them (民法典 162, 173)."""

from datetime import datetime

from one_things import events as e
from one_things.case import CaseState
from one_things.commands import AnswerCorrection, HandInInstead, HandInMaterials, ResumeCase, SuspendCase
from one_things.commands.person import ActForApplicant
from one_things.faults import CommandRefused
from one_things.text import Text

_SCOPE_OF: dict[type[ActForApplicant], e.MandateScope] = {
    AnswerCorrection: e.MandateScope.CORRECT,
    HandInMaterials: e.MandateScope.HAND_IN,
    HandInInstead: e.MandateScope.HAND_IN,
    SuspendCase: e.MandateScope.REST,
    ResumeCase: e.MandateScope.REST,
}


def require_mandate(state: CaseState, command: ActForApplicant, at: datetime) -> None:
    """Raises CommandRefused when ``command.by`` has no mandate for this, or has it no longer."""
    mandate = state.mandates.get(command.by or "")
    if mandate is None:
        raise CommandRefused("no-mandate", Text(zh="没有申请人的委托。", en="The applicant gave no mandate."))
    if mandate.revoked_at is not None:
        raise CommandRefused("mandate-revoked", Text(zh="委托已被撤销。", en="The mandate was revoked."))
    if at >= mandate.ends_at:
        raise CommandRefused("mandate-ended", Text(zh="委托已到期。", en="The mandate has ended."))
    if _SCOPE_OF.get(type(command)) not in mandate.scope:
        raise CommandRefused(
            "mandate-scope", Text(zh="委托范围不包括此操作。", en="The mandate does not reach as far as this.")
        )
