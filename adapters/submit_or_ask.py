"""The policy for calls whose earlier outcome is not known: ask first, send again only what never arrived.

A call whose reply was lost must not be made again blindly (DOMAIN.md). How often and how long to go on is the
caller's schedule; each function here makes one try and tells what is known after it.
"""

from adapters.port import DepartmentPort, NeedsCorrection, NeverArrived, Outcome, Submission, UndoOutcome, Unknown
from adapters.port import UnknownCause as Cause
from one_things.money import GiveBackOrder


async def submit_or_ask(port: DepartmentPort, submission: Submission, *, earlier_unknown: bool) -> Outcome:
    """Submit; or, when an earlier try under the same key ended unknown, ask first and resend only on NeverArrived."""
    if earlier_unknown:
        standing = await port.ask(submission.key)
        if not isinstance(standing, NeverArrived):
            return standing
    return await port.submit(submission)


async def undo_or_ask(
    port: DepartmentPort,
    key: str,
    undo_key: str,
    reason: str,
    give_back: GiveBackOrder | None = None,
    *,
    earlier_unknown: bool,
) -> UndoOutcome:
    """Undo; or, when an earlier try ended unknown, ask for the undoing first and resend only on NeverArrived."""
    if earlier_unknown:
        standing = await port.ask(undo_key)
        if isinstance(standing, NeedsCorrection):
            return Unknown(
                detail=f"{port.code} answered the question about an undoing with a correction notice, "
                "which an undoing cannot have",
                cause=Cause.ANSWER_UNREADABLE,
            )
        if not isinstance(standing, NeverArrived):
            return standing
    return await port.undo(key, undo_key, reason, give_back)
