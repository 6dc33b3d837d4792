"""The sandbox's rules without a server: which switch applies, what is made up, what the settings need."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from unittest.mock import ANY

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
from adapters.sandbox.datasets import DATASETS
from adapters.sandbox.departments import departments_of
from adapters.sandbox.ledger import Ledger
from adapters.sandbox.records import NoRecord, Records, made_of
from adapters.sandbox.settings import IN_MEMORY, KnownItem, SandboxSettings
from adapters.sandbox.subjects import Subject, subject_in, subject_of_lookup
from adapters.sandbox.switchboard import Switch, Switchboard
from one_things.bundle_file import parse_bundle

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


def test_every_department_that_a_bundle_names_is_served_and_one_nobody_described_calls_back(ledger: Ledger) -> None:
    bundle = parse_bundle(_LIBRARY_CARD, "library-card.yaml")
    assert departments_of([bundle]) == ("city-library", "public-security")
    known = SandboxSettings(
        control_token=SecretStr("x"), credentials={"city-library": SecretStr("y")}, bundles=(bundle,)
    ).known_items
    assert [(item.department, item.item, item.results[0].id) for item in known] == [
        ("city-library", "library-card", "library-card")
    ]
    ordinarily = Switchboard(ledger, known).behaviour("city-library", "", "library-card", 1, Operation.SUBMIT)
    assert ordinarily == Callback()


def test_what_only_a_bundle_looks_up_is_made_up_as_its_form_expects(ledger: Ledger) -> None:
    records = Records(ledger, seed=1, made=made_of([parse_bundle(_LIBRARY_CARD, "library-card.yaml")]))
    person = Subject("identity_number", "11010519491231002X")
    held = records.look_up("city-library", "readers", person)
    assert held == {"since": ANY, "barred": False}
    assert date.fromisoformat(held["since"])
    assert records.look_up("city-library", "books", person) == NoRecord()


def test_a_look_up_is_about_what_its_one_field_names() -> None:
    assert subject_of_lookup({"home.certificate_number": "C-1"}) == ("home.certificate_number", "C-1")
    assert subject_of_lookup({"person.identity_number": "11010519491231002X"}).name == "identity_number"


_LIBRARY_CARD = """
bundle: library-card
version: "2026.1"
valid_from: 2026-01-01
title: {zh: 借书证一件事, en: A library card}
summary: {zh: 办理借书证, en: A library card}
departments:
  - {id: city-library, title: {zh: 市图书馆, en: City library}}
  - {id: public-security, title: {zh: 公安局, en: Public security}}
fields:
  - {id: reader.identity_number, title: {zh: 身份证号, en: Identity number}, type: identity_number}
  - id: reader.name
    title: {zh: 姓名, en: Name}
    source: {department: public-security, dataset: residents, field: name, by: reader.identity_number}
  - id: reader.since
    title: {zh: 读者登记日期, en: Reader since}
    type: date
    source: {department: city-library, dataset: readers, field: since, by: reader.identity_number}
items:
  - id: library-card
    title: {zh: 借书证, en: Library card}
    department: city-library
    kind: public_service
    fields: [reader.identity_number, reader.name, reader.since]
    credit_check:
      record: {department: city-library, dataset: readers, field: barred, by: reader.identity_number}
      reason: {zh: 有逾期未还图书, en: Books are overdue}
      source: {document: 借阅规则}
    results:
      - {id: library-card, title: {zh: 借书证, en: Library card}, kind: document}
"""
