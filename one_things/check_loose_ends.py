"""What a bundle declares and never uses, says twice in different words, or points at without reaching it."""

from collections.abc import Iterator

from one_things.check_names import id_twice, mistake
from one_things.conditions import situations_of
from one_things.definition import Bundle, Material
from one_things.eligibility import PREFIX
from one_things.faults import Fault
from one_things.formulas import read


def loose_ends(bundle: Bundle) -> Iterator[Fault]:
    """Questions without consequence, departments without a part, materials that nobody would hand in, idle words.

    Asked of a bundle whose names, conditions and formulas are right.
    """
    yield from _idle(bundle)
    yield from _validity(bundle)
    for place, material in enumerate(bundle.materials):
        yield from _material(material, f"materials.{place}")
    yield from _review_points(bundle)


def _idle(bundle: Bundle) -> Iterator[Fault]:
    asked, at_work = _situations_that_matter(bundle), _departments_at_work(bundle)
    for place, situation in enumerate(bundle.situations):
        if situation.id not in asked:
            yield mistake(
                f"situations.{place}.id",
                "unused",
                f"没有条件取决于 {situation.id}，因此不会询问。",
                f"No condition depends on {situation.id}, so it would never be asked.",
                "请在 when、规则或公式中使用，或删去。",
                "Use it in a when, a rule or a formula, or leave it out.",
            )
    for place, department in enumerate(bundle.departments):
        if department.id not in at_work:
            yield mistake(
                f"departments.{place}.id",
                "unused",
                f"{department.id} 不承办、不提供数据，也不参与。",
                f"{department.id} decides nothing, provides nothing and takes no part.",
                "请在需要它的地方写明，或删去。",
                "Name it where it is needed, or leave it out.",
            )


def _situations_that_matter(bundle: Bundle) -> set[str]:
    """Those that a condition or a formula reads, or that an event settles."""
    conditions = [rule.refuse_when for rule in bundle.rules]
    rooms = (bundle.fields, bundle.materials, bundle.parties, bundle.items, bundle.derived, bundle.eligibility)
    conditions += [entry.when for room in rooms for entry in room if entry.when is not None]
    conditions += [limits.when for item in bundle.items for limits in item.limits_when]
    formulas = [derived.formula for derived in bundle.derived] + [demand.require for demand in bundle.eligibility]
    return {name for condition in conditions for name in situations_of(condition)} | {
        name for formula in formulas for name in read(formula).answers
    }


def _departments_at_work(bundle: Bundle) -> set[str]:
    """Those that decide, hold data, issue licences, supervise, sign, or tell of an event."""
    at_work = {item.department for item in bundle.items}
    at_work |= {item.credit_check.record.department for item in bundle.items if item.credit_check is not None}
    at_work |= {field.source.department for field in bundle.fields if field.source is not None}
    for material in bundle.materials:
        if material.held_by is not None:
            at_work.add(material.held_by.department)
        if material.licence is not None:
            at_work.add(material.licence.department)
        if material.commitment is not None:
            at_work.add(material.commitment.supervised_by)
            if material.commitment.excluded_by is not None:
                at_work.add(material.commitment.excluded_by.department)
    at_work |= {party.department for party in bundle.parties if party.department is not None}
    return at_work | {event.department for event in bundle.started_by}


def _validity(bundle: Bundle) -> Iterator[Fault]:
    if bundle.valid_until is not None and bundle.valid_until < bundle.valid_from:
        yield mistake(
            "valid_until",
            "validity-reversed",
            f"有效期止于 {bundle.valid_until}，早于起始日 {bundle.valid_from}。",
            f"It ends on {bundle.valid_until}, before it begins on {bundle.valid_from}.",
            "请核对两个日期。",
            "Check both dates.",
        )


def _material(material: Material, at: str) -> Iterator[Fault]:
    """What shared data provides is never asked for: nothing can follow later or be promised instead."""
    if material.held_by is None:
        return
    for name in ("deferral", "commitment"):
        if getattr(material, name) is not None:
            yield mistake(
                f"{at}.{name}",
                "never-asked",
                f"{material.id} 由共享数据提供，从不要求提交，{name} 没有意义。",
                f"{material.id} comes from shared data and is never asked for, so {name} means nothing.",
                f"请删去 {name} 或 held_by。",
                f"Leave out {name}, or held_by.",
            )
    if material.handed_in == "before_item":
        yield mistake(
            f"{at}.handed_in",
            "never-asked",
            f"{material.id} 由共享数据提供，无需等待申请人提交。",
            f"{material.id} comes from shared data: there is nothing to wait for.",
            "请删去 handed_in 或 held_by。",
            "Leave out handed_in, or held_by.",
        )


def _review_points(bundle: Bundle) -> Iterator[Fault]:
    for place, item in enumerate(bundle.items):
        at = f"items.{place}.review_points"
        looked_at = [name for name in (*item.fields, *item.materials) if not name.startswith(PREFIX)]
        seen: set[str] = set()
        for number, point in enumerate(item.review_points):
            if point.id in seen:
                yield id_twice(f"{at}.{number}.id", point.id)
            seen.add(point.id)
            if point.about is not None and point.about not in looked_at:
                yield mistake(
                    f"{at}.{number}.about",
                    "review-point-blind",
                    f"该事项没有字段或材料 {point.about}。",
                    f"This item has no field and no material {point.about}.",
                    f"可用：{'、'.join(looked_at) or '无'}。",
                    f"It has: {', '.join(looked_at) or 'none'}.",
                )
