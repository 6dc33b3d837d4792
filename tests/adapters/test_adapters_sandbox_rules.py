"""The sandbox's rules without a server: which switch applies, what is made up, what the settings need."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from adapters.sandbox.answers import Ruling
from adapters.sandbox.behaviours import (
    BEHAVIOUR,
    Callback,
    Correction,
    Down,
    ErrorForCalls,
    Instant,
    Operation,
    Refuse,
    Silent,
)
from adapters.sandbox.departments import DEPARTMENTS
from adapters.sandbox.ledger import Ledger
from adapters.sandbox.records import DATASETS, NoRecord, Records
from adapters.sandbox.settings import IN_MEMORY, KnownItem, SandboxSettings
from adapters.sandbox.subjects import Subject, subject_in
from adapters.sandbox.switchboard import Switch, Switchboard

COMPANY = "91441900MA0000019R"


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    opened = Ledger(IN_MEMORY)
    yield opened
    opened.close()


@pytest.fixture
def switchboard(ledger: Ledger) -> Switchboard:
    return Switchboard(ledger, (KnownItem(department="market-regulation", item="general-notice", notice=True),))


def _ask(
    board: Switchboard, *, attempt: int = 1, subject: str = COMPANY, operation: Operation = Operation.SUBMIT
) -> str:
    return board.behaviour("tax", subject, "tax-clearance", attempt, operation).behaviour


def test_the_more_a_switch_names_the_earlier_it_applies(switchboard: Switchboard) -> None:
    assert _ask(switchboard) == "callback"
    switchboard.switch(Switch(department="tax"), Instant())
    assert _ask(switchboard) == "instant"
    switchboard.switch(Switch(item="tax-clearance"), Silent())
    assert _ask(switchboard) == "silent"
    switchboard.switch(Switch(subject=COMPANY), Refuse())
    assert _ask(switchboard) == "refuse"
    switchboard.switch(Switch(subject=COMPANY, item="tax-clearance"), Callback())
    assert _ask(switchboard) == "callback"
    assert _ask(switchboard, subject="another") == "silent"
    assert _ask(switchboard, operation=Operation.UNDO) == "instant"


def test_errors_are_counted_off_and_correction_ends_with_the_first_attempt(switchboard: Switchboard) -> None:
    here = Switch(subject=COMPANY, item="tax-clearance")
    switchboard.switch(here, ErrorForCalls(calls=2))
    assert [_ask(switchboard) for _ in range(3)] == ["error", "error", "callback"]
    switchboard.switch(here, Correction())
    assert [_ask(switchboard, attempt=attempt) for attempt in (1, 2)] == ["correction", "callback"]


def test_a_notice_is_silent_by_itself(switchboard: Switchboard) -> None:
    behaviour = switchboard.behaviour("market-regulation", COMPANY, "general-notice", 1, Operation.SUBMIT)
    assert behaviour == Silent()


def test_only_a_whole_department_is_down_for_questions(switchboard: Switchboard) -> None:
    switchboard.switch(Switch(subject=COMPANY), Down())
    assert not switchboard.is_down("tax")
    switchboard.switch(Switch(department="tax"), Down())
    assert switchboard.is_down("tax")
    switchboard.reset(Switch(department="tax"))
    assert not switchboard.is_down("tax")


def test_switches_outlive_the_process(tmp_path: Path) -> None:
    file = str(tmp_path / "city.db")
    first = Ledger(file)
    Switchboard(first, ()).switch(Switch(department="tax"), ErrorForCalls(calls=3))
    first.close()
    second = Ledger(file)
    assert Switchboard(second, ()).all() == {Switch(department="tax"): ErrorForCalls(calls=3)}
    second.close()


@pytest.mark.parametrize(("department", "dataset"), list(DATASETS))
def test_records_are_made_up_from_number_and_seed(ledger: Ledger, department: str, dataset: str) -> None:
    subject = Subject("credit_code", COMPANY)
    held = Records(ledger, seed=1).look_up(department, dataset, subject)
    assert isinstance(held, dict)
    assert held == Records(ledger, seed=1).look_up(department, dataset, subject)
    assert department in DEPARTMENTS


def test_a_company_that_cannot_exist_is_not_found(ledger: Ledger) -> None:
    records = Records(ledger, seed=1)
    wrong = Subject("credit_code", COMPANY[:-1] + "0")
    assert records.look_up("market-regulation", "enterprise-basic", wrong) == NoRecord()


def test_the_subject_is_the_company_before_the_person() -> None:
    fields = {"person.identity_number": "11010519491231002X", "company.credit_code": COMPANY}
    assert subject_in(fields) == ("credit_code", COMPANY)
    assert subject_in({"identity_number": "11010519491231002X"}).number == "11010519491231002X"
    assert subject_in({"company.name": "测试企业甲有限公司"}).number == ""


def test_behaviours_are_told_apart_by_name_and_misspellings_refused() -> None:
    assert BEHAVIOUR.validate_python({"behaviour": "error", "calls": 2}) == ErrorForCalls(calls=2)
    with pytest.raises(ValidationError):
        BEHAVIOUR.validate_python({"behaviour": "callback", "delay": 2})


@pytest.mark.parametrize("verdict", ["refused", "objection", "correction"])
def test_a_ruling_against_somebody_gives_its_grounds(verdict: str) -> None:
    with pytest.raises(ValidationError):
        Ruling.model_validate({"verdict": verdict})


def test_settings_name_departments_without_a_credential() -> None:
    with pytest.raises(ValidationError, match="no credential for market-regulation"):
        SandboxSettings(control_token=SecretStr("x"), credentials={"tax": SecretStr("y")})
