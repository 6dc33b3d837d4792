"""Formulas of a bundle: CEL over the form, the answers, dated tables and derived values, read once and reckoned often.

Within CEL a date is its midnight in UTC, for CEL knows moments and no dates; what comes out is a date again.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import NamedTuple

import cel
from pydantic import JsonValue

from one_things.conditions import Answer
from one_things.definition import DatedTable, FieldType, FormField
from one_things.money import fen_of
from one_things.tables import TableGap, add_months, birth_date, months_between, value_on

Value = bool | int | str | date
"""What a formula reads and what comes out of it."""

FORM, DERIVED, TODAY = "form", "derived", "today"
RESERVED = frozenset({FORM, DERIVED, TODAY})
"""Names that mean something in a formula; no situation may bear them."""
FUNCTIONS = ("add_months", "birth_date", "months_between", "table")

_TEXT = r"""(?:'([^']*)'|"([^"]*)")"""
_FIELD = re.compile(rf"\bform\s*\[\s*{_TEXT}\s*\]|{_TEXT}\s+in\s+form\b")
_DERIVED = re.compile(r"\bderived\s*\.\s*([A-Za-z_][A-Za-z0-9_]*)")
_TABLE = re.compile(rf"\btable\s*\(\s*{_TEXT}")
_ANY_TEXT = re.compile(_TEXT)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Reading(NamedTuple):
    """What a formula reads, found without reckoning it."""

    fields: frozenset[str]
    derived: frozenset[str]
    tables: frozenset[str]
    answers: frozenset[str]
    foreign_functions: frozenset[str]
    """Functions that formulas do not know."""
    unclear: frozenset[str]
    """Of ``form``, ``derived`` and ``table`` those that are used without naming plainly what is read."""


class NotReckoned(Exception):
    """The formula gives nothing here: ``missing`` names what it reads and nobody gave (a field, an answer, a value)."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"nothing is known of {missing}")
        self.missing = missing


class OutOfRange(Exception):
    """A date lies before a table begins, or a date or number is larger than can be reckoned with."""


class WrongKind(Exception):
    """The formula does not fit what it reads: a text is added to a date, or what comes out is none of ``Value``."""


class Known(NamedTuple):
    """Everything a formula may read."""

    form: Mapping[str, Value]
    answers: Mapping[str, Answer]
    derived: Mapping[str, Value]
    tables: Mapping[str, DatedTable]
    today: date


def read(formula: str) -> Reading:
    """What the formula reads. Raises ValueError when it is no CEL."""
    program = _program(formula)
    words = _WORD.findall(_ANY_TEXT.sub("''", formula))
    tables = ["".join(texts) for texts in _TABLE.findall(formula)]
    named = {FORM: len(_fields(formula)), DERIVED: len(_derived(formula)), "table": len(tables)}
    operators = {name for name in program.functions() if not _WORD.fullmatch(name) or name.startswith(("_", "@", "!"))}
    return Reading(
        fields=fields_named(formula),
        derived=derived_named(formula),
        tables=frozenset(tables),
        answers=frozenset(program.variables()) - RESERVED,
        foreign_functions=frozenset(program.functions()) - operators - set(FUNCTIONS),
        unclear=frozenset(word for word, times in named.items() if words.count(word) != times),
    )


def fields_named(formula: str) -> frozenset[str]:
    """The form fields that the formula names, whether or not it can be read."""
    return frozenset(_fields(formula))


def derived_named(formula: str) -> frozenset[str]:
    """The derived values that the formula names, whether or not it can be read."""
    return frozenset(_derived(formula))


def _fields(formula: str) -> list[str]:
    return ["".join(texts) for texts in _FIELD.findall(formula)]


def _derived(formula: str) -> list[str]:
    return _DERIVED.findall(_ANY_TEXT.sub("''", formula))


def reckon(formula: str, known: Known) -> Value:
    """What comes out. Raises NotReckoned, OutOfTable, WrongKind."""
    program = _program(formula)
    for answer in program.variables():
        if answer not in known.answers and answer not in RESERVED:
            raise NotReckoned(answer)
    functions = _Functions(known.tables)
    variables: dict[str, object] = {
        **known.answers,
        FORM: {field: _inside(value) for field, value in known.form.items()},
        DERIVED: {name: _inside(value) for name, value in known.derived.items()},
        TODAY: _inside(known.today),
    }
    try:
        context = cel.Context(variables)
        for name in FUNCTIONS:
            context.add_function(name, functions.quiet(name))
        outcome = program.execute(context)
    except KeyError as missing:
        raise NotReckoned(str(missing.args[0])) from None
    except (RuntimeError, TypeError, ValueError) as wrong:
        raise WrongKind(str(wrong)) from None
    if functions.trouble is not None:
        raise functions.trouble
    return _outside(outcome)


def readable(field: FormField, value: JsonValue) -> Value | None:
    """A form's value in its normal form as formulas read it; None for a blank."""
    match field.type:
        case FieldType.DATE if isinstance(value, str):
            return date.fromisoformat(value)
        case FieldType.MONEY if isinstance(value, str):
            return fen_of(value)
        case _:
            return value if isinstance(value, bool | int | str) else None


def written(value: Value) -> JsonValue:
    """A value as it is shown and sent: a date as 2026-01-31."""
    return value.isoformat() if isinstance(value, date) else value


@lru_cache(maxsize=1024)
def _program(formula: str) -> cel.Program:
    return cel.compile(formula)


class _Functions:
    """The functions of formulas. What goes wrong is noted and not raised: CEL would log it, with a person's data."""

    def __init__(self, tables: Mapping[str, DatedTable]) -> None:
        self._tables = tables
        self.trouble: OutOfRange | WrongKind | None = None

    def quiet(self, name: str) -> Callable[..., object]:
        function: Callable[..., object] = getattr(self, name)
        stands_for = 0 if name in {"table", "months_between"} else _inside(date.min)

        def called(*arguments: object) -> object:
            try:
                return function(*arguments)
            except (TableGap, ValueError, OverflowError) as far:
                self.trouble = self.trouble or OutOfRange(str(far))
            except (TypeError, KeyError):
                self.trouble = self.trouble or WrongKind(f"{name} is given what it cannot reckon with")
            return stands_for

        return called

    def table(self, name: str, day: datetime) -> int:
        return value_on(self._tables[name], _date(day))

    def add_months(self, day: datetime, months: int) -> object:
        return _inside(add_months(_date(day), _number(months)))

    def months_between(self, earlier: datetime, later: datetime) -> int:
        return months_between(_date(earlier), _date(later))

    def birth_date(self, number: str) -> object:
        try:
            return _inside(birth_date(number))
        except ValueError:  # identity numbers have been checked: this is another kind of text
            raise TypeError from None


def _date(moment: object) -> date:
    if not isinstance(moment, datetime):
        raise TypeError("this is no date")
    return moment.date()


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("this is no whole number")
    return value


def _inside(value: Value) -> object:
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else value


def _outside(outcome: object) -> Value:
    if isinstance(outcome, datetime):
        return outcome.date()
    if isinstance(outcome, bool | int | str):
        return outcome
    raise WrongKind(f"a {type(outcome).__name__} comes out")
