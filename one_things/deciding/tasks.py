"""Tasks of operators."""

from datetime import datetime

from one_things import events as e
from one_things.case import CaseState
from one_things.commands import (
    SettleTask,
)
from one_things.deciding.dispatch import decision
from one_things.faults import CommandRefused
from one_things.text import Text


@decision.register
def _(command: SettleTask, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if all(task.item != command.item for task in state.tasks):
        raise CommandRefused("no-such-task", Text(zh="没有这项待办。", en="There is no such task."))
    return (e.OperatorTaskSettled(at=at, item=command.item, operator=command.operator, note=command.note),)
