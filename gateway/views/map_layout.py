"""Where items and relations stand on the map: layers by dependency, side by side on wide screens, one column on narrow.

A layered drawing in three small steps: the layer of an item is the longest way to it (`graphlib` gives the order),
within a layer items follow the middle of what they come after, and relations that others imply are left out.
"""

from collections.abc import Sequence
from graphlib import TopologicalSorter
from typing import NamedTuple

from gateway.views.item_view import Look
from gateway.views.lines import lines_of
from gateway.views.panorama import Panorama, PanoramaItem

_GAP = 16
_BETWEEN_LAYERS = 34
_WIDE_NODE = 182
_NARROW_NODE = 266
_LANE = 13
_MARGIN = 6
_PADDING = 12
_TITLE_SIZE = 14.5
_TITLE_LINE = 18
_SMALL_LINE = 19
_MOST_LINES = 3
_TURN = 6
_ARROW = 4


class Node(NamedTuple):
    """An item and its box, in pixels of the drawing; beside each line of text the height of its foot."""

    item: PanoramaItem
    x: int
    y: int
    width: int
    height: int
    title: tuple[tuple[int, str], ...]
    department: tuple[int, str]
    state: int
    note: int
    """Where the last line stands: how much time is left, or what is special."""


class Edge(NamedTuple):
    """A relation and its line, as an SVG path that ends at an arrow head."""

    earlier: str
    later: str
    path: str
    done: bool
    """Whether ``earlier`` is finished, so that the way is open."""


class Drawing(NamedTuple):
    """A finished drawing."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: int
    height: int


def wide_drawing(map_: Panorama, language: str) -> Drawing:
    """Layers from left to right."""
    layers = _layers(map_)
    box = _Box(map_, language, _WIDE_NODE)
    tallest = max(len(layer) for layer in layers)
    height = 2 * _MARGIN + tallest * box.height + (tallest - 1) * _GAP
    nodes: dict[str, Node] = {}
    for place, layer in enumerate(layers):
        x = _MARGIN + place * (_WIDE_NODE + _BETWEEN_LAYERS)
        used = len(layer) * box.height + (len(layer) - 1) * _GAP
        top = (height - used) // 2
        for row, item in enumerate(layer):
            nodes[item.id] = box.node(item, x, top + row * (box.height + _GAP))
    edges = tuple(
        _edge(map_, earlier, later, _across(nodes[earlier], nodes[later])) for earlier, later in _direct(map_)
    )
    width = 2 * _MARGIN + len(layers) * _WIDE_NODE + (len(layers) - 1) * _BETWEEN_LAYERS
    return Drawing(tuple(nodes.values()), edges, width, height)


def narrow_drawing(map_: Panorama, language: str) -> Drawing:
    """One column; relations run in lanes at its left, one lane for all that begin, or all that end, at one item."""
    column = [item for layer in _layers(map_) for item in layer]
    place = {item.id: row for row, item in enumerate(column)}
    lanes = _lanes(_bundled(_direct(map_)), place)
    left = _MARGIN + _LANE * (max(lanes.values(), default=-1) + 2)
    box = _Box(map_, language, _NARROW_NODE)
    nodes = {item.id: box.node(item, left, _MARGIN + row * (box.height + _GAP)) for row, item in enumerate(column)}
    edges = tuple(
        _edge(map_, earlier, later, _around(nodes[earlier], nodes[later], left - _LANE * (lane + 1)))
        for (earlier, later), lane in lanes.items()
    )
    height = 2 * _MARGIN + len(column) * box.height + (len(column) - 1) * _GAP
    return Drawing(tuple(nodes.values()), edges, left + _NARROW_NODE + _MARGIN, height)


class _Box:
    """The box of all items of one drawing: as high as the longest title and a last line need it."""

    def __init__(self, map_: Panorama, language: str, width: int) -> None:
        self._language = language
        self._width = width
        self._characters = (width - 2 * _PADDING - 4) / _TITLE_SIZE
        items = [item for item in map_.items if item.chosen]
        self._title_lines = max((len(self._title(item)) for item in items), default=1)
        self._has_notes = any(has_note(item) for item in items)
        rows = 2 + self._has_notes
        self.height = 2 * _PADDING + self._title_lines * _TITLE_LINE + rows * _SMALL_LINE - 2

    def node(self, item: PanoramaItem, x: int, y: int) -> Node:
        """The box of this item at this place."""
        lines = self._title(item)
        top = y + _PADDING + 12
        title = tuple((top + row * _TITLE_LINE, line) for row, line in enumerate(lines))
        department = top + len(lines) * _TITLE_LINE
        name = item.department.title.in_language(self._language) if item.department else ""
        # The last lines stand at the foot of the box, so that they are level in a row of boxes.
        note = y + self.height - _PADDING - 2
        state = note - (_SMALL_LINE if self._has_notes else 0)
        short = lines_of(name, self._characters * 1.15, 1)[0]
        return Node(item, x, y, self._width, self.height, title, (department, short), state, note)

    def _title(self, item: PanoramaItem) -> list[str]:
        return lines_of(item.title.in_language(self._language), self._characters, _MOST_LINES)


def has_note(item: PanoramaItem) -> bool:
    """Whether there is something for the last line of the item's box."""
    told = item.unreachable or item.time_left is not None or item.held_up is not None
    return told or (item.pivot and item.status is Look.WAITING)


