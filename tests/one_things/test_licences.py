"""Whether an e-licence may stand for a material: holder, dates, status, identifier, each found wrong by itself."""

from datetime import date
from typing import Any

import pytest
from stdnum.iso7064 import mod_37_36

from one_things.identifiers import E_LICENCE_OID
from one_things.licences import Expected, Licence, LicenceFault, LicenceStatus, fault_of

NUMBER = "91110000600037341L"
NAME = "测试企业（甲）有限公司"
FIELDS = ("BUSINESSLICENCE", "MARKETREGULATION", "91110000600037341L", "001")
IDENTIFIER = ".".join((E_LICENCE_OID, *FIELDS, mod_37_36.calc_check_digit("".join(FIELDS))))
TODAY = date(2026, 3, 2)


def a_licence(**changes: Any) -> Licence:
    """A licence in force, then the changes."""
    fields = {
        "identifier": IDENTIFIER,
        "type": "business-licence",
        "holder": NAME,
        "holder_number": NUMBER,
        "status": "in_force",
        "valid_from": "2020-01-01",
        "valid_until": "2026-03-02",
    }
    return Licence.model_validate({**fields, **changes})


def expected(**changes: Any) -> Expected:
    fields = {"type": "business-licence", "number": NUMBER, "holder": NAME, "holder_asked": True, "on": TODAY}
    return Expected.model_validate({**fields, **changes})


def test_a_licence_in_force_stands_also_on_its_last_day():
    assert fault_of(a_licence(), expected()) is None
    assert fault_of(a_licence(valid_from=str(TODAY), valid_until=None), expected()) is None


def test_spaces_and_full_width_brackets_are_no_other_holder():
    assert fault_of(a_licence(holder=" 测试企业(甲) 有限公司"), expected()) is None
    assert fault_of(a_licence(holder_number=NUMBER.lower()), expected()) is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"type": "food-licence"}, LicenceFault.WRONG_TYPE),
        ({"identifier": IDENTIFIER[:-1] + ("0" if IDENTIFIER[-1] != "0" else "1")}, LicenceFault.IDENTIFIER_WRONG),
        ({"identifier": IDENTIFIER.replace("001.", "002.")}, LicenceFault.IDENTIFIER_WRONG),
        ({"identifier": "粤B12345"}, LicenceFault.IDENTIFIER_WRONG),
        ({"holder_number": "91110000600037341X"}, LicenceFault.OTHER_HOLDER),
        ({"holder": "测试企业（乙）有限公司"}, LicenceFault.OTHER_HOLDER),
        *(({"status": status}, LicenceFault.NOT_IN_FORCE) for status in LicenceStatus if status != "in_force"),
        ({"valid_from": "2026-03-03", "valid_until": None}, LicenceFault.NOT_YET_VALID),
        ({"valid_until": "2026-03-01"}, LicenceFault.EXPIRED),
    ],
)
def test_what_is_wrong_is_told(changes: dict[str, Any], fault: LicenceFault):
    assert fault_of(a_licence(**changes), expected()) is fault


@pytest.mark.parametrize("holder", [None, ""])
def test_a_name_that_nobody_knows_proves_nothing(holder: str | None):
    assert fault_of(a_licence(), expected(holder=holder)) is LicenceFault.HOLDER_UNKNOWN


def test_where_the_number_says_it_the_name_is_not_compared():
    assert fault_of(a_licence(holder="别的名称"), expected(holder=None, holder_asked=False)) is None


def test_the_day_is_that_of_the_case_and_not_of_the_machine():
    assert fault_of(a_licence(valid_until="2030-01-01"), expected(on=date(2031, 1, 1))) is LicenceFault.EXPIRED
