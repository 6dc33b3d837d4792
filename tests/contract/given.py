"""Submissions and purposes for the contract."""

from datetime import UTC, datetime

from pydantic import JsonValue
from stdnum.cn import uscc

from adapters.port import MaterialReference, Purpose, Submission
from one_things.idempotency import idempotency_key
from one_things.text import Text
from tests.contract.inbox import Inbox


def credit_code(serial: int) -> str:
    """A valid credit code (GB 32100) of a company that does not exist."""
    body = f"91441900MA{serial:07d}"
    return body + uscc.calc_check_digit(body)


CREDIT_CODE = credit_code(19)


def submission(
    inbox: Inbox,
    case_no: str,
    *,
    department: str = "tax",
    item: str = "tax-clearance",
    attempt: int = 1,
    credit_code: str = CREDIT_CODE,
    **fields: JsonValue,
) -> Submission:
    return Submission(
        key=idempotency_key(case_no, item, attempt),
        case_no=case_no,
        item=item,
        attempt=attempt,
        department=department,
        fields={"company.credit_code": credit_code, "company.name": "测试企业甲有限公司", **fields},
        materials=(
            MaterialReference(id="resolution", title=Text(zh="股东会决议", en="Resolution"), digest="sha-256:00"),
        ),
        callback_url=inbox.callback_url(department),
        requested_at=datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
    )


def purpose(case_no: str) -> Purpose:
    return Purpose(case_no=case_no, item="tax-clearance", basis="税收征收管理法第十六条")
