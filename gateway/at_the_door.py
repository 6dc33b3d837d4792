"""What every act of a department has in common at the door, and how what an official wrote is sealed there."""

from pydantic import Field

from event_store.errors import KeyDestroyed, UnknownCase
from gateway import errors
from gateway.decisions import FromOutside, Identifier
from gateway.services import GatewayServices
from one_things.definition import Slug
from one_things.sealed import Sealed
from security.sealing import CaseKeyErased
from workflows.handles import CaseNotRunning


class ActAtTheDoor(FromOutside):
    """An act about one attempt at one item. Sent again with the same id it is a repeat."""

    act_id: Identifier
    case_no: Identifier
    item: Slug
    attempt: int = Field(ge=1, le=1000)


async def sealed_text(services: GatewayServices, case_no: str, written: str) -> Sealed:
    """What an official wrote, sealed. Raises CaseNotFound, CaseNotRunning when the person's data was erased."""
    try:
        return await services.secrets.seal_text(case_no, written)
    except UnknownCase:
        raise errors.CaseNotFound from None
    except (CaseKeyErased, KeyDestroyed):
        raise CaseNotRunning("the person's data was erased") from None
