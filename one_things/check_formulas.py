"""Whether a bundle's tables and formulas are right: what they name is declared, and what comes out is of one kind.

Types are checked by reckoning: every formula is tried with values of each field's type, with every answer, and with
dates at both ends of each table that it reads.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import prod

from pydantic import JsonValue
from stdnum.cn import ric

from one_things.check_names import known_name, mistake
from one_things.conditions import Answers, answers_of, condition_faults, situations_of
from one_things.definition import Bundle, DatedTable, FieldType, FormField
from one_things.eligibility import PREFIX, Reckoned, fields_of
from one_things.faults import Fault
from one_things.formulas import (
    FUNCTIONS,
    RESERVED,
    NotReckoned,
    OutOfRange,
    Reading,
    Value,
    WrongKind,
    derived_named,
    read,
)
from one_things.tables import last_change

_MOST_SAMPLES = 600
"""So many samples show every kind of outcome; of more, every so-manieth is tried."""
_BORN_BY = date(2000, 1, 1)
"""Nobody of a sample is born later: an identity number tells a date of the past."""
_PLACE = re.compile(r"<input>:(\d+):(\d+)")


def table_faults(bundle: Bundle) -> Iterator[Fault]:
    """Tables out of order, rises that reach no end, tables that nothing reads."""
    formulas = [derived.formula for derived in bundle.derived] + [demand.require for demand in bundle.eligibility]
    for place, table in enumerate(bundle.tables):
        at = f"tables.{place}"
        for number, (earlier, later) in enumerate(itertools.pairwise(table.rows), 1):
            if later.since <= earlier.since:
                yield mistake(
                    f"{at}.rows.{number}.since",
                    "rows-unordered",
                    f"{later.since} 不在上一行 {earlier.since} 之后。",
                    f"{later.since} does not come after the row before it, {earlier.since}.",
                    "请按日期先后排列，每个日期一行。",
                    "Put the rows in the order of their dates, one row for a date.",
                )
        yield from _rise_faults(table, at)
        if not any(re.search(rf"""['"]{table.id}['"]""", formula) for formula in formulas):
            yield mistake(
                f"{at}.id",
                "unused",
                f"没有公式使用 {table.id}。",
                f"No formula reads {table.id}.",
                "请在公式中用 table('…', 日期) 读取，或删去。",
                "Read it in a formula as table('…', date), or leave it out.",
            )


def _rise_faults(table: DatedTable, at: str) -> Iterator[Fault]:
    rises = table.rises
    if rises is None:
        return
    last = table.rows[-1]
    if rises.since <= last.since:
        yield mistake(
            f"{at}.rises.since",
            "rises-too-early",
            f"递增自 {rises.since} 起，不在最后一行 {last.since} 之后。",
            f"The rises begin on {rises.since}, not after the last row, {last.since}.",
            "递增须从最后一行之后开始。",
            "Let the rises begin after the last row.",
        )
    if rises.by == 0 or (rises.to - last.value) % rises.by or (rises.to - last.value) // rises.by < 1:
        yield mistake(
            f"{at}.rises.to",
            "rises-unfit",
            f"从 {last.value} 每次 {rises.by:+d} 达不到 {rises.to}。",
            f"From {last.value}, by {rises.by:+d} each time, {rises.to} is never reached.",
            "请核对 by 和 to。",
            "Check by and to: whole steps have to lead from the last row's value to it.",
        )


def formula_faults(bundle: Bundle) -> Iterator[Fault]:
    """Everything that is wrong with derived values and eligibility; kinds only once all names are right."""
    situations = {situation.id: situation for situation in bundle.situations}
    yield from _reserved(bundle)
    faults: list[Fault] = []
    formulas = [
        *(
            (f"derived.{place}", "formula", derived.formula, derived.when)
            for place, derived in enumerate(bundle.derived)
        ),
        *((f"eligibility.{place}", "require", one.require, one.when) for place, one in enumerate(bundle.eligibility)),
    ]
    for at, key, formula, when in formulas:
        if when is not None:
            faults += condition_faults(when, situations, f"{at}.when")
        place = int(at.split(".")[1]) if key == "formula" else len(bundle.derived)
        faults += _names(bundle, formula, f"{at}.{key}", [derived.id for derived in bundle.derived[:place]])
    for place, eligibility in enumerate(bundle.eligibility):
        faults += known_name(
            eligibility.field, [field.id for field in bundle.fields], f"eligibility.{place}.field", "field"
        )
    yield from faults
    if not faults and not any(table_faults(bundle)):
        yield from _kinds(bundle)


