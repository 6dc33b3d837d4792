"""What operators put right."""

from one_things.model import Record
from one_things.sealed import Sealed


class SettleTask(Record):
    """An operator says a task is put right, and how."""

    item: str
    operator: str
    note: Sealed


TaskCommand = SettleTask
