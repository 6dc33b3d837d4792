"""The list of a department that is polled: it lasts, it is in order, and who reads it page by page misses nothing."""

import asyncio
import time
from collections.abc import Sequence

from adapters.conformance.check import FaultFound, NotTried, check
from adapters.conformance.heard import Heard
from adapters.conformance.kept_list import number_of, positions
from adapters.conformance.platform import Platform
from adapters.http_poll import CURSOR_UNKNOWN
from adapters.port import Submission, Taken

_ONE_BY_ONE = 3
_AT_ONCE = 5
_FEW = 2
_MOST = 200
_LOOKS_EVERY_SECONDS = 0.05
_NO_POSITION = "of-another-list"


@check("list-served")
async def list_served(platform: Platform) -> None:
    """The list is served, in the words of the contract, and to us alone."""
    _polled(platform)
    await platform.kept.read_on()
    for credential, note in (("", "without a credential"), ("not-the-credential", "with a wrong credential")):
        exchange = await platform.call("GET", "/decisions?limit=1", credential=credential, note=note)
        if exchange.trouble or exchange.status not in {401, 403}:
            raise FaultFound("open-to-anybody", f"{exchange.line()}: {exchange.came()}")


@check("list-lasts")
async def list_lasts(platform: Platform) -> None:
    """What was read stands where it stood, and says what it said."""
    _polled(platform)
    await platform.kept.read_on()
    await platform.decided()
    before = _standing(platform, platform.kept.heard)
    if not before:
        raise NotTried("decided-in-the-answer")
    again = {number_of(one): one for one in await platform.kept.read_again()}
    for one in before:
        found = again.get(number_of(one))
        if found is None:
            raise platform.kept.fault("list-forgets", f"{one.kind} {number_of(one)} was read, and is gone")
        if found.cursor != one.cursor:
            came = f"{one.kind} {number_of(one)} stood at {one.cursor}, and then at {found.cursor}"
            raise platform.kept.fault("position-changes", came)
        if found.raw != one.raw:
            raise platform.kept.fault("entry-changes", f"first {one.raw[:300]!r}, then {found.raw[:300]!r}")


@check("list-in-order")
async def list_in_order(platform: Platform) -> None:
    """What is decided later stands behind what was decided before."""
    _polled(platform)
    for _ in range(_ONE_BY_ONE):
        await _heard_of(platform, [await _taken(platform)])
    await _in_the_order_heard(platform)


@check("pages-complete")
async def pages_complete(platform: Platform) -> None:
    """Read in the smallest pages, what was decided in one moment is there to the last."""
    _polled(platform)
    await platform.kept.read_on()
    begins = platform.kept.position
    await _heard_of(platform, await asyncio.gather(*(_taken(platform) for _ in range(_AT_ONCE))))
    whole = _standing(platform, await platform.kept.read_again(begins))
    paged = _standing(platform, await platform.kept.read_again(begins, limit=1, note="one by one"))
    missing = [number_of(one) for one in whole if number_of(one) not in {number_of(found) for found in paged}]
    if not missing:
        return
    came = f"{len(whole)} entries in one page, and one by one {len(paged)}: without {', '.join(missing)}"
    if paged and [number_of(one) for one in whole[: len(paged)]] == [number_of(one) for one in paged]:
        behind = await platform.kept.page(paged[-1].cursor, note="behind what was said to be the last")
        if behind.entries:
            raise platform.kept.fault("list-ends-early", f"{came}; and yet {behind.exchange.line()} has more")
    raise platform.kept.fault("pages-lose-decisions", came)


@check("nothing-lost-between-asks")
async def nothing_lost_between_asks(platform: Platform) -> None:
    """Who reads on in small pages while much is decided hears of everything."""
    _polled(platform)
    await platform.kept.read_on()
    rate = platform.candidate.rate
    number = min(_MOST, max(_AT_ONCE, int(rate * platform.candidate.load_seconds)))

    async def one(place: int) -> Submission:
        await asyncio.sleep(place / rate)
        return await _taken(platform)

    async def read_along() -> None:
        while True:
            await platform.kept.read_on(_FEW)
            await asyncio.sleep(_LOOKS_EVERY_SECONDS)

    reading = asyncio.create_task(read_along())
    try:
        submissions = await asyncio.gather(*(one(place) for place in range(number)))
    finally:
        reading.cancel()
        ended = (await asyncio.gather(reading, return_exceptions=True))[0]
    if isinstance(ended, Exception):
        raise ended
    await _heard_of(platform, submissions)
    await _in_the_order_heard(platform)


@check("unknown-position-said")
async def unknown_position_said(platform: Platform) -> None:
    """Asked for what stands behind a position that it does not know, it says so."""
    _polled(platform)
    await platform.kept.read_on()
    exchange = await platform.call("GET", f"/decisions?limit=1&after={_NO_POSITION}", note="no position of this list")
    said = exchange.json
    if exchange.trouble or exchange.status != 410 or not isinstance(said, dict) or said.get("code") != CURSOR_UNKNOWN:
        raise FaultFound("position-unknown-not-said", f"{exchange.line()}: {exchange.came()}")


async def raise_missing(platform: Platform, submission: Submission) -> None:
    """Say why a decision was not heard of in time: it is not there, or stands where nobody reads any more."""
    given = platform.kept.position
    again = await platform.kept.read_again()
    # In this order: what was decided meanwhile, behind the position, is heard of now; what is not stands before it.
    await platform.kept.read_on()
    heard = {number_of(one) for one in platform.kept.of(submission.case_no)}
    for entry in again:
        about = entry.kind == "decisions" and entry.named("case_no") == submission.case_no
        if about and number_of(entry) not in heard:
            came = f"{number_of(entry)} stands at {entry.cursor}, and came after {given} was given"
            raise platform.kept.fault("decision-before-position", came)
    later = f"; later came {', '.join(sorted(heard))}" if heard else ""
    waited = f"{submission.key}: within {platform.candidate.wait_seconds:g} s"
    raise FaultFound("no-decision", f"{waited} no decision was listed{later}")


def _polled(platform: Platform) -> None:
    if not platform.candidate.is_polled:
        raise NotTried("pushes")


async def _taken(platform: Platform) -> Submission:
    """A submission that was taken, to be decided later. Raises NotTried where it was decided in the answer."""
    submission = platform.submission()
    if not isinstance(platform.known(await platform.taken(submission)), Taken):
        raise NotTried("decided-in-the-answer")
    return submission


async def _heard_of(platform: Platform, submissions: Sequence[Submission]) -> None:
    """Read on until every one of them is decided."""
    ends_at = time.monotonic() + platform.candidate.wait_seconds
    for submission in submissions:
        if not await platform.kept.wait_for(submission.case_no, 1, max(0.0, ends_at - time.monotonic())):
            await raise_missing(platform, submission)


async def _in_the_order_heard(platform: Platform) -> None:
    heard = positions(_standing(platform, platform.kept.heard))
    now = positions(_standing(platform, await platform.kept.read_again()))
    kept = [one for one in heard if one in now]
    if kept != [one for one in now if one in heard]:
        numbers = ", ".join(number for _, number in now)
        heard_numbers = ", ".join(number for _, number in heard)
        raise platform.kept.fault("list-out-of-order", f"read one after another {heard_numbers}; in the list {numbers}")


def _standing(platform: Platform, entries: Sequence[Heard]) -> list[Heard]:
    """Without what an undoing may have taken out."""
    return [one for one in entries if one.named("case_no") not in platform.withdrawn]
