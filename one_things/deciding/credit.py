"""The credit check before a submission: who is barred is refused, as the item's department would."""

from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.commands import RecordCredit, RecordCreditUnavailable
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of
from one_things.deciding.verdicts import refuse

CREDIT_BARRED = "credit-barred"
"""The code of an item that the credit record bars; its reason is the one declared in the plan."""


@decision.register
def _(command: RecordCredit, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if item.credit is not None or item.status is not ItemStatus.WAITING or state.phase is not CasePhase.OPEN:
        return ()
    outcome = e.CreditOutcome.BARRED if command.barred else e.CreditOutcome.CLEAR
    looked_up = None if command.looked_up is None else command.looked_up.for_items((command.item,))
    checked = e.CreditChecked(at=at, item=command.item, outcome=outcome, digest=command.digest, looked_up=looked_up)
    check = state.plan.item(command.item).credit_check
    if not command.barred or check is None:
        return (checked,)
    decision_id = f"{command.item}:credit-check"
    refused = refuse(state, command.item, decision_id, CREDIT_BARRED, None, check.article, at, by_platform=True)
    return (checked, *refused)


@decision.register
def _(command: RecordCreditUnavailable, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if item.credit is not None or item.credit_unavailable_since is not None:
        return ()
    return (e.CreditUnavailable(at=at, item=command.item),)
