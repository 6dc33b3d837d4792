"""Which behaviour applies: what is switched for a department, a subject or an item; else the ordinary way.

A scenario names a subject (the credit code of a company, the identity number of a person), an item, or both, and goes
before the switch of a whole department; the more it names, the earlier it is asked.
"""

from typing import Final

from adapters.sandbox import departments
from adapters.sandbox.behaviours import (
    BEHAVIOUR,
    Behaviour,
    Correction,
    Down,
    ErrorForCalls,
    Instant,
    Operation,
    Silent,
)
from adapters.sandbox.ledger import Ledger
from adapters.sandbox.settings import KnownItem
from one_things.model import Record

ALL: Final = ""
"""Stands for any department, subject or item."""


class Switch(Record):
    """Where a behaviour applies."""

    department: str = ALL
    subject: str = ALL
    item: str = ALL
    operation: Operation = Operation.SUBMIT


EVERYTHING: Final = Switch()
"""Whatever no other switch names, and any operation."""


class Switchboard:
    """The switches in memory, written through to the ledger."""

    def __init__(self, ledger: Ledger, items: tuple[KnownItem, ...]) -> None:
        self._ledger = ledger
        self._notices = frozenset((known.department, known.item) for known in items if known.notice)
        self._switches: dict[Switch, Behaviour] = {
            Switch(department=department, subject=subject, item=item, operation=Operation(operation)): (
                BEHAVIOUR.validate_json(behaviour)
            )
            for department, subject, item, operation, behaviour in ledger.execute(
                "SELECT department, subject, item, operation, behaviour FROM switches"
            )
        }

    def switch(self, where: Switch, behaviour: Behaviour) -> None:
        """From now on ``behaviour`` applies here."""
        self._ledger.execute(
            "INSERT OR REPLACE INTO switches (department, subject, item, operation, behaviour) VALUES (?, ?, ?, ?, ?)",
            (where.department, where.subject, where.item, where.operation, behaviour.model_dump_json()),
        )
        self._switches[where] = behaviour

    def reset(self, where: Switch) -> None:
        """From now on the next less specific switch applies here, or the ordinary way."""
        self._ledger.execute(
            "DELETE FROM switches WHERE department = ? AND subject = ? AND item = ? AND operation = ?",
            (where.department, where.subject, where.item, where.operation),
        )
        self._switches.pop(where, None)

    def all(self) -> dict[Switch, Behaviour]:
        """Every switch that is set."""
        return dict(self._switches)

    def forget(self) -> None:
        """Nothing is switched any more; the ledger was cleared."""
        self._switches.clear()

    def is_down(self, department: str) -> bool:
        """Whether the whole department is down, for questions and look-ups as well."""
        return bool(self._switches) and isinstance(self._switches.get(Switch(department=department)), Down)

    def behaviour(self, department: str, subject: str, item: str, attempt: int, operation: Operation) -> Behaviour:
        """How the department behaves to this call. A call that meets `ErrorForCalls` is counted off it."""
        ordinary = self._ordinary(department, item, operation)
        if not self._switches:
            return ordinary
        for where in (
            Switch(subject=subject, item=item, operation=operation),
            Switch(subject=subject, operation=operation),
            Switch(item=item, operation=operation),
            Switch(department=department, operation=operation),
            EVERYTHING,
        ):
            switched = self._switches.get(where)
            if switched is None:
                continue
            if isinstance(switched, Correction) and attempt > 1 and not switched.every_time:
                return ordinary
            if isinstance(switched, ErrorForCalls):
                self._count_off(where, switched)
            return switched
        return ordinary

    def is_notice(self, department: str, item: str) -> bool:
        """Whether the item only runs a public notice."""
        return (department, item) in self._notices

    def _ordinary(self, department: str, item: str, operation: Operation) -> Behaviour:
        if operation is not Operation.SUBMIT:
            return Instant()
        if self.is_notice(department, item):
            return Silent()  # a notice ends by its own time; only an objection is ever reported
        return departments.department(department).ordinarily

    def _count_off(self, where: Switch, switched: ErrorForCalls) -> None:
        if switched.calls > 1:
            self.switch(where, ErrorForCalls(calls=switched.calls - 1))
        else:
            self.reset(where)
