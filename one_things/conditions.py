"""Conditions of a bundle: CEL expressions over the answers to its situations, read once and evaluated often.

A situation has few answers, so a condition is checked by trying **all** of them: it must say yes or no for each, and
every situation it names must be able to change the outcome. That finds a comparison with a misspelt option, which the
types of CEL alone would accept.
"""

import difflib
import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import cel

from one_things.definition import Situation
from one_things.faults import DomainError, Fault
from one_things.text import Text

Answer = str | bool

MOST_COMBINATIONS = 65_536
"""More combinations of answers than this are not tried; a condition that needs more is too wide to be understood."""

_STRING = re.compile(r"""'([^']*)'|"([^"]*)\"""")
_PLACE = re.compile(r"<input>:(\d+):(\d+)")


class Unanswered(DomainError):
    """The outcome of a condition depends on situations that have no answer yet: ``situations``, sorted."""

    code = "unanswered"

    def __init__(self, situations: tuple[str, ...]) -> None:
        super().__init__(f"no answer to {', '.join(situations)}")
        self.situations = situations


class Answers:
    """Answers to situations, against which conditions are evaluated."""

    def __init__(self, values: Mapping[str, Answer]) -> None:
        self.values = dict(values)
        self._context = cel.Context(self.values)

    def meet(self, condition: str | None) -> bool:
        """Whether the condition holds; no condition always does.

        An answer that cannot change the outcome may be missing: ``route == 'simple' && pending_suit`` is false on the
        general route whatever else is known. Raises Unanswered when a missing answer does matter, and ValueError for a
        condition that no checked bundle holds.
        """
        if condition is None:
            return True
        program = _program(condition)
        try:
            outcome = program.execute(self._context)
        except RuntimeError as undefined:
            missing = tuple(name for name in program.variables() if name not in self.values)
            if missing:
                raise Unanswered(missing) from undefined
            raise
        if not isinstance(outcome, bool):
            raise ValueError("a condition says yes or no")
        return outcome


@lru_cache(maxsize=4096)
def _program(condition: str) -> cel.Program:
    return cel.compile(condition)


def condition_faults(condition: str, situations: Mapping[str, Situation], field: str) -> tuple[Fault, ...]:
    """Everything that is wrong with a condition over these situations; ``field`` is where the condition stands."""
    try:
        program = _program(condition)
    except ValueError as unreadable:
        return (_unreadable(str(unreadable), field),)
    names = program.variables()
    unknown = [name for name in names if name not in situations]
    if unknown:
        return tuple(_unknown_situation(name, situations, field) for name in unknown)
    asked = [situations[name] for name in names]
    return tuple(_option_faults(condition, asked, field)) or tuple(_outcome_faults(condition, asked, field))


def is_possible(conditions: Sequence[str], bars: Sequence[str], situations: Mapping[str, Situation]) -> bool:
    """Whether some answers meet all conditions while no bar holds; True when there are too many answers to try."""
    names = {name for condition in (*conditions, *bars) for name in _program(condition).variables()}
    asked = [situations[name] for name in sorted(names)]
    if _combinations(asked) > MOST_COMBINATIONS:
        return True
    return any(
        all(answers.meet(condition) for condition in conditions) and not any(answers.meet(bar) for bar in bars)
        for answers in _all_answers(asked)
    )


def situations_of(condition: str) -> frozenset[str]:
    """The situations that a readable condition names."""
    return frozenset(_program(condition).variables())


def answers_of(situation: Situation) -> tuple[Answer, ...]:
    """Every answer that the situation allows."""
    return (True, False) if situation.type == "yes_no" else tuple(option.value for option in situation.options)


def _combinations(asked: Sequence[Situation]) -> int:
    return math.prod(len(answers_of(situation)) for situation in asked)


def _all_answers(asked: Sequence[Situation]) -> Iterator[Answers]:
    for values in itertools.product(*(answers_of(situation) for situation in asked)):
        yield Answers(dict(zip((situation.id for situation in asked), values, strict=True)))


