"""What operators put right."""

from one_things.model import Record
from one_things.money import PaymentMade
from one_things.sealed import Sealed


class SettleTask(Record):
    """An operator says a task is put right, and how."""

    item: str
    operator: str
    note: Sealed
    payment: PaymentMade | None = None
    """Where the task is about money: what was moved by hand, exactly."""


class RetryItem(Record):
    """An operator has a failed item submitted once more."""

    item: str
    operator: str
    credit_anew: bool = False
    """Whether a credit record that barred is asked again; False only in retries from before that was so."""


class HandOverMoney(Record):
    """Everything is done but a deposit is left over: a person has to see to it."""

    item: str


TaskCommand = SettleTask | RetryItem | HandOverMoney
