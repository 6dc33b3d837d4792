"""Bad calls at the departments' doors: refused with its code, counted, written down, shown; nothing is disturbed."""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from event_store.errors import StoreUnavailable
from event_store.refused_calls import RefusedCalls
from gateway import errors
from gateway.refused_calls import RefusedAtTheDoor
from observability import metrics
from one_things.case import ItemStatus
from one_things.text import Text
from runtime.embedded.postgres import EmbeddedPostgres
from security.signatures import sign
from security.signing_keys import SigningKey
from tests.flows.town import eventually
from tests.gateway.gateway_city import City, city_of, fresh_database
from tests.gateway.test_gateway_decisions import ITEM, a_decision

DOOR = "/departments/tax/decisions"
Bad = Callable[[City, str], Awaitable[httpx.Response]]


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with city_of(await fresh_database(gateway_postgres), tmp_path) as running:
        yield running


async def _expired(city: City, number: str) -> httpx.Response:
    return await city.decide("tax", a_decision(number), key="tax, expired")


async def _not_yet_valid(city: City, number: str) -> httpx.Response:
    return await city.decide("tax", a_decision(number), key="tax, to come")


async def _unknown_key(city: City, number: str) -> httpx.Response:
    city.keys["a stranger"] = SigningKey.generate("tax.7")
    return await city.decide("tax", a_decision(number), key="a stranger")


async def _own_key_under_anothers_name(city: City, number: str) -> httpx.Response:
    """The stranger's key says that it is the department's."""
    city.keys["an impostor"] = SigningKey.generate("tax.1")
    return await city.decide("tax", a_decision(number), key="an impostor")


async def _another_department(city: City, number: str) -> httpx.Response:
    return await city.decide("tax", a_decision(number), key="customs")


async def _one_byte(city: City, number: str) -> httpx.Response:
    body = a_decision(number)
    changed = body.replace(b'"attempt": 1', b'"attempt": 2')
    assert sum(one != other for one, other in zip(body, changed, strict=True)) == 1
    return await city.http.post(DOOR, content=changed, headers=await _signed_for(city, body))


async def _signed_for(city: City, body: bytes) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    return {**headers, **sign("POST", city.url + DOOR, headers, body, city.keys["tax"])}


async def _a_clock_behind(city: City, number: str) -> httpx.Response:
    return await city.decide("tax", a_decision(number), now=datetime.now(UTC) - timedelta(minutes=10))


async def _a_clock_ahead(city: City, number: str) -> httpx.Response:
    return await city.decide("tax", a_decision(number), now=datetime.now(UTC) + timedelta(minutes=10))


async def _ten_megabytes(city: City, number: str) -> httpx.Response:
    return await city.decide("tax", a_decision(number, reason="x" * 10_000_000))


async def _ten_megabytes_unstated(city: City, number: str) -> httpx.Response:
    body = a_decision(number, reason="x" * 10_000_000)

    async def parts() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 65536):
            yield body[at : at + 65536]

    return await city.http.post(DOOR, content=parts(), headers=await _signed_for(city, body))


async def _unsigned(city: City, number: str) -> httpx.Response:
    return await city.http.post(DOOR, content=a_decision(number), headers={"Content-Type": "application/json"})


async def _no_department_of_ours(city: City, number: str) -> httpx.Response:
    return await city.decide("tax", a_decision(number), path="/departments/nobody-knows/decisions")


BAD: dict[str, tuple[Bad, int, str, str]] = {
    "a key that has ended": (_expired, 401, "signature-key-expired", "tax"),
    "a key whose time has not come": (_not_yet_valid, 401, "signature-key-expired", "tax"),
    "an unknown key": (_unknown_key, 401, "signature-key-unknown", "tax"),
    "a stranger's key with the department's name": (_own_key_under_anothers_name, 401, "signature-invalid", "tax"),
    "another department": (_another_department, 403, "foreign", "tax"),
    "one byte changed": (_one_byte, 401, "digest-mismatch", "tax"),
    "a clock ten minutes behind": (_a_clock_behind, 401, "signature-too-old", "tax"),
    "a clock ten minutes ahead": (_a_clock_ahead, 401, "signature-from-the-future", "tax"),
    "ten megabytes": (_ten_megabytes, 413, "body-too-large", "tax"),
    "ten megabytes, unstated": (_ten_megabytes_unstated, 413, "body-too-large", "tax"),
    "no signature": (_unsigned, 401, "signature-missing", "tax"),
    "no department of ours": (_no_department_of_ours, 403, "foreign", "unknown"),
}


