"""Every fault at random, and yet foretold: what a department does with a call follows from the seed and the call alone.

Neither the order nor the moment in which calls arrive changes what is decided, so two runs with one seed decide alike
however differently they went, and whoever knows the seed can say beforehand how each submission ends. Pure.
"""

from random import Random
from typing import NamedTuple

from adapters.port import CorrectionPoint
from adapters.sandbox.behaviours import (
    AlreadyExists,
    AtRandom,
    Behaviour,
    Callback,
    Contradicting,
    Correction,
    Garbled,
    Instant,
    Late,
    LostReply,
    Objection,
    Operation,
    OutOfOrder,
    Refuse,
    Silent,
    Slow,
    Stray,
    Twice,
)


class Occasion(NamedTuple):
    """A call, as far as it matters for what becomes of it."""

    subject: str
    item: str
    attempt: int
    operation: Operation = Operation.SUBMIT
    notice: bool = False
    """The item only runs a public notice."""
    money: bool = False
    """Money moves, or goes back."""
    named: str = "application"
    """What a correction notice would ask for."""


class Chance(NamedTuple):
    """What becomes of it."""

    errors: int
    """So many calls are answered 503 before it is taken."""
    behaviour: Behaviour


def chance(at_random: AtRandom, occasion: Occasion) -> Chance:
    """What the department does on this occasion."""
    seed = f"{at_random.seed}:{occasion.subject}:{occasion.item}:{occasion.attempt}:{occasion.operation}"
    dice = Random(seed)  # noqa: S311 - repeatable, not secret
    errors = dice.choice((0, 0, 0, 0, 1, 2, 3))
    return Chance(errors, _behaviour(at_random, occasion, dice))


def _behaviour(at_random: AtRandom, occasion: Occasion, dice: Random) -> Behaviour:
    if occasion.operation is Operation.UNDO:
        return _undone(at_random, occasion, dice)
    if occasion.operation is Operation.DELIVER:
        return Instant()  # what becomes of papers is said by acts
    if occasion.operation is not Operation.SUBMIT:
        return _harmless(dice)
    throw = dice.random()
    if occasion.notice:
        return Objection() if throw < at_random.objected else Silent()
    if throw < at_random.refused:
        return Refuse(delay_seconds=dice.choice((None, 0.1, 1.0)))
    if throw < at_random.refused + at_random.corrected and occasion.attempt == 1:
        point = CorrectionPoint(code="incomplete", field_or_material=occasion.named, text="请重新提交（模拟）")
        return Correction(points=(point,), delay_seconds=dice.choice((None, 0.1, 1.0)))
    return _approved(dice)


def _approved(dice: Random) -> Behaviour:
    ways: tuple[Behaviour, ...] = (
        Instant(),
        Callback(),
        Late(delay_seconds=dice.uniform(1, 4)),
        Twice(gap_seconds=dice.uniform(0, 1)),
        OutOfOrder(),
        LostReply(),
        Garbled(),
        AlreadyExists(),
        Slow(seconds=dice.uniform(0.2, 1.5)),
        Contradicting(gap_seconds=dice.uniform(0, 1)),
        Stray(about="item"),
        Stray(about="attempt"),
        Stray(about="case"),
    )
    return dice.choice(ways)


def _undone(at_random: AtRandom, occasion: Occasion, dice: Random) -> Behaviour:
    if not occasion.money and dice.random() < at_random.refused:
        return Refuse()
    return _harmless(dice)


def _harmless(dice: Random) -> Behaviour:
    ways: tuple[Behaviour, ...] = (Instant(), Slow(seconds=0.5), LostReply(), Garbled())
    return dice.choice(ways)