def _layers(map_: Panorama) -> list[list[PanoramaItem]]:
    """Chosen items by the length of the longest way to them, each layer in the order of what it comes after."""
    items = {item.id: item for item in map_.items if item.chosen}
    before: dict[str, list[str]] = {item_id: [] for item_id in items}
    for relation in map_.relations:
        before[relation.later].append(relation.earlier)
    depth: dict[str, int] = {}
    for item_id in TopologicalSorter(before).static_order():
        depth[item_id] = max((depth[earlier] + 1 for earlier in before[item_id]), default=0)
    layers: list[list[PanoramaItem]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    row: dict[str, float] = {}
    order = {item_id: place for place, item_id in enumerate(items)}
    for layer_no, layer in enumerate(layers):
        here = [item_id for item_id in items if depth[item_id] == layer_no]
        here.sort(key=lambda item_id: (_middle([row[earlier] for earlier in before[item_id]]), order[item_id]))
        for place, item_id in enumerate(here):
            row[item_id] = place - (len(here) - 1) / 2
            layer.append(items[item_id])
    return layers


def _middle(rows: Sequence[float]) -> float:
    return sum(rows) / len(rows) if rows else 0.0


def _direct(map_: Panorama) -> list[tuple[str, str]]:
    """Relations that no other way implies: of a→b, b→c and a→c, the last is left out."""
    after: dict[str, set[str]] = {}
    for relation in map_.relations:
        after.setdefault(relation.earlier, set()).add(relation.later)

    def reachable(start: str) -> set[str]:
        found: set[str] = set()
        waiting = list(after.get(start, ()))
        while waiting:
            item = waiting.pop()
            if item not in found:
                found.add(item)
                waiting.extend(after.get(item, ()))
        return found

    beyond = {item: reachable(item) for item in after}
    return [
        (relation.earlier, relation.later)
        for relation in map_.relations
        if not any(relation.later in beyond.get(other, ()) for other in after[relation.earlier] - {relation.later})
    ]


def _bundled(relations: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Relations in bundles that share an end, the largest first: a fan is then one line and not many."""
    bundles: list[list[tuple[str, str]]] = []
    left = list(relations)
    while left:
        ends = [(side, relation[side]) for relation in left for side in (0, 1)]
        side, item = max(ends, key=lambda end: sum(1 for relation in left if relation[end[0]] == end[1]))
        bundles.append([relation for relation in left if relation[side] == item])
        left = [relation for relation in left if relation[side] != item]
    return bundles


def _lanes(bundles: Sequence[list[tuple[str, str]]], place: dict[str, int]) -> dict[tuple[str, str], int]:
    """Relation → its lane: the nearest that is free from the first to the last item of its bundle."""
    taken: list[list[tuple[int, int]]] = []
    lanes: dict[tuple[str, str], int] = {}
    spans = [(min(rows), max(rows)) for rows in ([place[end] for pair in bundle for end in pair] for bundle in bundles)]
    for bundle, span in sorted(zip(bundles, spans, strict=True), key=lambda pair: pair[1][1] - pair[1][0]):
        free = (
            lane
            for lane, spans_there in enumerate(taken)
            if all(span[1] <= begin or end <= span[0] for begin, end in spans_there)
        )
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append(span)
        lanes.update(dict.fromkeys(bundle, lane))
    return lanes


def _edge(map_: Panorama, earlier: str, later: str, path: str) -> Edge:
    done = next(item.status is Look.APPROVED for item in map_.items if item.id == earlier)
    return Edge(earlier, later, path, done)


def _across(earlier: Node, later: Node) -> str:
    x1, y1 = earlier.x + earlier.width, earlier.y + earlier.height // 2
    x2, y2 = later.x - _ARROW, later.y + later.height // 2
    bend = (x2 - x1) // 2
    return f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"


def _around(earlier: Node, later: Node, lane: int) -> str:
    y1, y2 = earlier.y + earlier.height * 2 // 3, later.y + later.height // 3
    out = f"M{earlier.x} {y1} H{lane + _TURN} Q{lane} {y1} {lane} {y1 + _TURN}"
    return f"{out} V{y2 - _TURN} Q{lane} {y2} {lane + _TURN} {y2} H{later.x - _ARROW}"
