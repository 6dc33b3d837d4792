"""Whether the ways in which a material may be missing at first make sense together."""

from collections.abc import Iterator

from one_things.check_names import known_name, mistake
from one_things.definition import Bundle, Material
from one_things.faults import Fault


def material_mistakes(bundle: Bundle) -> Iterator[Fault]:
    """Deferrals, commitments and materials on the way that contradict each other or could never apply."""
    departments = [department.id for department in bundle.departments]
    for place, material in enumerate(bundle.materials):
        at = f"materials.{place}"
        if material.commitment is not None:
            yield from known_name(
                material.commitment.supervised_by, departments, f"{at}.commitment.supervised_by", "department"
            )
            yield from _who_may_promise(bundle, material, f"{at}.commitment.excluded_by.by")
        if material.handed_in == "before_item" and (material.deferral or material.commitment or not material.required):
            yield mistake(
                f"{at}.handed_in",
                "before-item-or-later",
                "途中产生的材料须在送件前提交，不能同时容缺、承诺或选交。",
                "Items wait for a material on the way, so it cannot be deferred, promised or optional as well.",
                "请删去 handed_in，或删去 deferral、commitment、required: false。",
                "Take handed_in out, or deferral, commitment and required: false.",
            )
        if not material.required and (material.deferral or material.commitment):
            yield mistake(
                f"{at}.required",
                "optional-anyway",
                "选交材料本来就可以不交，不需要容缺或承诺。",
                "An optional material may be left out anyway: nothing has to be deferred or promised.",
                "请删去 required: false，或删去 deferral、commitment。",
                "Take required: false out, or deferral and commitment.",
            )


def _who_may_promise(bundle: Bundle, material: Material, at: str) -> Iterator[Fault]:
    source = material.commitment.excluded_by if material.commitment else None
    if source is None:
        return
    for item in bundle.items:
        if material.id in item.materials and source.by not in item.fields:
            yield mistake(
                at,
                "commitment-key-not-asked",
                f"事项 {item.id} 使用该材料，却没有字段 {source.by}，无法核对名单。",
                f"The item {item.id} uses the material without the field {source.by}, by which the list is looked up.",
                f"请在该事项的 fields 中加入 {source.by}。",
                f"Add {source.by} to the fields of that item.",
            )
            return
