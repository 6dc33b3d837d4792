"""Bundles at random, for properties that hold for every bundle and every answer."""

from datetime import date

from hypothesis import strategies as st

from one_things.conditions import Answer
from one_things.definition import (
    Bundle,
    Department,
    Item,
    ItemKind,
    Limits,
    Notice,
    Option,
    Situation,
    Source,
    Undo,
    Window,
)
from one_things.text import Text

_SOURCE = Source(document="测试规定")
_CONDITIONS = (None, None, None, "owes", "!owes", "route == 'long'", "owes || route == 'short'")
_DEPARTMENTS = ("tax", "bank", "customs")


def _text(name: str) -> Text:
    return Text(zh=f"测试{name}", en=name)


SITUATIONS = (
    Situation(id="owes", title=_text("owes"), type="yes_no"),
    Situation(
        id="route",
        title=_text("route"),
        type="choice",
        options=(Option(value="short", title=_text("short")), Option(value="long", title=_text("long"))),
    ),
)


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    """Bundles in order, of up to seven items, with or without a pivot, notices, windows and undoing."""
    count = draw(st.integers(1, 7))
    pivot = draw(st.none() | st.integers(0, count - 1))
    items: list[Item] = []
    for place in range(count):
        earlier = [item.id for item in items]
        requires = tuple(draw(st.lists(st.sampled_from(earlier), unique=True, max_size=3))) if earlier else ()
        after = tuple(draw(st.lists(st.sampled_from(earlier), unique=True, max_size=2))) if earlier else ()
        is_notice = draw(st.booleans())
        before = _before(items, (*requires, *after))
        may_undo = place != pivot and not any(item.pivot for item in items if item.id in before)
        behind_pivot = any(item.pivot for item in items if item.id in before)
        behind_linked = any(item.linked for item in items if item.id in before)
        notices = [item.id for item in items if item.notice is not None and item.id in before]
        windowed = draw(st.sampled_from(notices)) if notices and draw(st.booleans()) else None
        items.append(
            Item(
                id=f"item-{place}",
                title=_text(f"item {place}"),
                department=draw(st.sampled_from(_DEPARTMENTS)),
                kind=ItemKind.PUBLIC_NOTICE if is_notice else ItemKind.CONFIRMATION,
                when=draw(st.sampled_from(_CONDITIONS)),
                requires=requires,
                after=after,
                limits=Limits(statutory=5, committed=1),
                notice=Notice(calendar_days=20, source=_SOURCE) if is_notice else None,
                window=Window(after_notice_of=windowed, calendar_days=20, source=_SOURCE) if windowed else None,
                pivot=place == pivot,
                linked=behind_pivot and place != pivot and (behind_linked or draw(st.booleans())),
                undo=Undo(title=_text("undo")) if may_undo and draw(st.booleans()) else None,
            )
        )
    return Bundle(
        bundle="random-errand",
        version="2026.1",
        valid_from=date(2026, 1, 1),
        title=_text("errand"),
        summary=_text("errand"),
        departments=tuple(Department(id=name, title=_text(name)) for name in _DEPARTMENTS),
        situations=SITUATIONS,
        items=tuple(items),
    )


def _before(items: list[Item], direct: tuple[str, ...]) -> set[str]:
    by_id = {item.id: item for item in items}
    return set(direct).union(*(_before(items, (*by_id[i].requires, *by_id[i].after)) for i in direct))


def answers() -> st.SearchStrategy[dict[str, Answer]]:
    return st.fixed_dictionaries({"owes": st.booleans(), "route": st.sampled_from(["short", "long"])})


def choices(bundle: Bundle) -> st.SearchStrategy[list[str] | None]:
    ids = [item.id for item in bundle.items]
    return st.none() | st.lists(st.sampled_from(ids), min_size=1, unique=True)