def counted(department: str, code: str) -> float:
    return metrics.REFUSED_CALLS.labels(department, "decisions", code)._value.get()


@pytest.mark.parametrize("bad", BAD)
async def test_it_is_refused_with_its_code_written_down_and_disturbs_nothing(
    city: City, caplog: pytest.LogCaptureFixture, bad: str
) -> None:
    send, status, code, department = BAD[bad]
    case_no = await city.apply()
    await city.cases.submitted(case_no, ITEM)
    await city.cases.accepted(case_no, ITEM)
    before, at_first = city.cases.states[case_no], counted(department, code)

    with caplog.at_level(logging.WARNING):
        answer = await send(city, case_no)
        rows = await eventually(lambda: refused(city), bool, f"{bad} written down")

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert counted(department, code) == at_first + 1
    assert [(one["department"], one["door"], one["code"], one["times"]) for one in rows] == [
        (department, "decisions", code, 1)
    ]
    assert f"refused 1 calls to decisions of {department}: {code}" in caplog.messages
    assert city.cases.states[case_no] == before
    counts = await city.decide("tax", a_decision(case_no))
    assert counts.json() == {"outcome": "counted"}
    assert city.cases.states[case_no].item(ITEM).status is ItemStatus.APPROVED


async def refused(city: City) -> list[dict[str, object]]:
    answer = await city.http.get("/refused-calls", headers=city.operator())
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["refused"]
    return found


async def test_however_many_come_each_kind_is_one_row(city: City) -> None:
    case_no = await city.apply()
    for number in range(30):
        await _unsigned(city, case_no)
        await city.http.post(f"/departments/made-up-{number}/acts", content=b"{}", headers={"Content-Type": "text/x"})
    await eventually(lambda: refused(city), lambda rows: sum(int(str(one["times"])) for one in rows) == 60, "60 rows")
    kinds = {(one["department"], one["door"], one["code"]) for one in await refused(city)}
    assert kinds == {("tax", "decisions", "signature-missing"), ("unknown", "acts", "content-type")}
    assert len(await refused(city)) <= 4, "a row for each hour"


async def test_what_is_late_is_no_bad_call(city: City) -> None:
    case_no = await city.apply()
    late = await city.decide("tax", a_decision(case_no))
    unsigned = await _unsigned(city, case_no)
    assert (late.status_code, unsigned.status_code) == (409, 401)
    rows = await eventually(lambda: refused(city), bool, "the unsigned one")
    assert [one["code"] for one in rows] == ["signature-missing"]


async def test_only_operators_see_it_also_as_a_page(city: City) -> None:
    assert (await city.http.get("/refused-calls")).status_code == 401
    assert (await city.http.get("/refused-calls", headers=city.bearer())).status_code == 403
    html = {**city.operator(), "Accept": "text/html"}
    empty = await city.http.get("/refused-calls", headers={**html, "Accept-Language": "en"})
    assert "Nothing was refused." in empty.text
    await _unsigned(city, await city.apply())
    await eventually(lambda: refused(city), bool, "written down")
    page = await city.http.get("/refused-calls", headers=html)
    assert page.headers["content-type"].startswith("text/html")
    assert "signature-missing" in page.text
    assert "审批决定" in page.text


async def test_while_the_database_is_away_they_are_kept_and_added_up() -> None:
    rows = AwayAtFirst()
    door = RefusedAtTheDoor(rows, ["tax"])
    for _ in range(2):
        with pytest.raises(errors.SignatureNotAccepted):
            async with door.watching("tax", "acts"):
                raise errors.SignatureNotAccepted("signature-missing", Text(zh="无签名", en="none"))
        await door._write()
    assert rows.times == Counter({("tax", "acts", "signature-missing"): 2})


class AwayAtFirst:
    """Rows of a database that comes back."""

    def __init__(self) -> None:
        self.times: Counter[tuple[str, str, str]] = Counter()
        self._away = True

    async def add(self, refused: list[RefusedCalls]) -> None:
        if self._away:
            self._away = False
            raise StoreUnavailable("away")
        for one in refused:
            self.times[one.department, one.door, one.code] += one.times

    async def latest(self, limit: int) -> list[RefusedCalls]:
        raise StoreUnavailable(f"{limit}")
