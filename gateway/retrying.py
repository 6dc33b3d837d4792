"""An operator has a failed item submitted once more: after the pivot nothing is undone, it is tried again."""

from gateway.acting import require_item, told
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from one_things.commands import RetryItem
from workflows.messages import Receipt


async def retry(services: GatewayServices, seen: SeenCase, item: str) -> Receipt:
    """The next attempt. The caller has been checked to be an operator. Raises ItemNotFound, CommandNotPossible."""
    require_item(seen, item)
    command = RetryItem(item=item, operator=seen.caller.subject, credit_anew=True)
    return await told(seen, services.cases.retry_item(seen.state.case_no, command))
