"""What a behaviour makes of a submission or an undoing: the reply, and the decision that follows. Pure."""

from random import Random
from typing import Literal, NamedTuple

from adapters.port import Result
from adapters.sandbox import answers, departments
from adapters.sandbox.acting import SentAct, procedure_acts
from adapters.sandbox.answers import Reply, Ruling
from adapters.sandbox.behaviours import (
    AlreadyExists,
    Behaviour,
    Callback,
    Contradicting,
    Correction,
    Garbled,
    Instant,
    Late,
    LostReply,
    Mispay,
    Objection,
    Operation,
    OutOfOrder,
    Procedures,
    Received,
    Refuse,
    SentBack,
    Silent,
    Slow,
    SlowReply,
    Stray,
    Twice,
)
from adapters.sandbox.delivering import paper_acts
from adapters.sandbox.ledger import Kept
from adapters.sandbox.money import as_told, payment_of
from adapters.sandbox.settings import SandboxSettings
from one_things.definition import ItemResult


class Further(NamedTuple):
    """A decision that should not be: sent before the proper one, or after it was answered."""

    body: bytes
    number: str
    after_seconds: float
    first: bool


class Handling(NamedTuple):
    """A reply and, when a decision follows, what it says and when (seconds from now)."""

    reply: Reply
    ruling: Ruling | None = None
    delay_seconds: float = 0.0
    again_after_seconds: float | None = None
    """The same decision is sent once more, so much later."""
    overtakes_reply: bool = False
    """The decision is sent before the reply is given."""
    acts: tuple[SentAct, ...] = ()
    """What is done and said on the way: to papers after an order to deliver them, or before a decision."""
    further: Further | None = None


def contradiction(kept: Kept, after_seconds: float) -> Further:
    """A refusal of what was approved."""
    number = f"{kept.key}:decision:2"
    ruling = Ruling(verdict="refused", code="second-thoughts", reason="复核后不予通过（模拟）")
    return Further(answers.decision(kept, number, ruling, kept.received_at), number, after_seconds, first=False)


