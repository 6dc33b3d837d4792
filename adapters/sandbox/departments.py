"""The nine departments of the sandbox city and their ordinary way of working."""

from typing import Final

from adapters.sandbox.behaviours import Behaviour, Callback, Instant
from one_things.model import Record
from one_things.text import Text


class SandboxDepartment(Record):
    """A simulated department: how it decides unless it is switched, and what its results are called."""

    title: Text
    ordinarily: Behaviour
    result_title: Text


def _department(zh: str, en: str, ordinarily: Behaviour, result_zh: str, result_en: str) -> SandboxDepartment:
    return SandboxDepartment(
        title=Text(zh=zh, en=en), ordinarily=ordinarily, result_title=Text(zh=result_zh, en=result_en)
    )


DEPARTMENTS: Final[dict[str, SandboxDepartment]] = {
    "market-regulation": _department(
        "市场监督管理局", "Market regulation", Callback(), "登记通知书", "Notice of registration"
    ),
    "tax": _department("税务局", "Tax", Callback(), "清税证明", "Tax clearance"),
    "human-resources": _department(
        "人力资源和社会保障局",
        "Human resources and social security",
        Instant(),
        "社会保险业务办结单",
        "Social insurance record",
    ),
    "medical-insurance": _department(
        "医疗保障局", "Medical insurance", Instant(), "医疗保险业务办结单", "Medical insurance record"
    ),
    "provident-fund": _department(
        "住房公积金管理中心", "Housing provident fund", Instant(), "公积金业务办结单", "Provident fund record"
    ),
    "customs": _department("海关", "Customs", Callback(), "海关备案注销通知", "Notice of customs record"),
    "commerce": _department("商务局", "Commerce", Instant(), "商务备案办结单", "Commerce record"),
    "public-security": _department(
        "公安局", "Public security", Callback(), "印章缴销证明", "Proof of seal destruction"
    ),
    "bank": _department("开户银行", "Bank", Callback(), "销户确认书", "Confirmation of account closing"),
}
"""By department code. Tax and the registry examine, customs, seals and the bank act later: they call back."""
