"""Materials that need not come with the application: on the way, or deferred (容缺受理) where the bundle allows it."""

from collections.abc import Iterator, Sequence

from one_things.application import Application
from one_things.definition import Bundle, Material
from one_things.faults import Fault
from one_things.plan import AwaitedMaterial, DeferredMaterial
from one_things.text import Text
from one_things.unknown import unknown_names


def may_come_later(asked: Sequence[Material], application: Application) -> frozenset[str]:
    """The materials among those asked for that are not missing although they are not there yet."""
    return frozenset(
        material.id
        for material in asked
        if material.handed_in == "before_item"
        or (material.deferral is not None and material.id in application.deferred)
        or (material.commitment is not None and any(one.material == material.id for one in application.commitments))
    )


def awaited_materials(asked: Sequence[Material], application: Application) -> tuple[AwaitedMaterial, ...]:
    """What the items wait for until it comes into being; who has it already may hand it in with the application."""
    handed = {material.id for material in application.materials}
    return tuple(
        AwaitedMaterial(id=material.id, title=material.title)
        for material in asked
        if material.handed_in == "before_item" and material.id not in handed
    )


def deferred_materials(asked: Sequence[Material], application: Application) -> tuple[DeferredMaterial, ...]:
    """What the applicant deferred, as far as the bundle allows it."""
    handed = {material.id for material in application.materials}
    return tuple(
        DeferredMaterial(
            id=material.id,
            title=material.title,
            working_days=material.deferral.working_days,
            when_missing=material.deferral.when_missing,
        )
        for material in asked
        if material.deferral is not None and material.id in application.deferred and material.id not in handed
    )


def deferral_faults(
    bundle: Bundle, asked: Sequence[Material], application: Application, certain: bool
) -> Iterator[Fault]:
    """What is wrong with what was deferred. ``certain`` is False while it is not known what is asked for."""
    declared = {material.id for material in bundle.materials}
    deferred = application.deferred
    yield from unknown_names(dict.fromkeys(deferred), declared, "deferred", Text(zh="材料", en="material"))
    handed = {material.id for material in application.materials}
    needed = {material.id for material in asked}
    for material in bundle.materials:
        if material.id not in deferred:
            continue
        place = f"deferred.{material.id}"
        if deferred.count(material.id) > 1:
            yield _fault(place, "deferral-twice", "同一材料列了两次。", "The same material is named twice.", *_ONCE)
        if material.deferral is None:
            yield _fault(place, "deferral-not-allowed", *_NOT_ALLOWED, "请随申请提交。", "Hand it in now.")
        elif material.id in handed:
            yield _fault(place, "deferral-and-handed-in", *_BOTH, *_ONE_OF_THEM)
        elif certain and material.id not in needed:
            yield _fault(place, "material-not-needed", *_NOT_NEEDED, "请删去。", "Leave it out.")


def _fault(field: str, code: str, zh: str, en: str, fix_zh: str, fix_en: str) -> Fault:
    return Fault(field=field, code=code, reason=Text(zh=zh, en=en), fix=Text(zh=fix_zh, en=fix_en))


_ONCE = ("请只保留一次。", "Name it once.")
_NOT_ALLOWED = ("该材料不能容缺后补。", "This material cannot follow later.")
_BOTH = ("该材料已随申请提交。", "The material is handed in with the application.")
_ONE_OF_THEM = ("请删去容缺，或不要同时提交。", "Hand it in, or defer it.")
_NOT_NEEDED = ("所选事项不需要该材料。", "None of the chosen items needs this material.")
