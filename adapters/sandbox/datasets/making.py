"""How one field is made up: from the number that is looked up and a random source that the city's seed repeats."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Final

from pydantic import JsonValue

from one_things.definition import FieldType, FormField

Make = Callable[[Random, str], JsonValue]
DataSet = Mapping[str, Make]
"""Field → how it is made up."""

_LETTERS: Final = "甲乙丙丁戊己庚辛壬癸"
_STREETS: Final = ("模拟大道", "示例路", "测试街")


def always(value: JsonValue) -> Make:
    """The same for everybody."""
    return lambda random, number: value


def the_number(random: Random, number: str) -> JsonValue:
    """The number itself under which the record is held."""
    return number


def count(lowest: int, below: int) -> Make:
    """A whole number."""
    return lambda random, number: random.randrange(lowest, below)


def by_chance(share: float) -> Make:
    """True for this share of all numbers."""
    return lambda random, number: random.random() < share


def lettered(text: str) -> Make:
    """A text whose ``*`` is one of ten letters: 测试申请人甲."""
    return lambda random, number: text.replace("*", random.choice(_LETTERS))


def address(random: Random, number: str) -> JsonValue:
    """An address that no map shows."""
    return f"{random.choice(_STREETS)}{random.randrange(1, 300)}号（模拟）"


def day(first: date, days: int) -> Make:
    """A day of the ``days`` from ``first`` on."""
    return lambda random, number: (first + timedelta(days=random.randrange(days))).isoformat()


def reference(prefix: str) -> Make:
    """The reference of a document, which carries its simulation in its name."""
    return lambda random, number: f"SIM:{prefix}:{number}"


def by_type(field: FormField) -> Make:
    """A value that fits the type of a form field, for data sets that only a bundle names."""
    match field.type:
        case FieldType.TEXT:
            return always(f"{field.title.zh}（模拟）"[: field.max_length])
        case FieldType.CHOICE:
            return always(field.options[0].value)
        case FieldType.YES_NO:
            return always(False)
        case FieldType.NUMBER:
            return count(0, 100)
        case FieldType.MONEY:
            return lambda random, number: f"{random.randrange(1000, 100000)}.00"
        case FieldType.DATE:
            return day(date(2001, 1, 1), 8000)
        case FieldType.PHONE:
            return always("13800000000")
        case FieldType.IDENTITY_NUMBER:
            return always("11010519491231002X")  # the example of GB 11643 itself: nobody's
        case FieldType.CREDIT_CODE:
            return always("91441900MA0000015D")
