"""Promises in an application: only where the bundle takes one, once, and in the very words that were shown."""

from collections.abc import Iterator, Sequence

from one_things.application import Application
from one_things.definition import Bundle, Material
from one_things.faults import Fault
from one_things.plan import PlannedCommitment, PlannedExclusion
from one_things.text import Text
from one_things.unknown import unknown_names


def planned_commitments(asked: Sequence[Material], application: Application) -> tuple[PlannedCommitment, ...]:
    """What the applicant promises, as far as the bundle allows it."""
    promised = {promise.material for promise in application.commitments}
    return tuple(
        PlannedCommitment(
            material=material.id,
            title=material.title,
            text=material.commitment.text,
            supervised_by=material.commitment.supervised_by,
            excluded_by=_exclusion(material),
        )
        for material in asked
        if material.commitment is not None and material.id in promised
    )


def _exclusion(material: Material) -> PlannedExclusion | None:
    source = material.commitment.excluded_by if material.commitment else None
    if source is None:
        return None
    return PlannedExclusion(department=source.department, dataset=source.dataset, field=source.field, by=source.by)


def commitment_faults(
    bundle: Bundle, asked: Sequence[Material], application: Application, certain: bool
) -> Iterator[Fault]:
    """What is wrong with the promises. ``certain`` is False while it is not known which materials are asked for."""
    declared = {material.id for material in bundle.materials}
    promised = [promise.material for promise in application.commitments]
    yield from unknown_names(dict.fromkeys(promised), declared, "commitments", Text(zh="材料", en="material"))
    handed = {material.id for material in application.materials}
    needed = {material.id for material in asked}
    for material in bundle.materials:
        if material.id not in promised:
            continue
        place = f"commitments.{material.id}"
        if promised.count(material.id) > 1:
            yield _fault(place, "commitment-twice", *_TWICE)
        if material.commitment is None:
            yield _fault(place, "commitment-not-allowed", *_NOT_ALLOWED)
        elif material.id in handed or material.id in application.deferred:
            yield _fault(place, "commitment-not-needed", *_OTHERWISE)
        elif certain and material.id not in needed:
            yield _fault(place, "material-not-needed", *_NOT_NEEDED)
        elif not all(
            _as_shown(promise.text, material.commitment.text)
            for promise in application.commitments
            if promise.material == material.id
        ):
            yield _fault(place, "commitment-text-differs", *_OTHER_WORDS)


def _as_shown(promised: str, text: Text) -> bool:
    return promised.strip() in {text.zh.strip(), text.en.strip()}


def _fault(field: str, code: str, zh: str, en: str, fix_zh: str, fix_en: str) -> Fault:
    return Fault(field=field, code=code, reason=Text(zh=zh, en=en), fix=Text(zh=fix_zh, en=fix_en))


_TWICE = ("同一承诺列了两次。", "The same promise stands twice.", "请只保留一次。", "Keep one of them.")
_NOT_ALLOWED = (
    "该材料不适用告知承诺。",
    "No promise can take the place of this material.",
    "请提交该材料。",
    "Hand the material in.",
)
_OTHERWISE = (
    "该材料已提交或已选择容缺，不需要承诺。",
    "The material is handed in or deferred, so nothing has to be promised.",
    "请只选择一种方式。",
    "Choose one way.",
)
_NOT_NEEDED = (
    "所选事项不需要该材料。",
    "None of the chosen items needs this material.",
    "请删去该承诺。",
    "Leave the promise out.",
)
_OTHER_WORDS = (
    "承诺内容与现行承诺书不一致。",
    "These are not the words of the commitment in force.",
    "请重新阅读预审中的承诺内容，并照原文确认。",
    "Read the text again in the pre-check, and promise it word for word.",
)
