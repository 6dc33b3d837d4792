"""What an author lets happen to a case that is tried: a department that corrects, a promise, a start by an event."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from adapters.port import CorrectionPoint
from adapters.sandbox.behaviours import Behaviour, Correction, Objection, Received, Refuse, Silent
from one_things.application import Application, Promise
from one_things.definition import Bundle, Item, StartingEvent


class Play(StrEnum):
    """How an item's department behaves, instead of approving."""

    REFUSE = "refuse"
    """It refuses: what was done before the pivot is undone; after it an operator sees to it."""
    CORRECTION = "correction"
    """It asks once for corrections, and the applicant answers."""
    RETURN = "return"
    """It gives the item back before acceptance; handed in again, it accepts."""
    SILENT = "silent"
    """It receives and says nothing: after five working days the item counts as accepted, then it decides."""
    LATE = "late"
    """It accepts, lets both limits pass, and decides then."""
    PROCEDURE = "procedure"
    """It begins and ends the special procedures that the item declares."""
    EXTEND = "extend"
    """It extends the limit once, as far as the bundle allows, and decides."""
    OBJECTION = "objection"
    """Somebody objects to the public notice."""


_REASON: Final = "试办中由部门退回（模拟）"
BY_HAND: Final = frozenset({Play.RETURN, Play.SILENT, Play.LATE, Play.PROCEDURE, Play.EXTEND})
"""The trial decides these itself, once what was to be shown has happened."""


class Plays(NamedTuple):
    """Everything that differs from the plain way."""

    items: Mapping[str, Play] = {}
    committed: tuple[str, ...] = ()
    """Materials that are promised instead."""
    excluded: tuple[str, ...] = ()
    """Promised by somebody who is on the list of those who may not."""
    deferred: tuple[str, ...] = ()
    """Materials that follow in time."""
    missed: tuple[str, ...] = ()
    """Deferred, and never handed in."""
    start: str | None = None
    """The event that begins the case."""


def play_faults(bundle: Bundle, plays: Plays) -> Iterator[str]:
    """Everything about the plays that this bundle has no place for, each with what there is."""
    items = {item.id: item for item in bundle.items}
    for item_id, play in plays.items.items():
        if item_id not in items:
            yield _unknown("item", item_id, items)
        elif (trouble := _out_of_place(items[item_id], play)) is not None:
            yield f"--play {item_id}={play}: {trouble}"
    materials = {material.id: material for material in bundle.materials}
    promises = [name for name, material in materials.items() if material.commitment is not None]
    listed = [name for name in promises if (said := materials[name].commitment) and said.excluded_by is not None]
    deferrals = [name for name, material in materials.items() if material.deferral is not None]
    for option, named, allowed, trouble in (
        ("--commit", plays.committed, promises, "no promise takes its place (commitment:)"),
        ("--exclude", plays.excluded, listed, "no list excludes anybody from the promise (commitment: excluded_by:)"),
        ("--defer", plays.deferred, deferrals, "it cannot follow later (deferral:)"),
        ("--miss", plays.missed, deferrals, "it cannot follow later (deferral:)"),
    ):
        for name in named:
            if name not in materials:
                yield f"{option} {_unknown('material', name, materials)}"
            elif name not in allowed:
                yield f"{option} {name}: {trouble}; the bundle allows it for: {', '.join(allowed) or 'none'}"
    ways = [*plays.committed, *plays.excluded, *plays.deferred, *plays.missed]
    for name in dict.fromkeys(name for name in ways if ways.count(name) > 1):
        yield f"{name}: choose one of --commit, --exclude, --defer and --miss for a material"
    starts = [one.id for one in bundle.started_by]
    if plays.start is not None and plays.start not in starts:
        yield f"--start {_unknown('event', plays.start, starts)}"


def _out_of_place(item: Item, play: Play) -> str | None:
    if play is Play.OBJECTION and item.notice is None:
        return "only a public notice (notice:) is objected to"
    if item.notice is not None and play in BY_HAND:
        return "a public notice runs its own time; play refuse, correction or objection"
    if play is Play.PROCEDURE and not item.procedures:
        return "the item declares no special procedure (procedures:)"
    if play is Play.EXTEND and (item.limits is None or item.limits.extension is None):
        return "its limit cannot be extended (limits: extension:)"
    if play is Play.LATE and item.limits is None:
        return "it has no limit that could pass (limits:)"
    return None


def _unknown(kind: str, name: str, there: Collection[str]) -> str:
    return f"no such {kind}: {name}; there are: {', '.join(there) or 'none'}"


def behaviour_of(item: Item, play: Play) -> Behaviour:
    """How the sandbox department begins."""
    match play:
        case Play.REFUSE:
            return Refuse(reason=_REASON)
        case Play.CORRECTION:
            return Correction(points=_points(item))
        case Play.RETURN | Play.SILENT:
            return Received()
        case Play.OBJECTION:
            return Objection()
        case _:
            return Silent()


def _points(item: Item) -> tuple[CorrectionPoint, ...]:
    """A material where the item has any, since a field may be one that cannot be changed any more."""
    named = item.materials[0] if item.materials else "application"
    return (CorrectionPoint(code="incomplete", field_or_material=named, text="材料不清晰，请重新提交（模拟）"),)


def with_plays(bundle: Bundle, application: Application, plays: Plays) -> Application:
    """The application that defers and promises as it is to be shown."""
    texts = {material.id: material.commitment.text.zh for material in bundle.materials if material.commitment}
    promised = (*plays.committed, *plays.excluded)
    deferred = (*plays.deferred, *plays.missed)
    elsewhere = {*promised, *deferred}
    return application.model_copy(
        update={
            "materials": tuple(one for one in application.materials if one.id not in elsewhere),
            "authorisations": tuple(one for one in application.authorisations if one not in elsewhere),
            "deferred": deferred,
            "commitments": tuple(Promise(material=name, text=texts[name]) for name in promised),
        }
    )


def starting_event(bundle: Bundle, plays: Plays) -> StartingEvent | None:
    """The event that begins the case; None when the applicant applies."""
    return next((one for one in bundle.started_by if one.id == plays.start), None)


def plays_of(played: Sequence[str], refused: Sequence[str]) -> tuple[dict[str, Play], list[str]]:
    """``ITEM=HOW`` each, and what is wrong with how it is written."""
    found: dict[str, Play] = dict.fromkeys(refused, Play.REFUSE)
    faults: list[str] = []
    for text in played:
        item, sign, how = text.partition("=")
        if not sign or how not in set(Play):
            faults.append(f"--play {text}: write ITEM=HOW; HOW is one of {', '.join(Play)}")
        elif item in found:
            faults.append(f"--play {text}: {item} is played already, as {found[item]}")
        else:
            found[item] = Play(how)
    return found, faults
