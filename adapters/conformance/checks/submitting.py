"""Handing in: who may, what is answered, and what the same key again means."""

import asyncio

from adapters.conformance.check import FaultFound, NotTried, check
from adapters.conformance.platform import Platform
from adapters.contract_versions import NAMED_IN_HEADER, written
from adapters.port import Taken

_AT_ONCE = 4
_NEVER_SPOKEN = 999


@check("submission-answered", is_first=True)
async def submission_answered(platform: Platform) -> None:
    """An ordinary submission is taken or approved."""
    exchange = await platform.taken(platform.submission())
    if isinstance(platform.known(exchange), Taken) and not platform.candidate.decides_later:
        raise FaultFound("taken-without-callback", f"{exchange.line()}: {exchange.came()}")


@check("credential-required")
async def credential_required(platform: Platform) -> None:
    """Without our credential, and with a wrong one, nothing is taken."""
    for credential, note in (("", "without a credential"), ("not-the-credential", "with a wrong credential")):
        submission = platform.submission()
        body, kind = written(submission, platform.candidate.contract)
        for method, path, sent in (("POST", "/submissions", body), ("GET", f"/submissions/{submission.key}", b"")):
            exchange = await platform.call(
                method, path, sent, submission.key, credential=credential, media_type=kind, note=note
            )
            if exchange.trouble or exchange.status not in {401, 403}:
                raise FaultFound("open-to-anybody", f"{exchange.line()}: {exchange.came()}")


@check("same-key-same-answer")
async def same_key_same_answer(platform: Platform) -> None:
    """The same submission again has the first answer, as often as it comes."""
    submission = platform.submission()
    first = await platform.taken(submission)
    for _ in range(2):
        again = await platform.submit(submission, note="the same again")
        platform.known(again)
        if again.said() != first.said():
            raise FaultFound("answers-differently-on-repeat", f"first {first.came()}, then {again.came()}")


@check("same-key-at-once")
async def same_key_at_once(platform: Platform) -> None:
    """The same submission several times in one moment is one submission."""
    submission = platform.submission()
    sent = [platform.submit(submission, note=f"{_AT_ONCE} times at once") for _ in range(_AT_ONCE)]
    answers = await asyncio.gather(*sent, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    exchanges = [answer for answer in answers if not isinstance(answer, BaseException)]
    for exchange in exchanges:
        platform.known(exchange)
        if exchange.said() != exchanges[0].said():
            evidence = f"one call was answered {exchanges[0].came()}, another {exchange.came()}"
            later = [await platform.submit(submission, note="the same again, later") for _ in range(2)]
            one_by_one = later[0].said() == later[1].said()
            raise FaultFound("takes-twice-at-once" if one_by_one else "answers-differently-on-repeat", evidence)


@check("same-key-other-body")
async def same_key_other_body(platform: Platform) -> None:
    """Another body under a key that was used is refused, and changes nothing."""
    submission = platform.submission()
    first = await platform.taken(submission)
    other = submission.model_copy(update={"fields": {**submission.fields, "test.other": "another body"}})
    exchange = await platform.submit(other, note="another body under the same key")
    if exchange.trouble or exchange.status != 409:
        raise FaultFound("accepts-another-body", f"{exchange.line()}: {exchange.came()}")
    again = await platform.submit(submission, note="the first body again")
    if again.said() != first.said():
        raise FaultFound("answers-differently-on-repeat", f"first {first.came()}, afterwards {again.came()}")


@check("report-taken")
async def report_taken(platform: Platform) -> None:
    """A report about a promise is taken note of."""
    if "reports" not in platform.candidate.serves:
        raise NotTried("not-served")
    plain = platform.submission()
    words = {"zh": "测试承诺", "en": "Test promise"}
    promise = {
        "material": "test-promise",
        "title": words,
        "text": words,
        "digest": "international:00",
        "result": "approved",
    }
    report = platform.submission(
        case_no=plain.case_no,
        operation="report",
        key=f"{plain.key}:commitment:test-promise:approved",
        commitments=(promise,),
    )
    first = await platform.submit(report, note="a report about a promise")
    platform.known(first)
    again = await platform.submit(report, note="the same report again")
    if again.said() != first.said():
        raise FaultFound("answers-differently-on-repeat", f"first {first.came()}, then {again.came()}")


@check("version-negotiated")
async def version_negotiated(platform: Platform) -> None:
    """A version that the department does not speak is refused, and nothing is taken."""
    spoken = platform.candidate.contract
    if spoken < NAMED_IN_HEADER:
        raise NotTried("unnamed-version")
    submission = platform.submission()
    body, kind = written(submission, spoken)
    exchange = await platform.call(
        "POST", "/submissions", body, submission.key, media_type=kind, contract=_NEVER_SPOKEN, note="another version"
    )
    if exchange.trouble or exchange.status in {200, 202, 400} or exchange.status >= 500:
        raise FaultFound("ignores-the-version", f"{exchange.line()}: {exchange.came()}")
    asked = await platform.ask(submission.key, note="after another version")
    if asked.status != 404:
        raise FaultFound("ignores-the-version", f"{exchange.line()}, and yet {asked.line()}: {asked.came()}")
