"""Mandates (帮办代办) at the door: the applicant names an agent's account, what they may do, and until when."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from pydantic import Field

from gateway.acting import require_owner, told
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from gateway.texts import text
from gateway.views.case_view import time_of_case
from gateway.views.mandates import MandateView
from gateway.views.moments import last_day
from one_things.clock import end_of_day
from one_things.commands import GiveMandate, RevokeMandate
from one_things.events import Channel, MandateScope
from one_things.model import Record
from one_things.text import Word
from workflows.messages import Receipt


class MandateRequest(Record):
    """A mandate. To follow the case is always part of it."""

    agent: Word = Field(min_length=1)
    """The agent's account, as the agent's own page names it."""
    scope: tuple[MandateScope, ...] = Field(min_length=1, max_length=10)
    ends_on: date
    """The last day of the mandate, in Asia/Shanghai."""
    channel: Channel = Channel.WEB


class RevocationRequest(Record):
    """Take the mandate of this agent back."""

    agent: Word = Field(min_length=1)
    channel: Channel = Channel.WEB


async def give(services: GatewayServices, seen: SeenCase, request: MandateRequest) -> Receipt:
    """Let an agent act. Raises NotAllowed for anybody but the applicant, CommandNotPossible, OutOfService."""
    require_owner(seen)
    command = GiveMandate(
        agent=request.agent, scope=request.scope, ends_at=end_of_day(request.ends_on), channel=request.channel
    )
    return await told(seen, services.cases.give_mandate(seen.state.case_no, command))


async def revoke(services: GatewayServices, seen: SeenCase, request: RevocationRequest) -> Receipt:
    """Take a mandate back; same errors."""
    require_owner(seen)
    command = RevokeMandate(agent=request.agent, channel=request.channel)
    return await told(seen, services.cases.revoke_mandate(seen.state.case_no, command))


def scope_of(seen: SeenCase) -> frozenset[MandateScope]:
    """What the caller may do as an agent now; nothing for everybody else."""
    mandate = seen.state.mandates.get(seen.caller.subject)
    if mandate is None or not mandate.holds(time_of_case(seen.state, datetime.now(UTC))):
        return frozenset()
    return frozenset(mandate.scope)


def mandate_views(seen: SeenCase) -> Iterable[MandateView]:
    """The mandates of the case, as the applicant, an agent or an operator reads them."""
    now = time_of_case(seen.state, datetime.now(UTC))
    for agent, mandate in seen.state.mandates.items():
        yield MandateView(
            agent=agent,
            scope=mandate.scope,
            scope_texts=tuple(text(f"mandate.{scope.value}") for scope in mandate.scope),
            last_day=last_day(mandate.ends_at),
            revoked=mandate.revoked_at is not None,
            holds=mandate.holds(now),
        )
