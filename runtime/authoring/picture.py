"""A bundle's order as a picture: the map of a case that has not begun, as an SVG file that needs nothing beside it."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree

from gateway.views.item_view import DepartmentName, Look
from gateway.views.map_layout import Drawing, Node, wide_drawing
from gateway.views.panorama import Panorama, PanoramaItem, Progress, Relation
from one_things.definition import Bundle, Item
from one_things.selection import order_of
from one_things.text import Text

_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_STYLE: Final = """
svg { background: #f5f6f8; font-family: "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
.card { fill: #ffffff; stroke: #d8dde4; }
.pivot { stroke: #1f4e79; stroke-width: 2; }
.title { fill: #1b2430; font-size: 14.5px; font-weight: 600; }
.small { fill: #55606f; font-size: 13px; }
.note { fill: #6a4a9c; font-size: 13px; }
.edge { fill: none; stroke: #9aa6b5; stroke-width: 1.5; }
.arrow { fill: #9aa6b5; }
"""
_TEXT_INDENT: Final = 15  # pixels, as on the map of a case


def picture(bundle: Bundle, language: str) -> str:
    """The picture in ``language`` ("zh" or "en")."""
    drawing = wide_drawing(_map_of(bundle), language)
    svg = ElementTree.Element(
        "svg",
        {
            "xmlns": _NAMESPACE,
            "viewBox": f"0 0 {drawing.width} {drawing.height}",
            "width": str(drawing.width),
            "height": str(drawing.height),
            "role": "img",
        },
    )
    ElementTree.SubElement(svg, "title").text = f"{bundle.title.in_language(language)} {bundle.version}"
    ElementTree.SubElement(svg, "style").text = _STYLE
    _arrow_head(svg)
    _draw(svg, drawing, language)
    ElementTree.indent(svg)
    return ElementTree.tostring(svg, encoding="unicode") + "\n"


def _map_of(bundle: Bundle) -> Panorama:
    departments = {department.id: department.title for department in bundle.departments}
    after = order_of(bundle, [item.id for item in bundle.items])
    return Panorama(
        items=tuple(
            PanoramaItem(
                id=item.id,
                title=item.title,
                chosen=True,
                department=DepartmentName(id=item.department, title=departments[item.department]),
                pivot=item.pivot,
                status=Look.WAITING,
                status_text=_takes(item),
                time_left=_special(item),
            )
            for item in bundle.items
        ),
        relations=tuple(Relation(earlier=earlier, later=later) for later, all_ in after.items() for earlier in all_),
        progress=Progress(done=0, total=len(bundle.items)),
        results=(),
    )


def _takes(item: Item) -> Text:
    if item.notice is not None:
        days = item.notice.calendar_days
        return Text(zh=f"公告 {days} 日", en=f"{days} days of notice")
    if item.limits is None:
        return Text(zh="无时限", en="no limit")
    days = item.limits.committed
    return Text(zh=f"{days} 个工作日", en=f"{days} working day{'s' if days > 1 else ''}")


def _special(item: Item) -> Text | None:
    """The one thing about an item that matters most to its order."""
    if item.pivot:
        return Text(zh="★ 关键事项", en="★ the pivot")
    if item.signing is not None:
        return Text(zh="各方先签署", en="signed by all parties")
    if item.payment is not None:
        role = {
            "charge": Text(zh="缴款", en="charge"),
            "deposit": Text(zh="存入", en="deposit"),
            "release": Text(zh="支付", en="release"),
        }
        return role[item.payment.role]
    if item.linked:
        return Text(zh="联动变更", en="linked change")
    return None if item.when is None else Text(zh="视情形", en="in some situations")


def _arrow_head(svg: ElementTree.Element) -> None:
    marker = ElementTree.SubElement(
        ElementTree.SubElement(svg, "defs"),
        "marker",
        {
            "id": "arrow",
            "viewBox": "0 0 8 8",
            "refX": "6",
            "refY": "4",
            "markerWidth": "7",
            "markerHeight": "7",
            "orient": "auto",
        },
    )
    ElementTree.SubElement(marker, "path", {"class": "arrow", "d": "M0 0.6L7 4 0 7.4z"})


def _draw(svg: ElementTree.Element, drawing: Drawing, language: str) -> None:
    for edge in drawing.edges:
        ElementTree.SubElement(svg, "path", {"class": "edge", "d": edge.path, "marker-end": "url(#arrow)"})
    for node in drawing.nodes:
        _draw_node(ElementTree.SubElement(svg, "g", {"id": node.item.id}), node, language)


def _draw_node(group: ElementTree.Element, node: Node, language: str) -> None:
    ElementTree.SubElement(
        group,
        "rect",
        {
            "class": "card pivot" if node.item.pivot else "card",
            "x": str(node.x),
            "y": str(node.y),
            "width": str(node.width),
            "height": str(node.height),
            "rx": "8",
        },
    )
    lines = [(y, line, "title") for y, line in node.title]
    lines.append((*node.department, "small"))
    lines.append((node.state, node.item.status_text.in_language(language), "small"))
    if node.item.time_left is not None:
        lines.append((node.note, node.item.time_left.in_language(language), "note"))
    for y, line, kind in lines:
        text = ElementTree.SubElement(group, "text", {"class": kind, "x": str(node.x + _TEXT_INDENT), "y": str(y)})
        text.text = line
