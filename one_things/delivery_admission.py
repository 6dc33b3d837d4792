"""The choice of how papers come, checked at the door: one way for the whole case, that leads to each of its papers.

Whom mail goes to is asked for mail alone: personal data that nobody needs is not collected (个人信息保护法 6).
"""

import re
from collections.abc import Iterator, Sequence

from one_things.application import Application
from one_things.definition import Item
from one_things.delivery_choice import DeliveryWay, DeliveryWish
from one_things.faults import Fault
from one_things.identifiers import IdentifierFault, mobile_phone
from one_things.papers import common_ways, papers_of
from one_things.text import Text

TO = ("addressee", "address", "phone")
"""What is said of mail, and sealed."""
_LONGEST = {"addressee": 100, "address": 300, "phone": 40}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_TITLES = {
    "addressee": Text(zh="收件人", en="addressee"),
    "address": Text(zh="收件地址", en="address"),
    "phone": Text(zh="收件人手机号", en="mobile phone of the addressee"),
}


def delivery_faults(items: Sequence[Item], application: Application, certain: bool) -> Iterator[Fault]:
    """What is wrong with the choice. ``certain`` is False while it is not known which items apply."""
    wish = application.delivery
    if wish is not None:
        yield from wish_faults(wish)
    if not certain:
        return
    papers = [paper for item in items for _, paper in papers_of(item.results)]
    if not papers:
        if wish is not None and wish.way is not DeliveryWay.NONE:
            yield Fault(field="delivery", code="delivery-not-needed", reason=_NO_PAPER, fix=_LEAVE_OUT)
        return
    ways = common_ways(papers)
    if wish is None and DeliveryWay.NONE not in ways:
        always = "、".join(result.title.zh for item in items for result, one in papers_of(item.results) if one.always)
        named = ", ".join(result.title.en for item in items for result, one in papers_of(item.results) if one.always)
        reason = Text(zh=f"请选择纸质结果的送达方式：{always}。", en=f"Choose how these papers come: {named}.")
        yield Fault(field="delivery.way", code="delivery-missing", reason=reason, fix=_ways_text(ways))
    elif wish is not None and wish.way not in ways:
        yield Fault(field="delivery.way", code="delivery-way-closed", reason=_CLOSED, fix=_ways_text(ways))


def wish_faults(wish: DeliveryWish) -> Iterator[Fault]:
    """What is wrong with a choice by itself, whatever papers there are."""
    for name in TO:
        value = getattr(wish, name)
        blank = value is None or not value.strip()
        at = f"delivery.{name}"
        title = _TITLES[name]
        if wish.way is not DeliveryWay.MAIL:
            if not blank:
                yield Fault(field=at, code="delivery-field-not-needed", reason=_MAIL_ONLY, fix=_LEAVE_OUT)
        elif blank:
            reason = Text(zh=f"未填写：{title.zh}。", en=f"Missing: {title.en}.")
            yield Fault(field=at, code="field-missing", reason=reason, fix=_FILL)
        elif len(value) > _LONGEST[name]:
            fix = Text(zh=f"最多 {_LONGEST[name]} 个字符。", en=f"At most {_LONGEST[name]} characters.")
            yield Fault(field=at, code="value-too-long", reason=_TOO_LONG, fix=fix)
        elif _CONTROL.search(value):
            yield Fault(field=at, code="value-control-character", reason=_INVISIBLE, fix=_AGAIN)
        elif name == "phone":
            try:
                mobile_phone(value)
            except IdentifierFault as wrong:
                yield wrong.at(at)


def sent_to(wish: DeliveryWish) -> dict[str, str]:
    """Whom mail goes to, of a checked choice, in the normal form in which it is sealed; nothing for other ways."""
    if wish.way is not DeliveryWay.MAIL:
        return {}
    return {
        "addressee": (wish.addressee or "").strip(),
        "address": (wish.address or "").strip(),
        "phone": mobile_phone(wish.phone or ""),
    }


def _ways_text(ways: Sequence[DeliveryWay]) -> Text:
    zh, en = "、".join(f"{_WAYS[way].zh}（{way.value}）" for way in ways), ", ".join(way.value for way in ways)
    return Text(zh=f"可选：{zh}。", en=f"Choose one of: {en}.")


_WAYS = {
    DeliveryWay.MAIL: Text(zh="邮寄", en="by mail"),
    DeliveryWay.PICK_UP: Text(zh="窗口领取", en="picked up"),
    DeliveryWay.NONE: Text(zh="不要纸质件", en="no paper"),
}
_NO_PAPER = Text(zh="所选事项没有纸质结果。", en="No result of the chosen items comes on paper.")
_CLOSED = Text(zh="所选事项的纸质结果不能这样送达。", en="The papers of the chosen items do not come in this way.")
_MAIL_ONLY = Text(zh="只有邮寄才需要此项。", en="Only mail needs this.")
_LEAVE_OUT = Text(zh="请删去该项。", en="Leave it out.")
_FILL = Text(zh="请填写该项。", en="Fill it in.")
_TOO_LONG = Text(zh="内容过长。", en="The text is too long.")
_INVISIBLE = Text(zh="含有不可见的控制字符。", en="The text holds an invisible control character.")
_AGAIN = Text(zh="请重新输入该项。", en="Type it in again.")
