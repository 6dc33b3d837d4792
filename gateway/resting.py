"""The applicant rests a case, or goes on with it."""

from gateway.acting import require_owner, told
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from one_things.commands import ResumeCase, SuspendCase
from one_things.events import Channel
from one_things.model import Record
from workflows.messages import Receipt


class RestRequest(Record):
    """Through which door the applicant asks for it."""

    channel: Channel = Channel.WEB


async def suspend(services: GatewayServices, seen: SeenCase, request: RestRequest) -> Receipt:
    """Rest the case. Raises NotAllowed for anyone but the owner, CommandNotPossible, OutOfService."""
    require_owner(seen)
    return await told(seen, services.cases.suspend(seen.state.case_no, SuspendCase(channel=request.channel)))


async def resume(services: GatewayServices, seen: SeenCase, request: RestRequest) -> Receipt:
    """Go on with it; the same errors."""
    require_owner(seen)
    return await told(seen, services.cases.resume(seen.state.case_no, ResumeCase(channel=request.channel)))
