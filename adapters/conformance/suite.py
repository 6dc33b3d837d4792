"""All checks in their order, and one run of them."""

import time
from collections.abc import Callable, Collection, Sequence
from typing import Final

import httpx

from adapters.conformance.candidate import Candidate
from adapters.conformance.check import CONTRACT_PAGE, Check, FaultFound, NotTried, words
from adapters.conformance.checks import (
    asking,
    bearing,
    deciding,
    disorder,
    following,
    listing,
    looking_up,
    submitting,
    undoing,
)
from adapters.conformance.listener import Listener
from adapters.conformance.platform import Platform
from adapters.conformance.report import CheckResult, Report, State

CHECKS: Final[tuple[Check, ...]] = (
    submitting.submission_answered,
    submitting.credential_required,
    listing.list_served,
    submitting.version_negotiated,
    submitting.same_key_same_answer,
    submitting.same_key_at_once,
    submitting.same_key_other_body,
    asking.asked_what_arrived,
    asking.asked_what_never_arrived,
    undoing.undo_once,
    undoing.undo_before_arrival,
    undoing.money_given_back_once,
    following.material_follows,
    submitting.report_taken,
    looking_up.dataset_answers,
    looking_up.licence_answers,
    disorder.broken_bodies_refused,
    disorder.large_body_taken,
    deciding.decision_comes,
    deciding.decision_signed,
    deciding.decision_readable,
    deciding.decision_names_attempt,
    deciding.decided_once,
    deciding.decision_repeated,
    asking.asked_after_the_decision,
    listing.list_lasts,
    listing.list_in_order,
    listing.pages_complete,
    listing.nothing_lost_between_asks,
    listing.unknown_position_said,
    bearing.promised_rate,
    undoing.nothing_after_undo,
)
_EVIDENCE_LINES: Final = 12


def chosen(names: Collection[str]) -> tuple[Check, ...]:
    """The checks of these names, and the first, without which nothing else says anything; all when there are none."""
    return tuple(one for one in CHECKS if not names or one.is_first or one.name in names)


async def run(
    candidate: Candidate,
    listener: Listener,
    told: Callable[[Check, CheckResult | None], None],
    checks: Sequence[Check] = CHECKS,
) -> Report:
    """Check the department; ``told`` hears of each check when it begins (None) and when it has ended."""
    began, results = time.time(), []
    # One answer may take twice what was promised, so that a slow one is seen to be slow rather than absent.
    patience = httpx.Timeout(candidate.answer_seconds * 2 + 1, connect=4.0)
    async with httpx.AsyncClient(timeout=patience, follow_redirects=False, trust_env=False) as client:
        platform = Platform(candidate, client, listener)
        hopeless = False
        for one in checks:
            told(one, None)
            result = await _result(platform, one) if not hopeless else _not_tried(one, "nothing-to-build-on")
            hopeless = hopeless or (one.is_first and result.state is State.FAILED)
            results.append(result)
            told(one, result)
    seconds = time.time() - began
    return Report(
        department=candidate.department, url=candidate.url, began_at=began, seconds=seconds, checks=tuple(results)
    )


async def _result(platform: Platform, one: Check) -> CheckResult:
    before, began = len(platform.exchanges), time.monotonic()
    state, fault, came = State.PASSED, "", ""
    try:
        await one.run(platform)
    except NotTried as left_out:
        return _not_tried(one, left_out.reason)
    except FaultFound as found:
        state, fault, came = State.FAILED, found.fault, found.came
    lines = [exchange.line() for exchange in platform.exchanges[before:]]
    left_out_lines = len(lines) - _EVIDENCE_LINES
    done = (*lines[:_EVIDENCE_LINES], *((f"… and {left_out_lines} more",) if left_out_lines > 0 else ()))
    said = words().checks[one.name]
    mending = words().faults[fault] if fault else None
    return CheckResult(
        check=one.name,
        title=said.title,
        expected=said.expected,
        state=state,
        seconds=time.monotonic() - began,
        done=done,
        came=came,
        fault=fault,
        fault_title=mending.title if mending else None,
        mend=mending.mend if mending else None,
        read=f"{CONTRACT_PAGE}#{mending.section}" if mending else "",
    )


def _not_tried(one: Check, reason: str) -> CheckResult:
    said = words().checks[one.name]
    return CheckResult(
        check=one.name, title=said.title, expected=said.expected, state=State.NOT_TRIED, why=words().not_tried[reason]
    )