def _option_faults(condition: str, asked: Sequence[Situation], field: str) -> Iterator[Fault]:
    options = sorted({option.value for situation in asked for option in situation.options})
    for match in _STRING.finditer(condition):
        value = match[1] if match[1] is not None else match[2]
        if value not in options:
            yield Fault(
                field=field,
                code="condition-option-unknown",
                reason=Text(
                    zh=f"条件中的“{value}”不是所涉情形的选项。",
                    en=f"'{value}' is no option of the situations in this condition.",
                ),
                fix=_closest(value, options),
            )


def _outcome_faults(condition: str, asked: Sequence[Situation], field: str) -> Iterator[Fault]:
    if not asked or _combinations(asked) > MOST_COMBINATIONS:
        yield _fault(
            field,
            "condition-unfit",
            Text(
                zh="条件须取决于情形，且不可涉及过多情形。", en="A condition depends on situations, and on few of them."
            ),
            Text(
                zh="请改为少数几个情形的判断，或删去该条件。", en="Name a few situations, or leave the condition out."
            ),
        )
        return
    outcomes: dict[tuple[Answer, ...], object] = {}
    for answers in _all_answers(asked):
        try:
            outcome = _program(condition).execute(answers.values)
        except (RuntimeError, TypeError, ValueError):
            outcome = None
        if not isinstance(outcome, bool):
            yield _fault(
                field,
                "condition-not-yes-no",
                Text(zh="条件的结果不是“是”或“否”。", en="The condition does not say yes or no for every answer."),
                Text(
                    zh="选择题请与选项比较，例如 route == 'simple'；是非题直接写名称。",
                    en="Compare a choice with an option, as in route == 'simple'; write a yes/no situation alone.",
                ),
            )
            return
        outcomes[tuple(answers.values[situation.id] for situation in asked)] = outcome
    for place, situation in enumerate(asked):
        if not _makes_a_difference(place, situation, outcomes):
            yield _fault(
                field,
                "condition-no-difference",
                Text(
                    zh=f"情形 {situation.id} 的回答不影响该条件的结果。",
                    en=f"The answer to {situation.id} makes no difference to this condition.",
                ),
                _comparable(situation),
            )


def _makes_a_difference(place: int, situation: Situation, outcomes: Mapping[tuple[Answer, ...], object]) -> bool:
    return any(
        outcome is not outcomes[(*answers[:place], other, *answers[place + 1 :])]
        for answers, outcome in outcomes.items()
        for other in answers_of(situation)
    )


def _comparable(situation: Situation) -> Text:
    if situation.type == "yes_no":
        return Text(
            zh=f"是非题请直接写 {situation.id} 或 !{situation.id}。",
            en=f"Write {situation.id} or !{situation.id}: its answer is yes or no, not a text.",
        )
    options = ", ".join(f"'{option.value}'" for option in situation.options)
    return Text(zh=f"请与其选项之一比较：{options}。", en=f"Compare it with one of its options: {options}.")


def _unreadable(message: str, field: str) -> Fault:
    place = _PLACE.search(message)
    column = place[2] if place else "1"
    return _fault(
        field,
        "condition-unreadable",
        Text(
            zh=f"条件无法读取，问题在第 {column} 个字符附近。",
            en=f"The condition cannot be read, near character {column}.",
        ),
        Text(
            zh="例如：route == 'simple' && has_employees；“并且”写 &&，“或者”写 ||，“非”写 !。",
            en="For example: route == 'simple' && has_employees; write && for and, || for or, ! for not.",
        ),
    )


def _unknown_situation(name: str, situations: Mapping[str, Situation], field: str) -> Fault:
    return _fault(
        field,
        "condition-situation-unknown",
        Text(zh=f"条件提到的情形 {name} 没有声明。", en=f"The condition names {name}, which is no declared situation."),
        _closest(name, sorted(situations)),
    )


def _closest(word: str, known: Sequence[str]) -> Text:
    near = difflib.get_close_matches(word, known, n=1) or list(known)
    return Text(zh=f"可用：{'、'.join(near)}。", en=f"Known: {', '.join(near)}.")


def _fault(field: str, code: str, reason: Text, fix: Text) -> Fault:
    return Fault(field=field, code=code, reason=reason, fix=fix)
