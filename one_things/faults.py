"""What is wrong with something a person handed in: the field, the reason and the fix; all faults at once."""

from one_things.model import Record
from one_things.text import Text


class Fault(Record):
    """One fault. ``field`` is a path such as ``form.company.credit_code``; ``code`` is stable and for programs."""

    field: str
    code: str
    reason: Text
    fix: Text


class DomainError(Exception):
    """Root of the errors of this room; every one carries a stable ``code``."""

    code = "domain-error"


class ApplicationRefused(DomainError):
    """The application cannot become a plan. ``faults`` lists everything that is wrong, at once."""

    code = "application-refused"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.reason.en}" for fault in faults))
        self.faults = faults


class CommandRefused(DomainError):
    """The state of the case does not allow the command. ``code`` says why, ``reason`` says it to a person."""

    def __init__(self, code: str, reason: Text) -> None:
        super().__init__(reason.en)
        self.code = code
        self.reason = reason