class Handler:
    """The handling of all departments of one city."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._results = {(known.department, known.item): known.results for known in settings.known_items}
        self._procedures = {(known.department, known.item): known.procedures for known in settings.known_items}

    def handle(self, behaviour: Behaviour, kept: Kept) -> Handling:
        """How the department handles what it takes for the first time."""
        if kept.operation == Operation.DELIVER and isinstance(behaviour, Instant | Callback | SentBack):
            acts = paper_acts(kept, behaviour, self._delay(None, kept.key))
            return Handling(answers.taken(kept.department, kept.key), acts=acts)
        if isinstance(behaviour, Procedures):
            return self._inspected(behaviour, kept)
        if isinstance(behaviour, Slow | Garbled | Contradicting | Stray):
            return self._at_fault(behaviour, kept, self._approval(behaviour, kept))
        return self._decided(behaviour, kept)

    def _inspected(self, behaviour: Procedures, kept: Kept) -> Handling:
        """The ordinary way, with the special procedures of the item before its decision."""
        declared = self._procedures.get((kept.department, kept.item), ()) if kept.operation == Operation.SUBMIT else ()
        pause = self._delay(behaviour.delay_seconds, kept.key)
        acts = tuple(procedure_acts(kept, declared, pause, behaviour.lasts_seconds))
        until_decided = pause + (acts[-1].after_seconds if acts else 0.0)
        return self._decided(behaviour, kept)._replace(acts=acts, delay_seconds=until_decided)

    def _approval(self, behaviour: Behaviour, kept: Kept) -> Ruling:
        # Only what was submitted leaves something behind that could be issued.
        results = self.results(kept.department, kept.item, kept.key) if kept.operation == Operation.SUBMIT else ()
        return Ruling(results=results, payment=as_told(payment_of(kept), behaviour))

    def _decided(self, behaviour: Behaviour, kept: Kept) -> Handling:
        department, key = kept.department, kept.key
        approved = self._approval(behaviour, kept)
        taken = answers.taken(department, key)
        match behaviour:
            case Instant() | Mispay(delay_seconds=None):
                return Handling(answers.done(approved.results, approved.payment))
            case Callback() | LostReply() | SlowReply() | AlreadyExists() | Mispay() | Procedures():
                return Handling(_replied(behaviour, taken), approved, self._delay(behaviour.delay_seconds, key))
            case Late(delay_seconds=delay):
                return Handling(taken, approved, self._settings.late_seconds if delay is None else delay)
            case Twice(delay_seconds=delay, gap_seconds=gap):
                return Handling(taken, approved, self._delay(delay, key), again_after_seconds=gap)
            case OutOfOrder():
                return Handling(taken, approved, overtakes_reply=True)
            case Refuse(code=code, reason=reason, article=article, delay_seconds=delay):
                if delay is None:
                    return Handling(answers.refused(code, reason, article))
                return Handling(taken, Ruling(verdict="refused", code=code, reason=reason, article=article), delay)
            case Correction(points=points, delay_seconds=delay):
                if delay is None:
                    return Handling(answers.correction(points))
                return Handling(taken, Ruling(verdict="correction", points=points), delay)
            case Objection(reason=reason, delay_seconds=delay):
                return Handling(taken, Ruling(verdict="objection", reason=reason), self._delay(delay, key))
            case Silent() | Received() | SentBack():
                return Handling(answers.received(department, key) if isinstance(behaviour, Received) else taken)
            case _:  # down; what is at random is thrown before it is handled
                return Handling(answers.UNAVAILABLE)

    def _at_fault(self, behaviour: Slow | Garbled | Contradicting | Stray, kept: Kept, ruling: Ruling) -> Handling:
        """Approves, and goes about it in a way that no contract allows."""
        taken, key = answers.taken(kept.department, kept.key), kept.key
        match behaviour:
            case Slow(seconds=seconds):
                return Handling(answers.done(ruling.results, ruling.payment)._replace(after_seconds=seconds))
            case Garbled(delay_seconds=delay):
                return Handling(taken._replace(shown=answers.A_PAGE), ruling, self._delay(delay, key))
            case Contradicting(delay_seconds=delay, gap_seconds=gap):
                return Handling(
                    taken, ruling, self._delay(delay, key), further=contradiction(kept, self._delay(delay, key) + gap)
                )
            case Stray(about=about, delay_seconds=delay):
                return Handling(taken, ruling, self._delay(delay, key), further=self._stray(kept, ruling, about))

    def results(self, department: str, item: str, key: str) -> tuple[Result, ...]:
        """What is issued when ``item`` is approved: what the bundle announces, else the department's usual result."""
        announced = self._results.get((department, item))
        if announced is None:
            title = departments.department(department).result_title
            announced = (ItemResult(id=item, title=title, kind="document"),)
        return tuple(
            Result(id=result.id, title=result.title, kind=result.kind, reference=f"SIM:{key}:{result.id}")
            for result in announced
        )

    def _stray(self, kept: Kept, ruling: Ruling, about: Literal["item", "attempt", "case"]) -> Further:
        """The same decision with one thing named wrongly."""
        match about:
            case "item":
                wrong = kept._replace(item=self._elsewhere(kept.department))
            case "attempt":
                wrong = kept._replace(attempt=kept.attempt + 1)
            case "case":
                wrong = kept._replace(case_no=f"{kept.case_no[:-6]}999999")
        number = f"{kept.key}:stray"
        return Further(answers.decision(wrong, number, ruling, kept.received_at), number, 0.0, first=True)

    def _elsewhere(self, department: str) -> str:
        """An item of another department."""
        return min(item for other, item in self._results if other != department)

    def _delay(self, delay: float | None, key: str) -> float:
        if delay is not None:
            return delay
        return self._settings.decision_seconds * Random(f"{self._settings.seed}:{key}").uniform(0.5, 1.5)  # noqa: S311


def _replied(behaviour: Behaviour, taken: Reply) -> Reply:
    """What is heard of it: all, nothing, a conflict, or something much later."""
    match behaviour:
        case SlowReply(reply_seconds=seconds):
            return taken._replace(after_seconds=seconds)
        case LostReply():
            return taken._replace(lost=True)
        case AlreadyExists():
            return taken._replace(exists=True)
        case _:
            return taken
