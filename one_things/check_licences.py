"""Whether what stands for a material makes sense: e-licences that can be looked up and verified, and one way only."""

from collections.abc import Iterator

from one_things.check_names import always_filled_in, key_faults, known_name, mistake
from one_things.definition import Bundle, FormField, Material
from one_things.faults import Fault


def licence_faults(bundle: Bundle) -> Iterator[Fault]:
    """E-licences of unknown issuers, by keys or holders that may be blank, or beside another replacement."""
    departments = [department.id for department in bundle.departments]
    fields = {field.id: field for field in bundle.fields}
    seen: dict[tuple[str, str, str], str] = {}
    for place, material in enumerate(bundle.materials):
        at = f"materials.{place}"
        yield from _replaced_once(material, at)
        if material.licence is None:
            continue
        at = f"{at}.licence"
        yield from known_name(material.licence.department, departments, f"{at}.department", "department")
        yield from known_name(material.licence.by, list(fields), f"{at}.by", "field")
        yield from key_faults(fields.get(material.licence.by), f"{at}.by")
        if material.licence.holder is not None:
            yield from known_name(material.licence.holder, list(fields), f"{at}.holder", "field")
            yield from _holder(fields.get(material.licence.holder), f"{at}.holder")
        which = (material.licence.department, material.licence.type, material.licence.by)
        earlier = seen.setdefault(which, material.id)
        if earlier != material.id:
            yield mistake(
                f"{at}.type",
                "licence-twice",
                f"{earlier} 已由该证照替代。",
                f"The same licence stands for {earlier} already.",
                "同一证照对应同一份材料，只声明一次。",
                "One licence stands for one material: declare the material once and list it in both items.",
            )


def _holder(holder: FormField | None, at: str) -> Iterator[Fault]:
    if holder is not None and holder.source is None and not always_filled_in(holder):
        yield mistake(
            at,
            "holder-not-asked",
            f"{holder.id} 不是必填字段，无法核对持证人。",
            f"{holder.id} is not always filled in, so the holder cannot be compared with it.",
            "请用必填、不带条件的字段，或由共享数据提供的字段核对。",
            "Compare with a field that is required and has no condition, or that shared data provides.",
        )


def _replaced_once(material: Material, at: str) -> Iterator[Fault]:
    ways = [way for way in ("produced_by", "held_by", "licence") if getattr(material, way) is not None]
    if len(ways) > 1:
        yield mistake(
            f"{at}.{ways[-1]}",
            "replaced-twice",
            f"{material.id} 有两种免交方式：{ways[0]} 和 {ways[-1]}。",
            f"{material.id} is replaced in two ways: {ways[0]} and {ways[-1]}.",
            "请只保留一种。",
            "Keep one of them.",
        )
