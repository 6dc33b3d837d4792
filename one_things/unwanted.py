"""Items that an applicant does not want (随心办), held against the order that the law gives."""

from collections.abc import Iterator

from one_things.application import Application
from one_things.definition import Bundle, Item
from one_things.faults import Fault
from one_things.selection import Selection
from one_things.text import Text
from one_things.unknown import MOST_LISTED


def unwanted_faults(bundle: Bundle, selection: Selection, application: Application, certain: bool) -> Iterator[Fault]:
    """What is wrong with the items that are not wanted. ``certain`` is False while it is open which items apply."""
    items = {item.id: item for item in bundle.items}
    selected = {item.id for item in selection.items}
    for place, name in enumerate(application.without[:MOST_LISTED]):
        at = f"without.{place}"
        if name not in items:
            reason = Text(zh="此一件事没有这个事项。", en="This one-thing has no such item.")
            yield Fault(field=at, code="item-unknown", reason=reason, fix=_LEAVE_OUT)
        elif name in (application.chosen or ()):
            reason = Text(zh="该事项同时被选择和排除。", en="The item is both chosen and not wanted.")
            yield Fault(field=at, code="item-chosen-and-unwanted", reason=reason, fix=_ONE_OF_THEM)
        elif certain and name in selected:
            yield _against_order(at, items[name], _requiring(selection, name))


def _requiring(selection: Selection, name: str) -> Item | None:
    """An item of the selection that requires this one; None where it is there because everything was chosen."""
    return next((item for item in selection.items if name in item.requires), None)


def _against_order(at: str, unwanted: Item, requiring: Item | None) -> Fault:
    if requiring is None:
        reason = Text(
            zh=f"“{unwanted.title.zh}”在所选事项之内。", en=f"“{unwanted.title.en}” is among the items applied for."
        )
        fix = Text(zh="请在 chosen 中只列出要办的事项。", en="List only the items you want under chosen.")
        return Fault(field=at, code="item-unwanted", reason=reason, fix=fix)
    source = "" if requiring.source is None else f"《{requiring.source.document}》{requiring.source.article or ''}"
    reason = Text(
        zh=f"办理“{requiring.title.zh}”必须先办理“{unwanted.title.zh}”" + (f"（依据：{source}）。" if source else "。"),
        en=f"“{requiring.title.en}” requires “{unwanted.title.en}” first"
        + (f" (Source: {source})." if source else "."),
    )
    fix = Text(
        zh=f"请一并办理，或不办理“{requiring.title.zh}”。",
        en=f"Take it as well, or leave out “{requiring.title.en}”.",
    )
    return Fault(field=at, code="choice-against-order", reason=reason, fix=fix)


_LEAVE_OUT = Text(zh="请删去，或核对名称。", en="Leave it out, or check its name.")
_ONE_OF_THEM = Text(zh="请只保留其中一处。", en="Keep it in one of the two lists.")
