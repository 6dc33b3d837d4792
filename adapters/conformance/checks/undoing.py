"""Undoing: once, also before the submission came, and with the money where money moved."""

import asyncio
import time

from adapters.conformance.candidate import Serves
from adapters.conformance.check import FaultFound, NotTried, check
from adapters.conformance.platform import Platform
from adapters.port import Done, NeverArrived, Refused, Taken, undo_key_of

_FEN = 12_300


@check("undo-once")
async def undo_once(platform: Platform) -> None:
    """An undoing that comes twice is one undoing, and what was undone stands no more."""
    submission = platform.submission()
    await platform.taken(submission)
    first = await platform.undo(submission.key)
    outcome = platform.known_undo(first)
    if isinstance(outcome, Done) and not platform.decisions.of(submission.case_no):
        platform.undone[submission.case_no] = time.monotonic()
    again = await platform.undo(submission.key, note="the same undoing again")
    platform.known_undo(again)
    if again.said() != first.said():
        raise FaultFound("undo-doubles", f"first {first.came()}, then {again.came()}")
    asked = await platform.ask(undo_key_of(submission.key), note="the undoing")
    if isinstance(platform.known_standing(asked), NeverArrived):
        raise FaultFound("denies-what-it-took", f"{first.line()}, and yet {asked.line()}: {asked.came()}")
    if isinstance(outcome, Done):
        asked = await platform.ask(submission.key, note="what was undone")
        if isinstance(platform.known_standing(asked), Done | Taken | NeverArrived):
            raise FaultFound("undone-still-stands", f"{asked.line()}: {asked.came()}")


@check("undo-before-arrival")
async def undo_before_arrival(platform: Platform) -> None:
    """What is undone before it came is undone at once, and can no longer come."""
    submission = platform.submission()
    undone = await platform.undo(submission.key, note="of what never came")
    if not isinstance(platform.known_undo(undone), Done):
        raise FaultFound("undo-before-arrival-refused", f"{undone.line()}: {undone.came()}")
    platform.undone[submission.case_no] = time.monotonic()
    late = await platform.submit(submission, note="after its undoing")
    if not isinstance(platform.known(late), Refused):
        raise FaultFound("arrives-after-undo", f"{late.line()}: {late.came()}")


@check("money-given-back-once")
async def money_given_back_once(platform: Platform) -> None:
    """Money is confirmed exactly, and goes back exactly once."""
    if Serves.PAYMENTS not in platform.candidate.serves:
        raise NotTried("not-served")
    payment = {"role": "charge", "amount_fen": _FEN, "payer": "applicant"}
    submission = platform.submission(payment=payment)
    taken = await platform.taken(submission)
    outcome = platform.known(taken)
    if isinstance(outcome, Taken):
        heard = await platform.decisions.wait_for(submission.case_no, 1, platform.candidate.wait_seconds)
        paid = heard[0].body.get("payment") if heard else None
        evidence = f"by its decision: {paid}"
    else:
        paid = (taken.json or {}).get("payment")
        evidence = taken.came()
    if not isinstance(paid, dict) or paid.get("amount_fen") != _FEN or not paid.get("reference"):
        raise FaultFound("payment-not-confirmed", evidence)
    order = {"amount_fen": _FEN, "currency": "CNY", "reference": paid["reference"]}
    first = await platform.undo(submission.key, order)
    undone = platform.known_undo(first)
    if isinstance(undone, Done) and (undone.payment is None or undone.payment.amount_fen != _FEN):
        raise FaultFound("payment-not-confirmed", f"{first.line()}: {first.came()}")
    again = await platform.undo(submission.key, order, note="the same undoing again")
    platform.known_undo(again)
    if again.said() != first.said():
        raise FaultFound("undo-doubles", f"first {first.came()}, then {again.came()}")


@check("nothing-after-undo")
async def nothing_after_undo(platform: Platform) -> None:
    """About what was undone no decision comes."""
    if not platform.undone:
        raise NotTried("nothing-undone")
    # So long a decision takes here: what was undone would have come by then.
    usual = (await platform.decided()).took_seconds * 1.5
    comes_by = max(platform.undone.values()) + usual + platform.candidate.settle_seconds
    await asyncio.sleep(max(0.0, comes_by - time.monotonic()))
    if platform.candidate.is_polled:
        await _left_out(platform)
        return
    for case_no, undone_at in platform.undone.items():
        for callback in platform.listener.of(case_no):
            if callback.at > undone_at + platform.candidate.settle_seconds:
                later = callback.at - undone_at
                raise FaultFound("decision-after-undo", f"{callback.raw[:300]!r}, {later:.1f} s after the undoing")


async def _left_out(platform: Platform) -> None:
    """An approval that was undone stands in the list no more."""
    await platform.kept.read_on()
    for entry in await platform.kept.read_again(note="after the undoing"):
        if entry.named("case_no") in platform.undone and entry.named("verdict") == "approved":
            raise FaultFound("decision-after-undo", f"at {entry.cursor}: {entry.raw[:300]!r}")
