"""The departments of the sandbox city, and their ordinary way of working.

The city serves every department that a bundle in force names: those described here in their own way, any other one in
the way of an office that takes a submission and calls back. A new bundle therefore needs nothing here.
"""

from collections.abc import Iterable
from typing import Final

from adapters.sandbox.behaviours import Behaviour, Callback, Instant
from one_things.definition import Bundle
from one_things.model import Record
from one_things.text import Text


class SandboxDepartment(Record):
    """How a simulated department decides unless it is switched, and what its results are called."""

    ordinarily: Behaviour
    result_title: Text


def _department(ordinarily: Behaviour, result_zh: str, result_en: str) -> SandboxDepartment:
    return SandboxDepartment(ordinarily=ordinarily, result_title=Text(zh=result_zh, en=result_en))


_ANY_OTHER: Final = _department(Callback(), "办结单", "Record of completion")

DESCRIBED: Final[dict[str, SandboxDepartment]] = {
    "market-regulation": _department(Callback(), "登记通知书", "Notice of registration"),
    "tax": _department(Callback(), "清税证明", "Tax clearance"),
    "human-resources": _department(Instant(), "社会保险业务办结单", "Social insurance record"),
    "medical-insurance": _department(Instant(), "医疗保险业务办结单", "Medical insurance record"),
    "provident-fund": _department(Instant(), "公积金业务办结单", "Provident fund record"),
    "customs": _department(Callback(), "海关备案注销通知", "Notice of customs record"),
    "commerce": _department(Instant(), "商务备案办结单", "Commerce record"),
    "public-security": _department(Callback(), "印章缴销证明", "Proof of seal destruction"),
    "bank": _department(Callback(), "销户确认书", "Confirmation of account closing"),
}
"""By department code. Tax and the registry examine, customs, seals and the bank act later: they call back."""


def department(code: str) -> SandboxDepartment:
    """The department of this code; one that nobody described works like any office."""
    return DESCRIBED.get(code, _ANY_OTHER)


def departments_of(bundles: Iterable[Bundle]) -> tuple[str, ...]:
    """Every department that one of these bundles names, in alphabetical order."""
    return tuple(sorted({named.id for bundle in bundles for named in bundle.departments}))
