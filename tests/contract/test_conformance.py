"""The kit: each wrong department is found by the name of its fault, and the good ones have none."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from adapters.configuration.kinds import Kind
from adapters.conformance.candidate import Candidate, Serves, SourceToLookUp
from adapters.conformance.check import words
from adapters.conformance.listener import MATERIAL_DIGEST, open_listener
from adapters.conformance.platform import Platform
from adapters.conformance.report import Report, State, html
from adapters.conformance.suite import CHECKS, chosen, run
from security.signing_keys import SigningKey, VerificationKey
from tests.contract.control import Control
from tests.contract.given import CREDIT_CODE
from tests.contract.reference.careless import CARELESS, Careless
from tests.contract.reference.department import TOKEN, Department, serving
from tests.contract.reference.polled import WRONG_LISTS, DecidesOnceItWasAsked, ListsActsAlone, ListsNothing, Polled
from tests.contract.reference.wrong import WRONG
from tests.contract.sandbox_process import SandboxProcess, credential_of

KEY = SigningKey.generate("reference.1")
_LICENCE = "licence-answers"
_OF_A_LIST = {
    "list-served",
    "list-lasts",
    "list-in-order",
    "pages-complete",
    "nothing-lost-between-asks",
    "unknown-position-said",
}
_OF_DECISIONS = {"undo-once", "decision-comes", "decision-signed", "decided-once", "nothing-after-undo"}
_TOLD: dict[str, dict[str, Any]] = {
    "slower-than-promised": {"answer_seconds": 0.4},
    "callback-not-repeated": {"wait_seconds": 1.0},
    "no-decision": {"wait_seconds": 1.0},
    "callback-goes-on": {"settle_seconds": 1.0},
    "breaks-under-load": {"load_seconds": 0.5},
}
"""What else the kit is told where a fault shows by something that does not come in time, or by much that comes."""
_TOLD_OF_LISTS: dict[str, dict[str, Any]] = {
    "decision-before-position": {"wait_seconds": 2.0},
    "forgets-idempotency": {"settle_seconds": 0.5},
}


def _candidate(url: str, key: VerificationKey | None) -> Candidate:
    return Candidate(
        url=url,
        department="reference",
        token=SecretStr(TOKEN),
        key=key,
        fields={"number": "1"},
        answer_seconds=10.0,
        wait_seconds=20.0,
        settle_seconds=0.15,
        rate=20,
        load_seconds=0.15,
        serves=frozenset(Serves),
        datasets=(SourceToLookUp("register", {"number": "1"}),),
    )


async def _report(candidate: Candidate, *only: str) -> Report:
    async with open_listener(candidate.key) as listener:
        return await run(candidate, listener, lambda one, result: None, chosen(only))


@pytest.mark.parametrize("fault", sorted(WRONG))
async def test_a_wrong_department_is_found_by_the_name_of_its_fault(fault: str) -> None:
    async with serving(WRONG[fault](KEY)) as url:
        candidate = replace(_candidate(url, KEY.verification_key()), **_TOLD.get(fault, {}))
        report = await _report(candidate)
    assert {one.fault for one in report.faults} == {fault}, [(one.check, one.came) for one in report.faults]


@pytest.mark.parametrize("careless", CARELESS, ids=lambda careless: careless.department.__name__)
async def test_a_careless_department_is_found_by_the_check_that_is_for_it(careless: Careless) -> None:
    async with serving(careless.department(KEY)) as url:
        candidate = replace(_candidate(url, KEY.verification_key()), **_TOLD.get(careless.fault, {}))
        report = await _report(candidate, careless.check)
    assert [(one.check, one.fault) for one in report.faults] == [(careless.check, careless.fault)]


@pytest.mark.parametrize(("department", "fault"), WRONG_LISTS.items(), ids=lambda one: getattr(one, "__name__", one))
async def test_a_polled_department_with_a_wrong_list_is_found_by_the_name_of_its_fault(
    department: type[Polled], fault: str
) -> None:
    async with serving(department(KEY)) as url:
        candidate = replace(
            _candidate(url, KEY.verification_key()), kind=Kind.HTTP_POLL, **_TOLD_OF_LISTS.get(fault, {})
        )
        report = await _report(candidate, *_OF_A_LIST, *_OF_DECISIONS)
    assert {one.fault for one in report.faults} == {fault}, [(one.check, one.came) for one in report.faults]


@pytest.mark.parametrize(
    ("department", "wait_seconds"), [(ListsNothing, 1.0), (ListsActsAlone, 1.0), (DecidesOnceItWasAsked, 0.0)]
)
async def test_a_list_in_which_no_decision_stands_in_time_is_told_as_no_decision(
    department: type[Polled], wait_seconds: float
) -> None:
    """Neither an act in its place nor a decision that comes after the wait is taken for one at a wrong position."""
    async with serving(department(KEY)) as url:
        candidate = replace(_candidate(url, KEY.verification_key()), kind=Kind.HTTP_POLL, wait_seconds=wait_seconds)
        report = await _report(candidate, "decision-comes")
    assert [(one.check, one.fault) for one in report.faults] == [("decision-comes", "no-decision")]


@pytest.mark.parametrize("contract", [1, 2])
async def test_the_polled_reference_department_has_no_fault(contract: int) -> None:
    department = Polled(KEY)
    async with serving(department) as url:
        candidate = replace(_candidate(url, KEY.verification_key()), kind=Kind.HTTP_POLL, contract=contract)
        report = await _report(candidate)
        after = await _report(candidate, *_OF_A_LIST)
    for found in (report, after):
        assert [(one.check, one.fault, one.came) for one in found.faults] == []
    not_tried = {one.check for one in report.checks if one.state is State.NOT_TRIED}
    assert not_tried == {_LICENCE, "decision-repeated"} | ({"version-negotiated"} if contract == 1 else set())
    assert {one.state for one in after.checks} == {State.PASSED}, "a list that is not empty is checked as well"


async def test_who_takes_and_has_no_key_to_call_back_with_is_told_so() -> None:
    async with serving(Department(KEY)) as url:
        report = await _report(_candidate(url, None), "submission-answered")
    assert [one.fault for one in report.faults] == ["taken-without-callback"]


def test_every_fault_was_found_in_some_department() -> None:
    """A check that cannot fail proves nothing."""
    elsewhere = {"no-answer", "taken-without-callback"}
    assert {*WRONG, *WRONG_LISTS.values(), *(careless.fault for careless in CARELESS), *elsewhere} == set(
        words().faults
    )


async def test_a_department_fetches_the_material_of_a_check(
    sandbox: SandboxProcess, control: Control, signing_keys: dict[str, SigningKey]
) -> None:
    """With its signature; another digest is not known, and a fetch by nobody in particular is refused."""
    key = signing_keys["tax"].verification_key()
    candidate = replace(
        _candidate(f"{sandbox.url}/tax", key), department="tax", token=SecretStr(credential_of("tax")), item="any-item"
    )
    async with open_listener(key) as listener, httpx.AsyncClient(trust_env=False, verify=False) as client:
        platform = Platform(candidate, client, listener)
        submission = platform.submission()
        await platform.taken(submission)
        fetched = await control.fetch_materials(submission.case_no, "any-item", MATERIAL_DIGEST, "sha-256:00")
        assert fetched == {MATERIAL_DIGEST: (200, True), "sha-256:00": (404, False)}
        path = f"/departments/tax/cases/{submission.case_no}/materials/{MATERIAL_DIGEST}"
        assert (await client.get(listener.url + path)).status_code == 401
        assert [one.answered for one in listener.callbacks if one.kind == "materials"] == [200, 404, 401]


@pytest.mark.parametrize(("contract", "not_tried"), [(1, {_LICENCE, "version-negotiated"}), (2, {_LICENCE})])
async def test_the_reference_department_has_no_fault(contract: int, not_tried: set[str]) -> None:
    async with serving(Department(KEY)) as url:
        report = await _report(replace(_candidate(url, KEY.verification_key()), contract=contract))
    assert [(one.check, one.fault, one.came) for one in report.faults] == []
    assert {one.check for one in report.checks if one.state is State.NOT_TRIED} == not_tried | _OF_A_LIST


async def test_the_sandbox_has_no_fault(sandbox: SandboxProcess, signing_keys: dict[str, SigningKey]) -> None:
    """Tax takes and calls back; the pension office decides in its answer."""
    subject = {"company.credit_code": CREDIT_CODE}
    tax = replace(
        _candidate(f"{sandbox.url}/tax", signing_keys["tax"].verification_key()),
        department="tax",
        token=SecretStr(credential_of("tax")),
        item="tax-clearance",
        fields=dict(subject),
        datasets=(SourceToLookUp("tax-clearance-status", subject),),
    )
    office = replace(
        tax,
        url=f"{sandbox.url}/human-resources",
        department="human-resources",
        token=SecretStr(credential_of("human-resources")),
        key=None,
        datasets=(),
        contract=1,
    )
    for candidate in (tax, office):
        report = await _report(candidate)
        assert [(one.check, one.fault, one.came) for one in report.faults] == []


async def test_the_polled_sandbox_has_no_fault(
    sandbox: SandboxProcess, control: Control, signing_keys: dict[str, SigningKey]
) -> None:
    await control.keep_decisions("tax")
    candidate = replace(
        _candidate(f"{sandbox.url}/tax", signing_keys["tax"].verification_key()),
        department="tax",
        token=SecretStr(credential_of("tax")),
        kind=Kind.HTTP_POLL,
        item="tax-clearance",
        fields={"company.credit_code": CREDIT_CODE},
        datasets=(),
    )
    report = await _report(candidate)
    assert [(one.check, one.fault, one.came) for one in report.faults] == []
    assert {one.check for one in report.checks if one.state is State.PASSED} >= _OF_A_LIST


async def test_where_nothing_answers_there_is_one_fault_and_the_rest_is_not_tried() -> None:
    report = await _report(_candidate("http://127.0.0.1:9", None))
    assert [one.fault for one in report.faults] == ["no-answer"]
    assert {one.state for one in report.checks[1:]} == {State.NOT_TRIED}


async def test_the_report_says_what_was_done_what_came_and_how_to_mend_it() -> None:
    async with serving(WRONG["accepts-another-body"](KEY)) as url:
        report = await _report(_candidate(url, KEY.verification_key()))
    (found,) = report.faults
    assert found.check == "same-key-other-body"
    assert any("another body under the same key" in line for line in found.done)
    assert found.read.startswith("docs/connecting-a-department.md#")
    for language, shown in (("zh", ("不可接入", "保存请求体或其摘要")), ("en", ("Not ready", "Keep the body"))):
        page = html(report, language)
        assert all(text in page for text in (*shown, "accepts-another-body"))
        assert "<script" not in page
    assert Report.model_validate(json.loads(report.model_dump_json())) == report


def test_every_check_and_every_fault_has_its_words_and_its_place_in_the_contract() -> None:
    assert {one.name for one in CHECKS} == set(words().checks)
    page = Path("docs/connecting-a-department.md").read_text(encoding="utf-8")
    headings = {_anchor(line) for line in page.splitlines() if line.startswith("#")}
    assert {fault.section for fault in words().faults.values()} <= headings
    source = "".join(path.read_text() for path in Path("adapters/conformance").rglob("*.py"))
    assert [fault for fault in words().faults if f'"{fault}"' not in source] == []


def _anchor(heading: str) -> str:
    text = heading.lstrip("# ").lower()
    return "".join(letter for letter in text if letter.isalnum() or letter in " -_").strip().replace(" ", "-")
