"""What only a person can put right."""

from typing import Literal

from one_things.events.vocabulary import ItemEvent, TaskKind
from one_things.sealed import Sealed


class OperatorTaskOpened(ItemEvent):
    """Something only a person can put right; the case waits for it."""

    type: Literal["operator_task_opened"] = "operator_task_opened"
    kind: TaskKind
    reason: Sealed | None = None


class OperatorTaskSettled(ItemEvent):
    """An operator put it right, outside the system, and says how."""

    type: Literal["operator_task_settled"] = "operator_task_settled"
    operator: str
    note: Sealed


class ItemRetried(ItemEvent):
    """An operator has it submitted once more, as the next attempt; the task is settled by it."""

    type: Literal["item_retried"] = "item_retried"
    operator: str
    credit_anew: bool = False
    """The credit record barred it, and is asked again: what was put right there must be seen."""


TaskEvent = OperatorTaskOpened | OperatorTaskSettled | ItemRetried
