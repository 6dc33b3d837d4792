"""An example of every exchange; each fits its schemas, and what a department serves is played against the sandbox."""

from typing import Any, Final, NamedTuple
from urllib.parse import quote

from adapters.contract_versions import CLOUD_EVENT, HEADER, JSON
from runtime.department_api.vectors import example_list

_PROBLEM: Final = "application/problem+json"
_CASE: Final = "4419-2026-000017"
_KEY: Final = f"{_CASE}:tax-clearance:1"
_CALLBACK: Final = "https://onething.example.org/departments/tax/decisions"
_TITLE: Final = {"zh": "清税证明", "en": "Tax clearance"}
_RESULT: Final = {
    "id": "tax-clearance-confirmation",
    "title": _TITLE,
    "kind": "confirmation",
    "reference": "T-2026-0042",
}
_MATERIAL: Final = {
    "id": "liquidation-report",
    "title": {"zh": "清算报告", "en": "Liquidation report"},
    "digest": "sha-256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
_SUBJECT: Final = {"company.credit_code": "91441900MA00000049"}
_PURPOSE: Final = {"case_no": _CASE, "item": "tax-clearance", "basis": "税收征收管理法第十六条", "authorised_by": None}
_SUBMISSION: Final = {
    "key": _KEY,
    "case_no": _CASE,
    "item": "tax-clearance",
    "operation": "submit",
    "attempt": 1,
    "department": "tax",
    "fields": {**_SUBJECT, "company.name": "测试企业丁有限公司"},
    "materials": [_MATERIAL],
    "callback_url": _CALLBACK,
    "requested_at": "2026-11-22T08:00:00Z",
}
_PROMISE: Final = {
    "material": "no-debts",
    "title": {"zh": "无欠税承诺", "en": "Promise: nothing is owed"},
    "text": {"zh": "本企业承诺已结清全部税款。", "en": "The company promises that all taxes are paid."},
    "digest": "international:9f86d081884c7d65",
    "result": "approved",
}
_APPROVED: Final = {"results": [_RESULT]}
_ACT: Final = {"case_no": _CASE, "item": "tax-clearance", "attempt": 1}


class _Body(NamedTuple):
    schema: str
    body: Any


class _Exchange(NamedTuple):
    name: str
    about: str
    method: str
    path: str
    sent: _Body | None
    status: int
    answered: _Body
    key: str | None = None
    media_type: str = JSON
    version: int | None = None


def _submitted(name: str, about: str, status: int, answered: _Body, **more: Any) -> _Exchange:
    sent = _Body("submission", {**_SUBMISSION, **more})
    return _Exchange(name, about, "POST", "/submissions", sent, status, answered, sent.body["key"])


def _asked(name: str, about: str, status: int, answered: _Body) -> _Exchange:
    return _Exchange(name, about, "GET", f"/submissions/{_KEY}", None, status, answered)


def _listed(name: str, about: str, after: str, status: int, answered: _Body) -> _Exchange:
    path = "/decisions?limit=500" + (f"&after={quote(after, safe='')}" if after else "")
    return _Exchange(name, about, "GET", path, None, status, answered)


def _told(name: str, about: str, door: str, schema: str, body: dict[str, Any], outcome: str) -> _Exchange:
    receipt = _Body("decision-receipt", {"outcome": outcome})
    return _Exchange(name, about, "POST", f"/departments/tax/{door}", _Body(schema, body), 200, receipt)


_SERVED: Final = (
    _submitted("submit-taken", "Taken; the decision comes by callback.", 202, _Body("taken", {"reference": "SW-17"})),
    _submitted("submit-approved", "Approved at once.", 200, _Body("done", _APPROVED)),
    _submitted(
        "submit-received",
        "Received only: to be accepted within five working days (行政许可法 32).",
        202,
        _Body("taken", {"reference": "SW-17", "accepted": False}),
    ),
    _submitted(
        "submit-refused",
        "Refused with a reason.",
        400,
        _Body("refusal", {"code": "owes-tax", "reason": "尚有未结清税款", "article": "税收征收管理法实施细则第十六条"}),
    ),
    _submitted(
        "submit-correction",
        "Everything that is missing, once.",
        400,
        _Body(
            "correction",
            {
                "code": "correction",
                "points": [{"code": "incomplete", "field_or_material": "liquidation-report", "text": "清算报告未签章"}],
            },
        ),
    ),
    _submitted(
        "submit-money",
        "An item that moves money: exactly the ordered amount is confirmed.",
        200,
        _Body(
            "done",
            {"results": [], "payment": {"amount_fen": 12300, "currency": "CNY", "reference": "P-2026-7"}},
        ),
        payment={"role": "charge", "amount_fen": 12300, "currency": "CNY", "payer": "company", "payee": None},
    ),
    _submitted(
        "report-of-a-promise",
        "What became of an item that a promise went with.",
        200,
        _Body("done", {"results": []}),
        operation="report",
        key=f"{_KEY}:commitment:no-debts:approved",
        commitments=[_PROMISE],
    ),
    _Exchange(
        "submit-version-2",
        "Version 2: a CloudEvent, and the version named on both ways.",
        "POST",
        "/submissions",
        _Body(
            "submission-event",
            {
                "specversion": "1.0",
                "id": _KEY,
                "source": "https://onething.example.org",
                "type": "cn.onething.submission",
                "subject": f"{_CASE}/tax-clearance",
                "time": "2026-11-22T08:00:00Z",
                "datacontenttype": "application/json",
                "data": _SUBMISSION,
            },
        ),
        202,
        _Body("taken", {"reference": "SW-17"}),
        _KEY,
        CLOUD_EVENT,
        2,
    ),
    _submitted(
        "same-key-other-body",
        "Another body under a key that was used.",
        409,
        _Body("problem", {"code": "key-conflict", "title": "Another body was taken under this key.", "status": 409}),
        fields={**_SUBJECT, "company.name": "测试企业戊有限公司"},
    ),
    _asked("ask-approved", "It arrived, and this was decided.", 200, _Body("done", _APPROVED)),
    _asked("ask-open", "It arrived, and nothing is decided yet.", 202, _Body("taken", {"reference": "SW-17"})),
    _asked(
        "ask-never-arrived",
        "It is safe to send.",
        404,
        _Body("problem", {"code": "never-arrived", "title": "Nothing arrived under this key.", "status": 404}),
    ),
    _Exchange(
        "undo",
        "Withdrawn.",
        "POST",
        f"/submissions/{_KEY}/undo",
        _Body("undo-request", {"reason": "cancelled"}),
        200,
        _Body("done", {"results": []}),
        f"{_KEY}:undo",
    ),
    _Exchange(
        "undo-refused",
        "It cannot be undone; an operator is told the reason.",
        "POST",
        f"/submissions/{_KEY}/undo",
        _Body("undo-request", {"reason": "cancelled"}),
        400,
        _Body("refusal", {"code": "final", "reason": "登记完成后不可撤回"}),
        f"{_KEY}:undo",
    ),
    _Exchange(
        "material-follows",
        "A material that was deferred.",
        "POST",
        f"/submissions/{_KEY}/materials",
        _Body("supply-request", {"materials": [_MATERIAL]}),
        200,
        _Body("done", {"results": []}),
        f"{_KEY}:material:liquidation-report",
    ),
    _Exchange(
        "look-up-data",
        "Shared data.",
        "POST",
        "/datasets/tax-clearance-status/lookups",
        _Body("lookup-request", {"subject": _SUBJECT, "purpose": _PURPOSE}),
        200,
        _Body("found", {"fields": {"cleared": True}, "as_of": "2026-11-22T08:00:00Z"}),
    ),
    _Exchange(
        "look-up-data-not-found",
        "Nothing is held about this subject.",
        "POST",
        "/datasets/no-such-data/lookups",
        _Body("lookup-request", {"subject": _SUBJECT, "purpose": _PURPOSE}),
        404,
        _Body("problem", {"code": "not-found", "title": "Nothing is held about this subject.", "status": 404}),
    ),
    _Exchange(
        "look-up-licence",
        "An e-licence, with its holder's authorisation.",
        "POST",
        "/licences/tax-certificate/lookups",
        _Body("lookup-request", {"subject": _SUBJECT, "purpose": {**_PURPOSE, "authorised_by": "applicant-1"}}),
        200,
        _Body(
            "licence",
            {
                "licence": {
                    "identifier": "1.2.156.3005.2.TAX.TAX.SIM000078.001.Y",
                    "type": "tax-certificate",
                    "holder": "测试企业丁有限公司",
                    "holder_number": "91441900MA00000049",
                    "status": "in_force",
                    "valid_from": "2020-01-01",
                    "valid_until": None,
                },
                "as_of": "2026-11-22T08:00:00Z",
            },
        ),
    ),
    _listed(
        "list-decisions",
        "A department that is polled: decisions and acts, each signed as if it were sent.",
        "",
        200,
        _Body("decision-list", example_list()),
    ),
    _listed(
        "list-decisions-nothing-new",
        "Nothing was decided behind this position.",
        example_list()["entries"][-1]["cursor"],
        200,
        _Body("decision-list", {"entries": [], "more": False}),
    ),
    _listed(
        "list-decisions-cursor-unknown",
        "This is no position of the list, as after a restored backup: it is read again from its beginning.",
        "of-another-list",
        410,
        _Body("problem", {"code": "cursor-unknown", "title": "This is no position of this list.", "status": 410}),
    ),
)
_CALLED: Final = (
    _told(
        "decision-approved",
        "Approved, with its results.",
        "decisions",
        "decision",
        {
            "decision_id": "T-2026-0042",
            **_ACT,
            "verdict": "approved",
            "results": [{name: _RESULT[name] for name in ("id", "kind", "reference")}],
            "decided_at": "2026-11-23T02:00:00Z",
        },
        "counted",
    ),
    _told(
        "decision-refused",
        "Refused, with the reason that the applicant reads.",
        "decisions",
        "decision",
        {
            "decision_id": "T-2026-0042",
            **_ACT,
            "verdict": "refused",
            "code": "owes-tax",
            "reason": "尚有未结清税款",
            "article": "税收征收管理法实施细则第十六条",
        },
        "counted",
    ),
    _told(
        "decision-correction",
        "One correction notice, and a complete one.",
        "decisions",
        "decision",
        {
            "decision_id": "T-2026-0041",
            **_ACT,
            "verdict": "correction",
            "points": [{"code": "incomplete", "field_or_material": "liquidation-report", "text": "清算报告未签章"}],
        },
        "counted",
    ),
    _told(
        "decision-repeated",
        "The same decision again is a success.",
        "decisions",
        "decision",
        {"decision_id": "T-2026-0042", **_ACT, "verdict": "approved"},
        "repeat",
    ),
    _told("act-accepted", "Accepted.", "acts", "act", {"act": "accepted", "act_id": "a-1", **_ACT}, "counted"),
    _told(
        "act-returned",
        "Returned before acceptance (退件).",
        "acts",
        "act",
        {
            "act": "returned",
            "act_id": "a-2",
            **_ACT,
            "reason": "materials-incomplete",
            "responsible": "applicant",
            "note": "缺少清算报告",
        },
        "counted",
    ),
    _told(
        "act-procedure-begun",
        "A special procedure stops the clock (行政许可法 45).",
        "acts",
        "act",
        {"act": "procedure_begun", "act_id": "a-3", **_ACT, "procedure": "on-site-check"},
        "counted",
    ),
    _told(
        "act-procedure-ended",
        "The clock runs on.",
        "acts",
        "act",
        {"act": "procedure_ended", "act_id": "a-4", **_ACT, "procedure": "on-site-check"},
        "counted",
    ),
    _told(
        "act-extended",
        "The limit is extended, once (行政许可法 42).",
        "acts",
        "act",
        {
            "act": "extended",
            "act_id": "a-5",
            **_ACT,
            "working_days": 5,
            "approver": "办公室 001",
            "reason": "案情复杂",
        },
        "counted",
    ),
    _told(
        "act-signed",
        "An institution signed what it was asked to sign.",
        "acts",
        "act",
        {"act": "signed", "act_id": "a-6", **_ACT, "party": "seller-bank", "digest": "sha-256:9f86d081884c7d65"},
        "counted",
    ),
    _told(
        "act-dispatched",
        "Papers were handed to a carrier.",
        "acts",
        "act",
        {"act": "dispatched", "act_id": "a-7", **_ACT, "carrier": "邮政", "number": "TEST0001"},
        "counted",
    ),
    _Exchange(
        "event",
        "Something happened that begins a case (免申即办): a CloudEvent 1.0.",
        "POST",
        "/departments/tax/events",
        _Body(
            "event",
            {
                "specversion": "1.0",
                "id": "2026-03-02/17",
                "source": "/land-registry/transfers",
                "type": "transfer-registered",
                "time": "2026-03-02T10:00:00+08:00",
                "datacontenttype": "application/json",
                "data": {"name": "测试申请人甲", "registered_on": "2026-03-02"},
            },
        ),
        201,
        _Body("event-receipt", {"outcome": "proposed", "cases": [_CASE]}),
        media_type=CLOUD_EVENT,
    ),
)


def all_of_them() -> list[dict[str, Any]]:
    """Every exchange, as the files hold them."""
    return [
        *(_file(exchange, "platform", "department") for exchange in _SERVED),
        *(_file(exchange, "department", "platform") for exchange in _CALLED),
    ]


def _file(exchange: _Exchange, caller: str, called: str) -> dict[str, Any]:
    headers = {"Content-Type": exchange.media_type} if exchange.sent else {}
    headers |= {"Idempotency-Key": exchange.key} if exchange.key else {}
    versions = {HEADER: str(exchange.version)} if exchange.version else {}
    answered = exchange.answered
    request: dict[str, Any] = {"method": exchange.method, "path": exchange.path, "headers": {**headers, **versions}}
    if exchange.sent is not None:
        request |= {"schema": f"schemas/{exchange.sent.schema}.json", "body": exchange.sent.body}
    response_headers = {"Content-Type": JSON if exchange.status < 400 else _PROBLEM, **versions}
    return {
        "name": exchange.name,
        "about": exchange.about,
        "caller": caller,
        "called": called,
        "request": request,
        "response": {
            "status": exchange.status,
            "headers": response_headers,
            "schema": f"schemas/{answered.schema}.json",
            "body": answered.body,
        },
    }