def _reserved(bundle: Bundle) -> Iterator[Fault]:
    for place, situation in enumerate(bundle.situations):
        if situation.id in RESERVED:
            yield _name_reserved(f"situations.{place}.id", situation.id)
    for place, field in enumerate(bundle.fields):
        if field.id.startswith(PREFIX):
            yield _name_reserved(f"fields.{place}.id", field.id)


def _name_reserved(at: str, name: str) -> Fault:
    return mistake(
        at,
        "name-reserved",
        f"{name} 在公式中另有含义。",
        f"{name} means something else in a formula.",
        "请另取名称。",
        "Give it another name.",
    )


def _names(bundle: Bundle, formula: str, at: str, earlier: Sequence[str]) -> Iterator[Fault]:
    try:
        reading = read(formula)
    except ValueError as unreadable:
        yield _unreadable(str(unreadable), at)
        return
    for word in sorted(reading.unclear):
        yield mistake(
            at,
            "formula-unclear",
            f"公式没有写明 {word} 读取什么。",
            f"The formula does not say plainly what {word} reads.",
            "请写 form['字段'] 、derived.名称 或 table('编号', 日期)。",
            "Write form['field'], derived.name or table('id', date), the names as they are.",
        )
    for function in sorted(reading.foreign_functions):
        yield from known_name(function, FUNCTIONS, at, "function")
    fields = {field.id: field for field in bundle.fields}
    for name in sorted(reading.fields):
        yield from known_name(name, list(fields), at, "field")
        if name in fields and fields[name].source is not None:
            yield mistake(
                at,
                "formula-field-held",
                f"{name} 由共享数据提供，申请时尚不知道。",
                f"{name} is fetched from shared data, and not known yet when somebody applies.",
                "公式只能使用申请人填写的字段。",
                "Reckon with fields that the applicant fills in.",
            )
    for name in sorted(reading.tables):
        yield from known_name(name, [table.id for table in bundle.tables], at, "table")
    for name in sorted(reading.derived):
        yield from known_name(name, earlier, at, "derived")
    for name in sorted(reading.answers):
        yield from known_name(name, [situation.id for situation in bundle.situations], at, "situation")
    if not reading.fields and not reading.derived:
        yield mistake(
            at,
            "formula-reads-nothing",
            "公式没有使用任何字段。",
            "The formula reads no field.",
            "取决于回答的限制请写在 rules 中。",
            "What depends on answers alone is a rule; write it under rules.",
        )


def _unreadable(message: str, at: str) -> Fault:
    place = _PLACE.search(message)
    column = place[2] if place else "1"
    return mistake(
        at,
        "formula-unreadable",
        f"公式无法读取，问题在第 {column} 个字符附近。",
        f"The formula cannot be read, near character {column}.",
        "例如：form['retirement.date'] >= derived.retires_on。",
        "For example: form['retirement.date'] >= derived.retires_on.",
    )


def _kinds(bundle: Bundle) -> Iterator[Fault]:
    for place, derived in enumerate(bundle.derived):
        outcomes = list(_outcomes(bundle, derived.formula, derived.when))
        yield from _trouble(outcomes, f"derived.{place}.formula")
        kinds = {type(outcome) for outcome in outcomes if not isinstance(outcome, Exception)}
        if len(kinds) > 1:
            yield mistake(
                f"derived.{place}.formula",
                "formula-kinds",
                "公式的结果有时是一种类型，有时是另一种。",
                "The formula gives now one kind of value, now another.",
                "请让各分支给出同一类型：日期、数字、文字或是否。",
                "Let every branch give the same kind: a date, a number, a text, or yes and no.",
            )
    for place, eligibility in enumerate(bundle.eligibility):
        at = f"eligibility.{place}.require"
        outcomes = list(_outcomes(bundle, eligibility.require, eligibility.when))
        yield from _trouble(outcomes, at)
        if any(not isinstance(outcome, bool | Exception) for outcome in outcomes):
            yield mistake(
                at,
                "formula-not-yes-no",
                "结果不是“是”或“否”。",
                "The outcome is not yes or no.",
                "请写成比较，例如 form['retirement.date'] >= derived.retires_on。",
                "Compare something, as in form['retirement.date'] >= derived.retires_on.",
            )


