"""What departments decided of a case, as its record has it: beside what the seed foretells, and beside another run."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from one_things.case import CaseState
from one_things.events import CaseOutcome, CorrectionRequested, Event, ItemApproved, ItemRefused
from one_things.evolving import evolve
from tests.faults.many.foretold import APPROVED, CORRECTION, OBJECTED, REFUSED, Foretold

Verdicts = Mapping[tuple[str, int], str]
"""(item, attempt) → verdict."""


class Decision(NamedTuple):
    """A decision of a department that counted."""

    decision_id: str
    item: str
    attempt: int
    verdict: str


def decisions(history: Sequence[Event]) -> list[Decision]:
    """Every one of this record, in order. That nobody objected to a notice is nobody's decision."""
    found: list[Decision] = []
    state: CaseState | None = None
    for event in history:
        if state is not None:
            match event:
                case ItemApproved() if state.plan.item(event.item).notice is None:
                    found.append(Decision(event.decision_id, event.item, state.items[event.item].attempt, APPROVED))
                case ItemRefused() if not event.by_platform:
                    verdict = OBJECTED if event.code == "objection" else REFUSED
                    found.append(Decision(event.decision_id, event.item, state.items[event.item].attempt, verdict))
                case CorrectionRequested():
                    found.append(Decision(event.decision_id, event.item, event.attempt, CORRECTION))
        state = evolve(state, event)
    return found


def verdicts(history: Sequence[Event]) -> Verdicts:
    """What was decided of each attempt. Raises AssertionError when one was decided twice."""
    found: dict[tuple[str, int], str] = {}
    for one in decisions(history):
        assert (one.item, one.attempt) not in found, f"{one.item} {one.attempt} was decided twice"
        found[one.item, one.attempt] = one.verdict
    return found


def assert_as_foretold(case_no: str, state: CaseState, history: Sequence[Event], foretold: Foretold) -> None:
    """Nothing was decided but what the seed says; and all of it, unless the case was stopped on the way."""
    assert state.outcome in foretold.outcomes, f"{case_no} {state.outcome}, not {set(foretold.outcomes)}"
    found = verdicts(history)
    wrong = {place: said for place, said in found.items() if foretold.decisions.get(place) != said}
    assert not wrong, f"{case_no}: {wrong}, not {foretold.decisions}"
    if foretold.outcomes != {CaseOutcome.COMPLETED}:
        assert _stopping(found), f"{case_no} was stopped, and by no decision: {found}"
        return
    assert {name: item.status for name, item in state.items.items()} == foretold.statuses, case_no
    notices = {item.id for item in state.plan.items if item.notice is not None}
    to_come = {place for place in foretold.decisions if place[0] not in notices}
    assert found.keys() == to_come, f"{case_no}: decided {sorted(found)}, not {sorted(to_come)}"


def _stopping(found: Verdicts) -> bool:
    return any(said in (REFUSED, OBJECTED) for said in found.values())


class Decided(NamedTuple):
    """What became of one errand, as far as a second run of it has to show the same."""

    stopped: bool
    """By whom is not foretold where several departments would: the first ends it."""
    verdicts: Verdicts


def differences(one: Mapping[str, Decided], other: Mapping[str, Decided]) -> list[str]:
    """Errand for errand, of those that both runs had, what was decided differently; nothing for runs by one seed.

    A case that is stopped is not decided to its end: what both runs decided of it before has to be the same.
    """
    told = []
    for errand in sorted(one.keys() & other.keys()):
        here, there = one[errand], other[errand]
        both = here.verdicts.keys() & there.verdicts.keys()
        places = both if here.stopped and there.stopped else here.verdicts.keys() | there.verdicts.keys()
        if here.stopped != there.stopped:
            told.append(f"{errand} was {'' if here.stopped else 'not '}stopped, then {'' if there.stopped else 'not '}")
        told += [
            f"{errand}: {item} {attempt} was {here.verdicts.get((item, attempt))}, "
            f"then {there.verdicts.get((item, attempt))}"
            for item, attempt in sorted(places)
            if here.verdicts.get((item, attempt)) != there.verdicts.get((item, attempt))
        ]
    return told
