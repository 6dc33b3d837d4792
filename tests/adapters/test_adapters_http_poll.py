"""Reading a department's list of decisions: what proves its origin, what is passed over, and when nothing is taken."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.entry import DepartmentEntry
from adapters.http_poll import LARGEST_PAGE_BYTES, HttpDecisionSource
from security.signatures import sign
from security.signing_keys import SigningKey, VerificationKey

TAX, ANOTHERS, UNKNOWN = (SigningKey.generate(id) for id in ("tax.1", "bank.1", "tax.7"))
ENDED = SigningKey.generate("tax.0")
KEYS: dict[str, VerificationKey] = {
    "tax.1": TAX.verification_key(),
    "bank.1": ANOTHERS.verification_key(),
    "tax.0": VerificationKey.from_pem(
        "tax.0", ENDED.verification_key().to_pem(), valid_until=datetime(2020, 1, 1, tzinfo=UTC)
    ),
}
HOUR = timedelta(hours=1)


def entry(
    cursor: str, *, key: SigningKey = TAX, department: str = "tax", door: str = "decisions", **signing: Any
) -> dict[str, Any]:
    body = json.dumps({"decision_id": cursor, "reason": "缺少材料"}, ensure_ascii=False)
    path = f"/departments/{department}/{door}"
    signed = sign("POST", path, {"Content-Type": "application/json"}, body.encode(), key, **signing)
    return {"cursor": cursor, "door": door, "signature": signed, "body": body}


def source(answer: Callable[[httpx.Request], httpx.Response], contract: int = 1) -> HttpDecisionSource:
    written = {"kind": "http-poll", "url": "https://tax.test/one", "polling": {"page": 3}, "contract": contract}
    department = DepartmentConnection("tax", DepartmentEntry.model_validate(written), SecretStr("secret"), Path())

    def streamed(request: httpx.Request) -> httpx.Response:
        said = answer(request)
        return httpx.Response(said.status_code, headers=said.headers, stream=httpx.ByteStream(said.content))

    client = httpx.AsyncClient(transport=httpx.MockTransport(streamed))
    return HttpDecisionSource(department, client, KEYS.get)


def listed(*entries: dict[str, Any], **page: Any) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, content=json.dumps({"entries": entries, **page}).encode())


async def test_one_call_asks_behind_the_position_with_the_credential() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return listed(entry("2"), entry("3", door="acts"), more=True)(request)

    page = await source(answer).collect("1~a/b+c=")
    assert [(one.cursor, one.door, one.refused) for one in page.entries] == [("2", "decisions", ""), ("3", "acts", "")]
    assert json.loads(page.entries[0].body)["reason"] == "缺少材料"
    assert page.more
    (request,) = asked
    assert request.url.path == "/one/decisions"
    assert dict(request.url.params) == {"limit": "3", "after": "1~a/b+c="}
    assert request.headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (lambda: {**entry("2"), "body": '{"decision_id": "changed"}'}, "digest-mismatch"),
        (lambda: {**entry("2"), "signature": {}}, "signature-missing"),
        (lambda: {**entry("2"), "door": "acts"}, "signature-invalid"),
        (lambda: {**entry("2"), "door": "events"}, "entry-malformed"),
        (lambda: {"cursor": "2"}, "entry-malformed"),
        (lambda: entry("2", key=ANOTHERS), "foreign"),
        (lambda: entry("2", department="bank"), "signature-invalid"),
        (lambda: entry("2", key=UNKNOWN), "signature-key-unknown"),
        (lambda: entry("2", key=ENDED), "signature-key-expired"),
        (lambda: entry("2", now=datetime.now(UTC) - HOUR), "signature-too-old"),
        (lambda: entry("2", now=datetime.now(UTC) + HOUR), "signature-from-the-future"),
        (lambda: {**entry("2"), "body": "\ud800"}, "digest-mismatch"),
    ],
)
async def test_an_entry_that_proves_nothing_is_passed_over_and_those_beside_it_stand(
    bad: Callable[[], dict[str, Any]], code: str
) -> None:
    page = await source(listed(entry("1"), bad(), entry("3"))).collect("")
    assert [(one.cursor, one.refused) for one in page.entries] == [("1", ""), ("2", code), ("3", "")]
    assert page.away == ""


@pytest.mark.parametrize(
    ("signing", "cause"),
    [
        ({"now": datetime.now(UTC) - HOUR}, "signature-too-old"),
        ({"now": datetime.now(UTC) + HOUR}, "signature-from-the-future"),
        ({"key": UNKNOWN}, "signature-key-unknown"),
        ({"key": ENDED}, "signature-key-expired"),
    ],
)
async def test_where_a_clock_or_a_key_is_wrong_nothing_is_taken_and_so_nothing_is_lost(
    signing: dict[str, Any], cause: str
) -> None:
    page = await source(listed(entry("1", **signing), entry("2", **signing))).collect("")
    assert (page.away, tuple(page.entries)) == (cause, ())


def _raises(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    return answer


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (lambda _: httpx.Response(503), "unexpected_status"),
        (lambda _: httpx.Response(404), "unexpected_status"),
        (lambda _: httpx.Response(302, headers={"Location": "https://elsewhere.test"}), "unexpected_status"),
        (lambda _: httpx.Response(401), "credential_refused"),
        (lambda _: httpx.Response(200, content=b"<html>"), "answer_unreadable"),
        (lambda _: httpx.Response(200, content=b'{"entries": [7]}'), "answer_unreadable"),
        (lambda _: httpx.Response(200, content=b"[" * 100_000), "answer_unreadable"),
        (lambda _: httpx.Response(200, content=b" " * (LARGEST_PAGE_BYTES + 1)), "answer_too_large"),
        (listed(entry("1"), entry("2"), entry("3"), entry("4")), "answer_unreadable"),
        (listed(entry("1"), entry("1")), "answer_unreadable"),
        (listed(entry("0"), entry("here")), "answer_unreadable"),
        (listed({**entry("1"), "cursor": "a b"}), "answer_unreadable"),
        (listed({**entry("1"), "cursor": "x" * 201}), "answer_unreadable"),
        (_raises(httpx.ConnectError("no")), "unreachable"),
        (_raises(httpx.ReadTimeout("late")), "timed_out"),
        (_raises(httpx.RemoteProtocolError("broken")), "connection_broken"),
    ],
)
async def test_an_answer_that_cannot_be_used_moves_nothing(
    answer: Callable[[httpx.Request], httpx.Response], cause: str
) -> None:
    page = await source(answer).collect("here")
    assert (page.away, tuple(page.entries)) == (cause, ())


async def test_a_department_that_has_forgotten_our_place_is_asked_from_the_beginning() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "after" in request.url.params:
            return httpx.Response(410, json={"code": "cursor-unknown"})
        return listed(entry("1"))(request)

    assert [one.cursor for one in (await source(answer).collect("gone")).entries] == ["1"]
    never = source(lambda _: httpx.Response(410, json={"code": "cursor-unknown"}))
    assert (await never.collect("")).away == "unexpected_status"


async def test_an_empty_list_says_that_there_is_nothing_and_that_it_is_all() -> None:
    page = await source(listed(more=True)).collect("here")
    assert (tuple(page.entries), page.more, page.away) == ((), False, "")


async def test_from_version_2_on_a_list_that_does_not_name_it_is_somebody_elses() -> None:
    def naming(request: httpx.Request) -> httpx.Response:
        listing = listed(entry("1"))(request)
        return httpx.Response(
            200, content=listing.content, headers={"Onething-Contract": request.headers["Onething-Contract"]}
        )

    assert (await source(listed(entry("1")), contract=2).collect("")).away == "answer_unreadable"
    assert len((await source(naming, contract=2).collect("")).entries) == 1
