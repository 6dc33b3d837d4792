"""Whether accepted answers can ever bring conditions about together."""

from collections.abc import Sequence

from one_things.conditions import condition_faults, is_possible, situations_of
from one_things.definition import Bundle


def possible(bundle: Bundle, conditions: Sequence[str | None], never: Sequence[str | None] = ()) -> bool:
    """Whether some answers that no rule refuses make all ``conditions`` hold and none of ``never``.

    None stands for no condition: it always holds.
    """
    if None in never:
        return False
    wanted = [condition for condition in conditions if condition is not None]
    wanted += [f"!({condition})" for condition in never]
    named: frozenset[str] = frozenset().union(*(situations_of(condition) for condition in wanted))
    bars = [rule.refuse_when for rule in bundle.rules if named & situations_of(rule.refuse_when)]
    return is_possible(wanted, bars, {situation.id: situation for situation in bundle.situations})


def may_be_left_out(bundle: Bundle, needed_when: str | None, there_when: str | None) -> bool:
    """Whether something may be needed and not be there. A condition that is wrong in itself is reported elsewhere."""
    return sound(bundle, needed_when, there_when) and possible(bundle, [needed_when], never=[there_when])


def sound(bundle: Bundle, *conditions: str | None) -> bool:
    """Whether these conditions can be evaluated."""
    situations = {situation.id: situation for situation in bundle.situations}
    written = [condition for condition in conditions if condition is not None]
    return not any(list(condition_faults(condition, situations, "")) for condition in written)
