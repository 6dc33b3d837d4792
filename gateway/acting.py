"""What every act on a running case has in common: who may, on which item, how a refusal reads."""

from collections.abc import Awaitable

from gateway import errors
from gateway.access import is_owner
from gateway.open_case import SeenCase
from one_things.case import CasePhase
from one_things.deciding import case_closed
from one_things.faults import CommandRefused
from one_things.text import Text
from workflows.handles import CaseNotRunning, OrchestratorUnavailable
from workflows.messages import Receipt


def require_owner(seen: SeenCase) -> None:
    """Raises NotAllowed for anybody but the applicant."""
    if not is_owner(seen.caller, seen.state.owner):
        raise errors.NotAllowed(Text(zh="只有申请人本人可以这样做。", en="Only the applicant may do this."))


def acting_for(seen: SeenCase) -> str | None:
    """None for the applicant in person, else the agent who acts for them; the rules judge what the mandate allows.

    Raises NotAllowed for anybody without a mandate.
    """
    if is_owner(seen.caller, seen.state.owner):
        return None
    if seen.caller.subject not in seen.state.mandates:
        raise errors.NotAllowed(
            Text(
                zh="只有申请人本人或其委托的代办人可以这样做。",
                en="Only the applicant, or an agent with their mandate, may do this.",
            )
        )
    return seen.caller.subject


def require_item(seen: SeenCase, item: str) -> None:
    """Raises ItemNotFound when the case has no such item."""
    if item not in seen.state.items:
        raise errors.ItemNotFound


async def told(seen: SeenCase, message: Awaitable[Receipt]) -> Receipt:
    """What the case answered. Raises CommandNotPossible with its reason, OutOfService while it cannot be reached."""
    try:
        return await message
    except CommandRefused as refused:
        raise errors.CommandNotPossible(refused.code, refused.reason) from None
    except CaseNotRunning:
        if seen.state.phase is CasePhase.CLOSED:
            raise closed() from None
        raise errors.OutOfService("orchestrator") from None
    except OrchestratorUnavailable:
        raise errors.OutOfService("orchestrator") from None


def closed() -> errors.CommandNotPossible:
    """The case has ended, or its personal data is erased: nothing can be done to it any more."""
    refused = case_closed()
    return errors.CommandNotPossible(refused.code, refused.reason)
