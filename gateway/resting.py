"""The applicant, or an agent whose mandate says so, rests a case or goes on with it."""

from gateway.acting import acting_for, told
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from one_things.commands import ResumeCase, SuspendCase
from one_things.events import Channel
from one_things.model import Record
from workflows.messages import Receipt


class RestRequest(Record):
    """Through which door it is asked for."""

    channel: Channel = Channel.WEB


async def suspend(services: GatewayServices, seen: SeenCase, request: RestRequest) -> Receipt:
    """Rest the case. Raises NotAllowed for anyone without a mandate, CommandNotPossible, OutOfService."""
    command = SuspendCase(channel=request.channel, by=acting_for(seen))
    return await told(seen, services.cases.suspend(seen.state.case_no, command))


async def resume(services: GatewayServices, seen: SeenCase, request: RestRequest) -> Receipt:
    """Go on with it; the same errors."""
    command = ResumeCase(channel=request.channel, by=acting_for(seen))
    return await told(seen, services.cases.resume(seen.state.case_no, command))
