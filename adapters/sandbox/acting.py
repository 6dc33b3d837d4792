"""Acts that a simulated department says by itself: what it is, and the special procedures of an item among them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pydantic_core import to_json

from adapters.sandbox.ledger import Kept


class SentAct(NamedTuple):
    """One act: its id, the body that is sent, and how many seconds after the department took what it is about."""

    act_id: str
    body: bytes
    after_seconds: float


def act_of(kept: Kept, act: str, says: dict[str, str], after_seconds: float, *, about: str = "") -> SentAct:
    """An act about what was taken. What it is ``about`` tells apart acts of one kind."""
    act_id = ":".join(filter(None, (kept.key, act, about)))
    whose = {"case_no": kept.case_no, "item": kept.item, "attempt": kept.attempt}
    return SentAct(act_id, to_json({"act": act, "act_id": act_id, **whose, **says}), after_seconds)


def procedure_acts(
    kept: Kept, procedures: Sequence[str], begins_after: float, lasts_seconds: float
) -> Iterator[SentAct]:
    """Each special procedure begins and ends, one after another."""
    for place, procedure in enumerate(procedures):
        at = begins_after + 2 * place * lasts_seconds
        says = {"procedure": procedure}
        yield act_of(kept, "procedure_begun", says, at, about=procedure)
        yield act_of(kept, "procedure_ended", says, at + lasts_seconds, about=procedure)


def at_the_acts_door(kept: Kept) -> Kept:
    """The same with the address to which acts are sent, where it names the one for decisions."""
    door, _, last = kept.callback_url.rpartition("/")
    return kept._replace(callback_url=f"{door}/acts") if last == "decisions" else kept
