"""How what an official wrote is sealed at the door."""

from event_store.errors import KeyDestroyed, UnknownCase
from gateway import errors
from gateway.services import GatewayServices
from one_things.sealed import Sealed
from security.sealing import CaseKeyErased
from workflows.handles import CaseNotRunning


async def sealed_text(services: GatewayServices, case_no: str, written: str) -> Sealed:
    """What an official wrote, sealed. Raises CaseNotFound, CaseNotRunning when the person's data was erased."""
    try:
        return await services.secrets.seal_text(case_no, written)
    except UnknownCase:
        raise errors.CaseNotFound from None
    except (CaseKeyErased, KeyDestroyed):
        raise CaseNotRunning("the person's data was erased") from None
