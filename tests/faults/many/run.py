"""One run, and everything that has to be true at its end."""

import asyncio
import hashlib
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, closing, nullcontext
from dataclasses import dataclass, field

import httpx

from adapters.sandbox.behaviours import AtRandom
from event_store.case_projection import CaseProjection
from event_store.projector import Projector
from event_store.verify import Verifier
from one_things.case import PENDING, CaseState
from one_things.events import CaseOutcome
from runtime.authoring.acts_on_the_way import Doors
from security.suites import suite, suite_names
from tests.faults.many.chaos import Chaos
from tests.faults.many.decided import Decided, assert_as_foretold, decisions, verdicts
from tests.faults.many.errands import Errand, errands
from tests.faults.many.foretold import APPROVED, CORRECTION, OBJECTED, REFUSED, Foretold, foretell
from tests.faults.many.persons import Persons
from tests.flows.directory import Directory
from tests.flows.soundness import assert_sound, whole_record
from tests.flows.town import Town, eventually, told

_AT_ONCE = 32
"""Cases under way at any moment."""
_PATIENCE = 180.0
"""Seconds without any event, after which a case is stuck: several restarts, and the longest pause of a repetition."""
_IMPATIENT = {"first_seconds": 0.5, "factor": 1.6, "longest_seconds": 5.0}
"""When departments are tried again: their own schedule goes up to five minutes, longer than cases have here."""
_READ_MODELS = {"cases": "case_no", "items": "case_no, item_id", "timeline": "case_no, version"}
_VERDICTS = (APPROVED, REFUSED, CORRECTION, OBJECTED)
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Ended:
    """How one case ended."""

    errand: Errand
    foretold: Foretold
    case_no: str
    state: CaseState
    decided: Decided


