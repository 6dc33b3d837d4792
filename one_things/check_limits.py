"""Whether the limits in a bundle make sense: promises within the law, special procedures, joint limits, escalation."""

from collections.abc import Iterator, Sequence

from one_things.check_names import known_name, mistake
from one_things.definition import Bundle, Item
from one_things.faults import Fault


def limit_faults(bundle: Bundle) -> Iterator[Fault]:
    """Promises longer than the law allows, and limits that could never run or that contradict each other."""
    for place, item in enumerate(bundle.items):
        yield from _promises(item, f"items.{place}")
        yield from _procedures(item, f"items.{place}.procedures")
    yield from _joint_limits(bundle)
    yield from _escalation(bundle)


def _promises(item: Item, at: str) -> Iterator[Fault]:
    if item.limits is not None:
        yield from _promise(item.limits.committed, item.limits.statutory, f"{at}.limits")
    for number, limits in enumerate(item.limits_when):
        yield from _promise(limits.committed, limits.statutory, f"{at}.limits_when.{number}")


def _promise(committed: int, statutory: int, at: str) -> Iterator[Fault]:
    if committed > statutory:
        yield mistake(
            f"{at}.committed",
            "committed-longer",
            "承诺时限长于法定时限。",
            "The committed limit is longer than the statutory one.",
            f"请承诺不超过 {statutory} 个工作日。",
            f"Promise at most {statutory} working days.",
        )


def _procedures(item: Item, at: str) -> Iterator[Fault]:
    yield from _twice([procedure.id for procedure in item.procedures], at, "id", "特殊环节", "special procedure")
    if item.procedures and (item.notice is not None or (item.limits is None and not item.limits_when)):
        yield mistake(
            f"{at}.0",
            "procedure-without-limit",
            "该事项没有可以停止计算的期限。",
            "The item has no limit that a special procedure could stop.",
            "请为该事项写明 limits，或删去 procedures；公告本身就不计入期限。",
            "Give the item limits, or leave the procedures out; a public notice does not count anyway.",
        )


def _joint_limits(bundle: Bundle) -> Iterator[Fault]:
    items = {item.id: item for item in bundle.items}
    yield from _twice([limit.id for limit in bundle.joint_limits], "joint_limits", "id", "联合时限", "joint limit")
    for place, limit in enumerate(bundle.joint_limits):
        at = f"joint_limits.{place}"
        yield from _promise(limit.committed, limit.statutory, at)
        yield from _twice(limit.items, f"{at}.items", None, "事项", "item")
        for number, name in enumerate(limit.items):
            yield from known_name(name, list(items), f"{at}.items.{number}", "item")
            item = items.get(name)
            if item is None:
                continue
            if item.limits is None or item.notice is not None:
                yield mistake(
                    f"{at}.items.{number}",
                    "joint-without-limit",
                    f"{name} 没有自己的办理期限。",
                    f"{name} has no limit of its own to decide in.",
                    "联合时限只包含写明 limits 的事项；公告不计入期限。",
                    "Name items with limits only; a public notice does not count.",
                )
            elif item.limits.committed > limit.committed:
                yield mistake(
                    f"{at}.committed",
                    "joint-shorter",
                    f"{name} 单独承诺 {item.limits.committed} 个工作日，长于联合承诺。",
                    f"{name} alone promises {item.limits.committed} working days, which is longer.",
                    f"请承诺不少于 {item.limits.committed} 个工作日，或缩短该事项的承诺。",
                    f"Promise at least {item.limits.committed} working days here, or less there.",
                )


def _escalation(bundle: Bundle) -> Iterator[Fault]:
    yield from _twice([level.level for level in bundle.escalation], "escalation", "level", "层级", "level")
    for place, (lower, higher) in enumerate(zip(bundle.escalation, bundle.escalation[1:], strict=False), start=1):
        if higher.after_working_days < lower.after_working_days:
            yield mistake(
                f"escalation.{place}.after_working_days",
                "escalation-order",
                f"{higher.level} 先于前一层级 {lower.level} 得知超期。",
                f"{higher.level} would be told before {lower.level}, which stands above it in this list.",
                "请按得知超期的先后排列各层级。",
                "Put the levels in the order in which they are told.",
            )


def _twice(names: Sequence[str], at: str, field: str | None, kind_zh: str, kind: str) -> Iterator[Fault]:
    for number, name in enumerate(names):
        if name in names[:number]:
            yield mistake(
                f"{at}.{number}" + (f".{field}" if field else ""),
                "id-twice",
                f"{kind_zh} {name} 重复。",
                f"The {kind} {name} stands twice.",
                "请只保留一处。",
                "Keep one of them.",
            )
