"""Numbers and amounts in the form: yuan as a text with at most two decimals, reckoned in fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from one_things.definition import FieldType, FormField
from one_things.form import ValueRefused, normal_value
from one_things.money import LARGEST_FEN, NoAmount, fen_of, yuan_of
from one_things.text import Text

PRICE = FormField(id="price", title=Text(zh="价款", en="Price"), type=FieldType.MONEY)
CHILDREN = FormField(id="children", title=Text(zh="子女数", en="Children"), type=FieldType.NUMBER)


@given(st.integers(0, LARGEST_FEN))
def test_an_amount_survives_being_written_and_read(fen: int):
    assert fen_of(yuan_of(fen)) == fen


@pytest.mark.parametrize(
    ("written", "normal"),
    [("1280000", "1280000.00"), (" 0.5 ", "0.50"), ("12.34", "12.34"), ("0", "0.00"), ("007", "7.00")],
)
def test_an_amount_has_one_normal_form(written: str, normal: str):
    assert normal_value(PRICE, written) == normal


@pytest.mark.parametrize("wrong", ["1.234", "-1", "1,000", "１００", "1e3", ".5", "5.", "nan", "", "1" * 15, "十元"])
def test_what_is_no_amount_is_refused(wrong: str):
    with pytest.raises(NoAmount):
        fen_of(wrong)


@pytest.mark.parametrize(("field", "value", "code"), [
    (PRICE, "1.234", "value-not-money"), (PRICE, 12.5, "value-not-text"), (CHILDREN, "-1", "value-not-a-number"),
    (CHILDREN, 1.5, "value-not-a-number"), (CHILDREN, True, "value-not-a-number"),
    (CHILDREN, "9" * 16, "value-not-a-number"),
    (CHILDREN, -3, "value-not-a-number"),
])  # fmt: skip
def test_a_form_says_what_is_wrong_with_a_number_or_an_amount(field: FormField, value: JsonValue, code: str):
    with pytest.raises(ValueRefused) as refused:
        normal_value(field, value)
    assert refused.value.fault.code == code
    assert refused.value.fault.field == f"form.{field.id}"


@pytest.mark.parametrize("written", [3, "3", " 03 "])
def test_a_number_may_come_from_a_program_or_from_a_page(written: JsonValue):
    assert normal_value(CHILDREN, written) == 3
