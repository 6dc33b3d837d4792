"""Which questions to ask next, so that nobody is asked what their other answers make meaningless.

Of each condition that is still open only the first open question is asked: with ``route == 'simple' && pending_suit``
nobody is asked about a suit before they have chosen the simple route.
"""

from collections.abc import Iterator, Mapping

from one_things.admission import usable_answers
from one_things.conditions import Answers, Unanswered
from one_things.definition import Bundle, FormField, Material, Situation


def next_questions(bundle: Bundle, given: Mapping[str, object]) -> tuple[Situation, ...]:
    """The questions that are open and that matter now, in the order of the bundle's file."""
    answers = usable_answers(bundle, given)
    order = {situation.id: place for place, situation in enumerate(bundle.situations)}
    asked: set[str] = set()
    for condition in _conditions(bundle, answers):
        try:
            answers.meet(condition)
        except Unanswered as doubt:
            asked.add(min(doubt.situations, key=order.__getitem__))
    return tuple(situation for situation in bundle.situations if situation.id in asked)


def _conditions(bundle: Bundle, answers: Answers) -> Iterator[str]:
    yield from (rule.refuse_when for rule in bundle.rules)
    items = [item for item in bundle.items if item.when is None or _may_hold(answers, item.when)]
    yield from (item.when for item in items if item.when is not None)
    yield from (limits.when for item in items for limits in item.limits_when)
    used = {name for item in items for name in (*item.fields, *item.materials)}
    named: tuple[FormField | Material, ...] = (*bundle.fields, *bundle.materials)
    yield from (declared.when for declared in named if declared.when is not None and declared.id in used)


def _may_hold(answers: Answers, condition: str) -> bool:
    try:
        return answers.meet(condition)
    except Unanswered:
        return True
