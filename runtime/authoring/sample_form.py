"""A form filled in for trying a bundle out: a value of each field's type, of nobody and of nothing that exists.

Identity numbers are valid by their check digit (GB 11643), as is the credit code (GB 32100). Where a bundle demands an
age, several years of birth are tried; amounts that have to add up are the author's to give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from pydantic import JsonValue
from stdnum.cn import ric

from one_things.application import Application
from one_things.definition import Bundle, FieldType, FormField
from one_things.plan import HandedIn
from one_things.planning import application_faults, needed_for

_LETTERS: Final = "甲乙丙丁戊己庚辛壬癸"
_CREDIT_CODE: Final = "91441900MA0000015D"
_AREA: Final = "999999"  # no county ever had it, so the numbers are nobody's
_YEARS_OF_BIRTH: Final = (1990, 1966, 1961, 1971, 1976, 1950, 2008)
"""Tried in this order: a grown-up, those near a statutory age of retirement, pensioners, a minor."""
_AMOUNT: Final = "1000.00"
SAMPLE_DIGEST: Final = f"sha256:{'0' * 64}"
"""Stands for the content of every material: nothing is read of it."""


def sample_application(
    bundle: Bundle,
    answers: Mapping[str, str | bool],
    chosen: Sequence[str] | None,
    given: Mapping[str, JsonValue],
    today: date,
) -> Application:
    """An application with everything that is asked for; ``given`` form values go before made-up ones.

    E-licences are authorised rather than handed in; what comes into being on the way is left for then.

    The first year of birth with which it would be accepted counts, else the first of all.
    """
    tried = [
        _application(bundle, answers, chosen, given, date(year, today.month, 1), today) for year in _YEARS_OF_BIRTH
    ]
    return next((one for one in tried if not application_faults(bundle, one, today)), tried[0])


def _application(
    bundle: Bundle,
    answers: Mapping[str, str | bool],
    chosen: Sequence[str] | None,
    given: Mapping[str, JsonValue],
    born: date,
    today: date,
) -> Application:
    asked = needed_for(bundle, answers, chosen).materials
    licensed = [material.id for material in asked if material.licence is not None]
    needs = needed_for(bundle, answers, chosen, licensed)
    made = {field.id: sample_value(field, place, born, today) for place, field in enumerate(needs.fields)}
    return Application(
        answers=answers,
        chosen=None if chosen is None else tuple(chosen),
        form={**made, **given},
        materials=tuple(
            HandedIn(id=material.id, digest=SAMPLE_DIGEST)
            for material in needs.materials
            if material.handed_in == "with_application"
        ),
        authorisations=tuple(licensed),
    )


def sample_value(field: FormField, place: int, born: date, today: date) -> JsonValue:
    """A value that fits the field; ``place`` tells persons apart."""
    match field.type:
        case FieldType.TEXT:
            named = f"测试{_LETTERS[place % len(_LETTERS)]}" if field.id.endswith("name") else "测试"
            return named[: field.max_length]
        case FieldType.CREDIT_CODE:
            return _CREDIT_CODE
        case FieldType.IDENTITY_NUMBER:
            number = f"{_AREA}{born:%Y%m%d}{place:03d}0"
            return number[:-1] + ric.calc_check_digit(number)
        case FieldType.PHONE:
            return f"138{place:08d}"
        case FieldType.DATE:
            return today.isoformat()
        case FieldType.CHOICE:
            return field.options[0].value
        case FieldType.YES_NO:
            return True
        case FieldType.NUMBER:
            return 1
        case FieldType.MONEY:
            return _AMOUNT
