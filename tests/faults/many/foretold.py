"""How every case has to end, said beforehand from the seed: nothing else decides what departments say."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from adapters.sandbox.behaviours import AtRandom, Correction, Objection, Refuse
from adapters.sandbox.chance import Occasion, chance
from adapters.sandbox.subjects import subject_in
from one_things.case import ItemStatus
from one_things.events import CaseOutcome
from one_things.order import precedes_pivot
from one_things.plan import Plan, PlannedItem

APPROVED, REFUSED, OBJECTED, CORRECTION = "approved", "refused", "objection", "correction"


@dataclass(frozen=True)
class Foretold:
    """The decisions of departments about one case, and what they come to."""

    decisions: Mapping[tuple[str, int], str]
    """(item, attempt) → verdict, of everything that could be submitted."""
    outcomes: frozenset[CaseOutcome]
    """More than one where two departments stop the case: who is first is not foretold."""
    statuses: Mapping[str, ItemStatus]
    """Of the items, where nothing stops the case; what comes after a refusal waits for ever."""

    def objects(self, item: str) -> bool:
        """Whether somebody objects to this notice."""
        return self.decisions.get((item, 1)) == OBJECTED


def foretell(at_random: AtRandom, plan: Plan, form: Mapping[str, JsonValue]) -> Foretold:
    """What becomes of the case."""
    decisions: dict[tuple[str, int], str] = {}
    statuses: dict[str, ItemStatus] = {}
    outcomes: set[CaseOutcome] = set()
    waiting = list(plan.items)
    while waiting:
        ready = [item for item in waiting if all(earlier in statuses for earlier in item.after)]
        assert ready, "a plan has no circles"
        for item in ready:
            waiting.remove(item)
            if any(statuses[earlier] is not ItemStatus.APPROVED for earlier in item.after):
                statuses[item.id] = ItemStatus.WAITING
                continue
            verdict = _verdict(at_random, item, form, decisions)
            statuses[item.id] = ItemStatus.APPROVED if verdict == APPROVED else ItemStatus.REFUSED
            if verdict != APPROVED and precedes_pivot(plan, item.id):
                outcomes.add(CaseOutcome.OBJECTED if verdict == OBJECTED else CaseOutcome.REFUSED)
    return Foretold(decisions, frozenset(outcomes or {CaseOutcome.COMPLETED}), statuses)


def _verdict(
    at_random: AtRandom, item: PlannedItem, form: Mapping[str, JsonValue], decisions: dict[tuple[str, int], str]
) -> str:
    """The last word about an item; every word on the way is noted."""
    subject = subject_in({name: form[name] for name in item.fields if name in form}).number
    assert subject, f"{item.id} names nobody: the departments could not tell two cases apart"
    for attempt in (1, 2):
        behaviour = chance(
            at_random,
            Occasion(subject, item.id, attempt, notice=item.notice is not None, money=item.payment is not None),
        ).behaviour
        match behaviour:
            case Correction():
                decisions[item.id, attempt] = CORRECTION
            case Refuse():
                decisions[item.id, attempt] = REFUSED
                return REFUSED
            case Objection():
                decisions[item.id, attempt] = OBJECTED
                return OBJECTED
            case _:
                decisions[item.id, attempt] = APPROVED
                return APPROVED
    raise AssertionError("there is one correction notice")