def _trouble(outcomes: Sequence[Value | Exception], at: str) -> Iterator[Fault]:
    if any(isinstance(outcome, WrongKind) for outcome in outcomes):
        yield mistake(
            at,
            "formula-unfit",
            "公式对所读的值不适用：类型不符。",
            "The formula does not fit the kinds of what it reads.",
            "日期与日期比较，数字与数字运算；相隔几个月用 months_between，加几个月用 add_months。",
            "Compare dates with dates and numbers with numbers; months_between tells how far apart dates are, "
            "add_months moves one.",
        )
    # Every sample fills in every field, so only a derived value can be missing.
    missing = sorted({outcome.missing for outcome in outcomes if isinstance(outcome, NotReckoned)})
    for name in missing:
        yield mistake(
            at,
            "derived-not-always",
            f"derived.{name} 只在某些情形下存在，此处并非总有。",
            f"derived.{name} exists in some situations only, and is read here in others as well.",
            "请给两处写同样的 when。",
            "Give both the same when.",
        )
    if outcomes and all(isinstance(outcome, OutOfRange) for outcome in outcomes):
        yield mistake(
            at,
            "formula-out-of-table",
            "公式查找的日期总在表之前。",
            "Every date that the formula looks up lies before its table begins.",
            "请核对表的第一行和所查的日期。",
            "Compare the first row of the table with the date that is looked up.",
        )


def _outcomes(bundle: Bundle, formula: str, when: str | None) -> Iterator[Value | Exception]:
    for answers, form in _samples(bundle, formula, when):
        if not answers.meet(when):
            continue
        sample = Reckoned(bundle, answers, form, bundle.valid_from)
        if sample.out_of_range & derived_named(formula):
            continue  # the derived value's own trouble
        try:
            yield sample.reckon(formula)
        except (NotReckoned, OutOfRange, WrongKind) as trouble:
            yield trouble


def _samples(bundle: Bundle, formula: str, when: str | None) -> Iterator[tuple[Answers, Mapping[str, JsonValue]]]:
    readings = list(_readings(bundle, formula))
    named = set().union(*(reading.answers for reading in readings), situations_of(when) if when else ())
    named |= {name for derived in bundle.derived if derived.when for name in situations_of(derived.when)}
    situations = [situation for situation in bundle.situations if situation.id in named]
    behind = fields_of(bundle, formula)
    fields = [field for field in bundle.fields if field.id in behind]
    read_tables = {name for reading in readings for name in reading.tables}
    dates = _dates([table for table in bundle.tables if table.id in read_tables], bundle.valid_from)
    choices: list[Sequence[JsonValue]] = [answers_of(situation) for situation in situations]
    choices += [_values(field, dates) for field in fields]
    step = prod(map(len, choices)) // _MOST_SAMPLES + 1
    for values in itertools.islice(itertools.product(*choices), 0, None, step):
        answered = dict(zip((situation.id for situation in situations), values, strict=False))
        filled = dict(zip((field.id for field in fields), values[len(situations) :], strict=True))
        yield Answers({name: value for name, value in answered.items() if isinstance(value, str | bool)}), filled


def _readings(bundle: Bundle, formula: str) -> Iterator[Reading]:
    reading = read(formula)
    yield reading
    for derived in bundle.derived:
        if derived.id in reading.derived:
            yield from _readings(bundle, derived.formula)


def _dates(tables: Sequence[DatedTable], valid_from: date) -> list[date]:
    ends = {end for table in tables for end in (table.rows[0].since, last_change(table))}
    return sorted(ends | {valid_from, _BORN_BY})


def _values(field: FormField, dates: Sequence[date]) -> Sequence[JsonValue]:
    match field.type:
        case FieldType.DATE:
            return [day.isoformat() for day in dates]
        case FieldType.IDENTITY_NUMBER:
            return [_identity_number(day) for day in dates if day <= _BORN_BY]
        case FieldType.YES_NO:
            return [True, False]
        case FieldType.CHOICE:
            return [option.value for option in field.options]
        case FieldType.NUMBER | FieldType.MONEY:
            return ["0", "1", "1000"]
        case FieldType.CREDIT_CODE:
            return ["91110000600037341L"]
        case FieldType.PHONE:
            return ["13800000000"]
        case FieldType.TEXT:
            return ["x"]


def _identity_number(born_on: date) -> str:
    number = f"110105{born_on:%Y%m%d}0020"
    return number[:-1] + ric.calc_check_digit(number)
