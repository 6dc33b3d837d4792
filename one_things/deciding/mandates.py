"""Mandates given and revoked by the applicant; what they allow is judged in ``acting_for``."""

from datetime import datetime

from one_things import events as e
from one_things.case import CaseState
from one_things.commands import GiveMandate, RevokeMandate
from one_things.deciding.dispatch import decision
from one_things.faults import CommandRefused
from one_things.text import Text


@decision.register
def _(command: GiveMandate, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.agent == state.owner:
        raise CommandRefused("own-agent", Text(zh="不能委托自己。", en="Nobody is their own agent."))
    if command.ends_at <= at:
        raise CommandRefused("mandate-ends-before", Text(zh="委托期限须晚于现在。", en="A mandate ends in the future."))
    scope = tuple(sorted(set(command.scope) | {e.MandateScope.FOLLOW}))
    held = state.mandates.get(command.agent)
    if held is not None and held.revoked_at is None and (held.scope, held.ends_at) == (scope, command.ends_at):
        return ()
    return (e.MandateGiven(at=at, agent=command.agent, scope=scope, ends_at=command.ends_at, channel=command.channel),)


@decision.register
def _(command: RevokeMandate, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    held = state.mandates.get(command.agent)
    if held is None:
        raise CommandRefused("no-mandate", Text(zh="没有这项委托。", en="There is no such mandate."))
    if held.revoked_at is not None:
        return ()
    return (e.MandateRevoked(at=at, agent=command.agent, channel=command.channel),)
