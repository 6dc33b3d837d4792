"""Decisions: signed, about what was sent, made once; and, where they are sent, repeated until they are answered."""

from pydantic import BaseModel, ValidationError

from adapters.conformance.check import FaultFound, NotTried, check
from adapters.conformance.checks.listing import raise_missing
from adapters.conformance.heard import Heard
from adapters.conformance.kept_list import named
from adapters.conformance.platform import Platform
from adapters.port import Taken
from one_things.department_bodies import ActOfDepartmentBody, DepartmentDecision

_FAULT_OF = {
    "signature-missing": "callback-unsigned",
    "digest-mismatch": "callback-signs-another-body",
    "signature-key-unknown": "callback-key-unknown",
    "signature-too-old": "callback-clock",
    "signature-from-the-future": "callback-clock",
    "signature-incomplete": "callback-signature-incomplete",
}


async def _heard(platform: Platform) -> tuple[Heard, ...]:
    """What was heard about the submission that was waited for. Raises NotTried, FaultFound."""
    if not platform.candidate.decides_later:
        raise NotTried("decides-at-once")
    decided = await platform.decided()
    if not isinstance(platform.known(decided.answer), Taken):
        raise NotTried("decided-in-the-answer")
    if not decided.heard:
        if platform.candidate.is_polled:
            await raise_missing(platform, decided.submission)
        waited = f"{platform.candidate.wait_seconds:g} s"
        raise FaultFound("no-decision", f"{decided.answer.line()}, and within {waited} nothing came")
    return decided.heard


@check("decision-comes")
async def decision_comes(platform: Platform) -> None:
    """What was taken is decided, and the decision comes to the address of the submission, or stands in the list."""
    await _heard(platform)


@check("decision-signed")
async def decision_signed(platform: Platform) -> None:
    """Everything that is sent or fetched is signed by the department's key, over what it says."""
    await _heard(platform)
    for one in (*platform.listener.callbacks, *platform.kept.heard):
        if one.refused:
            fault = _FAULT_OF.get(one.refused, "callback-signature-invalid")
            raise FaultFound(fault, f"{one.kind}: {one.refused}, {one.why}")


@check("decision-readable")
async def decision_readable(platform: Platform) -> None:
    """Every decision and act says what the contract lets it say, to the address of the department."""
    await _heard(platform)
    for callback in (*platform.listener.callbacks, *platform.kept.heard):
        if callback.kind == "materials":
            continue
        if callback.path != f"/departments/{platform.candidate.department}/{callback.kind}":
            raise FaultFound("callback-to-another-address", callback.path)
        body: type[BaseModel] = DepartmentDecision if callback.kind == "decisions" else ActOfDepartmentBody
        try:
            body.model_validate_json(callback.raw)
        except ValidationError as error:
            raise FaultFound("decision-unreadable", named(error)) from None


@check("decision-names-attempt")
async def decision_names_attempt(platform: Platform) -> None:
    """A decision names the item and the attempt that it decides."""
    decided = (await _heard(platform), (await platform.decided()).submission)
    for callback in decided[0]:
        said = (callback.named("item"), callback.body.get("attempt"))
        if said != (decided[1].item, decided[1].attempt):
            sent = f"sent was {decided[1].item}, attempt {decided[1].attempt}"
            raise FaultFound("decision-for-another-attempt", f"{sent}; decided was {said[0]}, attempt {said[1]}")


@check("decided-once")
async def decided_once(platform: Platform) -> None:
    """However often a submission came, it is decided once."""
    callbacks = await _heard(platform)
    numbers = sorted({callback.named("decision_id") for callback in callbacks})
    if len(numbers) > 1:
        raise FaultFound("forgets-idempotency", f"one submission, sent twice, was decided as {', '.join(numbers)}")


@check("decision-repeated")
async def decision_repeated(platform: Platform) -> None:
    """A decision that is answered 503 comes again, the same; once it is answered 200 it comes no more."""
    if platform.candidate.is_polled:
        raise NotTried("is-polled")
    callbacks = await _heard(platform)
    first = [one for one in callbacks if one.named("decision_id") == callbacks[0].named("decision_id")]
    if len(first) == 1:
        waited = f"{platform.candidate.wait_seconds:g} s"
        raise FaultFound("callback-not-repeated", f"answered 503, and within {waited} it did not come again")
    if any(one.body != first[0].body for one in first):
        raise FaultFound("callback-changes-on-repeat", f"first {first[0].raw[:300]!r}, then {first[1].raw[:300]!r}")
    answered = [one.answered for one in first]
    if 200 in answered[:-1]:
        raise FaultFound("callback-goes-on", f"it was answered {', '.join(map(str, answered))} and went on")
