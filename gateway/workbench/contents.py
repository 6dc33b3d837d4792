"""Contents on the workbench: an officer reads the materials of their item, and uploads what becomes a result."""

from gateway import errors
from gateway.acting import closed
from gateway.case_contents import Opened, opened_content, stored_for
from gateway.services import GatewayServices
from gateway.uploads import StoredContent
from gateway.workbench.claims import require_claim
from gateway.workbench.desk import DeskItem
from one_things.case import CasePhase
from one_things.contents import material_of, may_fetch
from one_things.inbox import OfficerDid
from one_things.preparing import materials_with


async def content_for_officer(services: GatewayServices, seen: DeskItem, digest: str) -> Opened:
    """A content of the item: a material that lies with the department, or a result that it issued.

    Raises ContentNotFound for every other content of the case, ContentErased, ContentDamaged.
    """
    issued = any(result.digest == digest for result in seen.item.results)
    of_item = any(one.digest == digest for one in materials_with(seen.state, seen.planned))
    if not issued and not (of_item and may_fetch(seen.state, seen.desk.department, digest)):
        raise errors.ContentNotFound
    opened = await opened_content(services, seen.state.case_no, digest, material_of(seen.state, digest))
    await services.workbench.note(seen.about, OfficerDid.FETCHED, thing=material_of(seen.state, digest))
    return opened


async def store_result(
    services: GatewayServices, seen: DeskItem, content: bytes, stated: str | None = None
) -> StoredContent:
    """Keep a content that is to be a result; it becomes one by its digest in the approval.

    Raises what ``judged`` raises, CommandNotPossible (not claimed, closed), TooMuchUploaded.
    """
    require_claim(seen)
    if seen.state.phase is CasePhase.CLOSED:
        raise closed()
    return await stored_for(services, seen.state.case_no, content, stated)
