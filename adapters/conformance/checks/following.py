"""What follows a submission: materials that were deferred."""

from pydantic_core import to_json

from adapters.conformance.candidate import Serves
from adapters.conformance.check import FaultFound, NotTried, check
from adapters.conformance.listener import MATERIAL_DIGEST
from adapters.conformance.platform import Platform, in_path
from adapters.port import Taken, material_key_of


@check("material-follows")
async def material_follows(platform: Platform) -> None:
    """A material that follows is taken once, however often it comes."""
    if Serves.DEFERRED not in platform.candidate.serves:
        raise NotTried("not-served")
    later = platform.later_material()
    submission = platform.submission(deferred=(later,))
    await platform.taken(submission)
    body = to_json({"materials": [{"id": later.id, "title": later.title, "digest": MATERIAL_DIGEST}]})
    path, key = f"/submissions/{in_path(submission.key)}/materials", material_key_of(submission.key, later.id)
    first = await platform.call("POST", path, body, key)
    if isinstance(platform.known_undo(first), Taken):
        raise FaultFound("material-not-confirmed", f"{first.line()}: {first.came()}")
    again = await platform.call("POST", path, body, key, note="the same again")
    if again.said() != first.said():
        raise FaultFound("answers-differently-on-repeat", f"first {first.came()}, then {again.came()}")
