"""Bearing the promised rate."""

import asyncio

from adapters.conformance.check import FaultFound, check
from adapters.conformance.exchange import Exchange
from adapters.conformance.platform import Platform

MOST_A_SECOND = 50.0
LONGEST_SECONDS = 60.0


@check("promised-rate")
async def promised_rate(platform: Platform) -> None:
    """At the promised rate every submission is answered, and in time."""
    rate = min(platform.candidate.rate, MOST_A_SECOND)
    number = max(1, int(rate * min(platform.candidate.load_seconds, LONGEST_SECONDS)))

    async def one(place: int) -> Exchange:
        await asyncio.sleep(place / rate)
        return await platform.submit(platform.submission(), note=f"at {rate:g} a second")

    answers = await asyncio.gather(*(one(place) for place in range(number)), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
        try:
            platform.known(answer)
        except FaultFound as fault:
            raise FaultFound("breaks-under-load", f"{fault.came} ({number} at {rate:g} a second)") from None
