"""Look-ups: what is held, and what is not; silence is never an answer."""

from pydantic_core import to_json

from adapters.conformance.candidate import SourceToLookUp
from adapters.conformance.check import FaultFound, NotTried, check
from adapters.conformance.exchange import Exchange
from adapters.conformance.platform import Platform, in_path
from adapters.http_answers import read_licence_answer, read_lookup_answer
from adapters.port import Found, LicenceFound, NotFound

_NOBODY = "nobody-has-this-number"


@check("dataset-answers")
async def dataset_answers(platform: Platform) -> None:
    """A record is found for the subject that was named, and none for one that cannot exist."""
    if not platform.candidate.datasets:
        raise NotTried("not-served")
    for source in platform.candidate.datasets:
        found = await _looked_up(platform, "datasets", source, source.subject)
        if not isinstance(read_lookup_answer(platform.candidate.department, found.status, found.body), Found):
            raise FaultFound("lookup-unreadable", f"{found.line()}: {found.came()}")
        none = await _looked_up(platform, "datasets", source, dict.fromkeys(source.subject, _NOBODY))
        if not isinstance(read_lookup_answer(platform.candidate.department, none.status, none.body), NotFound):
            raise FaultFound("not-found-not-said", f"{none.line()}: {none.came()}")


@check("licence-answers")
async def licence_answers(platform: Platform) -> None:
    """A licence is found for its holder, and none for somebody who cannot exist."""
    if not platform.candidate.licences:
        raise NotTried("not-served")
    for source in platform.candidate.licences:
        found = await _looked_up(platform, "licences", source, source.subject)
        if not isinstance(read_licence_answer(platform.candidate.department, found.status, found.body), LicenceFound):
            raise FaultFound("lookup-unreadable", f"{found.line()}: {found.came()}")
        none = await _looked_up(platform, "licences", source, dict.fromkeys(source.subject, _NOBODY))
        if not isinstance(read_licence_answer(platform.candidate.department, none.status, none.body), NotFound):
            raise FaultFound("not-found-not-said", f"{none.line()}: {none.came()}")


async def _looked_up(platform: Platform, kind: str, source: SourceToLookUp, subject: dict[str, str]) -> Exchange:
    purpose = {"case_no": platform.next_case(), "basis": "a check before connecting", "authorised_by": "test-subject"}
    body = to_json({"subject": subject, "purpose": purpose})
    return await platform.call("POST", f"/{kind}/{in_path(source.name)}/lookups", body)
