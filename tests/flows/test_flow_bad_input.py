"""Bad input at the city's door: each a clear answer that repeats nothing personal, nothing started, nothing lost."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from adapters.sandbox.behaviours import Silent
from one_things.case import ItemStatus
from tests.flows import stories
from tests.flows.companies import APPLICANT, IDENTITY_NUMBER, NOTHING_BARS_IT, PERSONAL, SIMPLE, Company, company
from tests.flows.soundness import assert_sound
from tests.flows.test_flow_decisions import decision
from tests.flows.town import Town, eventually

TAX = stories.TAX
ONLY_TAX = (TAX,)


def changed(**form: Any) -> dict[str, Any]:
    """The form of a good application with these fields changed; None leaves one out."""
    fields = {name.replace("__", "."): value for name, value in form.items()}
    whole = {**company(SIMPLE).application["form"], **fields}
    return {"form": {name: value for name, value in whole.items() if value is not None}}


def with_changes(changes: dict[str, Any]) -> Company:
    """A company whose application is good but for these changes."""
    closing = company(SIMPLE)
    return replace(closing, application={**closing.application, **changes})


WRONG: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "an unknown bundle": ({"bundle": "no-such-thing"}, 404, "unknown-bundle", ""),
    "an unknown situation": (
        {"answers": {**SIMPLE, "no_such": True}}, 422, "application-refused", "answers.no_such"
    ),
    "an answer nobody offers": (
        {"answers": {**SIMPLE, "route": "scenic"}}, 422, "application-refused", "answers.route"
    ),
    "a question unanswered": (
        {"answers": {"route": "simple", **NOTHING_BARS_IT}}, 422, "application-refused", "answers.has_employees"
    ),
    "an unknown item": ({"chosen": ["no-such-item"]}, 422, "application-refused", "chosen.0"),
    "a missing field": (
        changed(legal_representative__name=None), 422, "application-refused", "form.legal_representative.name"
    ),
    "an identity number with a wrong check digit": (
        changed(legal_representative__identity_number="110105194912310021"), 422, "application-refused",
        "form.legal_representative.identity_number",
    ),
    "a credit code with a wrong check digit": (
        changed(company__credit_code="91441900MA0000015X"), 422, "application-refused", "form.company.credit_code"
    ),
    "a field of another kind": (
        changed(legal_representative__name={"surname": "测"}), 422, "application-refused",
        "form.legal_representative.name",
    ),
    "a field nobody asked for": (changed(shoe_size=42), 422, "application-refused", "form.shoe_size"),
    "a material that is missing": (
        {"materials": []}, 422, "application-refused", "materials.deregistration-application"
    ),
    "a company barred from the simple route": (
        {"answers": {**SIMPLE, "pending_suit": True}}, 422, "application-refused", "answers.pending_suit"
    ),
    "a word nobody knows": ({"bundel": "enterprise-exit"}, 422, "input-invalid", "bundel"),
}  # fmt: skip


async def serial_of(answer: httpx.Response) -> int:
    assert answer.status_code == 201, answer.text
    return int(str(answer.json()["case_no"]).rpartition("-")[2])


class Nothing:
    """Holds when it ends: no number was used up and no workflow was started in between."""

    def __init__(self, town: Town) -> None:
        self._town = town

    async def __aenter__(self) -> None:
        self._serial = await serial_of(await self._apply())

    async def __aexit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is not None:
            return
        answer = await self._apply()
        assert await serial_of(answer) == self._serial + 1
        started = await eventually(self._workflows, lambda found: answer.json()["case_no"] in found, "it was started")
        assert len(started) == int(str(answer.json()["case_no"]).rpartition("-")[2]), "a workflow for each number only"

    async def _apply(self) -> httpx.Response:
        closing = company(SIMPLE, chosen=("medical-insurance-closing",))
        await self._town.prepare(closing)
        answer = await self._town.post_application(closing)
        await self._town.closed(str(answer.json()["case_no"]))
        return answer

    async def _workflows(self) -> list[str]:
        return [found.id async for found in self._town.temporal.list_workflows()]


@contextmanager
def says_nothing_personal(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    """The problem; whatever was sent does not come back in it."""
    assert answer.headers["content-type"] == "application/problem+json"
    yield answer.json()
    for personal in PERSONAL:
        assert personal not in answer.text


async def test_wrong_applications_start_nothing_and_say_what_is_wrong(town: Town) -> None:
    async with Nothing(town):
        for what, (changes, status, code, field) in WRONG.items():
            answer = await town.post_application(with_changes(changes))
            assert answer.status_code == status, f"{what}: {answer.text}"
            with says_nothing_personal(answer) as problem:
                assert problem["code"] == code, f"{what}: {answer.text}"
                assert problem["title"]
                if field:
                    faults = {fault["field"]: fault for fault in problem["faults"]}
                    assert field in faults, f"{what}: {sorted(faults)}"
                    assert all(faults[field][part] for part in ("code", "reason", "fix"))


async def test_all_faults_come_at_once(town: Town) -> None:
    several = changed(
        legal_representative__identity_number="110105194912310021", company__credit_code="x", contact__phone=None
    )
    answer = await town.post_application(with_changes({"answers": {**SIMPLE, "unpaid_fines": True}, **several}))
    assert {fault["field"] for fault in answer.json()["faults"]} == {
        "answers.unpaid_fines",
        "form.legal_representative.identity_number",
        "form.company.credit_code",
        "form.contact.phone",
    }


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"x" * 1024 * 1024, "application/json", 413, "body-too-large"),
        (b'{"bundle": ', "application/json", 400, "body-unreadable"),
        (b"\xff\xfe\x00", "application/json", 400, "body-unreadable"),
        (b"[[[[" * 20_000, "application/json", 400, "body-unreadable"),
        (b"null", "application/json", 422, "input-invalid"),
        (b"<application/>", "application/xml", 415, "content-type"),
    ],
    ids=["1 MB of nonsense", "half a body", "no UTF-8", "very deep", "null", "XML"],
)
async def test_nonsense_is_refused_at_both_doors(town: Town, body: bytes, kind: str, status: int, code: str) -> None:
    headers = {"Content-Type": kind}
    applied = await town.http.post(
        "/cases", content=body, headers={**headers, **town.bearer(), "Idempotency-Key": town.new_key()}
    )
    assert (applied.status_code, applied.json()["code"]) == (status, code)
    decided = await town.http.post("/departments/tax/decisions", content=body, headers=headers)
    assert decided.status_code in (status, 401), "a body that is small enough is first asked for its signature"
    assert decided.headers["content-type"] == "application/problem+json"
    assert (await town.http.get("/health")).status_code == 200


async def test_the_same_key_gives_the_same_case_and_another_body_is_a_conflict(town: Town) -> None:
    closing, key = company(SIMPLE, chosen=("medical-insurance-closing",)), town.new_key()
    await town.prepare(closing)
    answers = await asyncio.gather(*(town.post_application(closing, key) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    (case_no,) = {str(answer.json()["case_no"]) for answer in answers}
    await assert_sound(town, case_no)
    again = await town.post_application(closing, key)
    assert (again.status_code, again.json()["case_no"]) == (200, case_no), "also when it has ended"
    async with Nothing(town):
        other = await town.post_application(company(SIMPLE), key)
        with says_nothing_personal(other) as problem:
            assert (other.status_code, problem["code"]) == (409, "idempotency-conflict")
        somebody_elses = await town.http.get(f"/cases/{case_no}", headers=town.bearer("somebody-else"))
        assert (somebody_elses.status_code, somebody_elses.json()["code"]) == (404, "unknown-case")


async def test_nobody_without_a_token_and_no_request_without_a_key(town: Town) -> None:
    body = company(SIMPLE).application
    async with Nothing(town):
        for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Basic eDp5"}):
            answer = await town.http.post("/cases", json=body, headers={**headers, "Idempotency-Key": "key"})
            assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
        answer = await town.http.post("/cases", json=body, headers=town.bearer())
        assert (answer.status_code, answer.json()["code"]) == (422, "input-invalid")


async def test_decisions_that_prove_nothing_change_nothing(town: Town) -> None:
    closing = company(SIMPLE, chosen=ONLY_TAX)
    await town.switch(closing, TAX, Silent())
    case_no = await town.apply(closing)
    state = await town.until_items(case_no, ItemStatus.ACCEPTED, TAX)
    body, now = decision(case_no), datetime.now(UTC)
    unsigned = await town.http.post(
        "/departments/tax/decisions", content=body, headers={"Content-Type": "application/json"}
    )
    refusals = {
        "signature-missing": unsigned,
        "signature-too-old": await town.send_decision("tax", body, signed_at=now - timedelta(minutes=10)),
        "signature-from-the-future": await town.send_decision("tax", body, signed_at=now + timedelta(minutes=10)),
        "digest-mismatch": await town.send_decision("tax", body, signed_body=body.replace(b"approved", b"refused")),
    }
    for code, answer in refusals.items():
        assert (answer.status_code, answer.json()["code"]) == (401, code)
    nameless = await town.send_decision("tax", decision(case_no, verdict="refused"))
    assert (nameless.status_code, nameless.json()["code"]) == (422, "input-invalid"), "a refusal gives its reason"
    unheard_of = await town.send_decision("tax", decision(case_no, verdict="perhaps"))
    assert unheard_of.status_code == 422
    assert (await town.view(case_no))["version"] == state.version

    assert (await town.send_decision("tax", body)).json() == {"outcome": "counted"}
    assert (await town.send_decision("tax", body)).json() == {"outcome": "repeat"}, "replayed within its time"
    await assert_sound(town, case_no)


async def test_what_a_person_wrote_wrongly_does_not_come_back(town: Town) -> None:
    wrong = changed(legal_representative__identity_number=APPLICANT, contact__phone=IDENTITY_NUMBER)
    answer = await town.post_application(with_changes(wrong))
    assert answer.status_code == 422
    with says_nothing_personal(answer):
        assert json.loads(answer.content)["faults"]
