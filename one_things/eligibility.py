"""What is reckoned from an application and demanded of it: derived values, and who is eligible by them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from pydantic import JsonValue

from one_things.admission import usable_answers
from one_things.conditions import Answers, Unanswered
from one_things.definition import Bundle, Eligibility, FormField
from one_things.faults import Fault
from one_things.form import ValueRefused, is_blank, normal_form, normal_value
from one_things.formulas import (
    Known,
    NotReckoned,
    OutOfRange,
    Value,
    WrongKind,
    derived_named,
    fields_named,
    read,
    readable,
    reckon,
    written,
)
from one_things.model import Record
from one_things.text import Text

PREFIX = "derived."
"""What the id of a derived value begins with where an item lists it and a department receives it."""


class DerivedValue(Record):
    """A value reckoned from the form: its id without the prefix, and what came out."""

    id: str
    title: Text
    value: bool | int | str | date


def fields_of(bundle: Bundle, formula: str) -> frozenset[str]:
    """The form fields that a formula is reckoned from. Derived values that are not declared count as nothing."""
    formulas = {derived.id: derived.formula for derived in bundle.derived}
    fields: set[str] = set()
    seen: set[str] = set()
    waiting = [formula]
    while waiting:
        here = waiting.pop()
        fields |= fields_named(here)
        further = derived_named(here) - seen
        seen |= further
        waiting += [formulas[name] for name in further if name in formulas]
    return frozenset(fields)


def derived_values(
    bundle: Bundle, answers: Answers, form: Mapping[str, JsonValue], today: date
) -> tuple[DerivedValue, ...]:
    """Every derived value that answers and form give, in the order of the bundle; the others are left out."""
    known = Reckoned(bundle, answers, form, today)
    return tuple(
        DerivedValue(id=derived.id, title=derived.title, value=known.values[derived.id])
        for derived in bundle.derived
        if derived.id in known.values
    )


def reckoned_form(
    bundle: Bundle, answers: Mapping[str, object], form: Mapping[str, JsonValue], today: date
) -> dict[str, JsonValue]:
    """The normal form with what is reckoned from it (``derived.<id>``) on this day: what is sealed and sent.

    Raises ValueRefused for a form that was not checked.
    """
    normal = normal_form(bundle, form)
    derived = derived_values(bundle, usable_answers(bundle, answers), normal, today)
    return normal | {PREFIX + value.id: written(value.value) for value in derived}


def reckoned_from(bundle: Bundle, asked: Sequence[FormField], sent: Iterable[Collection[str]]) -> frozenset[str]:
    """The fields, of those asked for, behind the derived values ``sent`` to departments and behind all demands."""
    formulas = [name for fields in sent for name in fields if name.startswith(PREFIX)]
    formulas += [eligibility.require for eligibility, _ in _demanded(bundle, asked)]
    return frozenset().union(*(fields_of(bundle, formula) for formula in formulas))


def eligibility_in_doubt(bundle: Bundle, answers: Answers, asked: Sequence[FormField]) -> frozenset[str]:
    """The situations without an answer that decide whether something is demanded, or what."""
    doubts: set[str] = set()
    for eligibility, _ in _demanded(bundle, asked):
        try:
            applies = answers.meet(eligibility.when)
        except Unanswered as doubt:
            doubts.update(doubt.situations)
        else:
            doubts.update(read(eligibility.require).answers - answers.values.keys() if applies else ())
    return frozenset(doubts)


def eligibility_faults(
    bundle: Bundle, answers: Answers, asked: Sequence[FormField], form: Mapping[str, JsonValue], today: date
) -> Iterator[Fault]:
    """What is demanded and does not hold, under the demand's own id as the code, each with its reason and source."""
    known = Reckoned(bundle, answers, form, today)
    optional = {field.id for field in asked if not field.required}
    for eligibility, fields in _demanded(bundle, asked):
        try:
            if not answers.meet(eligibility.when) or known.reckon(eligibility.require) is True:
                continue
        except Unanswered:
            continue
        except NotReckoned as unknown:
            if unknown.missing in read(eligibility.require).answers:
                continue  # asked for as an answer first
            if known.out_of_range & read(eligibility.require).derived:
                yield _out_of_range(eligibility.field)
            # What has to be filled in, or does not fit its field, is a fault already.
            yield from (_needed(field) for field in sorted(fields & optional - known.form.keys()))
            continue
        except (OutOfRange, WrongKind):
            yield _out_of_range(eligibility.field)
            continue
        yield _not_eligible(eligibility)


def _demanded(bundle: Bundle, asked: Sequence[FormField]) -> Iterator[tuple[Eligibility, frozenset[str]]]:
    """What is demanded of an application that is asked for these fields, with the fields that it is measured by."""
    given = {field.id for field in asked}
    for eligibility in bundle.eligibility:
        fields = fields_of(bundle, eligibility.require)
        if fields <= given:
            yield eligibility, fields


class Reckoned:
    """The form of one application, and what is derived from it: ``values``, and what is ``out_of_range``."""

    def __init__(self, bundle: Bundle, answers: Answers, form: Mapping[str, JsonValue], today: date) -> None:
        self.form = _read(bundle.fields, form)
        """The values that formulas read."""
        self.values: dict[str, Value] = {}
        self.out_of_range: set[str] = set()
        self._answers = answers.values
        self._tables = {table.id: table for table in bundle.tables}
        self._today = today
        for derived in bundle.derived:
            try:
                if answers.meet(derived.when):
                    self.values[derived.id] = self.reckon(derived.formula)
            except Unanswered:
                continue  # shown and sent without it
            except NotReckoned:
                if self.out_of_range & derived_named(derived.formula):
                    self.out_of_range.add(derived.id)
            except (OutOfRange, WrongKind):
                self.out_of_range.add(derived.id)

    def reckon(self, formula: str) -> Value:
        """What comes out of a formula over all this. Raises NotReckoned, OutOfRange, WrongKind."""
        return reckon(formula, Known(self.form, self._answers, self.values, self._tables, self._today))


def _read(fields: Iterable[FormField], form: Mapping[str, JsonValue]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for field in fields:
        given = form.get(field.id)
        try:
            value = None if is_blank(given) else readable(field, normal_value(field, given))
        except ValueRefused:
            continue  # a fault of the form, which says so itself
        if value is not None:
            values[field.id] = value
    return values


def _not_eligible(eligibility: Eligibility) -> Fault:
    source = f"《{eligibility.source.document}》{eligibility.source.article or ''}"
    return Fault(
        field=f"form.{eligibility.field}",
        code=eligibility.id,
        reason=Text(zh=f"{eligibility.reason.zh}（依据：{source}）", en=f"{eligibility.reason.en} (Source: {source})"),
        fix=eligibility.fix,
    )


def _needed(field: str) -> Fault:
    return Fault(
        field=f"form.{field}",
        code="field-needed",
        reason=Text(
            zh="须填写此项方可判断是否符合条件。", en="Without this it cannot be told whether you are eligible."
        ),
        fix=Text(zh="请填写该项。", en="Fill it in."),
    )


def _out_of_range(field: str) -> Fault:
    return Fault(
        field=f"form.{field}",
        code="value-out-of-range",
        reason=Text(
            zh="所填日期或数字超出可计算的范围。", en="A date or number here is beyond what can be reckoned with."
        ),
        fix=Text(zh="请核对所填日期和数字。", en="Check the dates and numbers."),
    )
