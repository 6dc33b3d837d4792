"""What no department should meet and every one does: bodies that are broken, and bodies that are large."""

from collections.abc import Iterator

from adapters.conformance.check import FaultFound, check
from adapters.conformance.platform import Platform
from adapters.contract_versions import CLOUD_EVENT, JSON, NAMED_IN_HEADER, written
from adapters.port import Submission

_LARGE = 200 * 1024
_HUGE = 4 * 1024 * 1024


@check("broken-bodies-refused")
async def broken_bodies_refused(platform: Platform) -> None:
    """What cannot be read is refused with a 4xx, and takes no effect."""
    kind = JSON if platform.candidate.contract < NAMED_IN_HEADER else CLOUD_EVENT
    for note, submission, body, key in _broken(platform):
        exchange = await platform.call("POST", "/submissions", body, key, media_type=kind, note=note)
        evidence = f"{exchange.line()}: {exchange.came()}"
        if exchange.trouble or exchange.status >= 500:
            raise FaultFound("breaks-on-broken-body", evidence)
        if exchange.status < 400:
            raise FaultFound("takes-broken-body", evidence)
        asked = await platform.ask(submission.key, note=f"after {note}")
        if asked.status in {200, 202, 400}:
            raise FaultFound("takes-broken-body", f"{evidence}; afterwards {asked.line()}: {asked.came()}")


def _broken(platform: Platform) -> Iterator[tuple[str, Submission, bytes, str]]:
    wanted = platform.submission()
    version = platform.candidate.contract
    whole = _whole(wanted, version)
    yield "half a body", wanted, whole[: len(whole) // 2], wanted.key
    wanted = platform.submission()
    yield "no JSON at all", wanted, b"\xff\xfe not json \x00", wanted.key
    wanted = platform.submission()
    yield "a list instead of an object", wanted, b"[1, 2, 3]", wanted.key
    wanted = platform.submission()
    yield (
        "an attempt that is no number",
        wanted,
        _whole(wanted, version).replace(b'"attempt":1', b'"attempt":"first"'),
        wanted.key,
    )
    wanted = platform.submission()
    yield "another key in the header", wanted, _whole(wanted, version), f"{wanted.case_no}:another-item:1"


def _whole(submission: Submission, version: int) -> bytes:
    return written(submission, version)[0]


@check("large-body-taken")
async def large_body_taken(platform: Platform) -> None:
    """A long form is a form; beyond all measure it is refused, and nothing breaks."""
    wanted = platform.submission()
    large = wanted.model_copy(update={"fields": {**wanted.fields, "test.long": "长" * (_LARGE // 3)}})
    exchange = await platform.submit(large, note=f"{_LARGE // 1024} KB")
    if exchange.trouble or exchange.status not in {200, 202}:
        raise FaultFound("large-body-refused", f"{exchange.line()}: {exchange.came()}")
    wanted = platform.submission()
    huge = wanted.model_copy(update={"fields": {**wanted.fields, "test.long": "x" * _HUGE}})
    exchange = await platform.submit(huge, note=f"{_HUGE // 1024 // 1024} MB")
    if exchange.status >= 500:
        raise FaultFound("breaks-on-huge-body", f"{exchange.line()}: {exchange.came()}")
    asked = await platform.ask(platform.submission().key, note="after the huge body")
    if asked.trouble:
        raise FaultFound("breaks-on-huge-body", f"{asked.line()}")