@dataclass
class Outcome:
    """What a run came to."""

    ended: list[Ended] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    """What went wrong, and what was counted."""
    seconds: float = 0.0
    before: frozenset[str] = frozenset()
    """The cases that were there already."""

    @property
    def decided(self) -> dict[str, Decided]:
        """Errand → what was decided of it."""
        return {one.errand.name: one.decided for one in self.ended}

    @property
    def digest(self) -> str:
        """Of all decisions about every case that none stopped, and of which were: any run by this seed has the same."""
        told = {
            name: "stopped" if decided.stopped else sorted((*place, said) for place, said in decided.verdicts.items())
            for name, decided in self.decided.items()
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


async def run(
    town: Town, at_random: AtRandom, cases: int, *, chaos: bool = True, progress: Progress = lambda said: None
) -> Outcome:
    """So many cases from application to end. Raises AssertionError when one is stuck."""
    outcome, began = Outcome(before=await _begun(town)), time.monotonic()
    every = errands(at_random, cases)
    departments = sorted({department.id for errand in every for department in errand.bundle.departments})
    raging = Chaos(town, at_random.seed, departments)
    turns = asyncio.Semaphore(_AT_ONCE)
    async with AsyncExitStack() as opened:
        doors = await opened.enter_async_context(_Doors(town))
        directory = Directory(town)
        directory.write(directory.everywhere(retries=_IMPATIENT))
        opened.callback(directory.write, directory.as_it_was)
        await town.control.everything(at_random)
        opened.push_async_callback(town.control.everything, None)
        await opened.enter_async_context(raging.raging() if chaos else nullcontext())

        stuck: list[str] = []

        async def play(errand: Errand) -> None:
            foretold = foretell(at_random, errand.plan, errand.form)
            persons = Persons(town, doors, errand, foretold)
            async with turns:
                case_no = await persons.applied()
                state = await persons.until_closed(case_no, _PATIENCE)
                if state is None:
                    stuck.append(await _stuck(town, case_no, errand))
                    progress(f"{stuck[-1]}\n")
                    return
            decided = Decided(state.outcome is not CaseOutcome.COMPLETED, verdicts(town.events(case_no)))
            outcome.ended.append(Ended(errand, foretold, case_no, state, decided))
            progress(f"{len(outcome.ended)} of {cases} cases have ended")

        async with asyncio.TaskGroup() as playing:
            for errand in every:
                playing.create_task(play(errand))
    assert not stuck, "\n".join(stuck)
    outcome.done += raging.done
    outcome.seconds = time.monotonic() - began
    return outcome


class _Doors:
    """The doors of the applicant and of the control."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._gateway = httpx.AsyncClient(
            base_url=town.city.urls["gateway"], headers=town.bearer(), timeout=30, trust_env=False
        )

    async def __aenter__(self) -> Doors:
        await self._gateway.__aenter__()
        return Doors(self._gateway, self._town.http, self._town.city)  # nobody here decides by hand

    async def __aexit__(self, *_: object) -> None:
        await self._gateway.aclose()


async def _stuck(town: Town, case_no: str, errand: Errand) -> str:
    """Where the case stands, and what its departments know of whatever they have not decided."""
    state = town.follower.case(case_no).state
    if state is None:
        return f"{case_no} ({errand.name}) has not begun"
    open_items = {name: item.status.value for name, item in state.items.items() if item.status in PENDING}
    journal = await town.journal(case_no)
    about = [
        *(f"{call.at:%H:%M:%S} {call.kind} {call.key}: {call.status}" for call in journal.calls),
        *(
            f"{one.decision_id} {one.state}: {[sent.model_dump() for sent in one.sendings]}"
            for one in journal.decisions
        ),
    ]
    told = [line for line in about if any(f":{name}:" in line for name in open_items)]
    tasks = [(task.item, task.kind.value) for task in state.tasks]
    return f"{case_no} ({errand.name}) is stuck: {state.phase} {open_items}; tasks {tasks}\n" + "\n".join(told)


async def assert_all_well(town: Town, outcome: Outcome, progress: Progress = lambda said: None) -> None:
    """Every case by itself, of each of which is told what is wrong; the record as a whole, and what is shown of it."""
    faults: list[str] = []
    for number, one in enumerate(outcome.ended, start=1):
        try:
            await _assert_case(town, one, outcome.done)
        except AssertionError as fault:
            faults.append(f"{one.case_no} ({one.errand.name}): {fault}\n{_story(town, one.case_no)}")
            progress(f"{faults[-1]}\n")
        progress(f"{number} of {len(outcome.ended)} cases are looked at")
    assert not faults, "\n".join(faults)
    await _assert_nobody_else(town, outcome)
    hashers = [suite(name) for name in suite_names()]
    verifier = Verifier(town.record.database, hashers, town.settings.record_mac_key_bytes())
    assert await verifier.verify() == []
    await _assert_rebuilt_alike(town)


def _story(town: Town, case_no: str) -> str:
    return "\n".join(told(event) for event in town.events(case_no))


async def _assert_case(town: Town, one: Ended, count: Counter[str]) -> None:
    history = await whole_record(town, one.case_no)
    assert_as_foretold(one.case_no, one.state, history, one.foretold)
    await assert_sound(town, one.case_no, never_arrived=await _never_arrived(town, one.case_no), listed=False)
    counted = decisions(history)
    await _assert_every_decision_answered(town, one.case_no, {decision.decision_id for decision in counted}, count)
    count["decisions counted"] += len(counted)
    count["decisions foretold"] += len(one.foretold.decisions)
    count[f"cases {one.state.outcome}"] += 1


async def _never_arrived(town: Town, case_no: str) -> frozenset[str]:
    """Submissions that were taken back before their department had seen them: it has seen the taking back."""
    keys = (await town.journal(case_no)).keys
    submitted = {one.key for one in keys if one.kind == "submit"}
    undone = {one.key.removesuffix(":undo") for one in keys if one.kind == "undo" and one.effects}
    return frozenset(undone - submitted)


async def _assert_every_decision_answered(town: Town, case_no: str, counted: set[str], count: Counter[str]) -> None:
    """Whatever departments sent was answered: what counted with success, all else with a refusal."""

    async def sent() -> list[tuple[str, str, list[int]]]:
        return [
            (one.decision_id, one.state, [sending.status for sending in one.sendings])
            for one in (await town.journal(case_no)).decisions
            if one.verdict in _VERDICTS
        ]

    everything = await eventually(
        sent, lambda found: all(state not in ("open", "sending") for _, state, _ in found), f"{case_no} all answered"
    )
    for decision_id, state, statuses in everything:
        if state != "answered":
            continue
        taken = 200 <= statuses[-1] < 300
        assert taken == (decision_id in counted), f"{case_no}: {decision_id} was answered {statuses}"
        count["callbacks"] += 1
        count["callbacks refused"] += not taken
        count["callbacks sent again"] += len(statuses) > 1


async def _assert_nobody_else(town: Town, outcome: Outcome) -> None:
    """Each errand made one case, however often it was handed in; departments have heard of no other."""
    cases = [one.case_no for one in outcome.ended]
    assert len(set(cases)) == len(cases) == len(outcome.decided)
    assert await _begun(town) - outcome.before == set(cases)
    with closing(sqlite3.connect(f"file:{town.city.data_dir / 'departments.db'}?mode=ro", uri=True)) as ledger:
        heard_of = {row[0] for row in ledger.execute("SELECT DISTINCT case_no FROM submissions")}
    assert heard_of - outcome.before <= set(cases), "departments were handed something of a case that nobody has"


async def _begun(town: Town) -> frozenset[str]:
    async with town.record.database.connection() as connection:
        return frozenset(row[0] for row in await connection.fetch("SELECT case_no FROM heads"))


async def _assert_rebuilt_alike(town: Town) -> None:
    """The read models, byte for byte, are what the record makes of them."""
    projector = Projector(town.record.database, CaseProjection())
    await projector.catch_up()
    before = await _dump(town)
    await projector.rebuild()
    assert await _dump(town) == before


async def _dump(town: Town) -> dict[str, list[str]]:
    async with town.record.database.connection() as connection:
        return {
            table: [row[0] for row in await connection.fetch(f"SELECT {table}::text FROM {table} ORDER BY {key}")]
            for table, key in _READ_MODELS.items()
        }
